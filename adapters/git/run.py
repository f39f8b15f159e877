"""The one place that starts git: closed environment, limits on time and bytes, faults turned into our errors.

Nothing of this machine's git configuration is read, no hook runs, nothing is asked for at a terminal. Settings and the
token alike travel as `GIT_CONFIG_COUNT` variables (see "ENVIRONMENT" in git-config), so that neither argument lists nor
remote addresses ever hold a secret.
"""

from __future__ import annotations

import base64
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO

from adapters.git.faults import fault
from domain.errors import GitError, SettingsError

#: A pick in a large repository takes under a second; what takes longer hangs.
SECONDS = 120.0
#: A pick fetches some megabytes; all commits of the largest histories are a few hundred.
LARGEST_FETCH = 1_000_000_000
#: Far above any diff, tree listing or batch of files that we ask for.
LARGEST_OUTPUT = 256_000_000

#: What a person's machine may need to reach the network at all; everything else of the environment stays outside.
_PASSED = ("PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO")
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    "core.askPass": "",
    "core.quotePath": "true",
    "credential.helper": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
    "diff.suppressBlankEmpty": "false",
    "protocol.ext.allow": "never",
    "advice.graftFileDeprecated": "false",
}
_CHUNK = 65_536
#: Seconds between two looks at what a running git has written.
_LOOK_EVERY = 0.5


@dataclass(frozen=True, slots=True)
class Done:
    """A git command that ended with a code that was expected."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def text(self) -> str:
        """What it printed, without the white space around it; bytes that are no UTF-8 survive as surrogates."""
        return self.stdout.decode("utf-8", "surrogateescape").strip()


@dataclass(frozen=True, slots=True)
class Access:
    """How a remote repository is reached.

    Attributes:
        url: its address, without credentials.
        token: an installation or personal token, "" for none; never printed.
    """

    url: str
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what could smuggle a secret into an argument list, a program into git, or a header into a request."""
        scheme, _, rest = self.url.partition("://")
        if scheme not in ("https", "http", "file") or not rest or any(char.isspace() for char in self.url):
            raise SettingsError("a repository's address must start with https://, http:// or file://")
        if "@" in rest.split("/", 1)[0]:
            raise SettingsError("a repository's address must hold no credentials")
        if not self.token.isprintable() or " " in self.token:
            raise SettingsError("the token holds characters that no token has")

    def settings(self) -> dict[str, str]:
        """The git settings that carry the token, as a header for this address alone."""
        if not self.token:
            return {}
        # GitHub takes installation tokens as the password of "x-access-token" (docs: Authenticating as a GitHub App
        # installation, "HTTP-based Git access").
        basic = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        return {f"http.{self.url}.extraHeader": f"Authorization: Basic {basic}"}


@dataclass(frozen=True, slots=True)
class Git:
    """git in one folder.

    Attributes:
        folder: where it runs.
        access: the remote it may talk to; None for no remote at all.
        variables: environment variables that name the repository ("GIT_DIR", …).
        settings: further git settings.
        filling: a folder that git writes what it fetches to; it may hold `LARGEST_FETCH` bytes.
    """

    folder: Path
    access: Access | None = None
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    seconds: float = SECONDS
    largest: int = LARGEST_OUTPUT
    filling: Path | None = None
    largest_fetch: int = LARGEST_FETCH

    def run(
        self, *arguments: str, stdin: bytes = b"", codes: tuple[int, ...] = (0,), index: Path | None = None
    ) -> Done:
        """Run one git command.

        Args:
            arguments: the subcommand and what follows; names that others chose come after `--end-of-options` or `--`.
            stdin: what it reads.
            codes: exit codes that are no failure.
            index: the index file to use, where the command needs one.

        Raises:
            GitError: it failed in a way that another try may mend, or passed a limit.
            NotPermittedError: the remote refused; the message names the permission.
            NotFoundError: the remote has no such repository or branch.
            UnreadableInputError: there is no such repository or revision here.
        """
        environment = self.environment() | ({"GIT_INDEX_FILE": str(index)} if index else {})
        done = _run(["git", *arguments], self, environment, stdin)
        if done.code not in codes:
            raise fault(arguments[0], done.stdout, done.stderr)
        return done

    def environment(self) -> dict[str, str]:
        """All that git gets to see of the environment."""
        passed = {name: os.environ[name] for name in _PASSED + _PROXIES if name in os.environ}
        settings = _SETTINGS | dict(self.settings) | (self.access.settings() if self.access else {})
        closed = {
            "LC_ALL": "C",
            "HOME": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_GRAFT_FILE": os.devnull,
            "GIT_ALLOW_PROTOCOL": self.access.url.partition(":")[0] if self.access else "",
            "GIT_CONFIG_COUNT": str(len(settings)),
        }
        for place, (key, value) in enumerate(settings.items()):
            closed |= {f"GIT_CONFIG_KEY_{place}": key, f"GIT_CONFIG_VALUE_{place}": value}
        return passed | closed | dict(self.variables)


