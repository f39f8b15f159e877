"""Strings that document what they stand in: comments to people, strings to the language."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from policies.source.grammars import Source

_DEFINITIONS = frozenset({"module", "block"})
_ELIXIR = frozenset({"doc", "moduledoc", "typedoc", "shortdoc"})


def is_docstring(source: Source, around: Sequence[Node], language: str) -> bool:
    """Whether the last of some nodes, a string, documents what is around it.

    Args:
        source: the parsed file.
        around: the nodes around a position down to the string, the outermost first.
        language: a key of `GRAMMARS`.
    """
    if language in ("Python", "Starlark"):
        return _in_python(around[:-1], around[-1])
    return language == "Elixir" and _in_elixir(source, around[:-1])


def _in_python(around: Sequence[Node], string: Node) -> bool:
    """Whether a string opens a module, class or function (PEP 257)."""
    if len(around) < 2 or around[-1].type != "expression_statement" or around[-2].type not in _DEFINITIONS:  # noqa: PLR2004
        return False
    first = next((child for child in around[-2].named_children if child.type != "comment"), None)
    return first is not None and first.start_byte == string.start_byte


def _in_elixir(source: Source, around: Sequence[Node]) -> bool:
    """Whether a string is the value of a documenting attribute: `@doc \"\"\"…\"\"\"`."""
    if len(around) < 3 or [node.type for node in around[-3:]] != ["unary_operator", "call", "arguments"]:  # noqa: PLR2004
        return False
    return source.of(around[-2].child_by_field_name("target")) in _ELIXIR
