import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from adapters.git import Picker
from adapters.git.run import Access, Git
from domain.backport import Pick, PickRequest
from domain.errors import (
    GitError,
    HotfixGuardError,
    NotFoundError,
    NotPermittedError,
    SettingsError,
    UnreadableInputError,
)
from domain.pull_request import Signature
from tests.adapters.git_repositories import BOT, Repository

TOKEN = "ghs_c2VjcmV0"


@contextmanager
def answering(status: int, seen: list[tuple[str, str]]) -> Iterator[str]:
    """A server that answers everything with one status and keeps what it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers.get("Authorization", "")))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_request(self, code: int | str = 0, size: int | str = 0) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "kind"), [(401, NotPermittedError), (403, NotPermittedError), (404, NotFoundError), (500, GitError)]
)
def test_the_token_travels_as_a_header_and_never_in_words(
    status: int, kind: type[HotfixGuardError], tmp_path: Path
) -> None:
    seen: list[tuple[str, str]] = []
    with answering(status, seen) as address:
        picker = Picker(lambda name: f"{address}/{name}.git", lambda _: TOKEN, Signature(*BOT))
        with pytest.raises(kind) as raised:
            picker.cherry_pick(PickRequest("acme/shop", "main", (Pick("a" * 40),), ""))
    assert status != 403 or "'contents: read' is missing" in str(raised.value)
    assert seen[0][1].startswith("Basic ")
    assert all(TOKEN not in path for path, _ in seen)
    assert TOKEN not in f"{raised.value!r} {raised.value.__cause__!r} {Access(address, TOKEN)!r}"


def test_the_token_is_meant_for_one_address_alone(tmp_path: Path) -> None:
    seen: list[tuple[str, str]] = []
    with answering(404, seen) as other:
        git = Git(tmp_path, Access("http://127.0.0.1:9/acme/shop.git", TOKEN))
        with pytest.raises(NotFoundError):
            git.run("ls-remote", f"{other}/evil.git")
    assert seen
    assert {header for _, header in seen} == {""}


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c 'touch x'",
        "ssh://host/x",
        "git@host:x",
        "--upload-pack=x",
        "https://user:pw@host/x",
        "/tmp/x",
        "file://",
    ],
)
def test_an_address_that_could_run_something_or_hold_a_secret_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        Access(url)


@pytest.mark.parametrize("token", ["a\nX-Evil: 1", "a b", "a\0"])
def test_a_token_cant_bring_a_header_of_its_own(token: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Access("https://host/x", token)
    assert token not in str(raised.value)


def test_a_remote_that_never_answers_ends_after_the_limit_and_leaves_nothing_running(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/x.git"
        started = time.monotonic()
        with pytest.raises(GitError, match=r"took longer than 0\.5 s"):
            Git(tmp_path, Access(url), seconds=0.5).run("ls-remote", url)
        while _running(url):  # what was killed is gone a moment later
            assert time.monotonic() - started < 20


def _running(words: str) -> list[str]:
    lines = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(place.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        except OSError:
            continue
    return [line for line in lines if words in line]


def test_more_output_than_the_limit_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="printed more than 10 bytes"):
        Git(tmp_path, largest=10).run("version", "--build-options")


def test_large_input_and_output_dont_wait_for_each_other(tmp_path: Path) -> None:
    Repository.create(tmp_path / "r")
    stdin = b"no such object\n" * 200_000
    assert len(Git(tmp_path / "r").run("cat-file", "--batch-check", stdin=stdin).stdout) > len(stdin)


def test_input_that_git_doesnt_read_is_no_error(tmp_path: Path) -> None:
    assert Git(tmp_path).run("version", stdin=b"x" * 1_000_000).text.startswith("git version")


def test_nothing_of_this_machines_configuration_or_environment_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text("[alias]\n\tevil = !touch ran\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "touch ran")
    with pytest.raises(GitError, match="not a git command"):
        Git(tmp_path).run("evil")
    Repository.create(tmp_path / "r")
    assert Git(tmp_path / "r").run("rev-parse", "--git-dir").text == ".git"


def test_without_access_no_transport_is_allowed(tmp_path: Path) -> None:
    other = Repository.create(tmp_path / "other")
    Repository.create(tmp_path / "r").git("remote", "add", "o", f"ext::sh -c 'touch {tmp_path}/ran' %S")
    for address in (other.url, "o"):
        with pytest.raises(UnreadableInputError):
            Git(tmp_path / "r").run("ls-remote", address)
    assert not (tmp_path / "ran").exists()


def test_a_hook_of_the_repository_doesnt_run(tmp_path: Path) -> None:
    desk = Repository.create(tmp_path / "r")
    hook = desk.path / ".git" / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    oid = desk.commit({"a": "a\n"})
    (tmp_path / "ran").unlink(missing_ok=True)
    Git(desk.path).run("update-ref", "refs/heads/main", oid)
    assert not (tmp_path / "ran").exists()


def test_errors_are_one_printable_line(tmp_path: Path) -> None:
    with pytest.raises(HotfixGuardError) as raised:
        Git(tmp_path).run("no\x1b[31msuch\ncommand")
    assert re.fullmatch(r"[ -~]{10,400}", str(raised.value))


def test_git_that_isnt_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="git can't be started"):
        Git(tmp_path).run("version")
    assert os.environ["PATH"] == str(tmp_path)
