"""What a YAML parser complains of, in words for somebody who doesn't write YAML for a living."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import yaml

from domain.errors import FileProblem

_QUOTE_IT = "put it in quotes"

#: libyaml's words for a fault → ours, with the remedy. Its first match counts; the order matters.
_FAULTS = (
    ("did not find expected ',' or ']'", "a list that begins here with `[` isn't closed properly", "add a `,` or `]`"),
    ("did not find expected ',' or '}'", "a mapping opened here with `{` isn't closed properly", "add a `,` or `}`"),
    ("found unexpected end of stream", "a quotation that begins here is never closed", "add the closing quote"),
    ("found unknown escape character", "a backslash in double quotes starts an unknown escape", "use single quotes"),
    ("mapping values are not allowed", "a colon stands where no key can be", "check the indentation, or use quotes"),
    ("did not find expected '-' indicator", "a list item that starts with `- ` was expected", "check the indentation"),
    ("did not find expected key", "a key was expected", "check the indentation"),
    ("could not find expected ':'", "a key without its colon", "write `key: value`"),
    ("did not find expected <document start>", "this line is indented less than the first one", "align the keys"),
)  # fmt: skip

#: Faults that are best shown where the thing began, not where the parser gave up.
_SHOWN_AT_ITS_START = ("isn't closed properly", "never closed")

_LONGEST_SHOWN = 60


def problem(error: yaml.YAMLError, text: str) -> FileProblem:
    """One sentence about a text that is no YAML, with its place."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return FileProblem(f"this is no valid YAML: {str(error).splitlines()[0]}")
    said = str(getattr(error, "problem", "") or "")
    message, remedy = _in_words(said, _character(text, mark.line, mark.column))
    if message.endswith(_SHOWN_AT_ITS_START):
        mark = getattr(error, "context_mark", None) or mark
    return FileProblem(message, mark.line + 1, mark.column + 1, remedy)


def quoted(value: str) -> str:
    """A value from the file for a message: in quotes, on one line, cut where it is long."""
    short = value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + "…"
    return "'" + "".join(char if char.isprintable() else "�" for char in short) + "'"


def nearest(value: str, names: Iterable[str]) -> str:
    """The name that was probably meant, "" where none is near."""
    if len(value) > _LONGEST_SHOWN:
        return ""
    folded = {name.casefold(): name for name in names}
    found = difflib.get_close_matches(value.casefold().replace("_", "-"), folded, n=1) or difflib.get_close_matches(
        value.casefold(), folded, n=1
    )
    return folded[found[0]] if found else ""


def _character(text: str, line: int, column: int) -> str:
    lines = text.removeprefix("\ufeff").splitlines()
    return lines[line][column : column + 1] if line < len(lines) else ""


def _in_words(said: str, character: str) -> tuple[str, str]:
    if "cannot start any token" in said:
        if character == "\t":
            return "a tab is used for indentation, and YAML allows spaces alone", "replace the tab with spaces"
        return f"a plain word can't begin with {quoted(character)}", _QUOTE_IT
    for fault, message, remedy in _FAULTS:
        if fault in said:
            return message, remedy
    return f"this is no valid YAML: {said}", ""
