"""Markers such as `HOTFIX: reason` on the lines that a change adds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import re2

from domain.change import ChangedFile
from policies.source.comments import Context, places
from policies.source.file_types import FileType, file_type

#: So many are looked at in one file; a person writes one or two, and each costs a walk down the tree.
_MOST = 100

_CLOSERS = (
    "{% endcomment %}",
    "{%- endcomment -%}",
    "*/",
    "-->",
    "*)",
    "--}}",
    "}}",
    "#}",
    "-}",
    "|#",
    "]]",
    "%>",
    "%}",
)
_QUOTES = "\"'`"


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker on an added line.

    Attributes:
        line: 1-based line at head.
        text: the marker with its reason.
        reason: what stands after the colon, without the comment's closing sign; may be empty.
    """

    path: str
    line: int
    text: str
    reason: str
    context: Context


def pattern(word: str) -> re2._Regexp[str]:
    """Matches a marker as a whole word in its own case, with its colon; the group is both."""
    return re2.compile(rf"(?:^|[^\pL\pN_])({re2.escape(word)}:)")


def in_text(word: str, text: str) -> Iterator[str]:
    """The reasons that prose (a commit message, a description) gives after the marker."""
    compiled = pattern(word)
    for line in text.split("\n"):
        match = compiled.search(line)
        reason = _reason(line[match.start(1) :], word) if match else ""
        if reason:
            yield reason


def in_file(word: str, file: ChangedFile) -> tuple[Marker, ...]:
    """The markers on the lines that a change adds to a file, whatever stands around them."""
    text = file.head.text if file.head else None
    if text is None or f"{word}:" not in text:
        return ()
    hits = _hits(word, text, file.diff.added_lines())
    around = places(file_type(file.path, text), text, [offset for _, offset, _ in hits])
    found = []
    for (line, offset, rest), place in zip(hits, around, strict=True):
        clipped = rest[: max(place.end - offset, len(word) + 1)]
        # A quote may belong to the reason in a comment; in a string it ends the string.
        reason = _reason(clipped if place.context is Context.COMMENT else clipped.rstrip(_QUOTES), word)
        found.append(Marker(file.path, line, f"{word}: {reason}".rstrip(), reason, place.context))
    return tuple(found)


def type_of(file: ChangedFile) -> FileType:
    """The type of a changed file, told by its name and its first line at head."""
    text = file.head.text if file.head else None
    return file_type(file.path, text or "")


def can_hold_a_comment(file: ChangedFile) -> bool:
    """Whether the change adds lines to a text file whose comments can be read."""
    readable = file.head is not None and file.head.text is not None
    return readable and bool(file.diff.added_lines()) and type_of(file).holds_comments


def _hits(word: str, text: str, added: frozenset[int]) -> list[tuple[int, int, str]]:
    compiled = pattern(word)
    found: list[tuple[int, int, str]] = []
    start = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if number in added and len(found) < _MOST:
            at = [match.start(1) for match in islice(compiled.finditer(line), _MOST)]
            found += [(number, start + column, line[column:]) for column in at]
        start += len(line) + 1
    return found[:_MOST]


def _reason(text: str, word: str) -> str:
    reason = text[len(word) + 1 :].strip()
    for closer in _CLOSERS:
        reason = reason.removesuffix(closer).rstrip()
    return reason if any(character.isalnum() for character in reason) else ""
