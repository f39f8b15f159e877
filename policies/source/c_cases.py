"""Test cases of C and C++: GoogleTest, Catch2, doctest, Boost.Test, Qt Test, CppUnit; Check, Criterion, cmocka, Unity.

Words from GoogleTest's "Testing Reference", Catch2's "Test cases and sections", doctest's "Test cases",
Boost.Test's "Declaring and organizing tests", and the READMEs of the C frameworks.
"""

from __future__ import annotations

import re2
from tree_sitter import Node

from policies.source import macro_cases
from policies.source.cases import Place, Suite
from policies.source.grammars import Source
from policies.source.scopes import Collector, Entered, Scope, as_script, titled

#: Macros that open a case: `TEST_F(Fixture, name) {`, `TEST_CASE("title", "[tag]") {`, `START_TEST(name) {`.
_MACRO = re2.compile(
    r"(?:\w+_)?(?:TEST|TYPED_TEST|TEST_F|TEST_P|TEST_CASE|TYPED_TEST_P|SCENARIO|TEST_CASE_METHOD|TEST_CASE_FIXTURE"
    r"|TEST_CASE_TEMPLATE|TEMPLATE_TEST_CASE|TEMPLATE_PRODUCT_TEST_CASE|TEMPLATE_LIST_TEST_CASE|SCENARIO_METHOD"
    r"|AUTO_TEST_CASE|AUTO_TEST_CASE_TEMPLATE|FIXTURE_TEST_CASE|DATA_TEST_CASE|START_TEST|UTEST|UTEST_F|CTEST|CTEST2"
    r"|TEST_METHOD|DEATH_TEST|ASYNC_TEST)|Test|ParameterizedTest|Theory|TestSuite|MU_TEST|RC_GTEST_PROP|FUZZ_TEST"
)
_INSTANCE = re2.compile(r"(?:\w+_)?INSTANTIATE_\w+|BOOST_PARAM_TEST_CASE")
_NAMED = re2.compile(r"(?:\w*_)?(?:test|should|check|spec)(?:_\w*)?|test\w*|\w+(?:Test|_test|_tests|_should\w*)")
_NO_CASES = re2.compile(
    r"main|set_?up\w*|tear_?down\w*|setUp|tearDown|run_?(?:all_?)?tests?\w*|\w*_(?:setup|teardown|main)"
)
_REGISTERS = re2.compile(r"(?i).*(?:run_?test|unit_test|add_test|mu_run|test_case|greatest|add_func|suite_add)\w*")
_OFF = re2.compile(
    r"\bDISABLED_|\[\.\w*\]|\[!hide\]|doctest\s*::\s*(?:skip|may_fail|should_fail)\s*\(|disabled\s*\(|xfail"
)
_TABLES = frozenset(["initializer_list", "string_literal", "raw_string_literal", "concatenated_string"])
_OPENS = frozenset(["compound_statement"])
_SKIP_CALLS = frozenset(
    ["GTEST_SKIP", "SKIP", "QSKIP", "TEST_IGNORE", "TEST_IGNORE_MESSAGE", "skip", "cr_skip_test", "SUCCEED_SKIP"]
)


def may_hold(place: Place, text: str) -> bool:
    """Whether a file is worth parsing."""
    return place.is_test or "TEST_CASE" in text or "TEST(" in text or "TEST_F(" in text


def read(source: Source, place: Place) -> Suite:
    """The test cases of a C or C++ file."""
    reader = _Reader(source, place)
    if place.is_test:
        reader.registered()
    reader.walk(reader.enter, Scope(collected=place.is_test))
    known = frozenset(case.line for case in reader.cases)
    reader.cases += macro_cases.cases(source.text.decode("utf-8", "replace"), known)
    return as_script(reader.suite(), place)


