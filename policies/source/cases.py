"""Test cases as values: what a file holds on one side, and the tokens by which two sides are compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from tree_sitter import Node

from policies.source.grammars import Source

_CLOSING = frozenset([")", "]", "}", "]]"])

#: So many tokens are compared one by one; a larger table that hundreds of cases share would take minutes.
_LARGE_TABLE = 2_000
#: So many groups or classes around a case are part of its name; no person nests deeper.
_DEPTH = 20

_QUOTES = frozenset("\"'`")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies, as far as it matters to its reader.

    Attributes:
        language: the name of the file type.
        path: repository path.
        is_test: whether test runners look there.
    """

    language: str
    path: str
    is_test: bool


@dataclass(frozen=True)
class Case:
    """One test case on one side of a change.

    Attributes:
        name: its identity in the file: the groups or classes around it, its own name, "#2" where two are alike.
        line: the 1-based line that it starts on.
        nodes: what makes it up (parameters, body, marks), without its name and without marks that skip it.
        inputs: what it shares with other cases: the table of a group, the marks of a class.
        words: further tokens that aren't in the tree (the lines of a doctest, the output of a Go example).
        skipped: whether it, or a class, group or module around it, is skipped whatever the circumstances.
        guards: the marks that skip it on a condition, as text: on some machines it runs.
        focused: whether it keeps the other tests from running (`.only`).
        doctest: whether it is an example in a docstring.
        asserts: whether it is known to assert something; where False, its calls decide.
    """

    name: str
    line: int
    nodes: tuple[Node, ...] = ()
    inputs: tuple[Node, ...] = ()
    words: tuple[str, ...] = ()
    skipped: bool = False
    focused: bool = False
    doctest: bool = False
    asserts: bool = False
    guards: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suite:
    """The test cases of one file on one side.

    Attributes:
        language: the name of the file type.
        functions: the other functions of the file by name: they may assert on behalf of a case.
        data: the tables and texts that cases may name as their inputs.
        helping: what was found out about functions (whether one asserts, which it names), kept for the next case.
    """

    language: str
    source: Source
    cases: tuple[Case, ...] = ()
    functions: Mapping[str, Node] = field(default_factory=lambda: MappingProxyType({}))
    data: Mapping[str, Node] = field(default_factory=lambda: MappingProxyType({}))

    helping: dict[str, tuple[bool, frozenset[str]]] = field(default_factory=dict, compare=False, repr=False)
    _tokens: dict[int, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    _shared: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def raw(self, case: Case) -> tuple[object, ...]:
        """The text of a case as it stands: where it is equal on both sides, so are the tokens."""
        own = tuple(self.source.text[node.start_byte : node.end_byte] for node in case.nodes)
        return (*own, *(self.shared(node) for node in case.inputs), *case.words)

    def tokens(self, case: Case) -> tuple[str, ...]:
        """What a case is made of: no comments, no layout; tables that it names are part of it."""
        own = tuple(token for node in case.nodes for token in self.own(node))
        named = [self.data[name] for name in sorted(set(own) & self.data.keys())]
        return own + tuple(token for node in (*case.inputs, *named) for token in self.shared(node)) + case.words

    def own(self, node: Node) -> tuple[str, ...]:
        """The tokens of a case's own node: several questions are asked of them."""
        if node.id not in self._tokens:
            self._tokens[node.id] = tokens(self.source, node)
        return self._tokens[node.id]

    def shared(self, node: Node) -> tuple[str, ...]:
        """The tokens of what several cases have in common: read once, and a large table as one digest."""
        key = (node.start_byte, node.end_byte)
        if key not in self._shared:
            found = tokens(self.source, node)
            digest = hashlib.sha256("\0".join(found).encode("utf-8", "replace")).hexdigest()
            self._shared[key] = (digest,) if len(found) > _LARGE_TABLE else found
        return self._shared[key]


def numbered(cases: list[Case]) -> tuple[Case, ...]:
    """The cases with distinct names: the second of two that are alike becomes "… #2"."""
    seen: dict[str, int] = {}
    found = []
    for case in cases:
        seen[case.name] = seen.get(case.name, 0) + 1
        count = seen[case.name]
        found.append(case if count == 1 else replace(case, name=f"{case.name} #{count}"))
    return tuple(found)


def nested(path: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The names around a case, one deeper."""
    return (*path, name)[-_DEPTH:]


def line_of(node: Node) -> int:
    """The 1-based line that a node starts on."""
    return int(node.start_point[0]) + 1


def tokens(source: Source, node: Node) -> tuple[str, ...]:
    """The tokens of a node, evened out so that a formatter's work makes no difference."""
    found: list[str] = []
    for leaf in _leaves(source, node):
        if leaf in _CLOSING and found and found[-1] == ",":
            found.pop()
        if leaf != ";":
            found.append(leaf)
    return tuple(found)


def _leaves(source: Source, node: Node) -> Iterator[str]:
    # Millions of nodes come by: each look at one is a call into the parser's library, so that none is looked at twice.
    text, comments, in_python = source.text, source.grammar.comments, source.grammar.module == "tree_sitter_python"
    stack: list[Node | str] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, str):
            yield current
            continue
        kind = current.type
        if kind in comments or (in_python and _says_nothing(current, kind)):
            continue
        children = current.children
        if not children:
            yield _even(kind, text[current.start_byte : current.end_byte].decode("utf-8", "replace"))
        elif in_python and kind == "block":
            # Python's blocks have no sign of their own; without one, a dedented line would look the same.
            stack += ("}", *reversed(children), "{")
        else:
            stack += reversed(children)


def _says_nothing(node: Node, kind: str) -> bool:
    """Whether a node of Python can't make a test pass or fail: a docstring, a type annotation."""
    bare = kind == "expression_statement" and node.named_child_count == 1 and node.named_children[0].type
    return kind == "type" or bare == "string"


def _even(kind: str, text: str) -> str:
    if kind in ("string_start", "string_end") or text in _QUOTES:
        return text.rstrip("\"'`") + '"'
    return " ".join(text.split()) if kind == "jsx_text" else text
