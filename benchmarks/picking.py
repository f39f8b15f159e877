"""How long a backport's pick takes, beside the way that everybody knows: a full clone and `git cherry-pick`."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from adapters.git import Picker
from benchmarks.figures import Figure, median, milliseconds, percentile
from domain.backport import Pick, PickOutcome, PickRequest
from domain.pull_request import Signature
from tests.adapters.git_repositories import Repository, environment, remote

COMMITS = 4_000
FILES = 400
ROUNDS = 7

_BOT = Signature("Hotfix Guard", "bot@example.org")


def measure() -> Iterator[Figure]:
    """Pick one commit in both ways, over git's own protocol, from a repository on the same disk."""
    with tempfile.TemporaryDirectory(prefix="hotfix-bench-") as name:
        folder = Path(name)
        shop, fix = _generate(folder / "shop.git")
        ours, fetched = _ours(shop, fix)
        theirs = [_clone_and_pick(shop, fix, folder / f"clone-{number}") for number in range(ROUNDS)]
    note = f"one commit, {COMMITS:,} commits behind it, {FILES:,} files; {ROUNDS} times"
    yield Figure("pick without a clone, median", milliseconds(median(ours)), f"{note}; {fetched:,} bytes fetched")
    yield Figure("pick without a clone, slowest", milliseconds(percentile(ours, 1.0)))
    yield Figure("full clone and git cherry-pick, median", milliseconds(median(theirs)), note)
    yield Figure("ratio", f"{median(theirs) / median(ours):.1f} x")


def _ours(shop: Repository, fix: str) -> tuple[list[float], int]:
    picker = Picker(lambda _repository: shop.url, lambda _repository: "", _BOT)
    results = [picker.cherry_pick(PickRequest("acme/shop", "develop", (Pick(fix),), "")) for _ in range(ROUNDS)]
    if {result.outcome for result in results} != {PickOutcome.CLEAN}:
        raise RuntimeError(f"the picks should be clean: {results}")
    return [result.seconds for result in results], max(result.fetched_bytes for result in results)


def _clone_and_pick(shop: Repository, fix: str, place: Path) -> float:
    began = time.perf_counter()
    command = ["git", "clone", "--quiet", "--branch", "develop", shop.url, str(place)]
    subprocess.run(command, check=True, env=environment())  # noqa: S603
    Repository(place).git("cherry-pick", "-x", fix)
    return time.perf_counter() - began


def _generate(path: Path) -> tuple[Repository, str]:
    """A repository with a long `main`, a `develop` that left it half-way, and a fix at the end of `main`."""
    shop = remote(path)
    shop.raw("fast-import", "--quiet", stdin=b"".join(_history()))
    tip = shop.git("rev-parse", "main")
    # What people clone has been packed by the server.
    shop.git("repack", "-adq")
    return shop, tip


def _history() -> Iterator[bytes]:
    for number in range(1, COMMITS + 1):
        yield _commit("main", number, number - 1, _changed(number))
    yield _commit("develop", COMMITS + 1, COMMITS // 2, ("only-here.txt", "A line\n"))
    path, text = _changed(COMMITS)
    yield _commit("main", COMMITS + 2, COMMITS, (path, text.replace("\n10 ", "\nfixed ")))


def _changed(number: int) -> tuple[str, str]:
    """The file that a commit changes in its fortieth line."""
    path = f"part-{number % 20}/file-{number % FILES}.txt"
    stamps = {40: number}
    return path, "".join(f"{line} of {path}, as of {stamps.get(line, 0)}\n" for line in range(80))


def _commit(branch: str, number: int, parent: int, file: tuple[str, str]) -> bytes:
    path, text = file
    origin = f"from :{parent}\n" if parent else ""
    head = f"commit refs/heads/{branch}\nmark :{number}\ncommitter Ann <ann@example.org> {number} +0000\n"
    return f"{head}data 7\nChange\n{origin}M 100644 inline {path}\ndata {len(text)}\n{text}\n".encode()
