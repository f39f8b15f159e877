"""A flow that remembers its runs, can be held, and fails as told."""

from __future__ import annotations

import threading
import time
from collections import deque

from tests.adapters.waiting import PATIENCE, wait_until


class Recorder:
    """Callable as a flow; `held` keeps runs from ending, `errors` are raised by the next runs in turn."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = deque(errors)
        self.started: list[str] = []
        self.ended: list[str] = []
        self.at: list[float] = []
        self.most_at_once = 0
        self._present: list[str] = []
        self._lock = threading.Lock()
        self._open = threading.Event()
        self._open.set()

    def hold(self) -> None:
        self._open.clear()

    def let_go(self) -> None:
        self._open.set()

    def __call__(self, key: str) -> None:
        with self._lock:
            self.started.append(key)
            self.at.append(time.monotonic())
            self._present.append(key)
            self.most_at_once = max(self.most_at_once, self._present.count(key))
            error = self.errors.popleft() if self.errors else None
        try:
            assert self._open.wait(5 * PATIENCE), "the test never let go"
            if error:
                raise error
            self.ended.append(key)
        finally:
            with self._lock:
                self._present.remove(key)

    def wait_for_starts(self, count: int) -> None:
        wait_until(lambda: len(self.started) >= count, f"{count} runs began")

    def wait_for_ends(self, count: int) -> None:
        wait_until(lambda: len(self.ended) >= count, f"{count} runs ended well")