class _Reader(Collector):
    def __init__(self, source: Source, place: Place) -> None:
        super().__init__(source, place)
        self.named: set[str] = set()

    def registered(self) -> None:
        """Learn the functions that the file hands to a runner: `RUN_TEST(name)`, `cmocka_unit_test(name)`."""
        stack = [self.source.root]
        while stack:
            node = stack.pop()
            if node.type == "call_expression" and _REGISTERS.fullmatch(self.field(node, "function")[:80]):
                given = node.child_by_field_name("arguments")
                self.named |= {
                    self.of(one) for one in (given.named_children if given else []) if one.type == "identifier"
                }
            stack.extend(node.named_children)

    def enter(self, node: Node, scope: Scope) -> Entered:
        waiting: Node | None = None
        for child in node.named_children:
            if child.type in self.source.grammar.comments:
                continue
            if waiting is not None and child.type in _OPENS:
                self._macro(waiting, child, scope)
                waiting = None
                continue
            waiting = self._header(child)
            if waiting is None:
                yield from self._item(child, scope)

    def _header(self, node: Node) -> Node | None:
        """The call in `TEST_CASE("…")`, which the grammar takes for a statement before a block."""
        inner = node.named_children[0] if node.type == "expression_statement" and node.named_children else node
        if inner.type == "call_expression" and _MACRO.fullmatch(self.field(inner, "function")[:40]):
            return inner
        return None

    def _item(self, node: Node, scope: Scope) -> Entered:
        if node.type == "function_definition":
            yield from self._function(node, scope)
        elif node.type in ("preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif"):
            condition = self.field(node, "condition") or self.field(node, "name")
            yield node, scope.marked(skipped=condition == "0", guards=[f"#if {condition}"])
        elif node.type in ("declaration", "field_declaration"):
            self._remember(node)
        elif node.type == "preproc_function_def":
            self.functions.setdefault(self.field(node, "name"), node)
        elif node.type == "expression_statement":
            self._instance(node, scope)
        elif node.type not in ("compound_statement", "preproc_include", "preproc_def"):
            yield node, scope

    def _macro(self, call: Node, body: Node, scope: Scope) -> None:
        given = call.child_by_field_name("arguments")
        arguments = given.named_children if given is not None else []
        name = titled(", ".join(self.of(one) for one in arguments if "[" not in self.of(one)[:2])) or self.of(call)[:80]
        off = bool(_OFF.search(self.of(call)[:2000])) or self._body_skips(body)
        self.add(call, scope.named(name).marked(skipped=off), (body,))

    def _function(self, node: Node, scope: Scope) -> Entered:
        declarator, body = node.child_by_field_name("declarator"), node.child_by_field_name("body")
        kind = self.field(node, "type")
        name, parameters = self._declared(declarator)
        if body is None:
            return
        if _MACRO.fullmatch(name) and parameters is not None:
            title = titled(", ".join(self.of(one) for one in parameters.named_children))
            off = bool(_OFF.search(title)) or self._body_skips(body)
            self.add(node, scope.named(title).marked(skipped=off), (body,))
        elif kind in ("START_TEST", "MU_TEST", "TEST") or (scope.collected and self._is_case(name, parameters)):
            title = name or titled(self.of(declarator))
            self.add(node, scope.named(title).marked(skipped=self._body_skips(body) or "DISABLED_" in title), (body,))
        else:
            self.functions.setdefault(name, body)
            yield from ()

    def _is_case(self, name: str, parameters: Node | None) -> bool:
        last = name.rpartition("::")[2]
        if last in self.named:
            return True
        given = [self.of(one) for one in parameters.named_children] if parameters is not None else []
        plain = all(one == "void" or "**" in one or "argc" in one or "argv" in one for one in given)
        return plain and bool(_NAMED.fullmatch(last)) and not _NO_CASES.fullmatch(last)

    def _declared(self, node: Node | None) -> tuple[str, Node | None]:
        while node is not None and node.type in (
            "pointer_declarator",
            "reference_declarator",
            "parenthesized_declarator",
        ):
            node = node.named_children[0] if node.named_children else None
        if node is None:
            return "", None
        if node.type == "function_declarator":
            return self.field(node, "declarator"), node.child_by_field_name("parameters")
        return self.of(node), None

    def _instance(self, node: Node, scope: Scope) -> None:
        inner = node.named_children[0] if node.named_children else node
        if inner.type == "call_expression" and _INSTANCE.fullmatch(self.field(inner, "function")[:60]):
            given = inner.child_by_field_name("arguments")
            title = titled(self.of(given)[:60]) if given is not None else ""
            self.add(node, scope.named(title), (given,), asserts=True)

    def _remember(self, node: Node) -> None:
        for one in node.children_by_field_name("declarator"):
            value = one.child_by_field_name("value")
            if value is not None and value.type in _TABLES:
                target = one.child_by_field_name("declarator")
                self.data[self.of(target).split("[")[0].strip("* ")] = value

    def _body_skips(self, body: Node) -> bool:
        for statement in body.named_children:
            inner = statement.named_children[0] if statement.named_children else None
            if statement.type == "return_statement" and not statement.named_children:
                return True
            while inner is not None and inner.type == "binary_expression" and inner.named_children:
                inner = inner.named_children[0]
            called = inner is not None and inner.type == "call_expression"
            if inner is not None and called and self.field(inner, "function") in _SKIP_CALLS:
                return True
        return False
