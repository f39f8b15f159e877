"""The service as a process of its own beside a sandbox: for the demo, and for the tests that kill it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from domain.errors import HotfixGuardError
from sandbox.server import Sandbox

_START_WITHIN = 60.0
_POLL = 0.05


class ServiceStartError(HotfixGuardError):
    """The service didn't get ready; its log is named."""


@dataclass
class ServiceProcess:
    """`hotfix serve` in a process of its own, set up for a sandbox's App. A context manager.

    Attributes:
        folder: where its database and log lie; a second process with the same folder shares the database.
        extra: further settings, as environment variables.
        log: the file that takes its log.
    """

    sandbox: Sandbox
    folder: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ("serve",)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """The file that takes its log."""
        return self.folder / f"{'-'.join(self.arguments)}.log"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and return once it is ready.

        Raises:
            ServiceStartError: it ended, or isn't ready after a minute.
        """
        self.port = self.port or _free_port()
        with self.log.open("ab") as log:
            self.process = self._spawn(log)
        if "serve" in self.arguments:
            self._wait_until_ready()

    def _spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        program = Path(sys.executable).with_name("hotfix")
        command = [str(program), *self.arguments]
        return subprocess.Popen(command, env=self._environment(), cwd=self.folder, stdout=log, stderr=log)  # noqa: S603

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "GITHUB_APP_ID": str(self.sandbox.app_id),
            "GITHUB_PRIVATE_KEY": self.sandbox.private_key_pem,
            "GITHUB_WEBHOOK_SECRET": self.sandbox.webhook_secret,
            "GITHUB_API_URL": self.sandbox.api,
            "DATABASE_URL": f"sqlite:///{self.folder / 'ledger.sqlite3'}",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "LOG_FORMAT": "json",
            **self.extra,
        }

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + _START_WITHIN
        while time.monotonic() < end:
            if self.process is not None and self.process.poll() is not None:
                raise ServiceStartError(f"the service ended with code {self.process.returncode}; see {self.log}")
            if self.ready():
                return
            time.sleep(_POLL)
        raise ServiceStartError(f"the service isn't ready after {_START_WITHIN:.0f} s; see {self.log}")

    def ready(self) -> bool:
        """Whether `/readyz` says so."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310 - our own http address
                return bool(json.load(answer)["status"] == "ready")
        except (OSError, urllib.error.URLError, ValueError):
            return False

    def kill(self) -> None:
        """End it as a crash would, with nothing put in order."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self, timeout: float = 30.0) -> None:
        """End it in good order, and by force where that takes too long."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
