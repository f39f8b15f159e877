"""Syntax trees: parsing with a time limit, and walks that never recurse."""

from __future__ import annotations

import functools
import importlib
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Language, Node, Parser, Tree

from policies.source.grammar_table import GRAMMARS, Grammar

#: Real files parse in milliseconds; measured on 1 MB of hostile text, the slowest grammar takes 8 seconds.
_SECONDS = 1.0

#: Mostly the whole file: each further piece costs a call.
_CHUNK = 1_048_576


@dataclass(frozen=True)
class Source:
    """A parsed file: the tree and the bytes that its nodes point into."""

    grammar: Grammar
    tree: Tree
    text: bytes

    @property
    def root(self) -> Node:
        """The node of the whole file."""
        return self.tree.root_node

    def of(self, node: Node | None) -> str:
        """The text of a node, "" for none."""
        return "" if node is None else self.text[node.start_byte : node.end_byte].decode("utf-8", "replace")


@functools.lru_cache(maxsize=4)
def parse(language: str, text: str) -> Source | None:
    """The syntax tree of a file, None where it takes longer than any real file does.

    Args:
        language: a key of `GRAMMARS`.
        text: the whole file.
    """
    return parse_bytes(language, text.encode("utf-8", "replace"))


def parse_bytes(language: str, text: bytes, before: Tree | None = None) -> Source | None:
    """The syntax tree of a file, None where it takes longer than any real file does.

    Args:
        language: a key of `GRAMMARS`.
        text: the whole file.
        before: the edited tree of an earlier text.
    """
    grammar = GRAMMARS[language]
    parser = Parser(_load(grammar.module, grammar.function))
    # The thread's own time: a verdict must not hang on what else the machine does.
    deadline = time.thread_time() + _SECONDS

    def read(offset: int, _point: object) -> bytes:
        return text[offset : offset + _CHUNK]

    def is_late(_offset: int, _error: bool) -> bool:
        return time.thread_time() > deadline

    try:
        if before is None:
            tree = parser.parse(read, progress_callback=is_late)
        else:
            tree = parser.parse(read, before, progress_callback=is_late)
    except ValueError:  # how the binding tells that the progress callback has ended the parse
        return None
    return Source(grammar, tree, text)


def leaves(source: Source, node: Node) -> Iterator[Node]:
    """The tokens below a node in order, comments left out; a string counts as what it is made of."""
    stack = [node]
    while stack:
        current = stack.pop()
        if current.type in source.grammar.comments:
            continue
        if current.child_count:
            stack.extend(reversed(current.children))
        else:
            yield current


def ancestors(root: Node, offset: int) -> list[Node]:
    """The nodes around a byte, the outermost first. Node.parent would walk down from the root at each step."""
    cursor = root.walk()
    found = [root]
    while cursor.goto_first_child_for_byte(offset) is not None:
        node = cursor.node
        if node is None or not node.start_byte <= offset < node.end_byte:
            break
        found.append(node)
    return found


@functools.cache
def _load(module: str, function: str) -> Language:
    with warnings.catch_warnings():
        # Wheels made before tree-sitter 0.23 hand over a number instead of a capsule; 0.26 takes both.
        warnings.simplefilter("ignore", DeprecationWarning)
        return Language(getattr(importlib.import_module(module), function)())
