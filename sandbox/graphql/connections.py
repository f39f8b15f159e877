"""Connections: GitHub's lists, with pages, bounds and a price."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError

from sandbox.graphql.nodes import Info, Resolver

#: The most that one page of any connection holds (docs.github.com/graphql/overview/rate-limits-and-query-limits-for-
#: the-graphql-api, "Node limit").
MAX_PAGE = 100


@dataclass(frozen=True)
class Page:
    """Which part of a connection is asked for."""

    first: int | None = None
    last: int | None = None
    after: str | None = None
    before: str | None = None

    def cut(self, total: int) -> tuple[int, int]:
        """The bounds of the part in a list of this length, by the algorithm of the Relay cursor specification."""
        start = _position(self.after) if self.after else 0
        end = min(total, _position(self.before) - 1) if self.before else total
        if self.first is not None:
            end = min(end, start + self.first)
        if self.last is not None:
            start = max(start, end - self.last)
        return min(start, end), end


@dataclass(frozen=True)
class Connection:
    """One page of a list; `extra` holds the fields that only some connections have, `edges_with` those of edges."""

    items: Sequence[Any]
    page: Page
    extra: dict[str, Any] = field(default_factory=dict)
    edges_with: Callable[[Any], dict[str, Any]] = lambda _: {}

    def fields(self) -> dict[str, Any]:
        """The connection as GraphQL reads it; `total_count` is of the whole list."""
        start, end = self.page.cut(len(self.items))
        nodes = list(self.items[start:end])
        return {
            "totalCount": len(self.items),
            "nodes": nodes,
            "edges": [
                {"cursor": cursor(start + at + 1), "node": node, **self.edges_with(node)}
                for at, node in enumerate(nodes)
            ],
            "pageInfo": {
                "hasNextPage": end < len(self.items),
                "hasPreviousPage": start > 0,
                "startCursor": cursor(start + 1) if nodes else None,
                "endCursor": cursor(end) if nodes else None,
            },
            **self.extra,
        }


def cursor(position: int) -> str:
    """An opaque cursor for the item at a position, counted from 1."""
    return base64.b64encode(f"cursor:v2:{position}".encode()).decode()


def _position(text: str) -> int:
    try:
        return int(base64.b64decode(text, validate=True).decode().rpartition(":")[2])
    except ValueError as error:
        message = f"`{text}` does not appear to be a valid cursor."
        raise GraphQLError(message, extensions={"type": "INVALID_CURSOR_ARGUMENTS"}) from error


def listed(items: Callable[..., Iterable[Any]]) -> Resolver:
    """A resolver for a connection, from a function that gives its whole list.

    The function gets source, info and the field's arguments other than the paging ones.
    """

    def resolve(source: Any, info: Info, **arguments: Any) -> dict[str, Any] | None:
        page = page_of(info, arguments)
        return Connection(list(items(source, info, **arguments)), page).fields()

    return resolve


def page_of(info: Info, arguments: dict[str, Any]) -> Page:
    """Take the paging arguments out of a connection's arguments.

    Raises:
        GraphQLError: neither `first` nor `last` is given, or more is asked for than a page holds.
    """
    page = Page(*(arguments.pop(name, None) for name in ("first", "last", "after", "before")))
    if page.first is None and page.last is None:
        _refuse(
            "MISSING_PAGINATION_BOUNDARIES",
            f"You must provide a `first` or `last` value to properly paginate the `{info.field_name}` connection.",
        )
    for name, value in (("first", page.first), ("last", page.last)):
        if value is not None and value < 0:
            _refuse("INVALID_PAGINATION", f"`{name}` on the `{info.field_name}` connection cannot be less than zero.")
        if value is not None and value > MAX_PAGE:
            _refuse(
                "EXCESSIVE_PAGINATION",
                f"Requesting {value} records on the `{info.field_name}` connection exceeds the `{name}` limit of "
                f"{MAX_PAGE} records.",
            )
    return page


def _refuse(kind: str, message: str) -> None:
    raise GraphQLError(message, extensions={"type": kind})
