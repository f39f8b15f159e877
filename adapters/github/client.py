"""One repository's door to GitHub: REST and GraphQL under its own token."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any

from adapters.github.paths import repository_path
from adapters.github.problems import graphql_refusal
from adapters.github.transport import Answer, Request, Tokens, Transport
from domain.errors import GitHubTroubleError, NotFoundError

_PER_PAGE = 100
#: No list of ours is longer in earnest; past this somebody is filling it on purpose.
_MAX_PAGES = 50


@functools.cache
def query(name: str) -> str:
    """The text of a query that lies next to this module as `NAME.graphql`."""
    return resources.files("adapters.github").joinpath(f"{name}.graphql").read_text("utf-8")


class RepositoryClient:
    """Sends requests about one repository.

    Attributes:
        name: "owner/name".
        path: its path in the REST API.
    """

    def __init__(self, transport: Transport, tokens: Tokens, name: str) -> None:
        self.name = name
        self.path = repository_path(name)
        self._transport = transport
        self._tokens = tokens

    @property
    def owner(self) -> str:
        """The account that the repository belongs to."""
        return self.name.partition("/")[0]

    def send(self, request: Request, allowed: frozenset[int] = frozenset()) -> Answer:
        """Send a request; see `Transport.send`."""
        return self._transport.send(request, self._tokens, allowed)

    def get(self, path: str, **parameters: str | int) -> Any:
        """The JSON value at a path below the repository."""
        return self.send(Request("GET", self.path + path, parameters)).json()

    def write(self, verb: str, path: str, body: Mapping[str, Any]) -> Any:
        """Send a write below the repository, once, and give what GitHub made of it."""
        return self.send(Request(verb, self.path + path, body=body)).json()

    def listed(self, path: str, **parameters: str | int) -> Iterator[dict[str, Any]]:
        """Every element of a list below the repository, page by page as it is needed.

        Raises:
            GitHubTroubleError: it is no list, or longer than we read.
        """
        for page in range(1, _MAX_PAGES + 1):
            found = self.get(path, **parameters, per_page=_PER_PAGE, page=page)
            if not isinstance(found, list):
                raise GitHubTroubleError(f"GitHub's answer for {self.path}{path} is no list")
            yield from found
            if len(found) < _PER_PAGE:
                return
        raise GitHubTroubleError(f"{self.path}{path} has more than {_MAX_PAGES * _PER_PAGE} entries")

    def ask(self, text: str, **variables: Any) -> dict[str, Any]:
        """The `repository` of a GraphQL answer; `owner` and `name` are given to every query.

        Raises:
            GitHubTroubleError: GraphQL answered in part, or not at all.
            NotFoundError: there is no such repository for us.
        """
        repository: dict[str, Any] = self.ask_around(text, variables)["repository"]
        return repository

    def ask_around(
        self, text: str, variables: Mapping[str, Any], may_lack: Callable[[Mapping[str, Any]], bool] = lambda _: False
    ) -> dict[str, Any]:
        """The whole data of a GraphQL answer, whose `repository` is there.

        Args:
            text: the query.
            variables: its variables, besides `owner` and `name`.
            may_lack: whether an error only says that something isn't there which may be missing.

        Raises:
            GitHubTroubleError: GraphQL answered in part, or not at all.
            NotFoundError: there is no such repository for us.
        """
        owner, _, name = self.name.partition("/")
        body = {"query": text, "variables": {"owner": owner, "name": name, **variables}}
        answer = self.send(Request("POST", "graphql", body=body)).json()
        what = f"the query about {self.name}"
        if not isinstance(answer, dict):
            raise GitHubTroubleError(f"GitHub's answer for {what} is no object")
        errors = answer.get("errors") or []
        if graver := [error for error in errors if not isinstance(error, dict) or not may_lack(error)]:
            raise graphql_refusal(self.name, graver)
        data = answer.get("data")
        if not isinstance(data, dict):
            raise GitHubTroubleError(f"GitHub's answer for {what} holds no data")
        if data.get("repository") is None:
            raise NotFoundError(f"GitHub has no repository {self.name} for us")
        return data
