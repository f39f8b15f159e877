"""Ways to break a text, each told by a seeded chance."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable

#: Letters that no format reads as a comment, a quotation, a bracket or an escape.
_HARMLESS = string.ascii_letters + string.digits + "_.-"
_PIECES = (
    *("[", "]", "{", "}", "(", ")", '"', "'", "`", "\n", "\r", "\r\n", "\t", " ", "", "\\", "\0", "\ufeff", "\u2028"),
    *("null", "true", "1", "-1", "1e999", "9" * 400, "${a}", "#{b}", ": ", ", ", "- ", "<a>", "</a>", "<!--", "]]>"),
    *("#", "//", "/*", "*/", "--", ";", "@", "&a ", "*a", "!!x ", "<<: ", "|", ">", "%", "=", "=>", "\x0b", "é"),
    *("\U0001f600", "\x85", "\x1b[31m", "<<<<<<< ours\n", "zz", "''", '""', "\"\"\"", "'''", "\x7f", "---\n", "...\n"),
)  # fmt: skip
_BOMBS: tuple[Callable[[int], str], ...] = (
    lambda n: "[" * n,
    lambda n: "{" * n,
    lambda n: "(" * n,
    lambda n: '{"a":' * n,
    lambda n: "<a>" * n,
    lambda n: "- " * n,
    lambda n: "a." * n,
    lambda n: "[" * n + "]" * n,
    lambda n: '"' + "\\" * n,
    lambda n: "9" * n,
    lambda n: "x" * n,
    lambda n: " " * n,
    lambda n: "\n" * n,
    lambda n: "a: &a [*a]\n" * n,
    lambda n: "'" * n,
    lambda n: '"' * n,
    lambda n: "/*" * n,
    lambda n: "${" * n,
    lambda n: ", " * n,
    lambda n: "\t" * n + "x",
    lambda n: "a=" * n,
    lambda n: "\\\n" * n,
    lambda n: "-" * n + "1",
    lambda n: "if x\n" * n,
    lambda n: "<<EOF\n" * n,
    lambda n: "&a " * n,
    lambda n: "!" * n,
    lambda n: "? " * n,
    lambda n: "name = " * n,
    lambda n: "#{" * n,
)
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


def broken(chance: random.Random, text: str) -> str:
    """The text after one to four mutations."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        text = chance.choice(_MUTATIONS)(chance, text)
    return text


def garbage(chance: random.Random) -> str:
    """Text that means nothing."""
    kinds = (
        lambda: "".join(chance.choice(_PIECES) for _ in range(chance.randrange(1, 60))),
        lambda: "".join(chr(chance.randrange(1, 0xD7FF)) for _ in range(chance.randrange(1, 200))),
        lambda: "".join(chance.choice(string.printable) for _ in range(chance.randrange(1, 400))),
        lambda: bomb(chance),
    )
    return chance.choice(kinds)()


def harmless_line(chance: random.Random) -> str:
    """A line of words that opens and closes nothing."""
    words = ("".join(chance.choice(_HARMLESS) for _ in range(chance.randrange(1, 12))) for _ in range(3))
    return "q" + " ".join(words)


def bomb(chance: random.Random) -> str:
    """One thing very often."""
    return chance.choice(_BOMBS)(chance.choice((50, 70, 500, 5_000, 60_000)))


def _piece(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(_PIECES) + text[at + chance.randrange(5) :]


def _cut(chance: random.Random, text: str) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _without(chance: random.Random, text: str) -> str:
    start = chance.randrange(len(text) + 1)
    return text[:start] + text[start + chance.randrange(1, 40) :]


def _lines(chance: random.Random, text: str) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    what = chance.randrange(5)
    if what == 0:
        del lines[at]
    elif what == 1:
        lines.insert(at, lines[at])
    elif what == 2:
        lines[at] = lines[at][::-1]
    elif what == 3:
        other = chance.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = " " * chance.randrange(6) + lines[at]
    return "\n".join(lines)


def _token(chance: random.Random, text: str) -> str:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return text
    at = chance.randrange(len(tokens))
    tokens[at] = chance.choice((chance.choice(tokens), chance.choice(_PIECES), "", tokens[at] * 3))
    return "".join(tokens)


def _bombed(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + bomb(chance) + text[at:]


def _twice(chance: random.Random, text: str) -> str:
    start = chance.randrange(len(text) + 1)
    part = text[start : start + chance.randrange(200)]
    at = chance.randrange(len(text) + 1)
    return text[:at] + part * chance.choice((1, 2, 50)) + text[at:]


_MUTATIONS: tuple[Callable[[random.Random, str], str], ...] = (
    _piece, _piece, _piece, _token, _token, _lines, _lines, _without, _cut, _twice, _bombed,
)  # fmt: skip
