"""Troubles on purpose: answers that fail, wait or break off, and deliveries that get lost, doubled, swapped or late.

All chances come from seeded generators, so that a run can be repeated.
"""

from __future__ import annotations

import fnmatch
import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.model import Delivery

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

KINDS = ("error", "rate-limit", "secondary-limit", "graphql-limit", "slow", "drop")
_DOCS = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"


@dataclass(frozen=True)
class Fault:
    """One trouble for requests.

    `kind`: `error` (5xx), `rate-limit` (403, nothing remaining), `secondary-limit` (429 with retry-after),
    `graphql-limit` (200 with an error of type RATE_LIMITED), `slow` (`seconds` before the answer), `drop` (the
    connection breaks off). `method` and `path` are globs over what comes in (`/api/v3/repos/*`), `chance` is between
    0 and 1, `times` limits how often it strikes (None: always), `status` is that of `error`.
    """

    kind: str
    path: str = "*"
    method: str = "*"
    chance: float = 1.0
    times: int | None = None
    status: int = 502
    seconds: float = 1.0
    retry_after: int = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}: use one of {', '.join(KINDS)}")


@dataclass
class RequestFaults:
    """The troubles that are switched on, and the WSGI middleware that makes them."""

    seed: int = 0
    active: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 -- repeatable, not secret
        self._lock = threading.Lock()
        self._struck: dict[int, int] = {}

    def add(self, fault: Fault) -> None:
        """Switch a fault on."""
        self.active.append(fault)

    def clear(self) -> None:
        """Switch all faults off."""
        self.active.clear()
        self._struck.clear()

    def around(self, inner: WSGIApplication) -> WSGIApplication:
        """A WSGI application that suffers from the active faults."""

        def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            fault = self._pick(environ["REQUEST_METHOD"], environ["PATH_INFO"])
            if fault is None:
                return inner(environ, start_response)
            if fault.kind == "slow":
                time.sleep(fault.seconds)
                return inner(environ, start_response)
            if fault.kind == "drop":
                return _break_off(environ)
            return _refuse(fault, start_response)

        return application

    def _pick(self, method: str, path: str) -> Fault | None:
        with self._lock:
            for fault in self.active:
                fits = fnmatch.fnmatchcase(method, fault.method) and fnmatch.fnmatchcase(path, fault.path)
                spent = fault.times is not None and self._struck.get(id(fault), 0) >= fault.times
                if fits and not spent and self._chance.random() < fault.chance:
                    self._struck[id(fault)] = self._struck.get(id(fault), 0) + 1
                    return fault
        return None


def _refuse(fault: Fault, start_response: StartResponse) -> Iterable[bytes]:
    status, headers, body = _ANSWERS[fault.kind](fault)
    data = json.dumps(body).encode()
    sent = {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(data)), **headers}
    start_response(status, list(sent.items()))
    return [data]


def _error(fault: Fault) -> tuple[str, Mapping[str, str], Any]:
    return f"{fault.status} Trouble", {}, {"message": "Server Error"}


def _rate_limit(fault: Fault) -> tuple[str, Mapping[str, str], Any]:
    headers = {
        "X-RateLimit-Limit": "5000",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(time.time()) + fault.retry_after),
        "X-RateLimit-Resource": "core",
    }
    return "403 Forbidden", headers, {"message": "API rate limit exceeded.", "documentation_url": _DOCS}


def _secondary_limit(fault: Fault) -> tuple[str, Mapping[str, str], Any]:
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    return (
        "429 Too Many Requests",
        {"Retry-After": str(fault.retry_after)},
        {"message": message, "documentation_url": _DOCS},
    )


def _graphql_limit(fault: Fault) -> tuple[str, Mapping[str, str], Any]:
    headers = dict(_rate_limit(fault)[1]) | {"X-RateLimit-Resource": "graphql"}
    return "200 OK", headers, {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded."}]}


_ANSWERS: Mapping[str, Callable[[Fault], tuple[str, Mapping[str, str], Any]]] = {
    "error": _error,
    "rate-limit": _rate_limit,
    "secondary-limit": _secondary_limit,
    "graphql-limit": _graphql_limit,
}


def _break_off(environ: Mapping[str, Any]) -> Iterable[bytes]:
    """Close the connection without an answer; the server hands the socket down as `werkzeug.socket`."""
    connection: socket.socket = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("broken off on purpose")


@dataclass
class DeliveryFaults:
    """What may happen to deliveries: chances between 0 and 1, and a delay in seconds before each."""

    seed: int = 0
    lost: float = 0.0
    doubled: float = 0.0
    swapped: float = 0.0
    delay: float = 0.0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 -- repeatable, not secret
        self._held: list[Delivery] = []

    def affect(self, delivery: Delivery) -> Iterator[Delivery]:
        """What is really sent, now: nothing, the delivery, or it and others; a swapped one waits for the next."""
        if self._chance.random() < self.lost:
            delivery.status, delivery.status_code = "lost", 0
            return
        copies = [delivery, delivery] if self._chance.random() < self.doubled else [delivery]
        if self._chance.random() < self.swapped:
            self._held += copies
            return
        yield from copies
        yield from self.release()

    def release(self) -> list[Delivery]:
        """Let the deliveries go that wait."""
        held, self._held = self._held, []
        return held

    def hold_up(self) -> None:
        """Wait as long as deliveries are delayed."""
        if self.delay:
            time.sleep(self.delay)
