"""Installation tokens: for one repository, with the permissions needed and no more, renewed in time."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from adapters.github.credentials import AppTokens, Clock, utc_now
from adapters.github.paths import repository_path
from adapters.github.problems import refusal
from adapters.github.reading import reading
from adapters.github.transport import Answer, Request, Transport
from domain.errors import NotFoundError, NotPermittedError

Permissions = Mapping[str, str]

#: What reading, judging and answering takes. A request for `{}` would grant everything the installation has.
API_PERMISSIONS: Permissions = MappingProxyType(
    {
        "checks": "write",
        "contents": "read",
        "deployments": "read",
        "issues": "write",
        "members": "read",
        "merge_queues": "read",
        "metadata": "read",
        "pull_requests": "write",
        "statuses": "read",
    }
)
#: What pushing a backport branch takes; `workflows` where the branch's workflows differ from the default branch's.
GIT_PERMISSIONS: Permissions = MappingProxyType({"contents": "write", "metadata": "read", "workflows": "write"})
#: What deleting a branch and having a pull request merged take.
LANDING_PERMISSIONS: Permissions = MappingProxyType(
    {"contents": "write", "metadata": "read", "pull_requests": "write", "workflows": "write"}
)

_RENEW_BEFORE = timedelta(minutes=5)
_LEVELS = ("read", "write", "admin")
_GONE = 404
_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class _Minted:
    token: str
    expires_at: datetime


class Installations:
    """Where our App is installed; remembers ids and asks for them only once."""

    def __init__(self, transport: Transport, app: AppTokens) -> None:
        self._transport = transport
        self._app = app
        self._ids: dict[str, int] = {}
        self._lock = threading.Lock()

    def know(self, repository: str, installation_id: int) -> None:
        """Take an id that a webhook or the ledger told us; 0 forgets what was known."""
        with self._lock:
            if installation_id:
                self._ids[repository.casefold()] = installation_id
            else:
                self._ids.pop(repository.casefold(), None)

    def id_of(self, repository: str) -> int:
        """The installation that serves a repository.

        Raises:
            NotFoundError: our App isn't installed there, or there is no such repository.
        """
        with self._lock:
            known = self._ids.get(repository.casefold())
        if known:
            return known
        answer = self._ask(Request("GET", f"{repository_path(repository)}/installation"), frozenset({_GONE}))
        if answer.status == _GONE:
            raise NotFoundError(f"our GitHub App isn't installed on {repository}")
        with reading("the App's installation"):
            found = int(answer.json()["id"])
        self.know(repository, found)
        return found

    def mint(self, repository: str, permissions: Permissions) -> _Minted:
        """Make a token for one repository.

        Raises:
            NotFoundError: our App isn't installed there.
            NotPermittedError: the installation has none of the permissions, or is suspended.
        """
        answer = self._mint(repository, permissions)
        if answer.status == _GONE:
            # Installed anew, or transferred: the id that we knew is no longer this repository's.
            self.know(repository, 0)
            answer = self._mint(repository, permissions)
        if answer.status == _UNPROCESSABLE:
            answer = self._mint(repository, self._granted(repository, permissions))
        if answer.status in {_GONE, _UNPROCESSABLE}:
            raise refusal(str(answer.request), answer.status, answer.headers, answer.text)
        with reading("an installation token"):
            minted = answer.json()
            return _Minted(str(minted["token"]), datetime.fromisoformat(minted["expires_at"]))

    def _mint(self, repository: str, permissions: Permissions) -> Answer:
        body = {"repositories": [repository.rpartition("/")[2]], "permissions": dict(permissions)}
        path = f"/app/installations/{self.id_of(repository)}/access_tokens"
        return self._ask(Request("POST", path, body=body), frozenset({_GONE, _UNPROCESSABLE}))

    def permissions(self, repository: str) -> Permissions:
        """What the installation that serves a repository may do."""
        answer = self._ask(Request("GET", f"/app/installations/{self.id_of(repository)}"))
        with reading("the App's installation"):
            return MappingProxyType({str(name): str(level) for name, level in answer.json()["permissions"].items()})

    def _granted(self, repository: str, wanted: Permissions) -> Permissions:
        """The part of the permissions that the installation has; asking for more is a 422 as a whole."""
        has = self.permissions(repository)
        granted = {name: _lower(level, has[name]) for name, level in wanted.items() if has.get(name) in _LEVELS}
        if not granted:
            needed = ", ".join(f"{name}: {level}" for name, level in wanted.items())
            raise NotPermittedError(f"our App's installation on {repository} has none of the permissions {needed}")
        return granted

    def _ask(self, request: Request, allowed: frozenset[int] = frozenset()) -> Answer:
        return self._transport.send(request, self._app, allowed)


class InstallationTokens:
    """The tokens of one repository for one purpose; safe to share between threads."""

    def __init__(
        self, installations: Installations, repository: str, permissions: Permissions, clock: Clock = utc_now
    ) -> None:
        self._installations = installations
        self._repository = repository
        self._permissions = permissions
        self._clock = clock
        self._minted: _Minted | None = None
        self._lock = threading.Lock()

    def token(self) -> str:
        """A token that stays good for at least five minutes, minted where the kept one doesn't."""
        with self._lock:
            kept = self._minted
            if kept is None or kept.expires_at - self._clock() < _RENEW_BEFORE:
                kept = self._minted = self._installations.mint(self._repository, self._permissions)
            return kept.token

    def forget(self, token: str) -> None:
        """GitHub refused this token: mint another when next asked, unless that has happened already."""
        with self._lock:
            if self._minted is not None and self._minted.token == token:
                self._minted = None


def _lower(wanted: str, has: str) -> str:
    return min(wanted, has, key=_LEVELS.index)
