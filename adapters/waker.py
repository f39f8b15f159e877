"""A thread that sends wake-ups, so that nobody who wants something waits for the engine's tables."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import structlog

from adapters.ledger.owed import Wake

_log = structlog.get_logger(__name__)


class Waker:
    """Sends wake-ups in the order in which they were given; one that can't be sent is left to the sweep."""

    def __init__(self, send: Callable[[Wake], None]) -> None:
        self._send = send
        self._waiting: queue.SimpleQueue[Wake | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="hotfix-waker", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Send what was given so far, then end."""
        self._waiting.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=10.0)

    def give(self, wake: Wake | None) -> None:
        """Hand over a wake-up; None is nothing to do."""
        if wake is not None:
            self._waiting.put(wake)

    def _run(self) -> None:
        while (wake := self._waiting.get()) is not None:
            try:
                self._send(wake)
            except Exception as error:
                _log.warning("a wake-up couldn't be sent", flow=wake.flow, key=wake.key, error=str(error))
