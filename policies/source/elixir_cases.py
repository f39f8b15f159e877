"""Test cases of Elixir: ExUnit's `test`, StreamData's `property`, and doctests.

Words from ExUnit.Case ("Tags") and ExUnit.DocTest of the Elixir documentation.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator

import re2
from tree_sitter import Node

from policies.source.cases import Case, Place, Suite, line_of
from policies.source.grammars import Source
from policies.source.scopes import Collector, Entered, Scope, titled

#: ExUnit's, StreamData's, Wallaby's, and those of ESpec and ExSpec.
_CASES = frozenset(["test", "property", "feature", "it"])
_ATTRIBUTE = re2.compile(r"@(\w+)")
_DEFINITIONS = frozenset(["def", "defp", "defmacro", "defmacrop"])
_DOCS = frozenset(["doc", "moduledoc", "typedoc"])
_FLAGS = frozenset(["skip"])
#: What people tag a case with to run it alone: `mix test --only focus`.
_FOCUSED = frozenset(["focus", "only"])


def may_hold(place: Place, text: str) -> bool:
    """Whether a file is worth parsing."""
    return (
        "iex>" in text
        or "ExUnit.Case" in text
        or (place.is_test and any(word in text for word in ("test ", "property ", "it ")))
    )


def read(source: Source, place: Place) -> Suite:
    """The test cases of an Elixir file; examples in documentation count as doctests."""
    reader = _Reader(source, place)
    return reader.walk(reader.enter, Scope(collected=place.is_test or b"ExUnit.Case" in source.text))


class _Reader(Collector):
    def __init__(self, source: Source, place: Place) -> None:
        super().__init__(source, place)
        self.attributes: dict[str, list[Node]] = {}

    def enter(self, node: Node, scope: Scope) -> Entered:
        tags: list[Node] = []
        for child in node.named_children:
            attribute = self._attribute(child)
            if attribute is not None:
                name = self.field(attribute, "target")
                if name in ("moduletag", "describetag"):
                    scope = self._tagged([attribute], scope)
                elif name == "tag":
                    tags.append(attribute)
                else:
                    self._remember(name, attribute, scope)
            elif child.type == "call":
                yield from self._call(child, self._tagged(tags, scope), tags)
                tags = []
            elif child.type not in self.source.grammar.comments:
                yield child, scope

    def _attribute(self, node: Node) -> Node | None:
        if node.type != "unary_operator" or self.of(node)[:1] != "@":
            return None
        operand = node.child_by_field_name("operand")
        return operand if operand is not None and operand.type == "call" else None

    def _tagged(self, tags: list[Node], scope: Scope) -> Scope:
        texts = ["".join(self.of(_arguments(tag)).split()) for tag in tags]
        names = [text.lstrip("(:").split(":")[0].rstrip(")") for text in texts]
        skipped = any(
            name in _FLAGS and not text.endswith(("false", "nil")) for name, text in zip(names, texts, strict=True)
        )
        return scope.marked(skipped=skipped, focused=any(name in _FOCUSED for name in names))

    def _is_mark(self, tag: Node) -> bool:
        """Whether a tag says whether a case runs, and gives it no input."""
        text = "".join(self.of(_arguments(tag)).split()).lstrip("(:")
        return "skip" in text[:8] or text.rstrip(")").split(":")[0] in _FOCUSED

    def _remember(self, name: str, attribute: Node, scope: Scope) -> None:
        given = _arguments(attribute)
        if given is None:
            return
        if name not in _DOCS:
            bisect.insort(self.attributes.setdefault(name, []), given, key=_start)
            return
        examples = tuple(_examples(self.of(given).split("\n")))
        if examples:
            title = (
                f"{'.'.join(scope.path)} {name} (doctest)"
                if name == "moduledoc"
                else f"{self._next(attribute)} (doctest)"
            )
            outputs = any(not line.startswith(("iex", "...")) for line in examples)
            self.cases.append(Case(title, line_of(attribute), words=examples, doctest=True, asserts=outputs))

    def _named(self, case: Node) -> Iterator[Node]:
        """The module attributes that a case names, each as it was set last before the case."""
        for name in sorted(set(_ATTRIBUTE.findall(self.of(case))) & self.attributes.keys()):
            found = self.attributes[name]
            index = bisect.bisect_left(found, case.start_byte, key=_start)
            yield from found[max(index - 1, 0) : index]

    def _next(self, attribute: Node) -> str:
        """The definition that a documentation belongs to."""
        holder = attribute.parent
        following = holder.next_named_sibling if holder is not None else None
        while following is not None and following.type != "call":
            following = following.next_named_sibling
        given = _arguments(following) if following is not None else None
        return self.of(given).split("(")[0].split(" ")[0][:60] if given is not None else "doc"

    def _call(self, node: Node, scope: Scope, tags: list[Node]) -> Entered:
        word, given, body = self.field(node, "target"), _arguments(node), _child(node, "do_block")
        first = given.named_children[0] if given is not None and given.named_children else None
        if word in _CASES and scope.collected and first is not None:
            marks = [tag for tag in tags if not self._is_mark(tag)]
            inside = scope.named(titled(self.of(first))).marked(skipped=body is None and not _one_line(given))
            inside = inside.given(*self._named(node))
            self.add(node, inside, (*marks, *(given.named_children[1:] if given else ()), body))
        elif word == "doctest" and scope.collected and given is not None:
            self.cases.append(
                Case(f"doctest {self.of(first)[:80]}", line_of(node), (given,), doctest=True, asserts=True)
            )
        elif word in _DEFINITIONS and first is not None:
            name = self.of(first).split("(")[0].split(" ")[0]
            self.functions.setdefault(name, node)
        elif word in ("defmodule", "describe", "context") and body is not None:
            yield body, scope.named(titled(self.of(first)))
        elif word == "for" and given is not None and body is not None:
            yield body, scope.given(given)
        else:
            yield from ((child, scope) for child in node.named_children)


def _one_line(arguments: Node | None) -> bool:
    """Whether a body follows on the line: `test "adds", do: assert total() == 1`."""
    return any(child.type == "keywords" for child in (arguments.named_children if arguments is not None else []))


def _start(node: Node) -> int:
    return int(node.start_byte)


def _arguments(node: Node | None) -> Node | None:
    return _child(node, "arguments") if node is not None else None


def _child(node: Node, kind: str) -> Node | None:
    return next((child for child in node.named_children if child.type == kind), None)


def _examples(lines: list[str]) -> Iterator[str]:
    """The lines that ExUnit.DocTest runs or compares: from a prompt to the next blank line."""
    inside = False
    for line in lines:
        text = line.strip()
        inside = bool(text) and text != '"""' and (inside or text.startswith(("iex>", "iex(")))
        if inside:
            yield text
