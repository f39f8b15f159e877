"""Reading what is written out in files that are programs: comments taken away, strings kept, brackets matched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.manifests.model import UnreadableManifestError

_OPENING, _CLOSING = "([{", ")]}"
_STRING = r'"(?:[^"\\\n]|\\.)*"'
_TRIPLE = r'"""(?:[^"]|"(?!""))*"""'
_SINGLE = r"'(?:[^'\\\n]|\\.)*'"
_SLASHES = r"//[^\n]*"
_STARS = r"/\*(?:[^*]|\*(?!/))*\*/"

#: What to skip in a language: its strings stay, its comments go.
C_LIKE = re.compile(rf"(?P<string>{_TRIPLE}|{_STRING})|(?P<comment>{_SLASHES}|{_STARS})")
HASH = re.compile(rf"(?P<string>{_TRIPLE}|{_STRING})|(?P<comment>#[^\n]*)")
HASH_OR_SLASHES = re.compile(rf"(?P<string>{_STRING})|(?P<comment>#[^\n]*|{_SLASHES}|{_STARS})")
RUBY = re.compile(rf"(?P<string>{_STRING}|{_SINGLE})|(?P<comment>(?:^|(?<=\s))#(?!\{{)[^\n]*)", re.MULTILINE)
PERCENT = re.compile(rf"(?P<string>{_STRING})|(?P<comment>%[^\n]*)")
SEMICOLON = re.compile(rf"(?P<string>{_STRING})|(?P<comment>;[^\n]*|#_\s*(?:\[[^\]]*\]|\([^)]*\)))")
DASHES = re.compile(rf"(?P<string>{_STRING}|{_SINGLE})|(?P<comment>--\[\[(?:[^\]]|\](?!\]))*\]\]|--[^\n]*)")

_BRACKET_OR_STRING = re.compile(rf"{_TRIPLE}|{_STRING}|[()\[\]{{}}]")
_LITERAL = re.compile(_STRING)


def without_comments(text: str, language: re.Pattern[str]) -> str:
    """The text with its comments blanked out; lines stay where they are."""

    def kept(match: re.Match[str]) -> str:
        found = match.group()
        return found if match.lastgroup == "string" else "\n" * found.count("\n")

    return language.sub(kept, text)


def brackets(text: str) -> dict[int, int]:
    """Where every bracket that is opened outside strings ends: the positions of both.

    Raises:
        UnreadableManifestError: they don't match.
    """
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACKET_OR_STRING.finditer(text):
        mark = match.group()
        if mark in _OPENING:
            opened.append(match.start())
        elif mark in _CLOSING:
            if not opened or _OPENING.index(text[opened[-1]]) != _CLOSING.index(mark):
                raise UnreadableManifestError("its brackets don't match", text.count("\n", 0, match.start()) + 1)
            pairs[opened.pop()] = match.start()
    if opened:
        raise UnreadableManifestError("a bracket isn't closed", text.count("\n", 0, opened[-1]) + 1)
    return pairs


def inside(text: str, heads: re.Pattern[str]) -> Iterator[tuple[re.Match[str], str]]:
    """What stands in the brackets that end each match of `heads`."""
    pairs = brackets(text)
    for match in heads.finditer(text):
        end = pairs.get(match.end() - 1)
        if end is not None:
            yield match, text[match.end() : end]


def literals(text: str) -> list[str]:
    """The double-quoted strings of a text, without their quotes."""
    return [found[1:-1] for found in _LITERAL.findall(text)]


def one_line(text: str, most: int = 120) -> str:
    """A piece of a file as it may stand in a sentence."""
    return " ".join(text.split())[:most]
