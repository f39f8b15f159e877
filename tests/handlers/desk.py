"""The handlers' outside without an engine: a real GitHub and a real ledger, and a clock and a list that tests can read.

What a handler wants is only noted; a test that needs it done calls the handler itself, in whatever order it claims.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from adapters.database import Database
from adapters.git import Picker
from adapters.github import GitHubApp
from adapters.ledger import Ledger
from adapters.ledger.migrate import migrate
from app import COMMITTER
from handlers.ports import Ports
from sandbox.server import Sandbox


@dataclass
class Wanted:
    """Takes what is wanted; `later` is what has a delay, in seconds."""

    found: list[tuple[str, str]] = field(default_factory=list)
    later: list[tuple[str, str, float]] = field(default_factory=list)

    def want(self, flow: str, key: str, *, delay: float = 0.0) -> None:
        """Note it."""
        self.found.append((flow, key))
        if delay:
            self.later.append((flow, key, delay))


@dataclass(frozen=True)
class Desk:
    """The ports, with the parts that a test looks into."""

    ports: Ports
    github: GitHubApp
    ledger: Ledger
    wanted: Wanted


def a_desk(sandbox: Sandbox, folder: Path, now: Callable[[GitHubApp], datetime]) -> Desk:
    """Everything that a handler may reach, in a ledger of its own; `now` may look at what was sent to GitHub."""
    url = f"sqlite:///{folder / 'desk.sqlite3'}"
    migrate(url)
    ledger, wanted = Ledger(Database(url)), Wanted()
    github = GitHubApp(sandbox.app_id, sandbox.private_key_pem, sandbox.api, ledger)
    ports = Ports(
        github=github.repository,
        git=Picker(github.clone_url, github.clone_token, COMMITTER),
        ledger=ledger,
        tasks=wanted,
        now=lambda: now(github),
        app_login=lambda: github.login,
        app_id=sandbox.app_id,
        version="1",
        policy_file=github.policy_file,
    )
    return Desk(ports, github, ledger, wanted)
