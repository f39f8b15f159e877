"""Test cases of shell scripts: bats, shunit2, Git's and Sharness' `test_expect_success`, and scripts that compare.

Words from bats-core's "Writing tests", shunit2's README, and Git's `t/README`.
"""

from __future__ import annotations

from pathlib import PurePosixPath

import re2
from tree_sitter import Node

from policies.source import bats_cases
from policies.source.cases import Place, Suite
from policies.source.grammars import Source
from policies.source.scopes import Collector, Entered, Scope, as_script, titled

#: A script that is the test: `tests/shtest`, `tests/cli-test.sh`, but not `tests/run-tests.sh`.
_SCRIPT = re2.compile(r"[a-z0-9]*test[s]?(?:\.sh|\.bash)?|(?:[a-z0-9]+[-_.])+tests?(?:\.sh|\.bash)?")
_SHUNIT = re2.compile(r"(?:test|it_|should_)\w*")
_SHARNESS = frozenset(["test_expect_success", "test_expect_failure", "test_expect_code", "it", "Example"])
_CONTAINERS = frozenset(
    ["program", "if_statement", "else_clause", "elif_clause", "compound_statement", "ERROR", "list"]
)
_DEFINITIONS = frozenset(["setup", "teardown", "setup_file", "teardown_file"])


def may_hold(place: Place, text: str) -> bool:
    """Whether a file is worth parsing."""
    return place.is_test or "@test" in text


def read(source: Source, place: Place) -> Suite:
    """The test cases of a shell script."""
    text = source.text.decode("utf-8", "replace")
    reader = _Reader(source, place)
    if "@test" in text:
        reader.cases = list(bats_cases.cases(text))
        return reader.suite()
    suite = reader.walk(reader.enter, Scope())
    return as_script(suite, place, anyhow=bool(_SCRIPT.fullmatch(PurePosixPath(place.path).name)))


class _Reader(Collector):
    def enter(self, node: Node, scope: Scope) -> Entered:
        if node.type == "function_definition":
            self._function(node, scope)
        elif node.type == "command":
            self._command(node, scope)
        elif node.type == "redirected_statement" or node.type in _CONTAINERS:
            yield from ((child, scope) for child in node.named_children)
        elif node.type == "variable_assignment":
            value = node.child_by_field_name("value")
            if value is not None:
                self.data[self.field(node, "name")] = value

    def _function(self, node: Node, scope: Scope) -> None:
        name, body = self.field(node, "name"), node.child_by_field_name("body")
        if not _SHUNIT.fullmatch(name) or not self.place.is_test:
            self.functions.setdefault(name, body or node)
            return
        self.add(node, scope.named(name).marked(skipped=self._body_skips(body)), (body,))

    def _command(self, node: Node, scope: Scope) -> None:
        word = self.field(node, "name")
        arguments = node.children_by_field_name("argument")
        if word not in _SHARNESS or not arguments or not self.place.is_test:
            return
        title = arguments[-2] if len(arguments) > 1 else arguments[0]
        inside = scope.named(titled(self.of(title))).marked(skipped=word == "test_expect_failure")
        self.add(node, inside, (arguments[-1],), asserts=True)

    def _body_skips(self, body: Node | None) -> bool:
        return any(
            statement.type == "command" and self.field(statement, "name") in ("skip", "startSkipping")
            for statement in (body.named_children if body is not None else [])
        )
