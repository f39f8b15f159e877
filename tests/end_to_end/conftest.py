"""A sandbox, and the service beside it as processes of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cli.service import ServiceProcess
from sandbox.server import Sandbox, Settings
from tests.adapters.conftest import postgres
from tests.end_to_end.crew import Crew
from tests.fidelity.town import Receiver, receiving

__all__ = ["postgres"]

#: Makes a crew of processes with these settings, by their command lines; `serve` where none is named.
Hire = Callable[..., Crew]

QUICK = {"REDELIVER_EVERY": "1", "SWEEP_EVERY": "600", "WORKER_LOST_AFTER": "2"}
"""Deliveries are asked for again every second, and the dead are buried soon, so that a test needn't wait for that."""


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What the sandbox's troubles are drawn from; tests set it with an indirect parameter."""
    return int(getattr(request, "param", 0))


@pytest.fixture
def sandbox(tmp_path: Path, seed: int) -> Iterator[Sandbox]:
    """A sandbox on which the App isn't installed yet."""
    with Sandbox.start(tmp_path / "github", Settings(seed=seed)) as running:
        yield running


@pytest.fixture
def hire(sandbox: Sandbox, tmp_path: Path) -> Iterator[Hire]:
    """Start processes of the service for the sandbox, and tell it where they listen."""
    with ExitStack() as ending:

        def start(*commands: str, folder: Path = tmp_path, **settings: str) -> Crew:
            extra = {**QUICK, **settings}
            called = [tuple(command.split()) for command in commands or ("serve",)]
            crew = Crew([ServiceProcess(sandbox, folder, extra, each) for each in called])
            ending.callback(crew.dismiss)
            crew.start()
            return crew

        yield start


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Takes what GitHub delivers while a scene is set, so that the service learns only what a test tells it."""
    with receiving() as listening:
        yield listening
