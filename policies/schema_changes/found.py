"""The migrations of a change, each with what can't be taken back or why it can't be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.change import Change, ChangedFile, Content
from domain.diff import FileStatus
from policies.manifests.model import UnreadableManifestError
from policies.schema_changes import changelogs, ways_back
from policies.schema_changes.frameworks import Form, Framework


@dataclass(frozen=True, slots=True)
class Migration:
    """One changed file that is a migration.

    Attributes:
        losses: line at head (0 where none is meant) and what can't be taken back there.
        unreadable: why it can't be judged, "" where it can.
    """

    path: str
    framework: str
    losses: tuple[tuple[int, str], ...] = ()
    unreadable: str = ""
    line: int = 0


def judge(change: Change, file: ChangedFile, framework: Framework) -> Migration:
    """What one migration does."""
    why = _closed(file)
    if why:
        return Migration(file.path, framework.name, unreadable=why)
    try:
        found = tuple(dict.fromkeys(_losses(change, file, framework)))
    except UnreadableManifestError as error:
        return Migration(file.path, framework.name, unreadable=error.why, line=error.line)
    return Migration(file.path, framework.name, found)


def readable(content: Content | None) -> str | None:
    """One side's text, None where it isn't there or can't be had."""
    return content.text if content is not None else None


def _closed(file: ChangedFile) -> str:
    for side in (file.head, file.base):
        if side is not None and side.text is None:
            return side.unreadable or "it is no text"
    return "" if file.head is not None or file.base is not None else "neither side could be read"


def _losses(change: Change, file: ChangedFile, framework: Framework) -> Iterator[tuple[int, str]]:
    head, base = readable(file.head), readable(file.base)
    if head is None:
        yield 0, "is removed, so a database that has run it can't be taken back by it"
    elif framework.form is Form.CHANGELOG:
        found = changelogs.irreversible_sets(file.path, base, head)
        yield from ((_line(head, name), f"{what} (change set {name[:80]})") for name, what in found)
    else:
        is_new = file.status is FileStatus.ADDED
        for position, what in ways_back.irreversible(framework, file.path, head, is_new=is_new):
            yield head.count("\n", 0, position) + 1, what
        if is_new:
            yield from _pair(change, file)


def _line(head: str, name: str) -> int:
    at = head.find(name.rpartition(":")[2])
    return head.count("\n", 0, at) + 1 if at >= 0 else 0


def _pair(change: Change, file: ChangedFile) -> Iterator[tuple[int, str]]:
    wanted = ways_back.counterpart(file.path)
    if not wanted:
        return
    other = next((one for one in change.files if one.path == wanted and one.head is not None), None)
    text = readable(other.head) if other else None
    if other is None:
        yield 0, f"comes without its way back {wanted}"
    elif text is not None and ways_back.says_nothing(wanted, text):
        yield 0, f"has an empty way back {wanted}"
