"""What a query costs, worked out before it runs.

docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api, "Calculating points": add up the
requests needed to fill every connection, assuming that each reaches its limit, divide by 100, at least 1. "Node limit":
the same sum over nodes may not pass 500,000.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

MAX_NODES = 500_000


@dataclass(frozen=True)
class Cost:
    """What a query costs: `requests` fill its connections, `nodes` is the most that they may hold."""

    requests: int = 0
    nodes: int = 0

    @property
    def points(self) -> int:
        """What it takes from the rate limit."""
        return max(1, round(self.requests / 100))


def cost_of(document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Cost:
    """The cost of one operation of a document."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    found = list(_connections(operation.selection_set, 1, fragments, variables))
    return Cost(sum(parents for parents, _ in found), sum(parents * size for parents, size in found))


def _connections(
    selections: SelectionSetNode | None,
    parents: int,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> Iterator[tuple[int, int]]:
    for each in selections.selections if selections else ():
        if isinstance(each, FragmentSpreadNode):
            if fragment := fragments.get(each.name.value):
                yield from _connections(fragment.selection_set, parents, fragments, variables)
            continue
        size = _size(each, variables) if isinstance(each, FieldNode) else None
        if size is not None:
            yield parents, size
        yield from _connections(getattr(each, "selection_set", None), parents * (size or 1), fragments, variables)


def _size(node: FieldNode, variables: Mapping[str, Any]) -> int | None:
    for argument in node.arguments or ():
        if argument.name.value in {"first", "last"}:
            value = argument.value
            if isinstance(value, IntValueNode):
                return int(value.value)
            if isinstance(value, VariableNode):
                given = variables.get(value.name.value)
                return given if isinstance(given, int) else 1
    return None
