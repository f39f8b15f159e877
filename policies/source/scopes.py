"""What the readers of test cases share: what surrounds a case, and a walk that collects without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from tree_sitter import Node

from policies.source.assertions import asserts
from policies.source.cases import Case, Place, Suite, line_of, nested, numbered
from policies.source.grammars import Source
from policies.source.test_paths import has_test_name

_NAME_LENGTH = 120
_MOST_INPUTS = 12


@dataclass(frozen=True)
class Scope:
    """What surrounds a definition: the groups or classes around it, and what they do to the cases within.

    Attributes:
        collected: whether definitions that are tests by their name alone count here.
        guards: the marks that skip on a condition, as text.
        inputs: the tables that the cases within share.
    """

    path: tuple[str, ...] = ()
    collected: bool = True
    skipped: bool = False
    focused: bool = False
    guards: tuple[str, ...] = ()
    inputs: tuple[Node, ...] = ()

    def named(self, name: str) -> Scope:
        """One group deeper."""
        return replace(self, path=nested(self.path, name))

    def marked(self, *, skipped: bool = False, focused: bool = False, guards: Iterable[str] = ()) -> Scope:
        """The same place with further marks."""
        return replace(
            self,
            skipped=self.skipped or skipped,
            focused=self.focused or focused,
            guards=(*self.guards, *guards)[-_MOST_INPUTS:],
        )

    def given(self, *inputs: Node) -> Scope:
        """The same place with further inputs."""
        return replace(self, inputs=(*self.inputs, *inputs)[-_MOST_INPUTS:])


Entered = Iterator[tuple[Node, Scope]]


class Collector:
    """Collects the cases of a file, and what they may call or name."""

    def __init__(self, source: Source, place: Place) -> None:
        self.source = source
        self.place = place
        self.cases: list[Case] = []
        self.functions: dict[str, Node] = {}
        self.data: dict[str, Node] = {}

    def walk(self, enter: Callable[[Node, Scope], Entered], scope: Scope) -> Suite:
        """Visit the tree in order; `enter` says which nodes to visit next, and inside of what."""
        stack = [(self.source.root, scope)]
        while stack:
            node, around = stack.pop()
            stack.extend(reversed([*enter(node, around)]))
        return self.suite()

    def suite(self) -> Suite:
        """What was collected."""
        return Suite(self.place.language, self.source, numbered(self.cases), self.functions, self.data)

    def add(self, node: Node, scope: Scope, nodes: Iterable[Node | None], *, asserts: bool = False) -> None:
        """Collect a case; the scope's path ends with its own name."""
        parts = tuple(part for part in nodes if part is not None)
        self.cases.append(
            Case(
                " > ".join(scope.path),
                line_of(node),
                parts,
                scope.inputs,
                skipped=scope.skipped,
                focused=scope.focused,
                guards=scope.guards,
                asserts=asserts,
            )
        )

    def of(self, node: Node | None) -> str:
        """The text of a node."""
        return self.source.of(node)

    def field(self, node: Node, field: str) -> str:
        """The text of a node's field."""
        return self.source.of(node.child_by_field_name(field))


def titled(text: str) -> str:
    """The title of a case without its quotes, on one line."""
    return " ".join(text.strip("\"'`").split())[:_NAME_LENGTH]


def as_script(suite: Suite, place: Place, *, anyhow: bool = False) -> Suite:
    """A file named like a test that asserts without any case is one case itself.

    Args:
        suite: what the file holds.
        place: where it lies.
        anyhow: whether its name is test enough.
    """
    script = Case(PurePosixPath(place.path).name, 1, (suite.source.root,))
    if (anyhow or has_test_name(place.path)) and not suite.cases and asserts(suite, script):
        return replace(suite, cases=(script,))
    return suite
