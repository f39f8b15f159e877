"""Test cases of JavaScript and TypeScript: Jest, Vitest, Mocha, Jasmine, tape, AVA, node:test, QUnit, Playwright, Deno.

Words from the runners' own pages: Jest "Globals", Vitest "Test API", Mocha "Exclusive tests" and "Inclusive tests",
AVA "Writing tests", tape's README, Node.js "Test runner", QUnit "API", Playwright "Test", ESLint "RuleTester".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import re2
from tree_sitter import Node

from policies.source.assertions import asserts
from policies.source.cases import Case, Place, Suite, line_of, nested, numbered
from policies.source.grammars import Source
from policies.source.test_paths import has_test_name

_GROUPS = frozenset("describe context suite fdescribe xdescribe ddescribe xcontext fcontext module".split())  # noqa: SIM905
_CASES = frozenset("it test specify fit xit iit xtest ftest xspecify fspecify asyncTest".split())  # noqa: SIM905
_CUSTOM_CASE = re2.compile(r"(?:it|test|specify)[A-Z_]\w*")
_SKIPPED = frozenset("skip todo fixme failing fails xit xtest xspecify xdescribe xcontext".split())  # noqa: SIM905
_FOCUSED = frozenset("only fit fdescribe iit ddescribe ftest fspecify fcontext".split())  # noqa: SIM905
_OWNERS = frozenset("QUnit Deno tap tape vitest jest mocha bdd t tester".split())  # noqa: SIM905
_MODIFIERS = frozenset(
    """
    each for concurrent serial sequential sequence parallel skipIf runIf ifAsync if only skip todo fixme failing fails
    slow cb default describe context suite module shuffle live effect scoped
    """.split()  # noqa: SIM905
)
_LIBRARIES = re2.compile(
    r"""["'](?:vitest|@jest/globals|node:test|bun:test|mocha|tape|tap|ava|uvu|@playwright/test|qunit)["']"""
    r"|import\.meta\.vitest"
)
_FUNCTIONS = frozenset(["arrow_function", "function_expression", "function", "generator_function"])
#: What holds no call below it; half of a test file's nodes are of these.
_CALL_FREE = frozenset(
    ["string", "identifier", "property_identifier", "number", "regex", "comment", "true", "false", "null", "undefined"]
)
_TABLES = frozenset(["array", "object", "string", "template_string", "as_expression", "satisfies_expression"])
_NAME_LENGTH = 120
#: No runner's callee has more parts; a chain of a thousand calls must not be walked from each of its links.
_MOST_PARTS = 12
_MOST_INPUTS = 12


@dataclass(frozen=True)
class _Scope:
    path: tuple[str, ...] = ()
    skipped: bool = False
    focused: bool = False
    inputs: tuple[Node, ...] = ()


def may_hold(place: Place, text: str) -> bool:
    """Whether a file is worth parsing: a test file, or any other that loads a test library."""
    return place.is_test or bool(_LIBRARIES.search(text))


def read(source: Source, place: Place) -> Suite:
    """The test cases of a JavaScript or TypeScript file.

    A file named like a test that asserts without any case (Node.js's own tests, type tests) is one case itself.
    """
    reader = _Reader(source)
    reader.read()
    suite = Suite(place.language, source, numbered(reader.cases), reader.functions, reader.data)
    script = Case(PurePosixPath(place.path).name, 1, (source.root,))
    if has_test_name(place.path) and not suite.cases and asserts(suite, script):
        return replace(suite, cases=(script,))
    return suite


