"""Go's build constraints: whether any build at all takes a file in (`go help buildconstraint`)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

import re2

_TOKEN = re2.compile(r"&&|\|\||[!()]|[\pL\pN_.]+|\S")
#: The tag by which a file is kept out of every build, as `go help buildconstraint` advises.
_NEVER = "ignore"
#: A build has one operating system and one architecture of Go's `internal/syslist`. android is linux as well, illumos
#: is solaris and ios is darwin, so that these three rule nothing out.
_ONE_OF = (
    frozenset(
        "aix darwin dragonfly freebsd hurd js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos".split()  # noqa: SIM905
    ),
    frozenset("386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm".split()),  # noqa: SIM905
)
#: Longer constraints than people write are taken to hold; all values of so many tags are tried at once.
_MOST_TOKENS, _MOST_TAGS = 100, 10


def may_build(comments: Iterable[str]) -> bool:
    """Whether a build could take a file in, on some platform and with some tags other than `ignore`.

    Args:
        comments: the line comments above the package clause. What can't be read holds: that is the compiler's to tell.
    """
    constraint = _constraint(list(comments))
    words = _TOKEN.findall(constraint)
    tags = sorted({word for word in words if word[0].isalnum() or word[0] == "_"} - {_NEVER})
    if not words or len(words) > _MOST_TOKENS or len(tags) > _MOST_TAGS:
        return True
    try:
        return any(_Reader(words, values).read() for values in _values(tags))
    except ValueError:
        return True


def _constraint(comments: list[str]) -> str:
    """The `//go:build` line, else the older `// +build` lines as one of that kind."""
    lines = [comment.removeprefix("//").strip() for comment in comments]
    for comment, line in zip(comments, lines, strict=True):
        if comment.startswith("//go:build "):
            return line.removeprefix("go:build ")
    older = [line.removeprefix("+build ").split() for line in lines if line.startswith("+build ")]
    return " && ".join(map(_either, older))


def _either(options: list[str]) -> str:
    """A `+build` line: a space says or, a comma says and."""
    return f"({' || '.join(one.replace(',', ' && ') for one in options)})"


def _values(tags: list[str]) -> Iterator[Mapping[str, bool]]:
    for values in itertools.product((False, True), repeat=len(tags)):
        chosen = {tag for tag, value in zip(tags, values, strict=True) if value}
        if all(len(chosen & group) <= 1 for group in _ONE_OF):
            yield {**dict(zip(tags, values, strict=True)), _NEVER: False}


class _Reader:
    """A constraint with the tags' values put in: `!` binds closest, then `&&`, then `||`."""

    def __init__(self, words: list[str], values: Mapping[str, bool]) -> None:
        self._words = list(reversed(words))
        self._values = values

    def read(self) -> bool:
        """The whole constraint's value; ValueError where it is none."""
        value = self._any()
        if self._words:
            raise ValueError(self._words[-1])
        return value

    def _any(self) -> bool:
        value = self._all()
        while self._next("||"):
            value = self._all() or value
        return value

    def _all(self) -> bool:
        value = self._one()
        while self._next("&&"):
            value = self._one() and value
        return value

    def _one(self) -> bool:
        if self._next("!"):
            return not self._one()
        if self._next("("):
            value = self._any()
            if not self._next(")"):
                raise ValueError("(")
            return value
        word = self._words.pop() if self._words else ""
        if word not in self._values:
            raise ValueError(word)
        return self._values[word]

    def _next(self, word: str) -> bool:
        return bool(self._words) and self._words[-1] == word and bool(self._words.pop())
