"""What of a change belongs to its tests, so that it can be laid over base without the fix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from domain.change import Change, ChangedFile
from domain.diff import FileStatus
from policies.source.cases import Suite
from policies.source.comparison import CaseChange, ChangedCase, Sides, changed_cases
from policies.source.readers import Unread, holds_code, suite_of
from policies.source.splicing import spliced
from policies.source.test_paths import has_test_name, is_test_path


@dataclass(frozen=True)
class Overlay:
    """The tests of a change, apart from the rest.

    Attributes:
        tests: the test files to run, by their path at head.
        support: further files of the tests that head adds or changes: fixtures, snapshots, `conftest.py`.
        removed: files of the tests that head no longer has.
        mixed: source files whose test module alone is head's: path at base, with the whole text.
        inseparable: source files that hold changed test cases which can't be told from the fix.
    """

    tests: tuple[str, ...]
    support: tuple[str, ...]
    removed: tuple[str, ...]
    mixed: Mapping[str, str]
    inseparable: tuple[str, ...]

    @property
    def laid(self) -> tuple[str, ...]:
        """All files that are taken from head as they are."""
        return (*self.tests, *self.support)

    @property
    def to_run(self) -> tuple[str, ...]:
        """All files whose tests are run."""
        return (*self.tests, *self.mixed)


class _Part(Enum):
    TEST = auto()
    SUPPORT = auto()
    SOURCE = auto()


def overlay(change: Change) -> Overlay:
    """Sort the changed files. A file that moved out of the tests or into them is judged by each of its places."""
    parts = {file.path: _part(file) for file in change.files if file.status is not FileStatus.REMOVED}
    sources = [file for file in change.files if parts.get(file.path) is _Part.SOURCE]
    mixed = {file.path: text for file in sources if (text := _mixed(file))}
    return Overlay(
        tests=tuple(path for path, part in parts.items() if part is _Part.TEST),
        support=tuple(path for path, part in parts.items() if part is _Part.SUPPORT),
        removed=tuple(sorted(_gone(change) - parts.keys())),
        mixed=mixed,
        inseparable=tuple(file.path for file in sources if file.path not in mixed and _holds_changed_cases(file)),
    )


def _part(file: ChangedFile) -> _Part:
    if not is_test_path(file.path):
        return _Part.SOURCE
    text = file.head.text if file.head else None
    suite = suite_of(file.path, text) if text is not None else None
    if isinstance(suite, Suite):
        return _Part.TEST if suite.cases else _Part.SUPPORT
    is_unread_test = isinstance(suite, Unread) and has_test_name(file.path) and holds_code(file.path)
    return _Part.TEST if is_unread_test else _Part.SUPPORT


def _gone(change: Change) -> set[str]:
    """The places of test files at base that head doesn't have."""
    left = {FileStatus.REMOVED, FileStatus.RENAMED}
    return {file.diff.base_path for file in change.files if file.status in left and is_test_path(file.diff.base_path)}


def _mixed(file: ChangedFile) -> str | None:
    """Base's source with head's test module, None where it has none that differs, or tests elsewhere."""
    if file.status is not FileStatus.MODIFIED or not file.path.endswith(".rs"):
        return None
    if file.base is None or file.head is None or file.base.text is None or file.head.text is None:
        return None
    lines = [case.line for case in _changed(file) if not case.doctest]
    return spliced(file.base.text, file.head.text, lines)


def _holds_changed_cases(file: ChangedFile) -> bool:
    return bool(_changed(file))


def _changed(file: ChangedFile) -> list[ChangedCase]:
    sides = Sides(file.diff.base_path, file.path, _suite(file, at_head=False), _suite(file, at_head=True))
    return [case for case in changed_cases([sides]) if case.change in (CaseChange.ADDED, CaseChange.CHANGED)]


def _suite(file: ChangedFile, *, at_head: bool) -> Suite | None:
    content, path = (file.head, file.path) if at_head else (file.base, file.diff.base_path)
    found = suite_of(path, content.text) if content and content.text is not None else None
    return found if isinstance(found, Suite) else None