def start(git: Git, arguments: Sequence[str], errors: int) -> subprocess.Popen[bytes]:
    """Start a git program that reads and writes pipes; whoever starts one has to `end` it.

    Args:
        git: where, and with which limits and settings.
        arguments: as for `Git.run`.
        errors: where its standard error goes, as `subprocess` says it.

    Raises:
        GitError: it can't be started.
    """
    return _start(["git", *arguments], git, git.environment(), errors)


def _start(command: list[str], git: Git, environment: dict[str, str], errors: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603
            command,
            cwd=git.folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    except OSError as error:
        raise GitError(f"git can't be started in that folder: {error.strerror}") from error


def _run(command: list[str], git: Git, environment: dict[str, str], stdin: bytes) -> Done:
    process = _start(command, git, environment, subprocess.PIPE)
    try:
        return _Exchange(process, git, stdin).until_end(command[1])
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing running, transport programs that git started included."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(BrokenPipeError):  # what was never read by it is still to be written
                stream.close()


class _Exchange:
    """Feeding a process and reading it at the same time, so that neither side waits for the other for ever."""

    def __init__(self, process: subprocess.Popen[bytes], git: Git, stdin: bytes) -> None:
        self._process = process
        self._limits = git
        self._left = memoryview(stdin)
        self._read = {"out": bytearray(), "err": bytearray()}
        self._weigh_at = 0.0

    def until_end(self, name: str) -> Done:
        deadline = time.monotonic() + self._limits.seconds
        with selectors.DefaultSelector() as selector:
            self._register(selector)
            while selector.get_map():
                ready = selector.select(min(_LOOK_EVERY, max(0.0, deadline - time.monotonic())))
                self._weigh(name)
                if time.monotonic() > deadline:
                    raise GitError(f"git {name} took longer than {self._limits.seconds:g} s")
                for key, _ in ready:
                    self._step(selector, key)
                if sum(map(len, self._read.values())) > self._limits.largest:
                    raise GitError(f"git {name} printed more than {self._limits.largest:,} bytes")
        try:
            code = self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise GitError(f"git {name} took longer than {self._limits.seconds:g} s") from error
        return Done(code, bytes(self._read["out"]), bytes(self._read["err"]))

    def _weigh(self, name: str) -> None:
        """Stop what fills the disk; git has no limit of its own for a fetch."""
        limits = self._limits
        if limits.filling is None or time.monotonic() < self._weigh_at:
            return
        self._weigh_at = time.monotonic() + _LOOK_EVERY
        if size_below(limits.filling) > limits.largest_fetch:
            raise GitError(f"git {name} fetched more than {limits.largest_fetch:,} bytes")

    def _register(self, selector: selectors.BaseSelector) -> None:
        process = self._process
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise GitError("git's streams could not be opened")
        selector.register(process.stdout, selectors.EVENT_READ, "out")
        selector.register(process.stderr, selectors.EVENT_READ, "err")
        if self._left:
            os.set_blocking(process.stdin.fileno(), False)
            selector.register(process.stdin, selectors.EVENT_WRITE, "in")
        else:
            process.stdin.close()

    def _step(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        stream: IO[bytes] = key.fileobj  # type: ignore[assignment]
        if key.data == "in":
            if not self._write(stream):
                selector.unregister(stream)
                stream.close()
        elif chunk := os.read(stream.fileno(), _CHUNK):
            self._read[key.data] += chunk
        else:
            selector.unregister(stream)

    def _write(self, stream: IO[bytes]) -> bool:
        try:
            self._left = self._left[os.write(stream.fileno(), self._left[:_CHUNK]) :]
        except BrokenPipeError:  # it ended without reading everything; its exit code says what that means
            return False
        return bool(self._left)


def size_below(folder: Path) -> int:
    """How many bytes the files of a folder have; those that vanish meanwhile count nothing."""
    total = 0
    for file in folder.iterdir():
        with suppress(FileNotFoundError):
            total += file.stat().st_size
    return total
