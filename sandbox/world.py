"""What every part of the sandbox works in: the memory, the address it is served at, and the way out for webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sandbox.auth import Viewer
from sandbox.errors import RefusedError, not_found
from sandbox.git import GitRepository
from sandbox.model import CheckRun, Delivery, Issue, PullRequest, Repository
from sandbox.store import Store

Json = dict[str, Any]


class Announcer(Protocol):
    """Whoever carries webhooks to the Apps."""

    def announce(self, repository: Repository, sender: str, event: str, payload: Mapping[str, Any]) -> None:
        """Send an event to every App that is installed on the repository and subscribed to it."""

    def redeliver(self, delivery: Delivery) -> None:
        """Send a delivery once more, under the same GUID."""


class Silence:
    """No webhooks at all."""

    def announce(self, repository: Repository, sender: str, event: str, payload: Mapping[str, Any]) -> None:
        """Drop the event."""

    def redeliver(self, delivery: Delivery) -> None:
        """Drop it."""


@dataclass
class World:
    """The sandbox's state and its outlets; `url` is known once the server listens."""

    store: Store
    url: str = ""
    announcer: Announcer = field(default_factory=Silence)

    @property
    def api(self) -> str:
        """The root of the REST API, in GitHub Enterprise Server's layout."""
        return f"{self.url}/api/v3"

    def repository(self, number: int) -> Repository:
        """A repository by id."""
        return self.store.repositories[number]

    def html(self, repository: Repository) -> str:
        """The page of a repository."""
        return f"{self.url}/{repository.full_name}"

    def rest(self, repository: Repository) -> str:
        """The REST address of a repository."""
        return f"{self.api}/repos/{repository.full_name}"


@dataclass(frozen=True)
class Scope:
    """Somebody acting on a repository."""

    world: World
    viewer: Viewer
    repository: Repository

    @property
    def store(self) -> Store:
        """The memory."""
        return self.world.store

    @property
    def git(self) -> GitRepository:
        """The repository's git data."""
        return self.world.store.git(self.repository)

    @property
    def login(self) -> str:
        """Who acts."""
        return self.viewer.login

    def announce(self, event: str, action: str | None = None, **payload: Any) -> None:
        """Send a webhook event about the repository."""
        body = {"action": action, **payload} if action else payload
        self.world.announcer.announce(self.repository, self.login, event, body)

    def issue(self, number: int) -> Issue:
        """The issue or pull request with a number.

        Raises:
            RefusedError: there is none (404).
        """
        if number not in self.repository.issues:
            raise not_found()
        return self.repository.issues[number]

    def pull(self, number: int) -> PullRequest:
        """The pull request with a number.

        Raises:
            RefusedError: there is none (404).
        """
        issue = self.issue(number)
        if not isinstance(issue, PullRequest):
            raise not_found()
        return issue

    def check_run(self, number: int) -> CheckRun:
        """The check run with an id.

        Raises:
            RefusedError: there is none (404).
        """
        if number not in self.repository.check_runs:
            raise not_found()
        return self.repository.check_runs[number]

    def commit_sha(self, revision: str) -> str:
        """The commit that a SHA, branch or tag names.

        Raises:
            RefusedError: there is none (422).
        """
        sha = self.git.resolve(revision)
        if sha is None:
            raise RefusedError(422, f"No commit found for SHA: {revision}")
        return sha


def stamp(when: datetime | None) -> str | None:
    """A time as GitHub writes it."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ") if when else None
