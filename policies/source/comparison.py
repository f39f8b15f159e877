"""What a change does to test cases: compared by their identity and their tokens, over all its files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from policies.source.assertions import asserts, count, exercises, skip_words
from policies.source.cases import Case, Suite
from policies.source.triviality import is_trivial

_PARENTHESES = frozenset("()")
#: What a call's parenthesis follows, beside a name.
_CALLED = frozenset([*")]}>_$?!", '"', "'"])


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
        exercises: whether it calls anything that may fail, where nothing is known to assert.
        trivial: whether it holds nothing that a fault of the program could make fail, like `assert True` alone.
        hampered: whether all that the change does is to let the case run less: it is skipped on a further condition,
            or its body is gone.
        weakened: whether the change only took lines away, or code with assertions among it.
        newly_focused: whether the change makes it keep other tests from running.
    """

    path: str
    name: str
    line: int
    change: CaseChange
    skipped: bool
    asserts: bool
    exercises: bool = False
    doctest: bool = False
    hampered: bool = False
    weakened: bool = False
    newly_focused: bool = False
    trivial: bool = False


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


def changed_cases(files: Iterable[Sides], words: frozenset[str] = frozenset()) -> tuple[ChangedCase, ...]:
    """The cases that a change adds, changes, removes, renames or moves, in the order of the files.

    Args:
        files: the changed files, both sides read; one after the other, so that not all trees are held at once.
        words: further names of assertions.
    """
    found: list[ChangedCase] = []
    added: list[_Lone] = []
    removed: list[_Lone] = []
    for file in files:
        base = {case.name: case for case in file.base.cases} if file.base else {}
        head = {case.name: case for case in file.head.cases} if file.head else {}
        changed = [*_changed(file, base, head, words)]
        found += changed or _moved(file, base, head, words)
        if file.head:
            added += [_Lone(file.path, file.head, case) for name, case in head.items() if name not in base]
        if file.base:
            removed += [_Lone(file.base_path, file.base, case) for name, case in base.items() if name not in head]
    return (*found, *_alone(added, removed, words))


def _changed(file: Sides, base: dict[str, Case], head: dict[str, Case], words: frozenset[str]) -> Iterator[ChangedCase]:
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
        if (old == new or _ungrouped(old) == _ungrouped(new)) and _runs_alike(before, after):
            continue
        one, earlier = _Lone(file.path, file.head, after), _Lone(file.base_path, file.base, before)
        told = _told(one, CaseChange.CHANGED, words)
        weakened = old != new and _weakened(earlier, one, old, new)
        emptied = weakened and not told.exercises and not told.asserts
        yield replace(
            told,
            weakened=weakened,
            hampered=emptied or _hampered(earlier, one, old, new),
            newly_focused=after.focused and not before.focused,
        )


def _moved(file: Sides, base: dict[str, Case], head: dict[str, Case], words: frozenset[str]) -> list[ChangedCase]:
    """The cases of a file that is only called otherwise: they moved with it."""
    if file.head is None or file.base_path == file.path or base.keys() != head.keys():
        return []
    return [_told(_Lone(file.path, file.head, case), CaseChange.RENAMED, words) for case in head.values()]


def _ungrouped(tokens: Sequence[str]) -> list[str]:
    """The tokens without parentheses that only group: linters and new versions of a language ask for others."""
    kept: list[str] = []
    grouping: list[bool] = []
    for before, word in zip(["", *tokens], tokens, strict=False):
        if word == "(":
            grouping.append(before[-1:] not in _CALLED and not before[-1:].isalnum())
        if word not in _PARENTHESES or not any(grouping[-1:]):
            kept.append(word)
        if word == ")" and grouping:
            grouping.pop()
    return kept


def _state(case: Case) -> tuple[object, ...]:
    return (case.skipped, case.focused, case.guards)


def _runs_alike(before: Case, after: Case) -> bool:
    """Whether a case runs as often as before: a condition that is only another one makes it no better and no worse."""
    same_guards = len(before.guards) == len(after.guards)
    return before.skipped == after.skipped and before.focused == after.focused and same_guards


def _hampered(before: _Lone, after: _Lone, old: Sequence[str], new: Sequence[str]) -> bool:
    if old == new:
        gained = len(after.case.guards) > len(before.case.guards)
        return before.case.skipped == after.case.skipped and before.case.focused == after.case.focused and gained
    more = skip_words(after.suite, after.case) > skip_words(before.suite, before.case)
    return more and _only_lost(new, old) and count(after.suite, after.case) == count(before.suite, before.case)


def _weakened(before: _Lone, after: _Lone, old: Sequence[str], new: Sequence[str]) -> bool:
    if _state(before.case) != _state(after.case):
        return False
    if not _only_lost(old, new):
        return False
    fewer = count(after.suite, after.case) < count(before.suite, before.case)
    return fewer or _only_lost_lines(before, after)


def _only_lost_lines(before: _Lone, after: _Lone) -> bool:
    old, new = _lines(before), _lines(after)
    rest = iter(old)
    return len(new) < len(old) and all(line in rest for line in new)


def _lines(one: _Lone) -> list[bytes]:
    if one.case.words:
        return " ".join(one.case.words).encode("utf-8", "replace").split(b"\n")
    texts = [one.suite.source.text[node.start_byte : node.end_byte] for node in one.case.nodes]
    return [line.strip() for text in texts for line in text.split(b"\n") if line.strip()]


def _same_text(file: Sides, before: Case, after: Case, moved_data: set[str]) -> bool:
    """A quick answer for the many cases of a file that a change leaves alone."""
    if file.base is None or file.head is None or moved_data:
        return False
    same_state = _state(before) == _state(after)
    return same_state and file.base.raw(before) == file.head.raw(after)


def _only_lost(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether tokens went away and nothing came."""
    rest = iter(old)
    return len(new) < len(old) and all(token in rest for token in new)


def _alone(added: list[_Lone], removed: list[_Lone], words: frozenset[str]) -> Iterator[ChangedCase]:
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
        yield replace(_told(one, change, words), newly_focused=focused)
    for one in removed:
        if id(one) not in gone:
            yield _told(one, CaseChange.REMOVED, words)


def _told(one: _Lone, change: CaseChange, words: frozenset[str]) -> ChangedCase:
    trivial = is_trivial(one.suite, one.case)
    return ChangedCase(
        path=one.path,
        name=one.case.name,
        line=one.case.line,
        change=change,
        skipped=one.case.skipped,
        asserts=not trivial and asserts(one.suite, one.case, words),
        exercises=not trivial and exercises(one.suite, one.case),
        doctest=one.case.doctest,
        trivial=trivial,
    )
