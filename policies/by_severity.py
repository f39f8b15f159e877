"""Settings that differ by severity: a policy file is read once for each, so that no policy knows of it.

Any setting of any policy may be written as `{P0: …, P1: …}` or `{P0: …, default: …}` in place of its value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from domain.errors import FileProblem
from domain.finding import Level
from policies.severities import DEFAULT
from policies.yaml_text import Entry, Node, Scalar, Section

_POLICIES = "policies"
_LEVEL = "level"


def resolved(document: Section, severity: str, names: tuple[str, ...]) -> tuple[Section, tuple[FileProblem, ...]]:
    """The document as it reads for one severity; every value keeps the place where it stands.

    Args:
        document: the policy file.
        severity: the severity's name, "" where none is told: then `default` counts, else the
            gravest, and of levels always the strictest.
        names: the severities that the file defines, gravest first; without any the document stays as it is.
    """
    problems: list[FileProblem] = []

    def settle(entry: Entry) -> Entry | None:
        return _settled(entry, severity, names, problems)

    if not names:
        return document, ()
    read = _each(document, _POLICIES, lambda policies: _sections(policies, settle))
    return read, tuple(problems)


def _each(document: Section, key: str, change: Callable[[Section], Section]) -> Section:
    entries = (
        replace(entry, value=change(entry.value)) if entry.key == key and isinstance(entry.value, Section) else entry
        for entry in document.entries
    )
    return replace(document, entries=tuple(entries))


def _sections(policies: Section, settle: Callable[[Entry], Entry | None]) -> Section:
    def policy(entry: Entry) -> Entry:
        if not isinstance(entry.value, Section):
            return entry
        settled = (settle(setting) for setting in entry.value.entries)
        return replace(entry, value=replace(entry.value, entries=tuple(one for one in settled if one is not None)))

    return replace(policies, entries=tuple(policy(entry) for entry in policies.entries))


def _settled(entry: Entry, severity: str, names: tuple[str, ...], problems: list[FileProblem]) -> Entry | None:
    value = entry.value
    if not _is_by_severity(value, names):
        return entry
    assert isinstance(value, Section)  # noqa: S101 - what `_is_by_severity` says
    chosen = _strictest(value) if entry.key == _LEVEL and not severity else _chosen(value, severity, names)
    if chosen is not None:
        return replace(entry, value=chosen)
    place = entry.place
    message = f"the severity {severity} is missing here"
    remedy = f"add `{severity}: …` or `{DEFAULT}: …`"
    problems.append(FileProblem(message, place.line, place.column, remedy, place.source))
    return None


def _is_by_severity(value: Node, names: tuple[str, ...]) -> bool:
    if not isinstance(value, Section) or not value.entries:
        return False
    keys = {entry.key for entry in value.entries}
    return keys <= {*names, DEFAULT} and bool(keys & set(names))


def _strictest(value: Section) -> Node | None:
    """The level where no severity is told: leaving it out must never be the way to a laxer one."""
    written = {str(entry.value.value): entry.value for entry in value.entries if isinstance(entry.value, Scalar)}
    return next((written[level] for level in Level if level in written), value.entries[0].value)


def _chosen(value: Section, severity: str, names: tuple[str, ...]) -> Node | None:
    wanted = (severity, DEFAULT) if severity else (DEFAULT, *names)
    found = (value.entry(name) for name in wanted)
    return next((entry.value for entry in found if entry is not None), None)
