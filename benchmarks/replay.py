"""How fast a history is judged, beside the least that git itself needs to tell what each commit changed."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks.figures import Figure
from benchmarks.memory import Watched
from tests.adapters.git_repositories import Repository, environment

COMMITS = 2_000
FILES = 200

_LINES = "".join(f"def part_{number}(value):\n    return value + {number}\n\n\n" for number in range(40))
_TESTS = "".join(f"def test_{number}():\n    assert shop.part(1) == {number}\n\n\n" for number in range(20))


def measure() -> Iterator[Figure]:
    """Replay a generated history."""
    with tempfile.TemporaryDirectory(prefix="hotfix-bench-") as name:
        shop = Repository.create(Path(name) / "shop.git", "--bare")
        shop.raw("fast-import", "--quiet", stdin=b"".join(_history()))
        shop.git("repack", "-adq")
        yield from figures(shop.path, "main", COMMITS - 1)


def figures(repo: Path, to: str, commits: int) -> Iterator[Figure]:
    """Replay a real history.

    Args:
        repo: the repository's folder.
        to: the newest commit.
        commits: how many first parents to go back.
    """
    limits = [f"{to}~{commits}", to]
    hotfix = str(Path(sys.executable).with_name("hotfix"))
    ours, processor, memory = _spent(hotfix, "replay", "--repo", str(repo), "--from", limits[0], "--to", to)
    theirs, git_processor, _ = _spent("git", "-C", str(repo), "log", "--first-parent", "--numstat", "..".join(limits))
    note = f"{commits:,} commits in {ours:.1f} s, {processor:.1f} s of processor time beside git's"
    yield Figure("replay", f"{commits / ours:,.0f} commits/s", note)
    yield Figure("replay, memory", f"{memory / 1_000_000:,.0f} MB", "parent, workers and git together at most")
    note = f"the same commits in {theirs:.1f} s, {git_processor:.1f} s of processor time"
    yield Figure("git log --numstat", f"{commits / theirs:,.0f} commits/s", note)


def _spent(*command: str) -> tuple[float, float, int]:
    """Seconds by the clock, seconds of processor time and bytes of memory that a program took."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    watched = Watched(subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment()))  # noqa: S603
    if code := watched.wait():
        raise RuntimeError(f"{command[0]} ended with code {code}")
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, watched.most


def _history() -> Iterator[bytes]:
    """Each commit changes one module and, mostly, its test."""
    for number in range(COMMITS):
        message = f"Change {number}".encode()
        yield b"commit refs/heads/main\ncommitter Ann <ann@example.org> %d +0000\n" % (1_000_000 + number * 60)
        yield b"data %d\n%s\n" % (len(message), message)
        module = number % FILES
        files = {f"shop/part_{module}.py": f"{_LINES}# HOTFIX: change {number}\nlast = {number}\n"}
        if number % 3:
            files[f"tests/test_part_{module}.py"] = f"{_TESTS}def test_last():\n    assert shop.last == {number}\n"
        for path, text in files.items():
            yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(text), text.encode())


@click.command()
@click.argument("repo", type=click.Path(path_type=Path))
@click.option("--to", default="HEAD", show_default=True)
@click.option("--commits", default=5_000, show_default=True)
def main(repo: Path, to: str, commits: int) -> None:
    """Measure on a repository of your own."""
    for figure in figures(repo, to, commits):
        click.echo(f"{figure.what:<20} {figure.value:>18}  {figure.note}")


if __name__ == "__main__":
    main()
