"""Test cases of Kotlin: JUnit and kotlin.test methods, and the specs of Kotest and Spek.

Words from Kotest's "Testing styles" and "Conditional evaluation", Spek's "Specification", and JUnit 5's "Annotations".
"""

from __future__ import annotations

import re2
from tree_sitter import Node

from policies.source.annotations import FAILS, GUARDS, NOISE, SKIPS, TESTS
from policies.source.cases import Place, Suite
from policies.source.grammars import Source
from policies.source.scopes import Collector, Entered, Scope, titled

_TYPES = frozenset(["class_declaration", "object_declaration", "companion_object"])
_GROUPS = frozenset(["describe", "context", "given", "when", "feature", "group", "and", "Given", "When", "And"])
_CASES = frozenset(["test", "it", "should", "then", "Then", "expect", "scenario"])
_SPEC = re2.compile(r"(?:[A-Z]\w*Spec|Spek|DescribeSpec)\b|:\s*Spec\b|io\.kotest|spekframework")
_WORD = re2.compile(r"\w+")
_NAME_LENGTH = 60


def may_hold(place: Place, text: str) -> bool:
    """Whether a file is worth parsing."""
    return "Test" in text or (place.is_test and bool(_SPEC.search(text)))


def read(source: Source, place: Place) -> Suite:
    """The test cases of a Kotlin file: annotated methods wherever it lies, specs in test files."""
    reader = _Reader(source, place)
    return reader.walk(
        reader.enter, Scope(collected=place.is_test and bool(_SPEC.search(source.text.decode("utf-8", "replace"))))
    )


class _Reader(Collector):
    def enter(self, node: Node, scope: Scope) -> Entered:
        if node.type in _TYPES:
            inside = self._marked(node, scope.named(self.field(node, "name") or "companion"))
            yield from ((child, inside) for child in node.named_children if child.type != "modifiers")
        elif node.type == "function_declaration":
            yield from self._function(node, scope)
        elif node.type == "call_expression" and scope.collected:
            yield from self._call(node, scope)
        else:
            self._remember(node)
            yield from ((child, scope) for child in node.named_children)

    def _function(self, node: Node, scope: Scope) -> Entered:
        name, body = self.field(node, "name"), _child(node, "function_body")
        marks = _annotations(node)
        names = {self._called(mark) for mark in marks}
        if not names & TESTS:
            self.functions.setdefault(name, node)
            return
        own = [mark for mark in marks if self._called(mark) not in SKIPS | NOISE and not self._guards([mark])]
        inside = self._marked(node, scope.named(name.strip("`")))
        inside = inside.given(*(self.functions[word] for word in self._words(own) & self.functions.keys()))
        self.add(node, inside, (*own, _child(node, "function_value_parameters"), body))
        yield from ()

    def _words(self, marks: list[Node]) -> set[str]:
        return {word for mark in marks for word in _WORD.findall(self.of(mark))}

    def _call(self, node: Node, scope: Scope) -> Entered:
        block = _child(node, "annotated_lambda")
        word, title, given = self._callee(node.named_children[0])
        plain = word[1:] if word[:1] in ("x", "f") and word[1:] in _GROUPS | _CASES else word.strip("`")
        focus = title.startswith("f:") or (plain != word and word[:1] == "f")
        if block is not None and title and (plain in _GROUPS or word == "-"):
            yield block, scope.named(title).marked(skipped=word.startswith("x") or title.startswith("!"), focused=focus)
        elif block is not None and title and (plain in _CASES or not word):
            off = word.startswith("x") or title.startswith("!") or any("enabled=false" in text for text in given)
            self.add(node, scope.named(title).marked(skipped=off, focused=focus), (block,))
        else:
            yield from ((child, scope) for child in node.named_children)

    def _callee(self, node: Node) -> tuple[str, str, list[str]]:
        """The word that a case's call starts with ("" for a bare title), its title, and what `config` was given."""
        given: list[str] = []
        if node.type == "call_expression" and node.named_children[0].type == "navigation_expression":
            inner = node.named_children[0]
            if self.of(inner).endswith(".config"):
                given.append("".join(self.of(node.named_children[-1]).split()))
                node = inner.named_children[0]
        if node.type == "string_literal":
            return "", titled(self.of(node)), given
        if node.type != "call_expression" or node.named_children[0].end_byte - node.start_byte > _NAME_LENGTH:
            return "", "", given
        arguments = _child(node, "value_arguments")
        first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
        title = titled(self.of(first)) if first is not None and self.of(first)[:1] == '"' else ""
        return self.of(node.named_children[0]), title, given

    def _marked(self, node: Node, scope: Scope) -> Scope:
        marks = _annotations(node)
        names = [self._called(mark) for mark in marks]
        skipped = any(name in SKIPS or FAILS.fullmatch(name) for name in names)
        return scope.marked(skipped=skipped, guards=self._guards(marks))

    def _guards(self, marks: list[Node]) -> list[str]:
        return ["".join(self.of(mark).split()) for mark in marks if GUARDS.fullmatch(self._called(mark))]

    def _called(self, mark: Node) -> str:
        return self.of(mark).lstrip("@").split("(")[0].rpartition(":")[2].rpartition(".")[2].strip()

    def _remember(self, node: Node) -> None:
        if node.type != "property_declaration":
            return
        target = _child(node, "variable_declaration")
        if target is not None and node.named_children[-1] != target:
            self.data[self.of(target).split(":")[0].strip()] = node.named_children[-1]


def _child(node: Node, kind: str) -> Node | None:
    return next((child for child in node.named_children if child.type == kind), None)


def _annotations(node: Node) -> list[Node]:
    modifiers = _child(node, "modifiers")
    return [child for child in modifiers.named_children if child.type == "annotation"] if modifiers is not None else []
