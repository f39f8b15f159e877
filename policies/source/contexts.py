"""Where a piece of text stands, as values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from policies.source.file_types import FileType


class Context(StrEnum):
    """Where a piece of text stands."""

    COMMENT = "comment"
    STRING = "string"
    DOCSTRING = "docstring"
    PROSE = "prose"
    UNSURE = "unsure"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one offset stands.

    Attributes:
        context: what is around it.
        end: the offset at which that comment or string ends; the end of the file where that isn't known.
    """

    context: Context
    end: int


#: Tells where offsets into a text of some type stand. What holds another language hands that part on to it.
Reading = Callable[[FileType, str, Sequence[int]], tuple[Place, ...]]


def same_everywhere(context: Context, text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    """The same answer for every offset."""
    return tuple(Place(context, len(text)) for _ in offsets)


def only(text: str, spans: Sequence[tuple[int, int]], blank: Callable[[str], str]) -> str:
    """A text of the same length that keeps only some spans.

    Args:
        text: the whole file.
        spans: what to keep, ascending, without overlaps.
        blank: what to put for each piece that is left out, of the same length: `spaces`, `ended` or `joined`.
    """
    parts, last = [], 0
    for start, end in spans:
        parts += [blank(text[last:start]), text[start:end]]
        last = end
    return "".join([*parts, blank(text[last:])])


def spaces(text: str) -> str:
    """Blanks, with the lines broken where they were."""
    return "\n".join(" " * len(line) for line in text.split("\n"))


def ended(text: str) -> str:
    """Blanks that begin with the end of a line, so that no comment runs on across them."""
    return "\n" + spaces(text[1:]) if text else ""


def joined(text: str) -> str:
    """Blanks without any end of a line."""
    return " " * len(text)
