"""A REST request being answered: what was asked, by whom, and the forms that answers take."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from sandbox.auth import Viewer
from sandbox.errors import RefusedError, malformed, not_found
from sandbox.git import GitRepository
from sandbox.model import App, Repository
from sandbox.store import Store
from sandbox.world import Json, Scope, World

T = TypeVar("T")

#: docs.github.com, "Using pagination in the REST API".
PER_PAGE, MOST_PER_PAGE = 30, 100


@dataclass(frozen=True)
class Reply:
    """An answer that needs more than a JSON body: another status, headers, or another media type."""

    body: Any = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None


@dataclass
class Call:
    """A request to the REST API, its sender known and its repository found."""

    world: World
    path: str
    args: Mapping[str, Any]
    query: Mapping[str, str]
    body: Json
    accept: str = ""
    viewer: Viewer | None = None
    app: App | None = None
    repository: Repository | None = None
    token: str = ""
    budget: Mapping[str, int] = field(default_factory=dict)
    reply_headers: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """The memory."""
        return self.world.store

    @property
    def scope(self) -> Scope:
        """The sender acting on the repository."""
        if self.viewer is None or self.repository is None:
            raise not_found()
        return Scope(self.world, self.viewer, self.repository)

    @property
    def git(self) -> GitRepository:
        """The repository's git data."""
        return self.scope.git

    @property
    def repo(self) -> Repository:
        """The repository that the path names."""
        return self.scope.repository

    def wants(self, media: str) -> bool:
        """Whether the Accept header asks for a GitHub media type (`diff`, `raw`, `object`, `sha`)."""
        return f"github.{media}" in self.accept or f"github.v3.{media}" in self.accept

    # The body, checked

    def text(self, name: str) -> str:
        """A required string of the body.

        Raises:
            RefusedError: it is missing or no string (422).
        """
        value = self.optional_text(name)
        if value is None:
            raise malformed(f'"{name}" wasn\'t supplied.')
        return value

    def optional_text(self, name: str) -> str | None:
        """A string of the body, None if missing or null.

        Raises:
            RefusedError: it is something else (422).
        """
        value = self.body.get(name)
        if value is not None and not isinstance(value, str):
            raise malformed(f"For 'properties/{name}', {value!r} is not a string.")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean of the body.

        Raises:
            RefusedError: it is something else (422).
        """
        value = self.body.get(name, default)
        if not isinstance(value, bool):
            raise malformed(f"For 'properties/{name}', {value!r} is not a boolean.")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of strings of the body, empty if missing.

        Raises:
            RefusedError: it is something else (422).
        """
        value = self.body.get(name) or []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise malformed(f"For 'properties/{name}', {value!r} is not an array of strings.")
        return value

    def moment(self, name: str) -> datetime | None:
        """A time of the body.

        Raises:
            RefusedError: it is no ISO 8601 time (422).
        """
        value = self.optional_text(name)
        try:
            return datetime.fromisoformat(value).astimezone(UTC).replace(microsecond=0) if value else None
        except ValueError:
            raise malformed(f"For 'properties/{name}', {value!r} is not a valid date-time.") from None

    # Lists

    def page(self, items: Sequence[T]) -> Sequence[T]:
        """The page of a list that was asked for; the reply gets the Link header."""
        size = min(max(self.number("per_page", PER_PAGE), 1), MOST_PER_PAGE)
        page = max(self.number("page", 1), 1)
        last = max(-(-len(items) // size), 1)
        links = {"prev": page - 1, "first": 1} if page > 1 else {}
        links |= {"next": page + 1, "last": last} if page < last else {}
        self.link({rel: {"page": str(number)} for rel, number in links.items()})
        return items[(page - 1) * size : page * size]

    def link(self, relations: Mapping[str, Mapping[str, str]]) -> None:
        """Set the Link header: the same address with other query parameters, for each relation."""
        parts = [
            f'<{self.world.api}{quote(self.path)}?{urlencode({**self.query, **query})}>; rel="{rel}"'
            for rel, query in relations.items()
        ]
        if parts:
            self.reply_headers["Link"] = ", ".join(parts)

    def number(self, name: str, default: int) -> int:
        """A number of the query."""
        try:
            return int(self.query.get(name, default))
        except ValueError:
            return default


Handler = Callable[[Call], Any]


@dataclass(frozen=True)
class Route:
    """One operation of the API.

    `needs` is the permission that an App needs (`checks:write`; `issues+pull_requests:write` means the one that fits
    the issue's kind), `role` the role that a person needs where it isn't the level's own. `auth`: `token`, `jwt` (the
    App itself), or `any`.
    """

    method: str
    path: str
    handler: Handler
    needs: str = "metadata:read"
    status: int = 200
    role: str | None = None
    auth: str = "token"


def at(base: str, *routes: Route) -> tuple[Route, ...]:
    """Routes under a common beginning."""
    return tuple(dataclasses.replace(route, path=base + route.path) for route in routes)


def demand(found: T | None) -> T:
    """The thing itself.

    Raises:
        RefusedError: there is none (404).
    """
    if found is None:
        raise not_found()
    return found


def one_of(value: str, allowed: Sequence[str], name: str) -> str:
    """The value itself.

    Raises:
        RefusedError: it is none of the allowed (422).
    """
    if value not in allowed:
        raise malformed(f"For 'properties/{name}', {value} is not a member of {list(allowed)}.")
    return value


def demand_path(path: str, name: str) -> None:
    """Make sure that a path stays in its repository.

    Raises:
        RefusedError: it is malformed (422).
    """
    if {"", ".", "..", ".git"} & set(path.lower().split("/")) or "\0" in path:
        raise RefusedError(422, f"{name} contains a malformed path component")


@contextmanager
def reading_body() -> Iterator[None]:
    """Turn a stumble over the body's form into GitHub's answer.

    Raises:
        RefusedError: the body is not as documented (422).
    """
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise malformed(f"The body doesn't have the documented form: {error!r}.") from error