class _Reader:
    """Collects while it walks down groups, loops and top-level code; never into a case."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.cases: list[Case] = []
        self.functions: dict[str, Node] = {}
        self.data: dict[str, Node] = {}

    def read(self) -> None:
        stack = [(self.source.root, _Scope())]
        while stack:
            node, scope = stack.pop()
            if node.type == "call_expression":
                stack.extend(reversed([*self._enter(node, scope)]))
            elif node.type not in _CALL_FREE:
                self._remember(node)
                stack.extend((child, scope) for child in reversed(node.named_children))

    def _enter(self, node: Node, scope: _Scope) -> Iterator[tuple[Node, _Scope]]:
        call = _Call.of(self.source, node)
        if call.is_group:
            inside = self._inside(call, scope)
            yield from ((argument, inside) for argument in call.rest)
        elif call.is_case or call.is_table:
            self._case(call, scope)
        else:
            yield from ((child, scope) for child in node.named_children)

    def _inside(self, call: _Call, scope: _Scope) -> _Scope:
        return _Scope(
            path=nested(scope.path, call.name),
            skipped=scope.skipped or call.skipped,
            focused=scope.focused or call.focused,
            inputs=(*scope.inputs, *call.inputs)[-_MOST_INPUTS:],
        )

    def _case(self, call: _Call, scope: _Scope) -> None:
        inside = self._inside(call, scope)
        pending = not call.is_table and not call.holds_function
        self.cases.append(
            Case(
                " > ".join(inside.path),
                line_of(call.node),
                call.rest,
                inside.inputs,
                skipped=inside.skipped or pending or self._body_skips(call),
                focused=inside.focused or (call.is_table and call.has_only_row),
                asserts=call.is_table,
            )
        )

    def _body_skips(self, call: _Call) -> bool:
        body = next((node.child_by_field_name("body") for node in call.rest if node.type in _FUNCTIONS), None)
        for statement in body.named_children if body is not None else []:
            inner = statement.named_children[0] if statement.named_child_count else None
            if statement.type == "expression_statement" and inner is not None and inner.type == "call_expression":
                found = _Call.of(self.source, inner)
                if found.parts[-1:] == ("skip",) and found.parts[0] in ("this", "t", "ctx", "context", "test", "it"):
                    return not found.arguments or found.arguments[0].type in ("string", "true")
        return False

    def _remember(self, node: Node) -> None:
        """Keep what a case may name: tables of inputs, and functions that may assert."""
        if node.type in ("function_declaration", "generator_function_declaration", "method_definition"):
            self.functions.setdefault(self.source.of(node.child_by_field_name("name")), node)
        if node.type != "variable_declarator":
            return
        name = self.source.of(node.child_by_field_name("name"))
        value = node.child_by_field_name("value")
        if value is not None and value.type in _FUNCTIONS:
            self.functions.setdefault(name, value)
        elif value is not None and value.type in _TABLES:
            self.data.setdefault(name, value)


@dataclass(frozen=True)
class _Call:
    """A call, its callee taken apart.

    Attributes:
        parts: the names of the callee: ("test", "skip", "each").
        inputs: what calls inside the callee were given: the table of `test.each(table)("name", …)`.
        arguments: of the outermost call.
    """

    source: Source
    node: Node
    parts: tuple[str, ...]
    inputs: tuple[Node, ...]
    arguments: tuple[Node, ...]

    @classmethod
    def of(cls, source: Source, node: Node) -> _Call:
        """Take a call apart."""
        parts: list[str] = []
        inputs: list[Node] = []
        callee = node.child_by_field_name("function")
        while callee is not None and len(parts) + len(inputs) < _MOST_PARTS:
            if callee.type == "member_expression":
                parts.append(source.of(callee.child_by_field_name("property")))
                callee = callee.child_by_field_name("object")
            elif callee.type == "call_expression":
                inputs += callee.children_by_field_name("arguments")
                callee = callee.child_by_field_name("function")
            else:
                parts.append(source.of(callee) if callee.type in ("identifier", "this") else "")
                break
        given = node.child_by_field_name("arguments")
        arguments = given.named_children if given is not None and given.type == "arguments" else []
        plain = tuple(one for one in arguments if one.type not in source.grammar.comments)
        return cls(source, node, tuple(reversed(parts)), tuple(inputs), plain)

    @property
    def _words(self) -> tuple[str, ...]:
        """The parts without the object that owns the runner: `Deno.test` is `test`."""
        if len(self.parts) > 1 and self.parts[0] in _OWNERS:
            return self.parts[1:]
        return self.parts or ("",)

    @property
    def is_group(self) -> bool:
        """Whether it holds cases: `describe("…", () => {…})`."""
        word, *others = self._words
        named = word in _GROUPS or (word in _CASES and any(other in _GROUPS for other in others))
        return named and bool(self.arguments) and self._plain_modifiers and self.holds_function

    @property
    def is_case(self) -> bool:
        """Whether it is a case: `it("…", () => {…})`."""
        word, *others = self._words
        if not self.arguments or not self._plain_modifiers or any(other in _GROUPS for other in others):
            return False
        if word in _CASES:
            return self._is_name(self.arguments[0]) or self.holds_function or "todo" in others
        return bool(_CUSTOM_CASE.fullmatch(word)) and self._is_name(self.arguments[0]) and self.holds_function

    @property
    def is_table(self) -> bool:
        """Whether it is a table of cases for ESLint's RuleTester: `tester.run("name", rule, {valid, invalid})`."""
        if self.parts[-1:] != ("run",) or len(self.arguments) < 3 or self.arguments[-1].type != "object":  # noqa: PLR2004
            return False
        keys = {self.source.of(pair.child_by_field_name("key")) for pair in self.arguments[-1].named_children}
        return bool(keys & {"valid", "invalid"})

    @property
    def has_only_row(self) -> bool:
        """Whether a row of RuleTester's table keeps the others from running: `{code: "…", only: true}`."""
        lists = [pair.child_by_field_name("value") for pair in self.arguments[-1].named_children]
        rows = [row for one in lists if one is not None and one.type == "array" for row in one.named_children]
        pairs = [pair for row in rows if row.type == "object" for pair in row.named_children if pair.type == "pair"]
        return any("".join(self.source.of(pair)[:40].split()) == "only:true" for pair in pairs)

    @property
    def name(self) -> str:
        """Its title; for one that isn't written out, the expression."""
        first = self.arguments[0]
        text = self.source.of(first) if first.type not in (*_FUNCTIONS, "object") else self._words[0]
        return " ".join(text.strip("\"'`").split())[:_NAME_LENGTH]

    @property
    def rest(self) -> tuple[Node, ...]:
        """Everything but the title."""
        titled = self.arguments[0].type not in (*_FUNCTIONS, "object")
        return self.arguments[1:] if titled else self.arguments

    @property
    def skipped(self) -> bool:
        """Whether its words or its options skip it always."""
        return bool(_SKIPPED & {*self.parts}) or self._option("skip") or self._option("todo")

    @property
    def focused(self) -> bool:
        """Whether it keeps others from running."""
        return bool(_FOCUSED & {*self.parts}) or self._option("only")

    @property
    def _plain_modifiers(self) -> bool:
        return all(word in _MODIFIERS for word in self._words[1:])

    @property
    def holds_function(self) -> bool:
        """Whether an argument is, names or makes the code to run."""
        return any(
            node.type in (*_FUNCTIONS, "call_expression", "identifier") or self._is_definition(node)
            for node in self.rest
        )

    def _is_definition(self, node: Node) -> bool:
        """Whether it is an object that holds the case's function: `Deno.test({name: "…", fn() {…}})`."""
        if node.type != "object":
            return False
        values = [pair.child_by_field_name("value") or pair for pair in node.named_children]
        return any(value.type in (*_FUNCTIONS, "method_definition") for value in values)

    def _is_name(self, node: Node) -> bool:
        return node.type in ("string", "template_string", "binary_expression", "identifier", "member_expression")

    def _option(self, name: str) -> bool:
        objects: Sequence[Node] = [node for node in self.arguments if node.type == "object"]
        pairs = [pair for node in objects for pair in node.named_children if pair.type == "pair"]
        return any(
            self.source.of(pair.child_by_field_name("key")).strip("\"'") == name
            and (value := pair.child_by_field_name("value")) is not None
            and value.type in ("true", "string")
            for pair in pairs
        )
