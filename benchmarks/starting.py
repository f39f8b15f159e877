"""How long somebody waits for `hotfix check` at the desk."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.figures import Figure, median, milliseconds, percentile
from tests.adapters.git_repositories import Content, Repository, environment

ROUNDS = 11

_FIX: dict[str, Content] = {
    "cart.py": "# HOTFIX: nobody could pay\nPAY = True\n",
    "test_cart.py": "import cart\n\n\ndef test_pay():\n    assert cart.PAY\n",
}
_HOTFIX = str(Path(sys.executable).with_name("hotfix"))


def measure() -> Iterator[Figure]:
    """Judge a small change again and again, and start a bare interpreter for comparison."""
    with tempfile.TemporaryDirectory(prefix="hotfix-bench-") as folder:
        desk = Repository.create(Path(folder) / "desk")
        root = desk.commit({"cart.py": "PAY = False\n"})
        desk.branch("main", root)
        desk.branch("fix", desk.commit(_FIX, root))
        before = _used()
        check = _timed([_HOTFIX, "check", "--repo", str(desk.path), "--base", "main", "--head", "fix"])
        used = (_used() - before) / ROUNDS
    bare = _timed([sys.executable, "-c", "pass"])
    yield Figure("hotfix check of a small change, median", milliseconds(median(check)), f"{ROUNDS} times")
    yield Figure("hotfix check of a small change, slowest", milliseconds(percentile(check, 1.0)))
    yield Figure(
        "hotfix check of a small change, processor", milliseconds(used), "mean, with the git programs it starts"
    )
    yield Figure("a bare interpreter, median", milliseconds(median(bare)), "for comparison")


def _used() -> float:
    """Seconds of processor time of all programs that were started from here and have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _timed(command: Sequence[str]) -> list[float]:
    return [_once(command) for _ in range(ROUNDS)]


def _once(command: Sequence[str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, env=environment(), check=False)  # noqa: S603
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with code {done.returncode}")
    return seconds
