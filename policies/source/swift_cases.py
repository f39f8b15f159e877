"""Test cases of Swift: XCTest methods, Swift Testing's `@Test`, and Quick's examples.

Words from Apple's "XCTest" ("Defining Test Cases and Test Methods") and Swift Testing ("Enabling and disabling tests").
"""

from __future__ import annotations

from tree_sitter import Node

from policies.source.cases import Place, Suite
from policies.source.grammars import Source
from policies.source.scopes import Collector, Entered, Scope, titled

_CALLS_GROUP = frozenset(["describe", "context", "fdescribe", "fcontext", "xdescribe", "xcontext"])
_CALLS_CASE = frozenset(["it", "fit", "xit", "pending", "test"])
_TABLES = frozenset(
    ["array_literal", "dictionary_literal", "line_string_literal", "multi_line_string_literal", "raw_string_literal"]
)

_LONGEST_CONDITION = 200
_DEEPEST = 12


def may_hold(place: Place, text: str) -> bool:
    """Whether a file is worth parsing."""
    return (
        "XCTest" in text
        or "@Test" in text
        or (place.is_test and any(word in text for word in ("func test", "describe(", "QuickSpec", "import Quick")))
    )


def read(source: Source, place: Place) -> Suite:
    """The test cases of a Swift file."""
    reader = _Reader(source, place)
    return reader.walk(reader.enter, Scope(collected=place.is_test))


def _conditions(text: str) -> list[tuple[str, ...]]:
    """The conditions of `#if` around each line: to the grammar they are marks on the way, not what surrounds a case."""
    found: list[tuple[str, ...]] = []
    open_conditions: list[str] = []
    for line in text.split("\n"):
        word, _, rest = line.strip().partition(" ")
        if word == "#if":
            open_conditions.append(rest.split("//")[0].strip())
        elif word in ("#else", "#elseif") and open_conditions:
            open_conditions[-1] = f"{word} {rest} {open_conditions[-1]}"[:_LONGEST_CONDITION]
        elif word == "#endif" and open_conditions:
            open_conditions.pop()
        found.append(tuple(open_conditions[-_DEEPEST:]))
    return found


class _Reader(Collector):
    def __init__(self, source: Source, place: Place) -> None:
        super().__init__(source, place)
        self.conditions = _conditions(source.text.decode("utf-8", "replace"))

    def enter(self, node: Node, scope: Scope) -> Entered:
        if node.type == "class_declaration":
            name = self.of(node.child_by_field_name("name"))
            bases = [self.of(child) for child in node.named_children if child.type == "inheritance_specifier"]
            collected = scope.collected or any(base.endswith("TestCase") for base in bases)
            inside = self._marked(node, Scope(scope.named(name).path, collected, scope.skipped, guards=scope.guards))
            yield from ((child, inside) for child in node.named_children if child.type != "modifiers")
        elif node.type == "function_declaration":
            yield from self._function(node, scope)
        elif node.type == "call_expression" and scope.collected:
            yield from self._call(node, scope)
        else:
            self._remember(node)
            yield from ((child, scope) for child in node.named_children)

    def _function(self, node: Node, scope: Scope) -> Entered:
        name, body = self.field(node, "name"), node.child_by_field_name("body")
        mark = next((one for one in self._attributes(node) if self.of(one).startswith("@Test")), None)
        parameters = [child for child in node.named_children if child.type == "parameter"]
        by_name = scope.collected and name.startswith("test") and not parameters and bool(scope.path)
        if mark is None and not by_name:
            self.functions.setdefault(name, node)
            if name == "spec" and body is not None:
                yield body, scope
            return
        conditions = self.conditions[node.start_point[0]]
        off = self._body_skips(body) or not {"false", "0"}.isdisjoint(conditions)
        inside = self._marked(node, scope.named(name)).marked(skipped=off, guards=conditions)
        rows = [one for one in (mark.named_children if mark is not None else []) if one.type == "array_literal"]
        self.add(node, inside, (*rows, *parameters, body))

    def _call(self, node: Node, scope: Scope) -> Entered:
        word = self.of(node.named_children[0])[:20]
        suffix = node.named_children[-1]
        block = next((child for child in suffix.named_children if child.type == "lambda_literal"), None)
        given = next((child for child in suffix.named_children if child.type == "value_arguments"), None)
        if block is None or given is None or word not in _CALLS_GROUP | _CALLS_CASE:
            yield from ((child, scope) for child in node.named_children)
            return
        first = given.named_children[0] if given.named_children else given
        off = word.startswith("x") or word == "pending"
        inside = scope.named(titled(self.of(first))).marked(skipped=off, focused=word.startswith("f"))
        if word in _CALLS_GROUP:
            yield block, inside
        else:
            self.add(node, inside, (block,))

    def _attributes(self, node: Node) -> list[Node]:
        modifiers = next((child for child in node.named_children if child.type == "modifiers"), None)
        return [one for one in modifiers.named_children if one.type == "attribute"] if modifiers is not None else []

    def _marked(self, node: Node, scope: Scope) -> Scope:
        texts = ["".join(self.of(one).split()) for one in self._attributes(node)]
        marks = [text for text in texts if text.startswith(("@Test", "@Suite"))]
        off = any(".disabled(" in text and "if:" not in text for text in marks) or any(".disabled)" in t for t in marks)
        guards = [text for text in marks if ".enabled(" in text or (".disabled(" in text and "if:" in text)]
        return scope.marked(skipped=off, guards=guards)

    def _body_skips(self, body: Node | None) -> bool:
        lists = [child for child in body.named_children if child.type == "statements"] if body is not None else []
        statements = [statement for one in lists for statement in one.named_children]
        return any(
            statement.type == "control_transfer_statement"
            and (
                self.of(statement)[:40].removeprefix("throw").lstrip().startswith("XCTSkip")
                or self.of(statement) == "return"
            )
            for statement in statements
        )

    def _remember(self, node: Node) -> None:
        if node.type != "property_declaration":
            return
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is not None and value is not None and value.type in _TABLES:
            self.data[self.of(name)] = value
