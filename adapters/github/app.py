"""Our GitHub App: who it is, where it is installed, what GitHub failed to deliver to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from adapters.github.client import RepositoryClient
from adapters.github.credentials import AppCredentials, AppTokens, FixedToken
from adapters.github.examining import AppExamination, RepositoryExamination
from adapters.github.installations import (
    API_PERMISSIONS,
    GIT_PERMISSIONS,
    LANDING_PERMISSIONS,
    Installations,
    InstallationTokens,
    Permissions,
)
from adapters.github.memberships import Memory, NoMemory
from adapters.github.policy_files import READ_PERMISSIONS, PolicyFileReader
from adapters.github.reading import reading
from adapters.github.repository import GitHubRepository, Landing, Surroundings
from adapters.github.server import GITHUB_COM, GitHubServer
from adapters.github.transport import Request, Transport
from domain.pull_request import PolicyFile

_PER_PAGE = 100
#: Enough for 10,000 deliveries in the time asked for; beyond that the sweep heals what is left.
_MAX_PAGES = 100
_OK = range(200, 300)


class GitHubApp:
    """Our App on one GitHub; hands out the repositories that it is installed on. Safe to share between threads.

    Attributes:
        server: which GitHub.
        transport: counts the requests sent.
        deliveries: what GitHub tried to deliver to us.
    """

    def __init__(self, app_id: int, private_key: str, api_url: str = GITHUB_COM, memory: Memory | None = None) -> None:
        """Make the App's client; nothing is sent.

        Args:
            app_id: the App's id, the issuer of its tokens.
            private_key: its private key in PEM.
            api_url: which GitHub, see `GitHubServer`.
            memory: where answers about people are kept between evaluations.

        Raises:
            SettingsError: the address is none, or would send tokens unencrypted over a network.
        """
        self.server = GitHubServer(api_url)
        self.transport = Transport(self.server)
        self._app = AppTokens(AppCredentials(app_id, private_key))
        self._installations = Installations(self.transport, self._app)
        self.deliveries = AppDeliveries(self.transport, self._app)
        self._tokens: dict[tuple[str, str], InstallationTokens] = {}
        self._lock = threading.Lock()
        self._login = ""
        self._around = Surroundings(lambda: self.login, app_id, memory or NoMemory())
        self._policy_files = PolicyFileReader(self._reader, self._around.memory, self._around.clock)

    @property
    def login(self) -> str:
        """Our own login, "SLUG[bot]", as the author of comments and pull requests; asked for once.

        Raises:
            NotPermittedError: GitHub doesn't accept the App's key.
            GitHubTroubleError: GitHub can't be read just now.
        """
        if not self._login:
            answer = self.transport.send(Request("GET", "/app"), self._app)
            with reading("the App"):
                self._login = f"{answer.json()['slug']}[bot]"
        return self._login

    def examination(self) -> AppExamination:
        """How the App itself stands at GitHub."""
        return AppExamination(self.transport, self._app)

    def repository_examination(self, name: str) -> RepositoryExamination:
        """What guards a repository."""
        tokens = self._tokens_for(name, API_PERMISSIONS, "api")
        return RepositoryExamination(RepositoryClient(self.transport, tokens, name))

    def know_installation(self, repository: str, installation_id: int) -> None:
        """Take over which installation serves a repository, which saves asking; 0 forgets it."""
        self._installations.know(repository, installation_id)

    def repository(self, name: str) -> GitHubRepository:
        """A repository "owner/name" as our installation sees it; nothing is sent yet."""
        tokens = self._tokens_for(name, API_PERMISSIONS, "api")
        writer = RepositoryClient(self.transport, self._tokens_for(name, LANDING_PERMISSIONS, "landing"), name)
        landing = Landing(writer, lambda: self._installations.permissions(name))
        return GitHubRepository(RepositoryClient(self.transport, tokens, name), self._around, landing)

    def policy_file(self, repository: str, path: str, ref: str) -> PolicyFile | None:
        """A policy file of any repository that we are installed on, under a token that can only read there.

        Raises:
            NotPermittedError: the installation may not read contents.
            GitHubTroubleError: GitHub can't be read just now.
        """
        return self._policy_files.read(repository, path, ref)

    def clone_url(self, name: str) -> str:
        """Where git fetches and pushes a repository; it holds no token."""
        return self.server.clone_url(name)

    def clone_token(self, name: str) -> str:
        """A token for fetching from and pushing to a repository, good for at least five minutes.

        Raises:
            NotFoundError: our App isn't installed there.
            NotPermittedError: the installation has none of the permissions that git needs.
            GitHubTroubleError: GitHub can't be reached.
        """
        return self._tokens_for(name, GIT_PERMISSIONS, "git").token()

    def _reader(self, name: str) -> RepositoryClient:
        return RepositoryClient(self.transport, self._tokens_for(name, READ_PERMISSIONS, "read"), name)

    def _tokens_for(self, name: str, permissions: Permissions, purpose: str) -> InstallationTokens:
        key = (name.casefold(), purpose)
        with self._lock:
            if key not in self._tokens:
                self._tokens[key] = InstallationTokens(self._installations, name, permissions)
            return self._tokens[key]


class AppDeliveries:
    """GitHub's own list of what it tried to deliver to us; it keeps three days and redelivers nothing by itself."""

    def __init__(self, transport: Transport, app: AppTokens) -> None:
        self._transport = transport
        self._app = app

    def failed(self, since: datetime) -> Sequence[int]:
        """The ids of the deliveries since then whose newest attempt failed, oldest first.

        Every attempt of a delivery is listed by itself and bears the same GUID.
        """
        newest: dict[str, dict[str, Any]] = {}
        with reading("the App's deliveries"):
            for attempt in self._since(since):
                newest.setdefault(attempt["guid"], attempt)
            return tuple(
                int(attempt["id"]) for attempt in reversed(newest.values()) if attempt["status_code"] not in _OK
            )

    def redeliver(self, delivery_id: int) -> None:
        """Ask GitHub to try a delivery again; it keeps its GUID."""
        self._transport.send(Request("POST", f"/app/hook/deliveries/{int(delivery_id)}/attempts"), self._app)

    def _since(self, since: datetime) -> Iterator[dict[str, Any]]:
        """The attempts since then, newest first."""
        parameters: dict[str, str | int] = {"per_page": _PER_PAGE}
        for _ in range(_MAX_PAGES):
            answer = self._transport.send(Request("GET", "/app/hook/deliveries", parameters), self._app)
            attempts: list[dict[str, Any]] = answer.json()
            for attempt in sorted(attempts, key=lambda each: str(each["delivered_at"]), reverse=True):
                if datetime.fromisoformat(attempt["delivered_at"]) < since:
                    return
                yield attempt
            cursor = _next_cursor(answer.headers.get("link", ""))
            if not cursor:
                return
            parameters["cursor"] = cursor


