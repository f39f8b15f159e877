"""Git over HTTP: real `git http-backend` as CGI behind WSGI, with GitHub's tokens and branch protection around it.

Formats: gitprotocol-http(5) and gitprotocol-pack(5) for the list of commands that a push begins with.
"""

from __future__ import annotations

import contextlib
import gzip
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

from sandbox.auth import BadCredentialsError, Viewer, token_in, viewer_of_token
from sandbox.deeds.permits import asks_for_objects, move_refusal
from sandbox.deeds.pushes import ref_moved
from sandbox.git import NULL_SHA, GitRepository, git_environment
from sandbox.model import Repository
from sandbox.world import Scope, World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

#: `/OWNER/REPO.git/info/refs` and the two services.
PATH = re.compile(
    r"^/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(\.git)?/(?P<rest>info/refs|git-upload-pack|git-receive-pack)$"
)
_CHUNK = 64 * 1024
_IN_MEMORY = 4 * 1024 * 1024

Answer = Iterable[bytes]


class SmartHttp:
    """Serves every repository of the world. Pushes to one repository come one after another."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._pushing: dict[int, threading.Lock] = {}

    def answer(self, environ: dict[str, Any], start_response: StartResponse, match: re.Match[str]) -> Answer:
        """Answer a request for a repository's git data."""
        pushing = "git-receive-pack" in match["rest"] + environ.get("QUERY_STRING", "")
        with self._world.store.lock:
            repository = self._world.store.repository(match["owner"], match["name"])
            viewer, refusal = self._admit(environ, repository, pushing)
        if repository is None or refusal:
            return _plain(start_response, *(refusal or ("404 Not Found", "Repository not found.")))
        with _body(environ) as body:
            if match["rest"] == "git-receive-pack" and viewer:
                return self._receive(Scope(self._world, viewer, repository), environ, start_response, body)
            return _backend(repository, match["rest"], environ, start_response, body)

    def _admit(
        self, environ: dict[str, Any], repository: Repository | None, pushing: bool
    ) -> tuple[Viewer | None, tuple[str, str] | None]:
        token = token_in(environ.get("HTTP_AUTHORIZATION"))
        store = self._world.store
        if token is None:
            public = repository is not None and not repository.private and not pushing
            return None, None if public else ("401 Unauthorized", "Authentication required.")
        try:
            viewer = viewer_of_token(store, token)
        except BadCredentialsError:
            return None, ("401 Unauthorized", "Invalid username or token.")
        if repository is None or not viewer.sees(store, repository):
            return None, ("404 Not Found", "Repository not found.")
        need = "contents:write" if pushing else "contents:read"
        if viewer.may(store, repository, need) or (not pushing and not repository.private):
            return viewer, None
        return None, ("403 Forbidden", f"Permission to {repository.full_name}.git denied to {viewer.login}.")

    def _receive(self, scope: Scope, environ: dict[str, Any], start_response: StartResponse, body: IO[bytes]) -> Answer:
        with self._world.store.lock:
            lock = self._pushing.setdefault(scope.repository.id, threading.Lock())
        with lock:
            refusal = self._refusal(scope, body)
            if refusal is not None:
                return _declined(start_response, refusal)
            before = scope.git.refs()
            answer = list(_backend(scope.repository, "git-receive-pack", environ, start_response, body))
            after = scope.git.refs()
        with self._world.store.lock:
            for ref in [name for name in {**before, **after} if before.get(name) != after.get(name)]:
                ref_moved(scope, ref, before.get(ref), after.get(ref))
        return answer

    def _refusal(self, scope: Scope, body: IO[bytes]) -> list[tuple[str, str | None]] | None:
        """Why each ref of a push is declined; None if all may pass. One declined ref declines the push."""
        commands = list(_commands(body))
        with self._world.store.lock:
            if any(asks_for_objects(scope, ref) for _, _, ref in commands):
                _unpack(scope.git, body)
            reasons = [(ref, move_refusal(scope, ref, None if new == NULL_SHA else new)) for _, new, ref in commands]
        body.seek(0)
        return reasons if any(reason for _, reason in reasons) else None


def _unpack(git: GitRepository, body: IO[bytes]) -> None:
    """Store the objects of a push ahead of its refs, for them to be judged; unreferenced objects do no harm."""
    pack = body.read()
    if pack:
        git.run("unpack-objects", "-q", stdin=pack)


