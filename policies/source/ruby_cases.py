"""Test cases of Ruby: RSpec, Minitest (spec and test style), test-unit, and ActiveSupport's `test "…" do`.

Words from the projects' own pages: RSpec "Example groups", "Pending and skipped examples", "Filtering"; Minitest's
README; test-unit "Omission"; shoulda-context.
"""

from __future__ import annotations

import re2
from tree_sitter import Node

from policies.source.cases import Place, Suite
from policies.source.grammars import Source
from policies.source.scopes import Collector, Entered, Scope, titled

_GROUPS = frozenset(
    """
    describe context feature example_group shared_examples shared_examples_for shared_context xdescribe xcontext
    xfeature fdescribe fcontext ffeature describe_current_command
    """.split()  # noqa: SIM905
)
_CASES = frozenset(
    """
    it specify example scenario its test should xit xspecify xexample xscenario fit fspecify fexample fscenario skip
    pending focus property
    """.split()  # noqa: SIM905
)
_SHARED = frozenset("it_behaves_like it_should_behave_like include_examples should_not_break".split())  # noqa: SIM905
_SKIPPED = frozenset("skip pending xit xspecify xexample xscenario xdescribe xcontext xfeature".split())  # noqa: SIM905
_FOCUSED = frozenset("fit fspecify fexample fscenario fdescribe fcontext ffeature focus".split())  # noqa: SIM905
_SKIP_CALLS = frozenset(["skip", "pending", "omit", "pend", "omission"])
_LETS = frozenset(["let", "let!", "subject", "subject!"])
_BLOCKS = frozenset(["do_block", "block"])
_TABLES = frozenset(["array", "hash", "string", "heredoc_beginning", "string_array", "symbol_array", "call"])
_RUNS = re2.compile(r"describe|\bit\b|specify|test|should|example|scenario|it_behaves_like")


def may_hold(place: Place, text: str) -> bool:
    """Whether a file is worth parsing: a test file, or one that loads a test library."""
    return (place.is_test and bool(_RUNS.search(text))) or "Minitest" in text or "RSpec.describe" in text


def read(source: Source, place: Place) -> Suite:
    """The test cases of a Ruby file."""
    reader = _Reader(source, place)
    return reader.walk(reader.enter, Scope(collected=place.is_test))


class _Reader(Collector):
    def enter(self, node: Node, scope: Scope) -> Entered:
        if node.type in ("class", "module"):
            inside = scope.named(self.field(node, "name"))
            collected = scope.collected or "Test" in self.field(node, "superclass")
            inside = Scope(inside.path, collected, inside.skipped, inside.focused, inside.guards, inside.inputs)
            yield from ((child, inside) for child in node.named_children)
        elif node.type in ("method", "singleton_method"):
            self._method(node, scope)
        elif node.type == "call":
            yield from self._call(node, scope)
        else:
            self._assignment(node)
            yield from ((child, scope) for child in node.named_children)

    def _method(self, node: Node, scope: Scope) -> None:
        name = self.field(node, "name")
        body = node.child_by_field_name("body")
        if scope.collected and name.startswith("test_") and node.type == "method":
            # minitest-focus: `focus` on the line above.
            before = node.prev_named_sibling
            focused = before is not None and before.type == "identifier" and self.of(before) == "focus"
            inside = scope.named(name).marked(skipped=self._body_skips(body), focused=focused)
            self.add(node, inside, (node.child_by_field_name("parameters"), body))
        elif body is not None:
            self.functions.setdefault(name, body)

    def _call(self, node: Node, scope: Scope) -> Entered:
        word = self.field(node, "method")
        block = node.child_by_field_name("block")
        receiver = self.field(node, "receiver")[:20]
        arguments = self._arguments(node)
        if receiver not in ("", "RSpec", "self") or not scope.collected:
            table = node.child_by_field_name("receiver")
            inside = scope.given(table) if table is not None and table.type in ("array", "hash", "call") else scope
            children = [child for child in node.named_children if child != table]
            yield from ((child, inside if child == block else scope) for child in children)
        elif word in _GROUPS and block is not None:
            inside = self._inside(word, arguments, scope).marked(skipped=self._body_skips(_body(block), groups=True))
            yield _body(block) or block, inside
        elif word in _SHARED:
            self.add(node, self._inside(word, arguments, scope), (*arguments, block), asserts=True)
        elif word in _CASES and (block is not None or (arguments and word in ("it", "specify", "scenario"))):
            self._case(node, word, scope)
        elif word in _LETS:
            name = self.of(arguments[0]).lstrip(":") if arguments else "subject"
            if block is not None:
                self.data[name] = block
        elif block is not None and block.type in _BLOCKS:
            yield block, scope

    def _case(self, node: Node, word: str, scope: Scope) -> None:
        block, arguments = node.child_by_field_name("block"), self._arguments(node)
        inside = self._inside(word, arguments, scope)
        inside = inside.marked(skipped=block is None or self._body_skips(_body(block)))
        rest = [one for one in arguments[1:] if not self._is_mark(one)] if arguments else []
        self.add(node, inside, (*rest, block))

    def _inside(self, word: str, arguments: list[Node], scope: Scope) -> Scope:
        title = titled(self.of(arguments[0])) if arguments else word
        marks = [self.of(one).replace(" ", "") for one in arguments if self._is_mark(one)]
        skipped = word in _SKIPPED or any(_switches(mark, ("skip", "pending")) for mark in marks)
        focused = word in _FOCUSED or any(_switches(mark, ("focus", "focused")) for mark in marks)
        guards = [mark for mark in marks if mark.startswith(("if:", "unless:", ":if", ":unless"))]
        return scope.named(title).marked(skipped=skipped, focused=focused, guards=guards)

    def _arguments(self, node: Node) -> list[Node]:
        given = node.child_by_field_name("arguments")
        return given.named_children if given is not None else []

    def _is_mark(self, node: Node) -> bool:
        return node.type in ("pair", "simple_symbol")

    def _body_skips(self, body: Node | None, *, groups: bool = False) -> bool:
        for statement in body.named_children if body is not None else []:
            name = self.field(statement, "method") if statement.type == "call" else self.of(statement)[:20]
            with_block = statement.type == "call" and statement.child_by_field_name("block") is not None
            if name in _SKIP_CALLS and not with_block and not (groups and statement.type == "call"):
                return True
        return False

    def _assignment(self, node: Node) -> None:
        if node.type != "assignment":
            return
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and left.type == "constant" and right is not None and right.type in _TABLES:
            self.data[self.of(left)] = right


def _switches(mark: str, names: tuple[str, ...]) -> bool:
    off = mark.endswith((":false", "=>false", ":nil", "=>nil"))
    return not off and mark.lstrip(":").split(":")[0].split("=>")[0] in names


def _body(block: Node | None) -> Node | None:
    return block.child_by_field_name("body") if block is not None else None