class TokenGitHub:
    """GitHub through one token that was given to us: in a workflow, or at the desk.

    Attributes:
        server: which GitHub.
        transport: counts the requests sent.
    """

    def __init__(self, token: str, api_url: str = GITHUB_COM, memory: Memory | None = None) -> None:
        """Make the client; nothing is sent.

        Args:
            token: the token.
            api_url: which GitHub, see `GitHubServer`.
            memory: where answers about people are kept.

        Raises:
            SettingsError: the address is none, or would send tokens unencrypted over a network.
        """
        self.server = GitHubServer(api_url)
        self.transport = Transport(self.server)
        self._token = token
        self._tokens = FixedToken(token)
        self._login = ""
        self._around = Surroundings(lambda: self.login, None, memory or NoMemory())
        self._policy_files = PolicyFileReader(self._client, self._around.memory, self._around.clock)

    @property
    def login(self) -> str:
        """Whom GitHub takes us for, "github-actions[bot]" with a workflow's own token; asked for once.

        Raises:
            NotPermittedError: GitHub doesn't accept the token.
            GitHubTroubleError: GitHub can't be read just now.
        """
        if not self._login:
            # `GET /user` refuses the tokens of workflows and Apps.
            asked = Request("POST", "graphql", body={"query": "{ viewer { login } }"})
            answer = self.transport.send(asked, self._tokens)
            with reading("the token's owner"):
                self._login = str(answer.json()["data"]["viewer"]["login"])
        return self._login

    def repository(self, name: str) -> GitHubRepository:
        """A repository "owner/name" as the token's owner sees it."""
        return GitHubRepository(self._client(name), self._around)

    def repository_examination(self, name: str) -> RepositoryExamination:
        """What guards a repository."""
        return RepositoryExamination(self._client(name))

    def policy_file(self, repository: str, path: str, ref: str) -> PolicyFile | None:
        """A policy file of any repository that the token reads.

        Raises:
            NotPermittedError: the token may not read contents.
            GitHubTroubleError: GitHub can't be read just now.
        """
        return self._policy_files.read(repository, path, ref)

    def clone_url(self, name: str) -> str:
        """Where git fetches and pushes a repository; it holds no token."""
        return self.server.clone_url(name)

    def clone_token(self, _name: str) -> str:
        """The token, for git."""
        return self._token

    def _client(self, name: str) -> RepositoryClient:
        return RepositoryClient(self.transport, self._tokens, name)


def _next_cursor(link: str) -> str:
    for part in link.split(","):
        target, _, relation = part.partition(";")
        if 'rel="next"' in relation:
            return parse_qs(urlsplit(target.strip(" <>")).query).get("cursor", [""])[0]
    return ""