@contextlib.contextmanager
def _body(environ: dict[str, Any]) -> Iterator[IO[bytes]]:
    """The request's body, unzipped, in a file that can be read twice."""
    source: IO[bytes] = environ["wsgi.input"]
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
        left = int(environ.get("CONTENT_LENGTH") or 0)
        chunked = environ.get("wsgi.input_terminated") and not environ.get("CONTENT_LENGTH")
        raw: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- closed below
        while part := source.read(_CHUNK if chunked else min(left, _CHUNK)):
            left -= len(part)
            raw.write(part)
        raw.seek(0)
        zipped = environ.get("HTTP_CONTENT_ENCODING") in {"gzip", "x-gzip"}
        plain = gzip.GzipFile(fileobj=raw, mode="rb") if zipped else raw
        while part := plain.read(_CHUNK):
            body.write(part)
        raw.close()
        body.seek(0)
        yield body


def _commands(body: IO[bytes]) -> Iterator[tuple[str, str, str]]:
    """The commands at the start of a push: old SHA, new SHA, ref."""
    while (size := int(body.read(4) or b"0", 16)) > 4:  # noqa: PLR2004 -- "0000" ends the list
        line = body.read(size - 4).partition(b"\0")[0].decode("utf-8", "replace").strip()
        if line.count(" ") >= 2 and not line.startswith(("shallow", "push-cert")):  # noqa: PLR2004
            old, new, ref = line.split(" ", 2)
            yield old, new, ref


def _declined(start_response: StartResponse, reasons: list[tuple[str, str | None]]) -> Answer:
    """The report of a push that no hook let pass (gitprotocol-pack(5), report status), in the side band."""
    why = next(reason for _, reason in reasons if reason)
    words = [f"{ref} {'protected branch hook declined' if reason else 'push declined'}" for ref, reason in reasons]
    report = _line("unpack ok\n") + b"".join(_line(f"ng {each}\n") for each in words) + b"0000"
    title = "" if "workflow" in (why or "") else f"error: GH006: Protected branch update failed for {reasons[0][0]}.\n"
    message = f"{title}error: {why}\n".encode()
    data = _band(2, message) + _band(1, report) + b"0000"
    headers = [("Content-Type", "application/x-git-receive-pack-result"), ("Cache-Control", "no-cache")]
    start_response("200 OK", headers)
    return [data]


def _line(text: str) -> bytes:
    return f"{len(text.encode()) + 4:04x}{text}".encode()


def _band(number: int, data: bytes) -> bytes:
    return f"{len(data) + 5:04x}".encode() + bytes([number]) + data


def _plain(start_response: StartResponse, status: str, text: str) -> Answer:
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    if status.startswith("401"):
        headers.append(("WWW-Authenticate", 'Basic realm="GitHub"'))
    start_response(status, headers)
    return [f"{text}\n".encode()]


def _backend(
    repository: Repository, rest: str, environ: dict[str, Any], start_response: StartResponse, body: IO[bytes]
) -> Answer:
    """Run `git http-backend` (git-http-backend(1)) and pass its answer on."""
    body.seek(0, 2)
    length = body.tell()
    body.seek(0)
    passed = {
        "GIT_PROJECT_ROOT": str(repository.path),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{rest}",
        "REMOTE_USER": "sandbox",
        "REQUEST_METHOD": environ["REQUEST_METHOD"],
        "QUERY_STRING": environ.get("QUERY_STRING", ""),
        "CONTENT_TYPE": environ.get("CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(length),
        "GIT_PROTOCOL": environ.get("HTTP_GIT_PROTOCOL", ""),
    }
    body.fileno()  # moves a small body from memory to disk, for git to read it as its input
    command, pipe = ["git", "http-backend"], subprocess.PIPE
    environment = git_environment(passed)
    process = subprocess.Popen(command, stdin=body, stdout=pipe, stderr=subprocess.DEVNULL, env=environment)  # noqa: S603
    return _relay(process, start_response)


def _relay(process: subprocess.Popen[bytes], start_response: StartResponse) -> Answer:
    out = process.stdout
    if out is None:  # a pipe was asked for
        raise RuntimeError("git http-backend has no output")
    headers, status = [], "200 OK"
    while line := out.readline().strip().decode("latin-1"):
        key, _, value = line.partition(": ")
        if key == "Status":
            status = value
        else:
            headers.append((key, value))
    start_response(status, headers)
    return _stream(process, out)


def _stream(process: subprocess.Popen[bytes], out: IO[bytes]) -> Iterator[bytes]:
    try:
        while part := out.read(_CHUNK):
            yield part
    finally:
        out.close()
        process.wait()
