"""The one place that starts what a checkout brings along: a cleaned environment, limits on time and on output."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: What programs need to be found and to find their caches. Everything else stays outside, above all tokens
#: (GITHUB_TOKEN, ACTIONS_*), agents (SSH_AUTH_SOCK), git's own variables, and proxies, which may hold passwords.
PASSED = frozenset(
    """
    PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ VIRTUAL_ENV PYENV_ROOT PYENV_VERSION JAVA_HOME M2_HOME MAVEN_HOME
    GRADLE_USER_HOME GRADLE_HOME ANDROID_HOME ANDROID_SDK_ROOT GOPATH GOROOT GOCACHE GOMODCACHE GOFLAGS GOTOOLCHAIN
    CARGO_HOME RUSTUP_HOME RUSTUP_TOOLCHAIN NVM_DIR NVM_BIN NODE_PATH GEM_HOME GEM_PATH RBENV_ROOT RBENV_VERSION
    BUNDLE_PATH DOTNET_ROOT NUGET_PACKAGES MIX_HOME HEX_HOME COMPOSER_HOME XDG_CACHE_HOME XDG_DATA_HOME
    """.split()  # noqa: SIM905
)
_LOCALE = re.compile(r"LC_[A-Z]+")

#: What is kept of the output: its beginning, and much more of its end, where runners sum up.
FIRST = 500_000
LAST = 8_000_000
_CHUNK = 65_536
#: How long output is still read after a program ended whose children keep its pipe open.
_GRACE = 1.0


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended, or was ended.

    Attributes:
        code: its exit code, None where it passed the time limit.
        output: standard output and error as they came, the middle left out where they are long.
    """

    code: int | None
    output: str
    seconds: float


def environment(place: Path, temporary: Path, passed: Sequence[str], extra: Mapping[str, str]) -> dict[str, str]:
    """The environment that tests get to see.

    Args:
        place: the worktree.
        temporary: where they may leave temporary files.
        passed: the names of further variables to pass on, or `NAME=VALUE`.
        extra: variables that a runner needs.
    """
    kept = {name: value for name, value in os.environ.items() if name in PASSED or _LOCALE.fullmatch(name)}
    named = dict(_named(one) for one in passed if "=" in one or one in os.environ)
    ours = {
        "CI": "true",  # runners then write no missing snapshots, which would make any test pass
        "TMPDIR": str(temporary),
        "GIT_CEILING_DIRECTORIES": str(place.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": _python_path(place),
    }
    return kept | ours | dict(extra) | named


def _named(one: str) -> tuple[str, str]:
    name, given, value = one.partition("=")
    return name, value if given else os.environ[name]


def _python_path(place: Path) -> str:
    """The worktree's own packages come before any that are installed, an editable checkout above all."""
    return os.pathsep.join(str(folder) for folder in (place / "src", place / "lib", place) if folder.is_dir())


def run(command: str, folder: Path, variables: Mapping[str, str], seconds: float) -> Finished:
    """Run a command line by `sh`, in a process group of its own that doesn't outlive it.

    Args:
        command: what a person would type; the names of files in it are quoted already.
        folder: where it runs.
        variables: its whole environment.
        seconds: the time limit, after which the group is killed.
    """
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - the person's own command, which is the deed
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    output = _Output()
    try:
        code = _followed(process, output, began + seconds)
    finally:
        _end(process)
    return Finished(code, output.text(), time.monotonic() - began)


def _followed(process: subprocess.Popen[bytes], output: _Output, deadline: float) -> int | None:
    """Read until the pipe closes, the program ended and nothing more comes, or the time is over."""
    assert process.stdout is not None  # noqa: S101 - for the type checker
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        ended = 0.0
        while (now := time.monotonic()) < deadline and (not ended or now < ended + _GRACE):
            if selector.select(min(0.1, max(0.0, deadline - now))):
                chunk = os.read(process.stdout.fileno(), _CHUNK)
                if not chunk:
                    break
                output.add(chunk)
            if not ended and process.poll() is not None:
                ended = now
    try:
        return process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):  # the group is gone with its last member
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


class _Output:
    """The beginning and the end of what is printed."""

    def __init__(self) -> None:
        self._first = bytearray()
        self._last: deque[bytes] = deque()
        self._held = 0
        self._lost = 0

    def add(self, chunk: bytes) -> None:
        room = FIRST - len(self._first)
        self._first += chunk[:room]
        if rest := chunk[room:]:
            self._last.append(rest)
            self._held += len(rest)
        while self._held > LAST:
            gone = len(self._last.popleft())
            self._held -= gone
            self._lost += gone

    def text(self) -> str:
        cut = f"\n… {self._lost:,} bytes left out …\n".encode() if self._lost else b""
        return (bytes(self._first) + cut + b"".join(self._last)).decode("utf-8", "replace")
