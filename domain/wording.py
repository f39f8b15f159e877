"""Untrusted text made safe for the place where it is shown."""

from __future__ import annotations

import re

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~#&])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LINK = re.compile(r"(?i)\b(https?|ftp|mailto|www)([:.])")


def plain(text: str) -> str:
    """One line without control characters, for terminals and logs."""
    return _CONTROL.sub(" ", text).strip()


def markdown(text: str) -> str:
    """One line that Markdown shows as it is: no markup, no mention, no link, no table cell left early."""
    escaped = _MARKDOWN.sub(r"\\\1", plain(text))
    # A zero-width space after "@" and before ":" keeps GitHub from notifying people and from making links.
    return _LINK.sub("\\1\u200b\\2", escaped.replace("@", "@\u200b"))


def code(text: str) -> str:
    """A code span that holds the text, whatever backticks are in it."""
    shown = plain(text) or " "
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", shown)), default=0))
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str) -> str:
    """A code span for a table's cell: there, and only there, a pipe needs a backslash even inside code."""
    return code(text).replace("|", "\\|")


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, cut with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 line", "2 lines", "3 policies"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
