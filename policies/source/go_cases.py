"""Test cases of Go: what `go help testfunc` lists, testify's suites, and Ginkgo's specs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import re2
from tree_sitter import Node

from policies.source.cases import Case, Place, Suite, line_of, nested, numbered
from policies.source.go_constraints import may_build
from policies.source.grammars import Source

_NAMES = re2.compile(r"(?:Test|Fuzz|Example)(?:[^\p{Ll}].*)?")
_OUTPUT = re2.compile(r"(?i)^(?:unordered )?output:")
_RUNNERS = frozenset("t tb f b s suite".split())  # noqa: SIM905
_SKIPS = frozenset(["Skip", "Skipf", "SkipNow"])
_TABLES = frozenset(["composite_literal", "interpreted_string_literal", "raw_string_literal", "unary_expression"])
_GINKGO = re2.compile(r"([FPX]?)(Describe|Context|When|DescribeTableSubtree|DescribeTable|It|Specify|Entry)")
_LONGEST_CALLEE = 40
_NAME_LENGTH = 120
_NAMED = frozenset(["identifier", "selector_expression"])
_DECORATORS = frozenset(["Focus", "Pending"])
_GROUPS = frozenset(["Describe", "Context", "When", "DescribeTableSubtree"])


def may_hold(place: Place, _text: str) -> bool:
    """Whether the go command looks for tests in a file."""
    return place.path.endswith("_test.go")


def read(source: Source, place: Place) -> Suite:
    """The test cases of a `_test.go` file."""
    cases: list[Case] = []
    functions: dict[str, Node] = {}
    data: dict[str, Node] = {}
    for node in source.root.named_children:
        name, body = source.of(node.child_by_field_name("name")), node.child_by_field_name("body")
        if node.type in ("function_declaration", "method_declaration") and body is not None:
            if _NAMES.fullmatch(name) and name != "TestMain":
                cases.append(_case(source, node, body))
            elif name == "init":
                cases += _specs(source, body)
            else:
                functions.setdefault(name, body)
        elif node.type in ("var_declaration", "const_declaration"):
            data |= _tables(source, node)
            cases += _specs(source, node)
    if not may_build(_head(source)):
        cases = [replace(case, skipped=True) for case in cases]
    return Suite(place.language, source, numbered(cases), functions, data)


def _head(source: Source) -> Iterator[str]:
    """The comments above the package clause."""
    for node in source.root.named_children:
        if node.type != "comment":
            return
        yield source.of(node)


def _case(source: Source, node: Node, body: Node) -> Case:
    name = source.of(node.child_by_field_name("name"))
    receiver = node.child_by_field_name("receiver")
    if receiver is not None:
        name = f"{source.of(receiver).strip('()').split()[-1].lstrip('*')}.{name}"
    parameters = node.child_by_field_name("parameters")
    output = _output(source, body) if name.startswith("Example") else ()
    nodes = (*([parameters] if parameters else []), body)
    return Case(name, line_of(node), nodes, words=output, skipped=_skips(source, body), asserts=bool(output))


def _output(source: Source, body: Node) -> tuple[str, ...]:
    """The output that an example has to print, which Go reads from the comment at its end."""
    texts = [source.of(comment).lstrip("/ ").strip() for comment in _statements(body) if comment.type == "comment"]
    start = next((index for index, text in enumerate(texts) if _OUTPUT.search(text)), len(texts))
    return tuple(texts[start:])


def _skips(source: Source, body: Node) -> bool:
    """Whether a function skips always: in a statement of its own, not under a condition."""
    return any(
        statement.type == "expression_statement" and _is_skip(source, statement.named_children[0])
        for statement in _statements(body)
        if statement.named_child_count
    )


def _statements(body: Node) -> list[Node]:
    lists = [child for child in body.named_children if child.type == "statement_list"]
    return [child for one in (*lists, body) for child in one.named_children]


def _is_skip(source: Source, node: Node) -> bool:
    if node.type != "call_expression":
        return False
    owner, _, method = source.of(node.child_by_field_name("function")).rpartition(".")
    # A suite reaches its runner through a call: s.T().Skip().
    return method in _SKIPS and (not owner or owner in _RUNNERS or owner.endswith(".T()"))


def _tables(source: Source, declaration: Node) -> Iterator[tuple[str, Node]]:
    """The package's tables and texts by name."""
    stack = [declaration]
    while stack:
        node = stack.pop()
        if node.type in ("var_spec", "const_spec"):
            name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            if name is not None and value is not None and any(one.type in _TABLES for one in value.named_children):
                yield source.of(name), value
        else:
            stack.extend(child for child in node.named_children if child.type.endswith(("_spec", "_spec_list")))


def _specs(source: Source, declaration: Node) -> Iterator[Case]:
    """Ginkgo's specs: `var _ = Describe("…", func() { It("…", func() {…}) })`."""
    stack: list[tuple[Node, tuple[str, ...], bool, bool]] = [(declaration, (), False, False)]
    while stack:
        node, path, skipped, focused = stack.pop()
        match = None
        callee = node.child_by_field_name("function") if node.type == "call_expression" else None
        # A chain of a thousand calls must not be spelled out at each of its links.
        if callee is not None and callee.end_byte - callee.start_byte < _LONGEST_CALLEE:
            match = _GINKGO.fullmatch(source.of(callee).removeprefix("ginkgo."))
        arguments = node.child_by_field_name("arguments")
        if match is None or arguments is None or not arguments.named_children:
            stack.extend((child, path, skipped, focused) for child in reversed(node.named_children))
            continue
        title, *rest = arguments.named_children
        inside = nested(path, source.of(title).strip('"`')[:_NAME_LENGTH])
        # Ginkgo's decorators say the same: It("…", Focus, func() {…}).
        marks = {source.of(one).removeprefix("ginkgo.") for one in rest if one.type in _NAMED}
        skipped = skipped or match.group(1) in tuple("PX") or "Pending" in marks
        focused = focused or match.group(1) == "F" or "Focus" in marks
        rest = [one for one in rest if source.of(one)[:20].removeprefix("ginkgo.") not in _DECORATORS]
        if match.group(2) in _GROUPS:
            stack.extend((child, inside, skipped, focused) for child in reversed(rest))
            continue
        body = next((one.child_by_field_name("body") for one in rest if one.type == "func_literal"), None)
        skipped = skipped or (body is not None and _skips(source, body))
        yield Case(" > ".join(inside), line_of(node), tuple(rest), skipped=skipped, focused=focused)
