"""Test cases of Rust: functions whose attribute ends in `test`, macros that make them, and doctests.

Words from The Rust Reference ("Testing attributes", "Conditional compilation") and the rustdoc book
("Documentation tests").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import re2
from tree_sitter import Node

from policies.source.cases import Case, Place, Suite
from policies.source.grammars import Source
from policies.source.scopes import Collector, Entered, Scope

_TEST = re2.compile(r"(?:\w*_)?test|rstest|test_case|test_matrix|quickcheck|property_test|proptest|wasm_bindgen_test")
_CONTAINERS = frozenset(["source_file", "mod_item", "declaration_list", "impl_item", "expression_statement", "ERROR"])
_FENCE = re2.compile(r"^\s*(```+|~~~+)\s*([\w, =-]*)\s*$")
_DOC = re2.compile(r"^\s*(?:///|//!)\s?(.*)$")
_ITEM = re2.compile(r"\b(?:fn|struct|enum|trait|mod|impl|macro_rules!|type|const|static|union)\s+([\w<>:' ,&]{1,60})")
#: The words after a fence that leave it a doctest (rustdoc book, "Attributes").
_RUN = re2.compile(r"rust|should_panic|no_run|edition20\d\d|compile_fail|standalone_crate|E\d{4}|test_harness")
_ASSERTING = re2.compile(r"assert|panic|unwrap|expect\(|should_panic|compile_fail|\?;")


def may_hold(place: Place, text: str) -> bool:
    """Whether a file is worth parsing."""
    return place.is_test or "test" in text or "quickcheck" in text or "```" in text


def read(source: Source, place: Place) -> Suite:
    """The test cases of a Rust file, inline ones in `src/` and doctests included."""
    reader = _Reader(source, place)
    reader.walk(reader.enter, Scope(collected=place.is_test))
    reader.cases += _doctests(source.text.decode("utf-8", "replace").split("\n"))
    return reader.suite()


class _Reader(Collector):
    def enter(self, node: Node, scope: Scope) -> Entered:
        attributes: list[Node] = []
        for child in node.named_children:
            if child.type == "attribute_item":
                attributes += child.named_children
            elif child.type not in self.source.grammar.comments:
                yield from self._item(child, self._within(attributes, scope), attributes)
                attributes = []

    def _within(self, attributes: list[Node], scope: Scope) -> Scope:
        texts = ["".join(self.of(one).split()) for one in attributes]
        off = any(text.startswith(("ignore", "cfg(any())", "cfg(FALSE)", "cfg(false)")) for text in texts)
        guards = [text for text in texts if _is_guard(text)]
        return scope.marked(skipped=off, guards=guards)

    def _item(self, node: Node, scope: Scope, attributes: list[Node]) -> Entered:
        if node.type == "function_item":
            self._function(node, scope, attributes)
        elif node.type == "mod_item":
            body = node.child_by_field_name("body")
            in_tests = scope.collected or any(self.of(one) == "cfg(test)" for one in attributes)
            if body is not None:
                inside = scope.named(self.field(node, "name"))
                yield body, Scope(inside.path, in_tests, inside.skipped, guards=inside.guards)
        elif node.type in _CONTAINERS:
            yield node, scope
        elif node.type == "macro_invocation":
            self._macro(node, scope)
        elif node.type in ("const_item", "static_item"):
            value = node.child_by_field_name("value")
            if value is not None:
                self.data[self.field(node, "name")] = value
        elif node.type == "macro_definition":
            self.functions.setdefault(self.field(node, "name"), node)

    def _function(self, node: Node, scope: Scope, attributes: list[Node]) -> None:
        name, body = self.field(node, "name"), node.child_by_field_name("body")
        names = {_last(self.of(one)) for one in attributes}
        if not any(_TEST.fullmatch(one) for one in names):
            self.functions.setdefault(name, body or node)
            return
        own = [one for one in attributes if _last(self.of(one)) not in ("ignore", "cfg", "cfg_attr", "allow", "expect")]
        nodes = (*own, node.child_by_field_name("parameters"), body)
        self.add(node, scope.named(name), nodes, asserts="should_panic" in names)

    def _macro(self, node: Node, scope: Scope) -> None:
        """A macro of the tests that is called for a name makes a case of it: `rgtest!(r1559, |dir| …)`."""
        given = next((child for child in node.named_children if child.type == "token_tree"), None)
        if given is None or not scope.collected or not given.named_children:
            return
        first = given.named_children[0]
        called = self.field(node, "macro")
        holds_tests = any(_TEST.fullmatch(self.of(child)) for child in given.named_children)
        if first.type == "identifier" or holds_tests or "test" in called:
            self.add(node, scope.named(f"{called}! {self.of(first)[:60]}"), (given,))


def _last(attribute: str) -> str:
    return attribute.split("(", 1)[0].split("=", 1)[0].strip().rpartition("::")[2].strip()


def _is_guard(text: str) -> bool:
    """Whether an attribute lets a case run on a condition only; `cfg(test)` is none."""
    if text.startswith("cfg("):
        return text not in ("cfg(test)", "cfg(any())", "cfg(FALSE)", "cfg(false)")
    return text.startswith("cfg_attr(") and "ignore" in text


@dataclass
class _Block:
    start: int
    words: str
    lines: list[str]


def _doctests(lines: Sequence[str]) -> Iterator[Case]:
    for name, block in _blocks(lines):
        words = [word for word in block.words.replace(" ", ",").split(",") if word]
        ignored = [word for word in words if word.startswith("ignore")]
        if not all(_RUN.fullmatch(word) for word in words if word not in ignored):
            continue
        code = tuple(line for line in block.lines if line and not line.startswith("//"))
        if code:
            yield Case(
                f"{name} (doctest)",
                block.start + 1,
                words=("\n".join(code),),
                skipped="ignore" in ignored,
                guards=tuple(word for word in ignored if word != "ignore"),
                doctest=True,
                asserts="no_run" not in words and bool(_ASSERTING.search(" ".join([*code, block.words]))),
            )


def _blocks(lines: Sequence[str]) -> Iterator[tuple[str, _Block]]:
    """The fenced code in documentation comments, with the name of the item that follows."""
    waiting: list[_Block] = []
    block: _Block | None = None
    for number, line in enumerate(lines):
        text = _DOC.match(line[:2000])
        if text is None:
            block = None
            if waiting and (line.strip() and not line.lstrip().startswith(("#", "//"))):
                item = _ITEM.search(line[:2000])
                yield from ((item.group(1).strip() if item else "file", one) for one in waiting)
                waiting = []
            continue
        fence = _FENCE.match(text.group(1))
        if fence and block is None:
            block = _Block(number, fence.group(2).strip(), [])
        elif fence and block is not None:
            waiting.append(block)
            block = None
        elif block is not None:
            block.lines.append(text.group(1).strip().removeprefix("# ").strip())
    yield from (("file", one) for one in waiting)
