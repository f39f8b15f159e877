"""What a change does to test cases: compared by their identity and their tokens, over all its files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from policies.source.assertions import asserts, count
from policies.source.cases import Case, Suite


class CaseChange(StrEnum):
    """What happened to a test case."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """A test case that a change touches.

    Attributes:
        path: of the file at head; of the file at base for a removed case.
        line: 1-based, on the same side.
        skipped: at head; at base for a removed case.
        asserts: likewise.
        weakened: whether the change only took code away, assertions among it.
        newly_focused: whether the change makes it keep other tests from running.
    """

    path: str
    name: str
    line: int
    change: CaseChange
    skipped: bool
    asserts: bool
    doctest: bool = False
    weakened: bool = False
    newly_focused: bool = False


@dataclass(frozen=True)
class Sides:
    """The test cases of one file on both sides; None where there is no file, or none that holds cases."""

    base_path: str
    path: str
    base: Suite | None
    head: Suite | None


@dataclass(frozen=True)
class _Lone:
    """A case with the file and the side that it stands on."""

    path: str
    suite: Suite
    case: Case


def changed_cases(files: Sequence[Sides]) -> tuple[ChangedCase, ...]:
    """The cases that a change adds, changes, removes, renames or moves, in the order of the files."""
    found: list[ChangedCase] = []
    added: list[_Lone] = []
    removed: list[_Lone] = []
    for file in files:
        base = {case.name: case for case in file.base.cases} if file.base else {}
        head = {case.name: case for case in file.head.cases} if file.head else {}
        found += _changed(file, base, head)
        if file.head:
            added += [_Lone(file.path, file.head, case) for name, case in head.items() if name not in base]
        if file.base:
            removed += [_Lone(file.base_path, file.base, case) for name, case in base.items() if name not in head]
    return (*found, *_alone(added, removed))


def _changed(file: Sides, base: dict[str, Case], head: dict[str, Case]) -> Iterator[ChangedCase]:
    if file.base is None or file.head is None:
        return
    moved_data = {
        name
        for name, node in file.head.data.items()
        if name not in file.base.data or file.head.source.of(node) != file.base.source.of(file.base.data[name])
    }
    for name, after in head.items():
        before = base.get(name)
        if before is None or _same_text(file, before, after, moved_data):
            continue
        old, new = file.base.tokens(before), file.head.tokens(after)
        if old == new and (before.skipped, before.focused) == (after.skipped, after.focused):
            continue
        fewer = count(file.head, after) < count(file.base, before)
        weakened = before.skipped == after.skipped and fewer and _only_lost(old, new)
        focused = after.focused and not before.focused
        one = _Lone(file.path, file.head, after)
        yield _told(one, CaseChange.CHANGED, weakened=weakened, newly_focused=focused)


def _same_text(file: Sides, before: Case, after: Case, moved_data: set[str]) -> bool:
    """A quick answer for the many cases of a file that a change leaves alone."""
    if file.base is None or file.head is None or moved_data:
        return False
    same_state = (before.skipped, before.focused) == (after.skipped, after.focused)
    return same_state and file.base.raw(before) == file.head.raw(after)


def _only_lost(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether tokens went away and nothing came."""
    rest = iter(old)
    return len(new) < len(old) and all(token in rest for token in new)


def _alone(added: list[_Lone], removed: list[_Lone]) -> Iterator[ChangedCase]:
    """Added and removed cases; two of them with the same tokens are one that was renamed or moved."""
    leaving: dict[tuple[str, ...], list[_Lone]] = defaultdict(list)
    for one in removed if added else []:
        leaving[one.suite.tokens(one.case)].append(one)
    gone: set[int] = set()
    for one in added:
        twins = leaving[one.suite.tokens(one.case)] if removed else []
        twin = twins.pop() if twins else None
        if twin:
            gone.add(id(twin))
        same_skip = twin is not None and twin.case.skipped == one.case.skipped
        change = CaseChange.RENAMED if same_skip else CaseChange.CHANGED if twin else CaseChange.ADDED
        focused = one.case.focused and not (twin and twin.case.focused)
        yield _told(one, change, newly_focused=focused)
    for one in removed:
        if id(one) not in gone:
            yield _told(one, CaseChange.REMOVED)


def _told(one: _Lone, change: CaseChange, *, weakened: bool = False, newly_focused: bool = False) -> ChangedCase:
    return ChangedCase(
        path=one.path,
        name=one.case.name,
        line=one.case.line,
        change=change,
        skipped=one.case.skipped,
        asserts=asserts(one.suite, one.case),
        doctest=one.case.doctest,
        weakened=weakened,
        newly_focused=newly_focused,
    )
