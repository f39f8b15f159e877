"""The policy that a hotfix brings the test which would have caught the fault."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, ClassVar

from pydantic import Field

from domain.change import Change, ChangedFile
from domain.diff import FileStatus
from domain.finding import Finding, Inspection, Outcome
from policies.base import Policy, judged, unreadable
from policies.deferral import Deferral
from policies.durations import written
from policies.source.cases import Suite
from policies.source.comparison import CaseChange, ChangedCase, Sides, changed_cases
from policies.source.readers import Unread, holds_code, suites_of
from policies.source.test_paths import is_test_path

#: Contents that hold no text on purpose: a picture among the tests hides no test case.
_NEVER_TEXT = frozenset({"binary", "submodule", "symbolic link"})

#: More findings of one kind help nobody; the facts hold every case.
_MOST_FINDINGS = 50


class Label(StrEnum):
    """What a change does to the tests; the first that applies."""

    REAL = "real"
    DOCTEST = "doctest"
    SKIPPED = "skipped"
    RENAMED = "renamed"
    REMOVED = "removed"
    TOUCHED = "touched"
    NONE = "none"


_PASSING = (Label.REAL, Label.DOCTEST)

_SUMMARIES = {
    Label.SKIPPED: "the test cases that the change adds or changes are skipped",
    Label.RENAMED: "test cases are only renamed or moved",
    Label.REMOVED: "test cases are only removed",
    Label.TOUCHED: "files of the tests are touched, but no test case that runs and asserts is added or changed",
    Label.NONE: "no test case is added or changed",
}


class RegressionTest(Policy):
    """Ask for a test case that would have caught the fault.

    Test cases are read from the whole files before and after, and compared by their tokens: comments, layout and names
    don't count. A case counts when it is new, or when its inputs, body or assertions changed, when it runs always or on
    some condition, and when it asserts something. An example in a docstring (doctest) counts too.

    Why: a fault that reached production once comes back, unless a test stands in its way.
    Passes: `test_total_rounds_half_even` added, or a row with the failing input added to a table of cases.
    Fails: a test file touched without a case, a skipped case, a renamed case, a snapshot alone, `assert True`.
    Remedy: add a test case that fails without the fix.
    """

    name: ClassVar[str] = "regression-test"
    exempts_reverts: ClassVar[bool] = True

    assertions: tuple[str, ...] = Field(
        (),
        description="Names of functions and macros that assert, beside those that every test library has: "
        "`[golden, eqnice]`.",
    )
    smoke_tests: bool = Field(
        True,
        description="Whether a case counts that calls code but asserts nothing that is known: it fails only where the "
        "code throws.",
    )

    defer: Deferral | None = Field(
        None,
        description="At which severities the test may follow after the merge, and within which time, like "
        "`{severities: [P0], within: 24h}`: the outcome is then `defer`, and the verdict passes. Tests that the change "
        "itself skips, or keeps from running by a focus marker, are no missing test.",
    )

    def inspect(self, change: Change) -> Inspection:
        """Compare the test cases of every changed file at base and head."""
        if change.evidence.diff_problem:
            finding = Finding(change.evidence.diff_problem, remedy="split the pull request, then push again")
            return unreadable((finding,), "the diff can't be judged", _facts(Label.NONE, ()))
        read: list[_Read] = []
        cases = changed_cases(_sides(change.files, read), frozenset(self.assertions))
        touches_tests = any(is_test_path(file.path) for file in change.files)
        label = _label(cases, touches_tests, smoke_tests=self.smoke_tests)
        facts = _facts(label, cases)
        if label in _PASSING:
            return judged(
                tuple(itertools.islice(_focus(cases), _MOST_FINDINGS)),
                _evidence(label, cases, smoke_tests=self.smoke_tests),
                facts,
            )
        closed = tuple(finding for one in read for finding in one.closed())
        if closed:
            return unreadable(closed, "a changed file that may hold the test can't be read", facts)
        missing = Inspection(Outcome.FAIL, _SUMMARIES[label], tuple(_findings(change, read, cases)), facts)
        harmed = label is Label.SKIPPED or any(case.newly_focused for case in cases)
        return missing if harmed else self._deferred(missing, change.severity)

    def _deferred(self, found: Inspection, severity: str) -> Inspection:
        """A missing test as a promise, where the severity allows one.

        What can't be read is never promised, and no later test mends that others are kept from running.
        """
        if self.defer is None or severity not in self.defer.severities:
            return found
        within = written(self.defer.within)
        minutes = int(self.defer.within.total_seconds() // 60)
        return replace(
            found,
            outcome=Outcome.DEFER,
            summary=f"{found.summary}; deferred at {severity}: a test is due within {within} of the merge",
            facts={**found.facts, "deferred": {"severity": severity, "within_minutes": minutes}},
        )


@dataclass(frozen=True)
class _Read:
    """A changed file that was read; its sides are handed on and not kept, for syntax trees take much room.

    Attributes:
        unread: why the cases at head can't be told, None where they can.
    """

    file: ChangedFile
    unread: Unread | None

    def closed(self) -> Iterator[Finding]:
        """What keeps the file from being judged, where it may hold the test."""
        remedy = "make it UTF-8 text below 1 MB"
        for side in (self.file.head, self.file.base):
            if side and side.text is None and side.unreadable not in _NEVER_TEXT and self._may_hold_the_test:
                yield Finding(f"the test file can't be read ({side.unreadable})", self.file.path, remedy=remedy)
                return
        if self.unread is Unread.TOO_LARGE and self._may_hold_the_test:
            remedy = "split the file, or put the test into another one"
            yield Finding(f"the test file can't be read ({self.unread.value})", self.file.path, remedy=remedy)

    @property
    def _may_hold_the_test(self) -> bool:
        return is_test_path(self.file.path) and holds_code(self.file.path)


def _sides(files: Iterable[ChangedFile], read: list[_Read]) -> Iterator[Sides]:
    """Read both sides of each file, and note what can't be read."""
    for file in files:
        before, after = suites_of(file)
        unread = next((side for side in (after, before) if isinstance(side, Unread)), None)
        read.append(_Read(file, unread))
        base = before if isinstance(before, Suite) and unread is None else None
        head = after if isinstance(after, Suite) and unread is None else None
        yield Sides(file.diff.base_path, file.path, base, head)


