"""What a proof costs beyond the test runs themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, median, milliseconds, percentile
from tests.adapters.git_repositories import Content, Repository, environment

ROUNDS = 7
FILES = 2_000

_TEST = "import pytest\nfrom cart import total\n\n\ndef test_total():\n    assert total(2) == 4\n"
_BASE: dict[str, Content] = {"cart.py": "def total(x):\n    return x\n"}
_FIX: dict[str, Content] = {"cart.py": "def total(x):\n    return x * 2\n", "tests/test_cart.py": _TEST}
_HOTFIX = str(Path(sys.executable).with_name("hotfix"))


def measure() -> Iterator[Figure]:
    """Prove a small fix in a repository of a usual size, one run on each side."""
    with tempfile.TemporaryDirectory(prefix="hotfix-bench-") as folder:
        desk = Repository.create(Path(folder) / "desk")
        others: dict[str, Content] = {f"part-{number % 40}/file-{number}.txt": f"{number}\n" for number in range(FILES)}
        root = desk.commit({**others, **_BASE})
        desk.branch("main", root)
        desk.branch("fix", desk.commit({**others, **_FIX}, root))
        beyond = [_once(desk.path) for _ in range(ROUNDS)]
    note = f"wall time less both test runs; {ROUNDS} times, {FILES:,} files"
    yield Figure("hotfix prove beyond its test runs, median", milliseconds(median(beyond)), note)
    yield Figure("hotfix prove beyond its test runs, slowest", milliseconds(percentile(beyond, 1.0)))


def _once(folder: Path) -> float:
    command = [_HOTFIX, "prove", "--base", "main", "--head", "fix", "--runs", "1", "--format", "json"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603
        command, cwd=folder, capture_output=True, env={**environment(), "PATH": path}, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with code {done.returncode}: {done.stdout.decode()[:500]}")
    told = json.loads(done.stdout)
    return seconds - sum(float(run["seconds"]) for side in ("without_fix", "with_fix") for run in told[side])
