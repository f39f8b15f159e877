"""Cases that macros open, told by text: where other macros keep the grammar from seeing what a file is made of."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Protocol

import re2

from policies.source.cases import Case

_HEADER = re2.compile(
    r"(?m)^[ \t]*((?:[A-Z]+_)*(?:TEST|TEST_F|TEST_P|TEST_CASE|SCENARIO|TEST_CASE_METHOD|TEST_CASE_FIXTURE"
    r"|TEST_CASE_TEMPLATE|AUTO_TEST_CASE|FIXTURE_TEST_CASE))[ \t]*\("
)
_TOKENS = re2.compile(
    r'//[^\n]*|/\*(?:[^*]|\*+[^*/])*\*+/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|[A-Za-z_]\w*|[0-9][\w.]*|\S'
)
_OFF = re2.compile(r"\bDISABLED_|\[\.\w*\]|\[!hide\]|doctest\s*::\s*skip")
_SKIPS = frozenset(["GTEST_SKIP", "SKIP"])
_OPEN, _CLOSE = frozenset("({["), frozenset(")}]")
_LONGEST_NAME = 400
#: Headers that no block follows; a real file has a handful.
_MOST_BROKEN = 200


class Match(Protocol):
    """What the regular expressions' library gives for a token."""

    def group(self) -> str:
        """Its text."""

    def end(self) -> int:
        """Where it ends."""


def cases(text: str, known: frozenset[int]) -> Iterator[Case]:
    """The cases whose headers stand on lines where the grammar found none.

    Args:
        text: the whole file.
        known: the 1-based lines of the cases that were found already.
    """
    line, seen, end, broken = 1, 0, 0, 0
    for header in _HEADER.finditer(text):
        line += text.count("\n", seen, header.start(1))
        seen = header.start(1)
        if line in known or header.start() < end:
            continue
        read = _body(text, header.end())
        if read is None:
            broken += 1
            if broken > _MOST_BROKEN:
                return
            continue
        name, words, end = read
        skipped = bool(_OFF.search(name)) or bool(_SKIPS & set(words[:4]))
        yield Case(f"{header.group(1)} {name}"[:120], line, words=words, skipped=skipped)


def _body(text: str, start: int) -> tuple[str, tuple[str, ...], int] | None:
    """The macro's arguments, the tokens of the block behind them, and where it ends; None where no block follows."""
    found = (match for match in _TOKENS.finditer(text, start) if not match.group().startswith(("//", "/*")))
    name = _until_closed(itertools.islice(found, _LONGEST_NAME))
    opens = next(found, None)
    if name is None or opens is None or opens.group() != "{":
        return None
    body = _until_closed(found)
    if body is None:
        # A block that never ends takes the rest of the file with it.
        return " ".join(name[0]), (), len(text)
    return " ".join(name[0]).replace(" , ", ", "), tuple(body[0]), body[1]


def _until_closed(found: Iterator[Match]) -> tuple[list[str], int] | None:
    """The tokens up to the bracket that closes what was open before, and where that stands."""
    depth = 1
    words: list[str] = []
    for match in found:
        word = match.group()
        depth += (word in _OPEN) - (word in _CLOSE)
        if depth == 0:
            return words, match.end()
        words.append(word)
    return None
