"""Comments of a Makefile, by GNU make's manual ("Makefile Contents", "Recipe Syntax"): make's own, and the shell's.

A grammar exists, but a quoted parenthesis in a function call makes it take whole parts of the file for text.
"""

from __future__ import annotations

import bisect
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import re2

from policies.source.contexts import Context, Place, Reading
from policies.source.file_types import of_language

_DEFINE = re2.compile(r"\s*(?:(?:override|export|private)\s+)*define\b.*")
_ENDEF = re2.compile(r"\s*endef\b.*")
#: A recipe line that begins with these is sent without them.
_PREFIXES = " \t@-+"
_PAIRS = {"(": ")", "{": "}"}


@dataclass(frozen=True)
class _Line:
    """A logical line: physical ones that a backslash at their end joins.

    Attributes:
        start: its first offset; it ends where the next one starts.
        context: `STRING` inside a define, `CODE` else.
    """

    start: int
    text: str
    context: Context


def places(text: str, offsets: Sequence[int], read: Reading) -> tuple[Place, ...]:
    """Where each of some offsets into a Makefile stands; recipes are left to `read`."""
    lines = list(_lines(text))
    starts = [line.start for line in lines]
    return tuple(_place(lines[bisect.bisect_right(starts, offset) - 1], offset, read) for offset in offsets)


def _lines(text: str) -> Iterator[_Line]:
    start, parts, defines = 0, [], 0
    for bare in text.split("\n"):
        parts.append(f"{bare}\n")
        if (len(bare) - len(bare.rstrip("\\"))) % 2:
            continue
        line = "".join(parts)
        defines = max(0, defines - 1) if _ENDEF.fullmatch(bare) else defines
        yield _Line(start, line, Context.STRING if defines else Context.CODE)
        defines += bool(_DEFINE.fullmatch(bare))
        start, parts = start + len(line), []
    if parts:
        yield _Line(start, "".join(parts), Context.CODE)


def _place(line: _Line, offset: int, read: Reading) -> Place:
    end = line.start + len(line.text)
    shell = of_language("Shell")
    if line.context is Context.CODE and line.text.startswith("\t") and shell is not None:
        body = len(line.text) - len(line.text.lstrip(_PREFIXES))
        # make hands a doubled dollar sign on as a single one.
        command = line.text[body:].replace("$$", " $")
        found = read(shell, command, (max(0, offset - line.start - body),))[0]
        # Words of a shell's command are what make hands on, and its functions' messages stand there as well.
        context = Context.STRING if found.context is Context.CODE else found.context
        return Place(context, found.end + line.start + body)
    if line.context is Context.CODE and 0 <= _comment(line.text) <= offset - line.start:
        return Place(Context.COMMENT, end)
    return Place(Context.STRING, end)


@functools.lru_cache(maxsize=4)
def _comment(line: str) -> int:
    """Where a line's comment starts: at a number sign that no backslash and no reference holds; -1 for none."""
    at = 0
    while at < len(line):
        if line[at] == "#":
            return at
        if line[at] == "\\":
            at += 1
        elif line[at] == "$" and line[at + 1 : at + 2] in _PAIRS:
            at = _end_of_reference(line, at + 1)
        at += 1
    return -1


def _end_of_reference(line: str, at: int) -> int:
    opened, closed = line[at], _PAIRS[line[at]]
    depth = 0
    for index in range(at, len(line)):
        depth += (line[index] == opened) - (line[index] == closed)
        if not depth:
            return index
    return len(line)
