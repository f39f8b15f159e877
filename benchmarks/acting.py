"""How long a pull request waits for the Action, under a real runner."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.figures import Figure, median, percentile
from sandbox.server import Sandbox
from tests.action.conftest import GOOD, Stage, on
from tests.action.runner import Runner, copied, started

ROUNDS = 5
_SECONDS = "{:.1f} s"
#: What actions/cache/restore does, with an archive that lies on this machine.
_RESTORING = """name: s
description: s
inputs: {{path: {{description: s}}, key: {{description: s}}}}
outputs: {{cache-hit: {{description: s, value: "true"}}}}
runs: {{using: composite, steps: [{{shell: bash, run: 'tar -xzf {archive} -C /'}}]}}
"""


def measure() -> Iterator[Figure]:
    """Run the published gate on a good hotfix: with its environment at hand, and with one from the cache."""
    with tempfile.TemporaryDirectory(prefix="hotfix-bench-") as folder:
        place = Path(folder)
        with Sandbox.start(place / "github") as sandbox:
            stage = Stage(sandbox, place / "warm")
            pull = stage.pull("fix/cents", GOOD, "hotfix", approved=True)
            warm = [_once(stage, pull) for _ in range(ROUNDS)]
            stage.runner = _cold(stage.runner, place / "cold")
            cold = [_first(stage, pull) for _ in range(ROUNDS)]
    note = f"the runner's whole run, post-check: true; {ROUNDS} times"
    yield Figure("the Action, warm, median", _SECONDS.format(median(warm)), note)
    yield Figure("the Action, warm, slowest", _SECONDS.format(percentile(warm, 1.0)), "promised: 10 s")
    note = "environment unpacked from the cache, nothing compiled"
    yield Figure("the Action, cold, median", _SECONDS.format(median(cold)), note)
    yield Figure("the Action, cold, slowest", _SECONDS.format(percentile(cold, 1.0)), "promised: 25 s")


def _cold(runner: Runner, place: Path) -> Runner:
    """A runner whose cache holds the true environment, installed from the lock, and whose disk doesn't."""
    action = copied(place / "action")
    cold = replace(runner, place=place / "home", action=action)
    if started(action, "make", tools=cold.tools).code:
        raise RuntimeError("the environment can't be installed here")
    archive = place / "environment.tar.gz"
    made = cold.environment()
    subprocess.run(["tar", "-czf", str(archive), "-C", "/", str(made.relative_to("/"))], check=True)  # noqa: S603, S607
    return replace(cold, restoring=_RESTORING.format(archive=archive))


def _first(stage: Stage, pull: object) -> float:
    shutil.rmtree(stage.runner.tools)
    return _once(stage, pull)


def _once(stage: Stage, pull: object) -> float:
    began = time.perf_counter()
    ran = stage.run("hotfix-gate", "pull_request", on(pull))
    seconds = time.perf_counter() - began
    if ran.jobs != {"gate": "success"}:
        raise RuntimeError(f"the gate ended with {ran}")
    return seconds
