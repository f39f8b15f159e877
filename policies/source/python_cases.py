"""Test cases of Python: pytest functions, unittest classes and doctests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tree_sitter import Node

from policies.source.cases import Case, Place, Suite, line_of, nested, numbered
from policies.source.grammars import Source

_COMPOUND = frozenset(
    ["if_statement", "else_clause", "elif_clause", "try_statement", "except_clause", "with_statement", "block",
     "finally_clause", "for_statement"]
)  # fmt: skip
_ALWAYS = frozenset(["skip", "expectedFailure"])
_ON_CONDITION = frozenset(["skipif", "skipIf", "xfail"])
_SKIP_CALLS = frozenset(["skip", "skipTest", "xfail", "SkipTest", "Skipped"])
#: One of these is part of everything that skips from within a body, so that most files needn't be searched for it.
_SKIPPING = (b"skip", b"Skip", b"xfail", b"__test__", b"pytestmark")
_SET_UPS = frozenset(["setUp", "setUpClass", "setup_method", "setup_class", "setUpModule", "setup_module"])
_TABLES = frozenset(["list", "dictionary", "tuple", "set", "string", "concatenated_string", "list_comprehension"])


@dataclass(frozen=True)
class _Scope:
    """What surrounds a definition."""

    path: tuple[str, ...] = ()
    collected: bool = True
    skipped: bool = False
    inputs: tuple[Node, ...] = ()
    guards: tuple[str, ...] = ()


def may_hold(place: Place, text: str) -> bool:
    """Whether a file is worth parsing: a test file, TestCase classes or doctests in any other."""
    return place.is_test or "TestCase" in text or ">>>" in text


def read(source: Source, place: Place) -> Suite:
    """The test cases of a Python file; outside of test files only TestCase classes and doctests count."""
    reader = _Reader(source)
    reader.read(_Scope(collected=place.is_test))
    return Suite(place.language, source, numbered(reader.cases), reader.functions, reader.data)


class _Reader:
    """Collects while it walks down modules and classes; never into functions."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.cases: list[Case] = []
        self.functions: dict[str, Node] = {}
        self.data: dict[str, Node] = {}
        self._has_examples = b">>>" in source.text
        self._has_skips = any(word in source.text for word in _SKIPPING)

    def read(self, scope: _Scope) -> None:
        root = self.source.root
        self._doctest(root, "module docstring")
        scope = replace(scope, skipped=self._body_skips(root))
        stack = [(child, scope) for child in reversed(root.named_children)]
        while stack:
            node, around = stack.pop()
            stack.extend(reversed([*self._enter(node, around)]))

    def _enter(self, node: Node, scope: _Scope) -> Iterator[tuple[Node, _Scope]]:
        marks: tuple[Node, ...] = ()
        definition = node
        if node.type == "decorated_definition":
            marks = tuple(child for child in node.named_children if child.type == "decorator")
            definition = node.child_by_field_name("definition") or node
        if definition.type == "class_definition":
            yield from self._class(definition, marks, scope)
        elif definition.type == "function_definition":
            self._function(definition, marks, scope)
        elif node.type in _COMPOUND:
            yield from ((child, scope) for child in node.named_children)
        else:
            self._assignment(node)

    def _class(self, node: Node, marks: Sequence[Node], scope: _Scope) -> Iterator[tuple[Node, _Scope]]:
        body = node.child_by_field_name("body")
        if body is None:
            return
        path = nested(scope.path, self._name(node))
        self._doctest(body, ".".join(path))
        bases = self.source.of(node.child_by_field_name("superclasses"))
        inside = _Scope(
            path=path,
            collected=scope.collected or "TestCase" in bases,
            skipped=scope.skipped or any(map(self._skips, marks)) or self._body_skips(body),
            inputs=(*scope.inputs, *(mark for mark in marks if not self._is_skip_mark(mark))),
            guards=(*scope.guards, *self._guards(marks)),
        )
        yield from ((child, inside) for child in body.named_children)

    def _function(self, node: Node, marks: Sequence[Node], scope: _Scope) -> None:
        name, body = self._name(node), node.child_by_field_name("body")
        if body is None:
            return
        path = nested(scope.path, name)
        self._doctest(body, ".".join(path))
        if not (scope.collected and name.startswith("test")) or any(map(self._is_fixture, marks)):
            self.functions.setdefault(name, body)
            return
        parameters = node.child_by_field_name("parameters")
        own = [mark for mark in marks if not self._is_skip_mark(mark)]
        nodes = (*own, *([parameters] if parameters else []), body)
        skipped = scope.skipped or any(map(self._skips, marks)) or self._body_skips(body)
        guards = (*scope.guards, *self._guards(marks))
        # pytest-only's mark keeps every case without it from running.
        focused = any(self._called(mark)[0] == "only" for mark in marks)
        name = "::".join(path)
        case = Case(name, line_of(node), nodes, scope.inputs, skipped=skipped, focused=focused, guards=guards)
        self.cases.append(case)

    def _assignment(self, statement: Node) -> None:
        node = statement.named_children[0] if statement.named_child_count == 1 else None
        if node is None or node.type != "assignment":
            return
        target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        if target is not None and value is not None and target.type == "identifier" and value.type in _TABLES:
            self.data[self.source.of(target)] = value

    def _name(self, node: Node) -> str:
        return self.source.of(node.child_by_field_name("name"))

    def _is_fixture(self, mark: Node) -> bool:
        return self._called(mark)[0] == "fixture"

    def _is_skip_mark(self, mark: Node) -> bool:
        return self._called(mark)[0] in _ALWAYS | _ON_CONDITION | {"skipUnless", "only"}

    def _guards(self, marks: Sequence[Node]) -> list[str]:
        """The marks that skip on a condition, as text."""
        found = [
            mark
            for mark in marks
            if self._is_skip_mark(mark) and not (self._skips(mark) or self._called(mark)[0] == "only")
        ]
        return ["".join(self.source.of(mark).split()) for mark in found]

    def _skips(self, mark: Node) -> bool:
        """Whether a mark skips always; one with a condition runs somewhere, unless the condition is a constant."""
        name, arguments = self._called(mark)
        conditions = [node for node in arguments if node.type not in ("keyword_argument", "comment")]
        conditions += [node for node in arguments if self.source.of(node).startswith("condition=")]
        if name in _ON_CONDITION:
            constant = bool(conditions) and self.source.of(conditions[0]).removeprefix("condition=") in ("True", "1")
            return constant or (name == "xfail" and not conditions)
        if name == "skipUnless":
            return bool(conditions) and self.source.of(conditions[0]) in ("False", "0")
        return name in _ALWAYS

    def _called(self, node: Node) -> tuple[str, list[Node]]:
        """The last name of a decorator, call or attribute, and its arguments."""
        arguments: list[Node] = []
        while node.type in ("decorator", "expression_statement", "raise_statement") and node.named_children:
            node = node.named_children[0]
        if node.type == "call":
            given = node.child_by_field_name("arguments")
            arguments = given.named_children if given else []
            node = node.child_by_field_name("function") or node
        return self.source.of(node).rpartition(".")[2], arguments

    def _body_skips(self, body: Node) -> bool:
        return self._has_skips and any(self._statement_skips(statement) for statement in body.named_children)

    def _statement_skips(self, node: Node) -> bool:
        if node.type == "expression_statement" and node.named_child_count:
            inner = node.named_children[0]
            if inner.type == "assignment":
                return self._switches_off(inner)
            return inner.type == "call" and self._called(inner)[0] in _SKIP_CALLS - {"SkipTest"}
        if node.type == "raise_statement":
            return self._called(node)[0] in ("SkipTest", "Skipped")
        if node.type == "function_definition" and self._name(node) in _SET_UPS:
            body = node.child_by_field_name("body")
            return body is not None and any(
                self._called(child)[0] in _SKIP_CALLS
                for child in body.named_children
                if child.type in ("expression_statement", "raise_statement")
            )
        return False

    def _switches_off(self, assignment: Node) -> bool:
        """Whether it is `pytestmark` with a mark that skips, or nose's and pytest's `__test__ = False`."""
        value, target = assignment.child_by_field_name("right"), assignment.child_by_field_name("left")
        name = self.source.of(target) if target is not None and target.type == "identifier" else ""
        if name == "__test__":
            return self.source.of(value) == "False"
        if value is None or name != "pytestmark":
            return False
        return any(map(self._skips, value.named_children if value.type in ("list", "tuple") else [value]))

    def _doctest(self, body: Node, name: str) -> None:
        if not self._has_examples:
            return
        first = next((child for child in body.named_children if child.type != "comment"), None)
        if first is None or first.type != "expression_statement" or first.named_children[0].type != "string":
            return
        lines = self.source.of(first).split("\n")
        examples = _examples(lines)
        if examples:
            start = next(index for index, line in enumerate(lines) if line.lstrip().startswith(">>>"))
            prompts = [line for line in examples if line.startswith(">>>")]
            skipped = all("+SKIP" in line for line in prompts)
            case = Case(f"{name} (doctest)", line_of(first) + start, words=tuple(examples), skipped=skipped)
            self.cases.append(replace(case, doctest=True, asserts=any(map(_is_output, examples))))


def _is_output(line: str) -> bool:
    return not line.startswith((">>>", "..."))


def _examples(lines: Sequence[str]) -> list[str]:
    """The lines of a docstring that doctest runs or compares: from a prompt to the next blank line."""
    found: list[str] = []
    inside = False
    for line in lines:
        stripped = line.strip().rstrip("\"'") if line is lines[-1] else line.strip()
        inside = bool(stripped) and (inside or stripped.startswith(">>> ") or stripped == ">>>")
        if inside:
            found.append(stripped)
    return found
