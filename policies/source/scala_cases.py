"""Test cases of Scala: ScalaTest's styles, munit, utest, specs2, weaver, zio-test, ScalaCheck, JUnit.

Words from ScalaTest's "Selecting testing styles" and "Tagging your tests", munit's "Declaring tests" and "Filtering
tests", utest's README and specs2's "Structure".
"""

from __future__ import annotations

from tree_sitter import Node

from policies.source.annotations import SKIPS, TESTS
from policies.source.cases import Place, Suite
from policies.source.grammars import Source
from policies.source.scopes import Collector, Entered, Scope, titled

_TYPES = frozenset(["class_definition", "object_definition", "trait_definition", "package_object"])
_CASES = frozenset(
    [
        "test",
        "it",
        "they",
        "ignore",
        "property",
        "scenario",
        "Scenario",
        "simpleTest",
        "pureTest",
        "loggedTest",
        "testAsync",
        "check",
    ]
)
_GROUPS = frozenset("describe feature Feature suite suiteAll behavior context group".split())  # noqa: SIM905
_IN = frozenset(["in", "-", ">>", "!", "ignore", "is", "inAnyOrder", "taggedAs"])
_VERBS = frozenset(["should", "must", "can", "when", "which", "that", "-", ">>"])
_STRINGS = frozenset(["string", "interpolated_string_expression", "interpolated_string"])
_LONGEST_CALLEE = 200
#: A longer expression is no title; a chain of a thousand operators must not be spelled out at each of them.
_LONGEST_TITLE = 2_000
_LARGEST_TABLE = 20_000


def may_hold(place: Place, text: str) -> bool:
    """Whether a file is worth parsing."""
    return place.is_test or "Suite" in text or "@Test" in text or "Spec" in text


def read(source: Source, place: Place) -> Suite:
    """The test cases of a Scala file."""
    reader = _Reader(source, place)
    return reader.walk(reader.enter, Scope(collected=place.is_test))


