"""The hourly budget of requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.errors import RefusedError
from sandbox.store import Store

_WINDOW = timedelta(hours=1)


@dataclass
class _Window:
    ends: datetime
    used: int = 0


class RateMeter:
    """Counts requests by who pays for them (docs.github.com, "Rate limits for the REST API"); `limit` an hour each."""

    def __init__(self, store: Store, limit: int = 5000) -> None:
        self._store = store
        self._windows: dict[str, _Window] = {}
        self.limit = limit

    def use(self, payer: str) -> dict[str, str]:
        """Count a request and return the headers that tell what is left.

        Raises:
            RefusedError: nothing is left (403).
        """
        window = self._window(payer)
        if window.used >= self.limit:
            raise RefusedError(403, f"API rate limit exceeded for {payer}.")
        window.used += 1
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.limit - window.used),
            "X-RateLimit-Used": str(window.used),
            "X-RateLimit-Reset": str(int(window.ends.timestamp())),
            "X-RateLimit-Resource": "core",
        }

    def refund(self, payer: str) -> None:
        """Take a request back: an answer "not modified" costs nothing ("Best practices for using the REST API")."""
        self._window(payer).used -= 1

    def standing(self, payer: str) -> dict[str, int]:
        """What is left, as `GET /rate_limit` shows it."""
        window = self._window(payer)
        left = max(self.limit - window.used, 0)
        return {"limit": self.limit, "used": window.used, "remaining": left, "reset": int(window.ends.timestamp())}

    def _window(self, payer: str) -> _Window:
        window = self._windows.get(payer)
        if window is None or window.ends <= self._store.now():
            window = self._windows[payer] = _Window(self._store.now() + _WINDOW)
        return window
