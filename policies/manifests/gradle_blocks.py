"""Gradle's build files as statements within their blocks, for Groovy and Kotlin alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: In order: comments, strings (which may hold any of the rest), brackets, ends of statements.
_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)"""
    r'''|(?P<string>"""(?:[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')'''
    r"""|(?P<mark>[{}()\[\];\n])|(?P<other>[^"'/{}()\[\];\n]+|.)"""
)
_HEAD = re.compile(r"(?:[\w.]+\.)?(\w+)\s*(?:\([^{}]*\)\s*)?(?:\w+\s*->)?\s*$")
_WORD = re.compile(r"""^["']?([A-Za-z_]\w*)["']?""")
_MAX_BLOCKS = 40


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Attributes:
        text: without comments, on one line.
        blocks: the names of the blocks around it, outermost first.
    """

    text: str
    blocks: tuple[str, ...]

    @property
    def word(self) -> str:
        """Its first word, a configuration's name in a dependencies block; `dependencies.x(…)` counts as `x(…)`."""
        match = _WORD.match(self.text)
        return match.group(1) if match else ""


def statements(text: str) -> Iterator[Statement]:
    """Every statement, in order; a block's own head is one, too."""
    blocks: list[str] = []
    depth = 0
    current = ""
    for match in _TOKEN.finditer(text):
        piece = match.group()
        if match.lastgroup == "comment":
            continue
        if match.lastgroup != "mark":
            current += piece
            continue
        depth += (piece in "([") - (piece in ")]")
        if piece in "()[]" or (piece == "\n" and (depth > 0 or _goes_on(current))):
            current += " " if piece == "\n" else piece
            continue
        yield from _ended(current, blocks)
        if piece == "{" and len(blocks) < _MAX_BLOCKS:
            blocks.append(_name(current))
            depth = 0
        elif piece == "}" and blocks:
            blocks.pop()
            depth = 0
        current = ""
    yield from _ended(current, blocks)


def _ended(text: str, blocks: list[str]) -> Iterator[Statement]:
    if text.strip():
        yield Statement(" ".join(text.split()), tuple(blocks))


def _goes_on(text: str) -> bool:
    # Groovy's map notation and lists of strings continue after a comma.
    return text.rstrip().endswith((",", "="))


def _name(head: str) -> str:
    match = _HEAD.search(head.strip())
    return match.group(1) if match else ""
