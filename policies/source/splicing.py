"""Rust's test modules lie in the file that they test: base's source with head's modules, told apart by the syntax.

The convention is The Rust Programming Language's ("Test Organization": `#[cfg(test)] mod tests`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from policies.source import grammars
from policies.source.grammars import Source


@dataclass(frozen=True)
class _Module:
    """A test module with its attributes: bytes from `start` to `end`, 1-based lines from `first` to `last`."""

    name: str
    start: int
    end: int
    first: int
    last: int


def spliced(base: str, head: str, lines: Iterable[int]) -> str | None:
    """Base's text with the test modules of head.

    Args:
        base: the whole file at base.
        head: the whole file at head.
        lines: the 1-based lines at head where the test cases begin that the change brings.

    Returns:
        None where head has no test module, none of them differs, or a case stands outside of them.
    """
    before, after = grammars.parse("Rust", base), grammars.parse("Rust", head)
    if before is None or after is None:
        return None
    ours = {module.name: module for module in _modules(before)}
    theirs = {module.name: module for module in _modules(after)}
    if not all(any(one.first <= line <= one.last for one in theirs.values()) for line in lines):
        return None
    text = _replaced(before, ours, {name: after.text[one.start : one.end] for name, one in theirs.items()})
    return None if not theirs or text == before.text else text.decode("utf-8", "replace")


def _replaced(before: Source, ours: dict[str, _Module], theirs: dict[str, bytes]) -> bytes:
    text = before.text
    for name, module in sorted(ours.items(), key=lambda item: -item[1].start):
        text = text[: module.start] + theirs.get(name, b"") + text[module.end :]
    new = [theirs[name] for name in theirs if name not in ours]
    return b"\n\n".join([text.rstrip(b"\n"), *new]) + b"\n" if new else text


def _modules(source: Source) -> Iterator[_Module]:
    attributes: list[Node] = []
    for child in source.root.named_children:
        if child.type == "attribute_item":
            attributes.append(child)
        elif child.type not in source.grammar.comments:
            if child.type == "mod_item" and any(_is_for_tests(source, one) for one in attributes):
                name = child.child_by_field_name("name")
                first = attributes[0]
                yield _Module(
                    source.of(name) if name else "",
                    first.start_byte,
                    child.end_byte,
                    int(first.start_point[0]) + 1,
                    int(child.end_point[0]) + 1,
                )
            attributes = []


def _is_for_tests(source: Source, attribute: Node) -> bool:
    return "".join(source.of(attribute).split()) == "#[cfg(test)]"
