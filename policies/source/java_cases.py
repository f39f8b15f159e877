"""Test cases of Java: JUnit 3, 4 and 5, and TestNG."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import re2
from tree_sitter import Node

from policies.source.annotations import FAILS, GUARDS, NOISE, SKIPS, TESTS
from policies.source.cases import Case, Place, Suite, line_of, nested, numbered
from policies.source.grammars import Source

_TYPES = frozenset(["class_declaration", "record_declaration", "interface_declaration", "enum_declaration"])
_ANNOTATIONS = frozenset(["marker_annotation", "annotation"])
#: Methods that give every case of their class its inputs (JUnit 4).
_SHARED_INPUTS = frozenset(["Parameters", "DataPoints", "DataPoint"])
_JUNIT_3 = re2.compile(r"test\w*")
_WORD = re2.compile(r"\w+")


@dataclass(frozen=True)
class _Scope:
    path: tuple[str, ...] = ()
    skipped: bool = False
    guards: tuple[str, ...] = ()


def may_hold(_place: Place, text: str) -> bool:
    """Whether a file is worth parsing: every runner's words have "Test" in them, but for a few rare ones."""
    return any(word in text for word in ("Test", "@Theory", "@Property"))


def read(source: Source, place: Place) -> Suite:
    """The test cases of a Java file: told by their annotations, wherever the file lies."""
    reader = _Reader(source)
    stack = [(node, _Scope()) for node in reversed(source.root.named_children)]
    while stack:
        node, scope = stack.pop()
        if node.type in _TYPES:
            stack.extend(reversed([*reader.enter(node, scope)]))
    return Suite(place.language, source, numbered(reader.cases), reader.functions, reader.data)


class _Reader:
    """Collects the cases of one class after the other; nested classes come back to the caller."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._annotates = b"@Test" in source.text or b"org.junit.jupiter" in source.text
        self.cases: list[Case] = []
        self.functions: dict[str, Node] = {}
        self.data: dict[str, Node] = {}
        self._marks: dict[int, list[tuple[Node, str]]] = {}

    def enter(self, node: Node, scope: _Scope) -> Iterator[tuple[Node, _Scope]]:
        """Collect a class's cases and give its nested classes."""
        body = node.child_by_field_name("body")
        if body is None:
            return
        guards = (*scope.guards, *self._guards(node))
        inside = _Scope(nested(scope.path, self._name(node)), scope.skipped or self._skips(node), guards)
        members = body.named_children
        self._remember(members)
        methods = [member for member in members if member.type == "method_declaration"]
        by_name = {self._name(method): method for method in methods}
        shared = [method for method in methods if self._names(method) & _SHARED_INPUTS]
        whole_class = "Test" in self._names(node)
        is_junit_3 = self._is_junit_3(node)
        for method in methods:
            named = is_junit_3 and bool(_JUNIT_3.fullmatch(self._name(method)))
            public = whole_class and "public" in self.source.of(_modifiers(method)).split()
            if self._names(method) & TESTS or ((named or public) and not self._names(method)):
                self._case(method, inside, [*shared, *self._inputs(method, by_name)])
            elif self._name(method) not in self.functions:
                self.functions[self._name(method)] = method
        yield from ((member, inside) for member in members if member.type in _TYPES)

    def _case(self, method: Node, scope: _Scope, inputs: list[Node]) -> None:
        guards = self._guards(method)
        own = [
            one
            for one, name in self._annotations(method)
            if name not in SKIPS | NOISE and not FAILS.fullmatch(name) and not GUARDS.fullmatch(name)
        ]
        parts = [method.child_by_field_name("parameters"), method.child_by_field_name("body")]
        nodes = (*own, *(part for part in parts if part is not None))
        skipped = scope.skipped or self._skips(method)
        self.cases.append(
            Case(
                ".".join(nested(scope.path, self._name(method))),
                line_of(method),
                nodes,
                tuple(inputs),
                skipped=skipped,
                guards=(*scope.guards, *guards),
            )
        )

    def _inputs(self, method: Node, by_name: dict[str, Node]) -> Iterator[Node]:
        """The methods that a case's annotations name as its sources of inputs."""
        for annotation, name in self._annotations(method):
            words = set(_WORD.findall(self.source.of(annotation.child_by_field_name("arguments"))))
            if annotation.type == "marker_annotation" and name == "MethodSource":
                words = {self._name(method)}
            yield from (by_name[word] for word in sorted(words & by_name.keys()) if by_name[word] != method)

    def _is_junit_3(self, node: Node) -> bool:
        """Whether methods are cases by name: in a TestCase or, with no annotation in the file, a base of its own."""
        base = self.source.of(node.child_by_field_name("superclass"))
        return base.endswith("TestCase") or ("Test" in base and not self._annotates)

    def _skips(self, node: Node) -> bool:
        return any(
            name in SKIPS
            or FAILS.fullmatch(name)
            or (name == "Test" and "enabled=false" in self.source.of(one).replace(" ", ""))
            for one, name in self._annotations(node)
        )

    def _guards(self, node: Node) -> list[str]:
        marks = self._annotations(node)
        return ["".join(self.source.of(one).split()) for one, name in marks if GUARDS.fullmatch(name)]

    def _remember(self, members: list[Node]) -> None:
        for member in members:
            declarators = member.children_by_field_name("declarator") if member.type == "field_declaration" else []
            for one in declarators:
                value = one.child_by_field_name("value")
                if value is not None:
                    self.data[self._name(one)] = value

    def _names(self, node: Node) -> set[str]:
        return {name for _, name in self._annotations(node)}

    def _annotations(self, node: Node) -> list[tuple[Node, str]]:
        """The annotations of a class or method with their names; several questions are asked of each."""
        if node.id not in self._marks:
            marks = [(one, self._name(one).rpartition(".")[2]) for one in _annotations(node)]
            self._marks[node.id] = marks
        return self._marks[node.id]

    def _name(self, node: Node) -> str:
        return self.source.of(node.child_by_field_name("name"))


def _modifiers(node: Node) -> Node | None:
    return next((child for child in node.named_children if child.type == "modifiers"), None)


def _annotations(node: Node) -> list[Node]:
    modifiers = _modifiers(node)
    return [child for child in modifiers.named_children if child.type in _ANNOTATIONS] if modifiers else []