class _Reader(Collector):
    def enter(self, node: Node, scope: Scope) -> Entered:
        if node.type in _TYPES:
            yield from self._type(node, scope)
        elif node.type == "function_definition":
            yield from self._function(node, scope)
        elif node.type == "call_expression" and scope.collected:
            yield from self._call(node, scope)
        elif node.type == "infix_expression" and scope.collected:
            yield from self._infix(node, scope)
        elif node.type == "assignment_expression" and scope.collected:
            yield from self._assigned(node, scope)
        else:
            self._remember(node)
            yield from ((child, scope) for child in node.named_children)

    def _type(self, node: Node, scope: Scope) -> Entered:
        extends = self.field(node, "extend")
        collected = scope.collected or any(word in extends for word in ("Suite", "Spec", "TestCase"))
        marks = {self.field(one, "name") for one in node.named_children if one.type == "annotation"}
        inside = scope.named(self.field(node, "name")).marked(skipped=bool(marks & SKIPS))
        inside = Scope(inside.path, collected, inside.skipped, inside.focused, inside.guards, inside.inputs)
        yield from ((child, inside) for child in node.named_children)

    def _function(self, node: Node, scope: Scope) -> Entered:
        name, body = self.field(node, "name"), node.child_by_field_name("body")
        marks = {self.field(one, "name") for one in node.named_children if one.type == "annotation"}
        if marks & TESTS:
            self.add(node, scope.named(name).marked(skipped=bool(marks & SKIPS)), (body,))
            return
        self.functions.setdefault(name, node)
        # specs2 and weaver define whole groups in functions.
        if scope.collected and body is not None and not node.child_by_field_name("parameters"):
            yield body, scope

    def _call(self, node: Node, scope: Scope) -> Entered:
        """`test("…") {…}`: a call of what a call with a title gave."""
        callee, block = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        word, title = self._titled_call(callee)
        if callee is not None and callee.type == "quote_expression" and block is not None:
            # utest's older style: 'name{ … }
            yield from self._case(node, callee, block, scope.named(self.of(callee)[:80]))
        elif callee is not None and callee.type == "identifier" and self.of(callee) == "checkAll" and block is not None:
            # discipline's and scalaz' laws: checkAll("Monad[List]", MonadTests[List].monad[Int, Int, Int])
            self.add(node, scope.named(f"checkAll {titled(self.of(block.named_children[0]))}"), (block,), asserts=True)
        elif not title or block is None:
            yield from ((child, scope) for child in node.named_children)
        elif word in _GROUPS:
            yield block, scope.named(title)
        elif word in _CASES or (word[:4] == "test" and word.isalnum()):
            yield from self._case(node, callee, block, scope)
        else:
            yield from ((child, scope) for child in node.named_children)

    def _case(self, node: Node, callee: Node | None, block: Node, scope: Scope) -> Entered:
        word, title = self._titled_call(callee)
        text = self.of(callee)[:_LONGEST_CALLEE]
        off = word == "ignore" or ".ignore" in text or ".pending" in text or ".fail" in text
        inside = (scope.named(title) if title else scope).marked(
            skipped=off or self._body_skips(block), focused=".only" in text
        )
        nested = [child for child in block.named_children if self._is_case(child)]
        if nested:
            yield block, inside
            return
        self.add(node, inside, (*self._marks(callee), block))

    def _marks(self, callee: Node | None) -> list[Node]:
        given = callee.child_by_field_name("arguments") if callee is not None else None
        return [one for one in given.named_children[1:] if one.type != "identifier"] if given is not None else []

    def _is_case(self, node: Node) -> bool:
        """Whether a statement in a case is a case itself (utest nests them)."""
        if node.type == "call_expression":
            callee = node.child_by_field_name("function")
            if callee is not None and callee.type == "quote_expression":
                return True
            return bool(self._titled_call(callee)[1]) and self.of(node)[:5] == "test("
        left = node.child_by_field_name("left") if node.type == "infix_expression" else None
        return (
            left is not None
            and self.field(node, "operator") == "-"
            and (left.type in (*_STRINGS, "quote_expression") or self.of(left)[:5] == "test(")
        )

    def _infix(self, node: Node, scope: Scope) -> Entered:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = self.field(node, "operator")
        title = self._subject(left)
        if left is None or right is None or not title or operator not in _IN | _VERBS:
            yield from ((child, scope) for child in node.named_children)
        elif right.type == "block" and (self._holds_cases(right) or (operator in _VERBS - _IN)):
            yield right, scope.named(title)
        elif operator in _IN:
            off = operator == "ignore" or ".ignore" in title or self._body_skips(right)
            self.add(node, scope.named(title).marked(skipped=off), (right,))
        else:
            yield right, scope.named(title)

    def _holds_cases(self, block: Node) -> bool:
        return any(self._is_case(child) or self._is_in(child) for child in block.named_children)

    def _is_in(self, node: Node) -> bool:
        return (
            node.type == "infix_expression"
            and self.field(node, "operator") in ("in", ">>", "!")
            and bool(self._subject(node.child_by_field_name("left")))
        )

    def _subject(self, node: Node | None) -> str:
        """The title that an infix case starts with: `"x"`, `"x" should "y"`, `it should "y"`, `test("x")`, `'x`."""
        if node is None or node.end_byte - node.start_byte > _LONGEST_TITLE:
            return ""
        if node.type in _STRINGS or node.type == "quote_expression":
            return titled(self.of(node))
        if node.type == "infix_expression" and self.field(node, "operator") in _VERBS | {"taggedAs"}:
            return titled(self.of(node))
        word, title = self._titled_call(node)
        return title if word in _CASES else ""

    def _titled_call(self, node: Node | None) -> tuple[str, str]:
        if node is None or node.type != "call_expression" or node.end_byte - node.start_byte > _LONGEST_TITLE:
            return "", ""
        given = node.child_by_field_name("arguments")
        first = given.named_children[0] if given is not None and given.named_children else None
        if first is None or given is None or given.type != "arguments":
            return "", ""
        word = self.field(node, "function").rpartition(".")[2]
        return word[:40], titled(self.of(first)) if '"' in self.of(first)[:3] or word in _CASES else ""

    def _assigned(self, node: Node, scope: Scope) -> Entered:
        """ScalaCheck: `property("…") = forAll {…}`."""
        word, title = self._titled_call(node.child_by_field_name("left"))
        if word in ("property", "propertyWithSeed") and title:
            self.add(node, scope.named(title), (node.child_by_field_name("right"),), asserts=True)
            return
        yield from ((child, scope) for child in node.named_children)

    def _body_skips(self, block: Node) -> bool:
        first = [self.of(child)[:20] for child in block.named_children[:1]]
        return any(text.split("(")[0] in ("pending", "cancel", "ignore") for text in first)

    def _remember(self, node: Node) -> None:
        if node.type not in ("val_definition", "var_definition"):
            return
        name, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
        if name is None or value is None or value.type not in (*_STRINGS, "call_expression"):
            return
        if value.end_byte - value.start_byte < _LARGEST_TABLE and "test(" not in self.of(value):
            self.data[self.of(name)] = value
