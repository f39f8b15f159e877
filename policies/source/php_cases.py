"""Test cases of PHP: PHPUnit's methods, Pest's functions, and PHP's own `.phpt` files.

Words from PHPUnit's "Attributes" and "Annotations" and "Incomplete and Skipped Tests", Pest's "Writing Tests" and
"Skipping Tests", and PHP's "phpt file structure".
"""

from __future__ import annotations

import re2
from tree_sitter import Node

from policies.source.cases import Case, Place, Suite
from policies.source.grammars import Source
from policies.source.scopes import Collector, Entered, Scope, titled

_PROVIDER = re2.compile(r"@dataProvider\s+(?:\w+::)?(\w+)|DataProvider(?:External)?\s*\([^)]*'(\w+)'|TestWith")
_TEST_TAG = re2.compile(r"@test\b")
#: PHPUnit "Skipping Tests using Attributes" and `@requires`.
_REQUIRES = re2.compile(r"@requires\s+[^\n*]+|\bRequires[A-Z]\w*(?:\([^)\n]*\))?")
_SKIPS = frozenset(["markTestSkipped", "markTestIncomplete"])
_PEST = frozenset(["it", "test", "todo", "arch"])
_LONGEST_CHAIN = 12
_GROUPS = frozenset(["describe"])
_PHPT = re2.compile(r"(?m)^--([A-Z_]+)--\r?$")
#: The sections of a .phpt file that decide what it tests.
_SECTIONS = frozenset("FILE FILEEOF EXPECT EXPECTF EXPECTREGEX ARGS POST GET STDIN INI ENV XFAIL".split())  # noqa: SIM905


def may_hold(place: Place, text: str) -> bool:
    """Whether a file is worth parsing."""
    if place.path.endswith(".phpt"):
        return True
    return (
        "extends" in text or "@test" in text or "#[" in text or (place.is_test and ("it(" in text or "test(" in text))
    )


def read(source: Source, place: Place) -> Suite:
    """The test cases of a PHP file."""
    reader = _Reader(source, place)
    if place.path.endswith(".phpt"):
        reader.cases.append(_phpt(source.text.decode("utf-8", "replace")))
        return reader.suite()
    return reader.walk(reader.enter, Scope(collected=place.is_test))


def _phpt(text: str) -> Case:
    parts = _PHPT.split(text)
    sections = dict(zip(parts[1::2], parts[2::2], strict=False))
    words = tuple(f"{name}\n{sections[name].strip()}" for name in sorted(sections.keys() & _SECTIONS))
    guards = ("SKIPIF",) if "SKIPIF" in sections else ()
    return Case("test", 1, words=words, skipped="XFAIL" in sections, guards=guards, asserts="FILE" in sections)


