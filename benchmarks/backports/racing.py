"""How long a backport takes and what it costs: a full clone, a shallow clone with a working tree, and ours.

All of them fetch from and push to the same server on loopback, `git http-backend`, one after the other.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from adapters.git import Picker
from benchmarks.backports.clones import served
from benchmarks.backports.rows import Row
from benchmarks.backports.serving import Traffic, serving
from benchmarks.backports.world import World
from benchmarks.figures import Figure, median, milliseconds, percentile
from domain.picks import Pick, PickRequest
from domain.pull_request import Signature
from tests.adapters.git_repositories import environment

#: What is promised of ours for small fixes, at the 95th percentile (docs: "Backports that land").
MOST_SECONDS = 0.6
MOST_BYTES = 1_500_000
MOST_DISK = 20_000_000
MOST_CONNECTIONS = 5

_CLONES = 3
_BOT = Signature("Hotfix Guard", "bot@example.org")


@dataclass(frozen=True)
class Lap:
    """What one backport took.

    Attributes:
        down: bytes that the server sent.
        disk: the most bytes that lay in the folder for temporary files at once.
    """

    seconds: float
    down: int
    disk: int
    connections: int


def race(world: World) -> Iterator[Figure]:
    """Race all three ways on the made repository."""
    with serving(world.served.path.parent) as (address, traffic):
        url = f"{address}/{world.served.path.name}"
        ours = [_ours(url, traffic, number, "develop", (Pick(fix),)) for number, fix in enumerate(world.fixes)]
        fixes = list(enumerate(world.fixes[:_CLONES]))
        full = [_lap(traffic, partial(_clone, url, fix, number)) for number, fix in fixes]
        shallow = [_lap(traffic, partial(_shallow, url, fix, number)) for number, fix in fixes]
    for ref in world.served.git("for-each-ref", "--format=%(refname)", "refs/heads/bench-*").split():
        world.served.git("update-ref", "-d", ref)
    yield from _figures("ours", ours)
    yield from _figures("full clone", full)
    yield from _figures("shallow clone", shallow)
    yield from _ratios(ours, full, "full clone")
    yield from _ratios(ours, shallow, "shallow clone")
    yield from kept(ours)


def race_real(clone: Path, rows: Sequence[Row]) -> list[Lap]:
    """Ours alone, on real backports of one repository."""
    with tempfile.TemporaryDirectory(prefix="hotfix-bench-") as name:
        server = served(clone, Path(name) / "served.git")
        for number, row in enumerate(rows):
            server.branch(f"target-{number}", row.onto)
        with serving(Path(name)) as (address, traffic):
            url = f"{address}/served.git"
            return [
                _ours(url, traffic, n, f"target-{n}", tuple(Pick(oid, row.mainline or 1) for oid in row.commits))
                for n, row in enumerate(rows)
            ]


def kept(ours: Sequence[Lap], what: str = "promise") -> Iterator[Figure]:
    """Whether the promises were kept."""
    for name, limit, values in (
        ("seconds", MOST_SECONDS, [lap.seconds for lap in ours]),
        ("bytes down", MOST_BYTES, [float(lap.down) for lap in ours]),
        ("bytes of disk", MOST_DISK, [float(lap.disk) for lap in ours]),
        ("connections", MOST_CONNECTIONS, [float(lap.connections) for lap in ours]),
    ):
        worst = percentile(values, 0.95)
        yield Figure(f"{what}: {name}, p95", "kept" if worst <= limit else "BROKEN", f"{worst:,.3g} of {limit:,}")


def _figures(name: str, laps: Sequence[Lap]) -> Iterator[Figure]:
    seconds = [lap.seconds for lap in laps]
    times = f"p95 {milliseconds(percentile(seconds, 0.95))}, slowest {milliseconds(max(seconds))}; {len(laps)} times"
    yield Figure(f"{name}: time, median", milliseconds(median(seconds)), times)
    down = [float(lap.down) for lap in laps]
    most = f"p95 {percentile(down, 0.95):,.0f}; at most {max(lap.connections for lap in laps)} connections"
    yield Figure(f"{name}: bytes down, median", f"{median(down):,.0f}", most)
    yield Figure(f"{name}: bytes of disk, most", f"{max(lap.disk for lap in laps):,}")


def _ratios(ours: Sequence[Lap], theirs: Sequence[Lap], name: str) -> Iterator[Figure]:
    times = median([lap.seconds for lap in theirs]) / median([lap.seconds for lap in ours])
    down = median([float(lap.down) for lap in theirs]) / median([float(lap.down) for lap in ours])
    yield Figure(f"{name} against ours", f"{times:.1f} x time", f"{down:.1f} x bytes down")


def _ours(url: str, traffic: Traffic, number: int, target: str, picks: tuple[Pick, ...]) -> Lap:
    picker = Picker(lambda _name: url, lambda _name: "", _BOT)
    request = PickRequest("acme/shop", target, picks, f"bench-ours-{number}")
    return _lap(traffic, lambda _place: picker.cherry_pick(request))


def _clone(url: str, fix: str, number: int, place: Path) -> None:
    _git("clone", "--quiet", "--branch", "develop", url, str(place / "clone"))
    _pick(place / "clone", fix, f"bench-full-{number}")


def _shallow(url: str, fix: str, number: int, place: Path) -> None:
    _git("clone", "--quiet", "--depth=1", "--branch", "develop", url, str(place / "clone"))
    _git("-C", str(place / "clone"), "fetch", "--quiet", "--depth=2", "origin", fix)
    _pick(place / "clone", fix, f"bench-shallow-{number}")


def _pick(clone: Path, fix: str, branch: str) -> None:
    _git("-C", str(clone), "cherry-pick", "-x", fix)
    _git("-C", str(clone), "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True, env=environment())  # noqa: S603, S607


def _lap(traffic: Traffic, deed: Callable[[Path], object]) -> Lap:
    with tempfile.TemporaryDirectory(prefix="hotfix-lap-") as name, _temporary(name), _watched(Path(name)) as most:
        traffic.reset()
        began = time.perf_counter()
        deed(Path(name))
        seconds = time.perf_counter() - began
    return Lap(seconds, traffic.sent, most[0], traffic.connections)


@contextmanager
def _temporary(folder: str) -> Iterator[None]:
    """Let everything that is temporary lie in one folder."""
    before = tempfile.tempdir
    tempfile.tempdir = folder
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextmanager
def _watched(folder: Path) -> Iterator[list[int]]:
    """The most bytes that lay in a folder at once, as seen a few times a second."""
    most, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            most[0] = max(most[0], _size(folder))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        most[0] = max(most[0], _size(folder))
        over.set()
        thread.join()


def _size(folder: Path) -> int:
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            try:
                total += (Path(root) / name).lstat().st_size
            except FileNotFoundError:
                continue
    return total
