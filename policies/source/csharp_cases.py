"""Test cases of C#: xUnit.net, NUnit, MSTest, TUnit.

Words from xUnit.net's "Getting Started", NUnit's "Attributes" and MSTest's "Attributes used for unit testing".
"""

from __future__ import annotations

import re2
from tree_sitter import Node

from policies.source.cases import Place, Suite
from policies.source.grammars import Source
from policies.source.scopes import Collector, Entered, Scope

#: Runners' own attributes, and those that projects derive from them (`ConditionalFact`, `SkippableTheory`).
_TESTS = re2.compile(r"\w*Fact|\w*Theory|Test|TestCase|TestCaseSource|\w*TestMethod|Arguments|MethodDataSource")
_TYPES = frozenset(
    ["class_declaration", "struct_declaration", "record_declaration", "namespace_declaration", "interface_declaration"]
)
_NOISE = frozenset(
    [
        "Trait",
        "Category",
        "TestCategory",
        "Description",
        "Property",
        "Author",
        "Obsolete",
        "SuppressMessage",
        "WorkItem",
        "Issue",
    ]
)
_OFF = re2.compile(r"\b(?:Skip|Ignore|IgnoreReason)\s*=")
_GUARDS = re2.compile(r"Conditional\w*|Skip(?:On|If|Unless)\w*|Platform\w*|(?:Active|Platform)Issue|Requires\w*")
_WORD = re2.compile(r"\w+")


def may_hold(_place: Place, text: str) -> bool:
    """Whether a file is worth parsing."""
    return any(word in text for word in ("Fact", "Theory", "[Test", "TestMethod", "TestCase", "Test]"))


def read(source: Source, place: Place) -> Suite:
    """The test cases of a C# file: told by their attributes, wherever the file lies."""
    reader = _Reader(source, place)
    reader.remember()
    return reader.walk(reader.enter, Scope())


class _Reader(Collector):
    def remember(self) -> None:
        """Know the members that a case may name as its inputs before the first case is read."""
        stack = [self.source.root]
        while stack:
            node = stack.pop()
            if node.type in ("variable_declarator", "property_declaration"):
                self.data.setdefault(self.field(node, "name"), node)
            elif node.type in ("method_declaration", "local_function_statement"):
                self.functions.setdefault(self.field(node, "name"), node)
            else:
                stack.extend(node.named_children)

    def enter(self, node: Node, scope: Scope) -> Entered:
        if node.type == "method_declaration":
            self._method(node, scope)
            return
        inside = scope
        if node.type in _TYPES:
            attributes = self._attributes(node)
            inside = self._marked(attributes, scope.named(self.field(node, "name")))
        elif node.type == "preproc_if":
            condition = self.field(node, "condition")
            inside = scope.marked(skipped=condition == "false", guards=[f"#if {condition}"])
        yield from ((child, inside) for child in node.named_children)

    def _method(self, node: Node, scope: Scope) -> None:
        attributes = self._attributes(node)
        names = {self._name(one) for one in attributes}
        name = self.field(node, "name")
        if not any(_TESTS.fullmatch(one) for one in names):
            return
        own = [one for one in attributes if not self._is_noise(one)]
        words = {word for one in own for word in _WORD.findall(self.of(one))}
        sources = [self.functions[word] for word in sorted(words & self.functions.keys()) if word != name]
        inside = self._marked(attributes, scope.named(name)).given(*sources)
        parts = (*own, node.child_by_field_name("parameters"), node.child_by_field_name("body"))
        self.functions.pop(name, None)
        self.add(node, inside, parts, asserts="ExpectedException" in names)

    def _is_noise(self, attribute: Node) -> bool:
        """Whether an attribute gives a case no input: what lists or skips it, and a bare `[Fact]`."""
        name = self._name(attribute)
        marks = name in _NOISE or name in ("Ignore", "Explicit") or bool(_GUARDS.fullmatch(name))
        return marks or bool(_OFF.search(self.of(attribute)) and not name.startswith("TestCase"))

    def _marked(self, attributes: list[Node], scope: Scope) -> Scope:
        skipped = any(
            self._name(one) in ("Ignore", "Explicit") or (_OFF.search(self.of(one)) and self._name(one) != "TestCase")
            for one in attributes
        )
        guards = [self.of(one) for one in attributes if _GUARDS.fullmatch(self._name(one))]
        return scope.marked(skipped=skipped, guards=guards)

    def _attributes(self, node: Node) -> list[Node]:
        lists = [child for child in node.named_children if child.type == "attribute_list"]
        return [child for one in lists for child in one.named_children if child.type == "attribute"]

    def _name(self, attribute: Node) -> str:
        return self.field(attribute, "name").rpartition(".")[2].removesuffix("Attribute")
