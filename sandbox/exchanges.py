"""Every request to the sandbox and its answer, for tests that count or check them."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.auth import token_in
from sandbox.store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication


@dataclass(frozen=True)
class Exchange:
    """One request and its answer.

    `kind` is `rest`, `graphql`, `git` or `page`; `installation` is the id of the installation whose token was used.
    The bodies of git traffic are left out, only their sizes are kept.
    """

    method: str
    path: str
    query: str
    kind: str
    installation: int | None
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int
    response_headers: Mapping[str, str]
    response_body: bytes
    received: int
    sent: int


Listener = Callable[[Exchange], None]


class ExchangeLog:
    """WSGI middleware that keeps the exchanges and tells listeners of each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self.exchanges: list[Exchange] = []

    def listen(self, listener: Listener) -> None:
        """Call `listener` with each exchange once it is over."""
        self._listeners.append(listener)

    def around(self, inner: WSGIApplication) -> WSGIApplication:
        """A WSGI application whose exchanges are kept."""

        def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            kind = kind_of(environ["PATH_INFO"])
            body = b""
            if kind != "git":
                body = _read(environ)
            told: list[tuple[str, list[tuple[str, str]]]] = []

            def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
                told.append((status, headers))
                return start_response(status, headers, exc_info)

            parts, sent, held = [], 0, b""
            for part in inner(environ, start):
                yield held
                sent += len(part)
                parts.append(b"" if kind == "git" else part)
                held = part
            # Before the last piece goes out: whoever has the whole answer finds the exchange here.
            self._keep(environ, (kind, body), told[-1], (b"".join(parts), sent))
            yield held

        return application

    def _keep(
        self,
        environ: Mapping[str, Any],
        asked: tuple[str, bytes],
        told: tuple[str, list[tuple[str, str]]],
        answered: tuple[bytes, int],
    ) -> None:
        exchange = Exchange(
            method=environ["REQUEST_METHOD"],
            path=environ["PATH_INFO"],
            query=environ.get("QUERY_STRING", ""),
            kind=asked[0],
            installation=self._installation(environ),
            request_headers=_headers(environ),
            request_body=asked[1],
            status=int(told[0].split()[0]),
            response_headers=dict(told[1]),
            response_body=answered[0],
            received=int(environ.get("CONTENT_LENGTH") or 0),
            sent=answered[1],
        )
        with self._lock:
            self.exchanges.append(exchange)
        for listener in self._listeners:
            listener(exchange)

    def _installation(self, environ: Mapping[str, Any]) -> int | None:
        token = self._store.tokens.get(token_in(environ.get("HTTP_AUTHORIZATION")) or "")
        return token.installation_id if token else None


def _read(environ: dict[str, Any]) -> bytes:
    """Read the body, chunked or not, and put it back for the application."""
    length, source = environ.get("CONTENT_LENGTH"), environ["wsgi.input"]
    body: bytes = (
        source.read() if not length and environ.get("wsgi.input_terminated") else source.read(int(length or 0))
    )
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
    return body


def kind_of(path: str) -> str:
    """The kind of a request, by its path."""
    if path.startswith("/api/"):
        return "graphql" if path.startswith("/api/graphql") else "rest"
    return "git" if path.endswith(("/info/refs", "/git-upload-pack", "/git-receive-pack")) else "page"


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    """The request's headers, without the secret one."""
    named = {key[5:].replace("_", "-").title(): str(value) for key, value in environ.items() if key.startswith("HTTP_")}
    return {key: value for key, value in named.items() if key != "Authorization"}