def _counts(case: ChangedCase) -> bool:
    return case.change in (CaseChange.ADDED, CaseChange.CHANGED)


def _is_real(case: ChangedCase, *, smoke_tests: bool) -> bool:
    runs = not case.skipped and not case.hampered
    return _counts(case) and runs and not case.weakened and (case.asserts or (smoke_tests and case.exercises))


def _label(cases: tuple[ChangedCase, ...], touches_tests: bool, *, smoke_tests: bool) -> Label:
    real = [case for case in cases if _is_real(case, smoke_tests=smoke_tests)]
    changes = {case.change for case in cases}
    applies = {
        Label.REAL: any(not case.doctest for case in real),
        Label.DOCTEST: bool(real),
        Label.SKIPPED: any(_counts(case) and (case.skipped or case.hampered) for case in cases),
        Label.RENAMED: CaseChange.RENAMED in changes,
        Label.REMOVED: CaseChange.REMOVED in changes,
        Label.TOUCHED: touches_tests or bool(cases),
    }
    return next((label for label, holds in applies.items() if holds), Label.NONE)


def _facts(label: Label, cases: tuple[ChangedCase, ...]) -> dict[str, Any]:
    return {
        "label": label.value,
        "cases": [
            {
                "path": case.path,
                "name": case.name,
                "change": case.change.value,
                "skipped": case.skipped,
                "asserts": case.asserts,
            }
            for case in cases
        ],
    }


def _evidence(label: Label, cases: tuple[ChangedCase, ...], *, smoke_tests: bool) -> str:
    real = [
        case for case in cases if _is_real(case, smoke_tests=smoke_tests) and case.doctest is (label is Label.DOCTEST)
    ]
    first = min(real, key=lambda case: (not case.asserts, case.change))
    more = f" and {len(real) - 1} more" if len(real) > 1 else ""
    smoke = "" if first.asserts else ": it asserts nothing that is known, so it fails only where the code throws"
    return f"{first.name} {first.change.value} in {first.path}{more}{smoke}"


def _focus(cases: tuple[ChangedCase, ...]) -> Iterator[Finding]:
    for case in cases:
        if case.newly_focused:
            message = f"{case.name} keeps all other test cases from running"
            yield Finding(message, case.path, case.line, "take the focus away (.only, fit, fdescribe, FIt)")


def _findings(change: Change, read: list[_Read], cases: tuple[ChangedCase, ...]) -> Iterator[Finding]:
    yield from itertools.islice(_about_cases(cases), _MOST_FINDINGS)
    for one in read:
        if one.unread is Unread.LANGUAGE:
            message = f"{one.unread.value}, so this file can't count as a test; that is our limit, not a fault of yours"
            remedy = "add a test case in a language that is read, or ask an administrator to override"
            yield Finding(message, one.file.path, remedy=remedy)
    yield Finding("no test case would fail without the fix", remedy=_remedy(change))


def _about_cases(cases: tuple[ChangedCase, ...]) -> Iterator[Finding]:
    for case in cases:
        if _counts(case) and case.skipped:
            yield Finding(f"{case.name} is skipped", case.path, case.line, "let it run")
        elif case.hampered:
            yield Finding(f"{case.name} only runs less than before", case.path, case.line, "let it run")
        elif _counts(case) and case.trivial:
            message = f"{case.name} holds nothing that a fault could make fail"
            yield Finding(message, case.path, case.line, "assert what the fix makes true")
        elif _counts(case) and not case.asserts:
            yield Finding(f"{case.name} asserts nothing", case.path, case.line, "assert what the fix makes true")
        elif case.weakened:
            yield Finding(f"{case.name} tests less than before", case.path, case.line, "assert what the fix makes true")
    yield from _focus(cases)


def _remedy(change: Change) -> str:
    place = _place(change)
    return f"add a test case that fails without the fix{f', e.g. in {place}' if place else ''}"


def _place(change: Change) -> str:
    """Where the test may go: a test file that the change touches already, else the usual place of its language."""
    code = [file.path for file in change.files if holds_code(file.path) and file.status is not FileStatus.REMOVED]
    return next((path for path in code if is_test_path(path)), next(map(_usual_place, code), ""))


def _usual_place(path: str) -> str:
    file = PurePosixPath(path)
    if file.suffix == ".go":
        return str(file.with_name(f"{file.stem}_test.go"))
    if file.suffix == ".java":
        return str(file.with_name(f"{file.stem}Test.java")).replace("src/main/", "src/test/")
    if file.suffix in (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"):
        return str(file.with_name(f"{file.stem}.test{file.suffix}"))
    return f"tests/test_{file.stem}.py" if file.suffix == ".py" else ""
