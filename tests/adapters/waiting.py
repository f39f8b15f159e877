"""Waiting for a condition, with a deadline instead of a sleep."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

_tick = threading.Event()

#: Far above what anything takes, so that a busy machine fails no test. Seconds.
PATIENCE = 120.0


class Standing(Protocol):
    """How far something has come; as text it says what is missing, and why."""

    @property
    def missing(self) -> int:
        """How many things are still to come."""
        ...


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain until {what}"
        _tick.wait(0.01)


def wait_until_nothing_is_missing(look: Callable[[], Standing], what: str, seconds: float = PATIENCE) -> None:
    """Wait as long as it comes nearer: in vain are so many seconds in which no less is missing than ever before."""
    least, deadline = None, 0.0
    while (standing := look()).missing:
        if least is None or standing.missing < least:
            least, deadline = standing.missing, time.monotonic() + seconds
        assert time.monotonic() < deadline, f"for {seconds:.0f} s nothing has come nearer to: {what}\n{standing}"
        _tick.wait(0.05)
