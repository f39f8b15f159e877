"""A folder of repositories on loopback through `git http-backend`, with everything counted that goes over the wire."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.adapters.git_repositories import environment

_CHUNK = 1 << 16


@dataclass
class Traffic:
    """What a server saw since it was last reset.

    Attributes:
        sent: bytes of answers without their headers.
    """

    connections: int = 0
    requests: int = 0
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, connections: int = 0, requests: int = 0, sent: int = 0) -> None:
        """Count."""
        with self.lock:
            self.connections += connections
            self.requests += requests
            self.sent += sent

    def reset(self) -> None:
        """Begin anew."""
        with self.lock:
            self.connections = self.requests = self.sent = 0


@contextmanager
def serving(root: Path) -> Iterator[tuple[str, Traffic]]:
    """The address under which the folder's repositories are served, and what goes over it."""
    traffic = Traffic()

    class Door(_Door):
        folder = root
        counted = traffic

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", traffic
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Door(BaseHTTPRequestHandler):
    """One connection; `git http-backend` is a CGI program (RFC 3875, and git-http-backend)."""

    folder: Path
    counted: Traffic
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.counted.add(connections=1)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            self._answer(b"".join(self._chunks()))
        else:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _answer(self, body: bytes) -> None:
        self.counted.add(requests=1)
        process = subprocess.Popen(
            ["git", "http-backend"],  # noqa: S607
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._variables(len(body)),
        )
        with process:
            feeding = threading.Thread(target=_feed, args=(process, body), daemon=True)
            feeding.start()
            self._pass_on(process)
            feeding.join()

    def _pass_on(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101 - for the type checker
        headers = dict(_headers(process))
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while chunk := process.stdout.read1(_CHUNK):  # type: ignore[attr-defined]
            self.counted.add(sent=len(chunk))
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\n\r\n")

    def _variables(self, length: int) -> Mapping[str, str]:
        path, _, asked = self.path.partition("?")
        told = {
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": asked,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "bench",
        }
        return {**environment(), **told}


def _headers(process: subprocess.Popen[bytes]) -> Iterator[tuple[str, str]]:
    assert process.stdout is not None  # noqa: S101 - for the type checker
    while line := process.stdout.readline().strip():
        name, _, value = line.decode().partition(": ")
        yield name, value


def _feed(process: subprocess.Popen[bytes], body: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - for the type checker
    try:
        process.stdin.write(body)
        process.stdin.close()
    except BrokenPipeError:
        pass  # the program has said all that it wants
