"""Test cases of bats, told by lines: a bats header is no shell, and what the cases hold need not be either.

Words from bats-core's "Writing tests".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import re2

from policies.source.cases import Case, numbered

_OPENS = re2.compile(r"^(\s*)@test\s+(.+?)\s*\{\s*(?:#.*)?$")
_HEREDOC = re2.compile(r"<<-?\s*\\?[\"']?(\w+)")
_DEEPER = re2.compile(r"^(?:if|case|for|while|until|select)\b|\{$|^\(")
_BACK = re2.compile(r"^(?:fi|esac|done)\b|^[})]")
#: bats-core "Tagging tests": the one tag that keeps all other tests from running.
_FOCUS = re2.compile(r"^\s*#\s*bats\s+(?:test|file)_tags=(?:\S*,)?\s*bats:focus\b")
_SKIP = re2.compile(r"^skip\b")
_WORDS = re2.compile(r"[\w.-]+|\S")
_LONGEST = 2_000


@dataclass
class _Open:
    indent: str
    name: str
    line: int
    words: list[str] = field(default_factory=list)
    depth: int = 0
    heredoc: str = ""
    skipped: bool = False
    focused: bool = False


def cases(text: str) -> Iterator[Case]:
    """The cases of a file, each with the words of its lines. Any command may fail a case, so any asserts."""
    found: list[Case] = []
    current: _Open | None = None
    focused = False
    for number, line in enumerate(text.split("\n"), start=1):
        opens = _OPENS.match(line[:_LONGEST]) if current is None or not current.heredoc else None
        if opens:
            found += [_case(current)] if current else []
            current = _Open(opens.group(1), opens.group(2).strip("\"'")[:120], number, focused=focused)
            focused = False
        elif current and not current.heredoc and line.rstrip() == current.indent + "}":
            found.append(_case(current))
            current = None
        elif current:
            _take(current, line)
        else:
            focused = focused or bool(_FOCUS.search(line[:_LONGEST]))
    found += [_case(current)] if current else []
    yield from numbered(found)


def _take(case: _Open, line: str) -> None:
    text = line.strip()
    if case.heredoc:
        case.heredoc = "" if text == case.heredoc else case.heredoc
        case.words.append(text)
        return
    if not text or text.startswith("#"):
        return
    if _SKIP.search(text) and not case.depth:
        case.skipped = True
        return
    case.words += [*_WORDS.findall(text), "\n"]
    case.depth = max(0, case.depth + bool(_DEEPER.search(text[:_LONGEST])) - bool(_BACK.search(text)))
    heredoc = _HEREDOC.search(text[:_LONGEST])
    case.heredoc = heredoc.group(1) if heredoc and "<<<" not in text else ""


def _case(case: _Open) -> Case:
    words = tuple(case.words)
    return Case(case.name, case.line, words=words, skipped=case.skipped, focused=case.focused, asserts=bool(words))