class _Reader(Collector):
    def enter(self, node: Node, scope: Scope) -> Entered:
        if node.type in ("class_declaration", "trait_declaration"):
            yield from self._class(node, scope)
        elif node.type in ("function_call_expression", "member_call_expression") and scope.collected:
            yield from self._call(node, scope)
        elif node.type == "function_definition":
            self.functions.setdefault(self.field(node, "name"), node)
        else:
            yield from ((child, scope) for child in node.named_children)

    def _class(self, node: Node, scope: Scope) -> Entered:
        body = node.child_by_field_name("body")
        members = body.named_children if body is not None else []
        base = next((self.of(child) for child in node.named_children if child.type == "base_clause"), "")
        guards = _REQUIRES.findall(_before(node, self.source) + self.field(node, "attributes"))
        inside = scope.named(self.field(node, "name")).marked(guards=guards)
        collected = scope.collected or base.endswith(("TestCase", "Test"))
        methods = {self.field(one, "name"): one for one in members if one.type == "method_declaration"}
        skipped = any(self._body_skips(methods[name]) for name in ("setUp", "setUpBeforeClass") if name in methods)
        comment = ""
        for member in members:
            if member.type == "comment":
                comment = self.of(member)
                continue
            if member.type == "method_declaration":
                self._method(member, inside.marked(skipped=skipped), comment, methods if collected else {})
            elif member.type in ("const_declaration", "property_declaration"):
                self._remember(member)
            comment = ""
        yield from ()

    def _method(self, node: Node, scope: Scope, comment: str, methods: dict[str, Node]) -> None:
        name, attributes = self.field(node, "name"), self.field(node, "attributes")
        marked = bool(_TEST_TAG.search(comment)) or "Test]" in attributes.replace(" ", "") or "Test," in attributes
        if not methods or not (name.startswith("test") or marked):
            self.functions.setdefault(name, node)
            return
        providers = {one for found in _PROVIDER.findall(comment + attributes) for one in found if one}
        inputs = [methods[one] for one in sorted(providers & methods.keys())]
        raises = "@expectedException" in comment or "ExpectedException" in attributes
        guards = _REQUIRES.findall(comment + attributes)
        inside = scope.named(name).given(*inputs).marked(skipped=self._body_skips(node), guards=guards)
        parts = (node.child_by_field_name("parameters"), node.child_by_field_name("body"))
        self.add(node, inside, (*self._rows(node), *parts), asserts=raises)

    def _rows(self, node: Node) -> list[Node]:
        """The attributes that are rows of inputs."""
        given = node.child_by_field_name("attributes")
        groups = given.named_children if given is not None else []
        return [one for group in groups for one in group.named_children if "TestWith" in self.of(one)]

    def _body_skips(self, method: Node) -> bool:
        body = method.child_by_field_name("body")
        for statement in body.named_children if body is not None else []:
            inner = statement.named_children[0] if statement.named_child_count else None
            if statement.type == "return_statement" and not statement.named_child_count:
                return True
            called = inner is not None and inner.type in ("member_call_expression", "scoped_call_expression")
            if inner is not None and called and self.field(inner, "name") in _SKIPS:
                return True
        return False

    def _remember(self, member: Node) -> None:
        for one in member.named_children:
            if one.type in ("const_element", "property_element") and one.named_child_count > 1:
                self.data[self.of(one.named_children[0]).lstrip("$")] = one.named_children[-1]

    def _call(self, node: Node, scope: Scope) -> Entered:
        call, chain = self._unchained(node)
        word = self.field(call, "function") if call is not None else ""
        given = call.child_by_field_name("arguments") if call is not None else None
        arguments = given.named_children if given is not None else []
        if not arguments or word not in _PEST | _GROUPS:
            yield from ((child, scope) for child in node.named_children)
            return
        skipped = any(name in ("skip", "todo") and not _has(one) for name, one in chain) or word == "todo"
        guards = [self.of(one) for name, one in chain if name.startswith("skip") and _has(one)]
        focused = any(name == "only" for name, _ in chain)
        inside = scope.named(titled(self.of(arguments[0])))
        inside = inside.marked(skipped=skipped, guards=guards, focused=focused)
        inputs = [one for name, one in chain if name == "with" and one is not None]
        if word in _GROUPS:
            yield from ((one, inside.given(*inputs)) for one in arguments[1:])
            return
        throws = any(name.startswith("throws") for name, _ in chain)
        self.add(
            node, inside.marked(skipped=len(arguments) == 1 and not chain), (*arguments[1:], *inputs), asserts=throws
        )

    def _unchained(self, node: Node) -> tuple[Node | None, list[tuple[str, Node | None]]]:
        """The innermost call of `it(…)->with(…)->skip()`, and the calls upon it."""
        chain: list[tuple[str, Node | None]] = []
        current: Node | None = node
        while current is not None and current.type == "member_call_expression" and len(chain) < _LONGEST_CHAIN:
            chain.append((self.field(current, "name"), current.child_by_field_name("arguments")))
            current = current.child_by_field_name("object")
        return (current if current is not None and current.type == "function_call_expression" else None), chain


def _before(node: Node, source: Source) -> str:
    """The comment in front of a definition."""
    comment = node.prev_named_sibling
    return source.of(comment) if comment is not None and comment.type == "comment" else ""


def _has(arguments: Node | None) -> bool:
    """Whether a skip has a condition: a reason alone is none."""
    if arguments is None or not arguments.named_children:
        return False
    kinds = {child.type for one in arguments.named_children for child in one.named_children}
    return not kinds <= {"string", "encapsed_string"}
