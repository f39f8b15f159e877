"""The proof that a regression test catches the fault: what test runs say, and the pure decision over both sides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from domain.wording import counted, shortened

#: The check run that carries the proof; the policy `proof` asks for it by this name.
CHECK = "hotfix-proof"

_NAMED = 3
_LONGEST_NAME = 120


class Ran(StrEnum):
    """How the tests ended on one side."""

    PASSED = "passed"
    FAILED = "failed"
    BROKEN = "broken"
    NOTHING = "nothing ran"
    TIMED_OUT = "timed out"
    UNSTARTED = "not started"


#: What several commands come to together: the first of these that any of them came to. A failed test was run and
#: failed, whatever else broke beside it.
_TOGETHER = (Ran.FAILED, Ran.BROKEN, Ran.TIMED_OUT, Ran.UNSTARTED, Ran.NOTHING, Ran.PASSED)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a test runner's report says.

    Attributes:
        ran: `FAILED` only where a test case was run and failed; a build, an import or a collection that fails, or
            what is set up before a test, is `BROKEN`.
        why: what went wrong, in one phrase; "" for a pass.
        failed: the names of the test cases that failed, as the runner tells them.
        passed: the names of those that passed, None where the report doesn't tell them all.
        skipped: the names of those that were skipped, as far as they are told.
    """

    ran: Ran
    why: str = ""
    failed: tuple[str, ...] = ()
    passed: frozenset[str] | None = None
    skipped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Attempt:
    """The tests run once on one side.

    Attributes:
        seconds: how long the test commands took.
        exit_code: of the last command, None where it was ended by us.
        output: what they printed, cut to its end.
    """

    reading: Reading
    seconds: float
    exit_code: int | None = None
    output: str = ""


class ProofVerdict(StrEnum):
    """What the runs on both sides come to."""

    PROVEN = "proven"
    PASSES_WITHOUT = "test passes without the fix"
    FAILS_WITH = "test fails with the fix"
    FLAKY = "flaky"
    CANT_RUN = "can't run"


#: The command line's exit code for each, in the house's table.
EXIT_CODES = MappingProxyType(
    {
        ProofVerdict.PROVEN: 0,
        ProofVerdict.PASSES_WITHOUT: 1,
        ProofVerdict.FAILS_WITH: 1,
        ProofVerdict.FLAKY: 1,
        ProofVerdict.CANT_RUN: 2,
    }
)


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its reason and the next step, both plain phrases without a full stop."""

    verdict: ProofVerdict
    why: str
    remedy: str = ""
    red: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """A decision with all that it rests on.

    Attributes:
        base: the commit that head grew from, over which the tests were laid.
        head: the commit under judgement.
        tests: the test files that were run.
        support: further files of the tests that were laid over base beside them.
        commands: what was run, as a person would type it; "" stands for none.
        notes: what a reader should know, plain sentences.
        overhead: seconds spent on anything but the set-up and test commands themselves.
    """

    decision: Decision
    base: str
    head: str
    tests: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    on_base: tuple[Attempt, ...] = ()
    on_head: tuple[Attempt, ...] = ()
    notes: tuple[str, ...] = ()
    overhead: float = 0.0

    @property
    def verdict(self) -> ProofVerdict:
        """What it comes to."""
        return self.decision.verdict

    @property
    def exit_code(self) -> int:
        """The command line's exit code."""
        return EXIT_CODES[self.verdict]


def cant_run(why: str, remedy: str) -> Decision:
    """The decision where nothing could be proven either way."""
    return Decision(ProofVerdict.CANT_RUN, why, remedy)


def together(readings: Sequence[Reading]) -> Reading:
    """What several commands of one attempt come to; at least one."""
    worst = min(readings, key=lambda reading: _TOGETHER.index(reading.ran))
    all_told = all(reading.passed is not None for reading in readings)
    passed = frozenset(name for reading in readings for name in reading.passed or ())
    return Reading(
        worst.ran,
        worst.why,
        tuple(name for reading in readings for name in reading.failed),
        passed if all_told else None,
        frozenset(name for reading in readings for name in reading.skipped),
    )


def decide(on_base: Sequence[Attempt], on_head: Sequence[Attempt]) -> Decision:
    """Red without the fix and green with it, every time, is a proof; all else is told apart.

    Args:
        on_base: the attempts with head's tests over base, at least one.
        on_head: the attempts on head, at least one.
    """
    base = [attempt.reading for attempt in on_base]
    head = [attempt.reading for attempt in on_head]
    return _without_verdict(head, "with the fix") or _head(head) or _base(base) or _red_to_green(base, head)


def weaknesses(on_base: Sequence[Attempt]) -> tuple[str, ...]:
    """What makes a red run a weak proof: a test that fails because a name isn't there yet hasn't met the fault."""
    why = next((one.reading.why for one in on_base if one.reading.ran is Ran.FAILED), "")
    if not _MISSING_NAME.search(why):
        return ()
    return ("without the fix the test fails over a name that the fix adds: that shows the name is new, no more",)


#: How languages say in a running test that there is no such function, module or attribute.
_MISSING_NAME = re.compile(
    r"ImportError|ModuleNotFoundError|NameError: (?:name|uninitialized constant|undefined)"
    r"|AttributeError: (?:module|type object) |NoMethodError(?!.*\bnil\b)|UndefinedFunctionError|Call to undefined"
    r"|ReferenceError|is not a function|does not provide an export"
)


def _head(head: Sequence[Reading]) -> Decision | None:
    failing = [reading for reading in head if reading.ran is Ran.FAILED]
    if not failing:
        return None
    if len(failing) < len(head):
        return _flaky(f"with the fix it failed {len(failing)} of {len(head)} times", failing[0])
    remedy = "mend the fix or the test until it passes on head"
    return Decision(ProofVerdict.FAILS_WITH, f"{_named(failing[0].failed)} fails on head{_because(failing[0])}", remedy)


def _base(base: Sequence[Reading]) -> Decision | None:
    if found := _without_verdict(base, "without the fix"):
        return found
    failing = [reading for reading in base if reading.ran is Ran.FAILED]
    if not failing:
        why = "it passes on base just as well, so it wouldn't have caught the fault"
        return Decision(ProofVerdict.PASSES_WITHOUT, why, "assert what the fix makes true, with the input that failed")
    if len(failing) < len(base):
        return _flaky(f"without the fix it failed {len(failing)} of {len(base)} times", failing[0])
    return None


def _red_to_green(base: Sequence[Reading], head: Sequence[Reading]) -> Decision:
    always = [name for name in dict.fromkeys(base[0].failed) if all(name in reading.failed for reading in base)]
    if base[0].failed and not always:
        return _flaky("without the fix other tests fail each time", base[0])
    green = [name for name in always if all(_is_green(name, reading) for reading in head)]
    if always and not green:
        why = f"{_named(always)} fails without the fix, but isn't run with it"
        return cant_run(why, "let the same test run on both sides, without skipping it")
    subject = _named(green)
    why = f"{subject} {'fail' if len(green) > 1 else 'fails'} without the fix{_because(base[0])}, and not with it"
    return Decision(ProofVerdict.PROVEN, why, red=tuple(green))


def _is_green(name: str, reading: Reading) -> bool:
    return name not in reading.skipped if reading.passed is None else name in reading.passed


def _without_verdict(readings: Iterable[Reading], side: str) -> Decision | None:
    """Why a side says nothing about the test, None where it does."""
    for reading in readings:
        if reading.ran not in (Ran.PASSED, Ran.FAILED):
            why = f"{side}, {_WHYS[reading.ran]}{_because(reading)}"
            remedies = _REMEDIES_BASE if side == "without the fix" else _REMEDIES
            return cant_run(why, remedies.get(reading.ran, _REMEDIES[reading.ran]))
    return None


_WHYS = MappingProxyType(
    {
        Ran.BROKEN: "the run breaks before or outside of the test",
        Ran.NOTHING: "no test is run",
        Ran.TIMED_OUT: "the tests didn't end in time",
        Ran.UNSTARTED: "the tests can't be started",
    }
)
_REMEDIES = MappingProxyType(
    {
        Ran.BROKEN: "make the tests run there: install what they need by --setup-command, lend it by --link, "
        "or mend the import",
        Ran.NOTHING: "name a command that runs the changed tests by --test-command, and let none of them be skipped",
        Ran.TIMED_OUT: "raise --timeout, or give the test less to do",
        Ran.UNSTARTED: "install the test runner, or name the right command by --test-command",
    }
)
_REMEDIES_BASE = MappingProxyType(
    {
        Ran.BROKEN: "a test proves the fault where it can be run without the fix: let it use what base has already, or "
        "import inside the test case what the fix adds",
        Ran.TIMED_OUT: "where the fault is a hang, give the test case a time limit of its own, so that it fails in the "
        "test; else raise --timeout",
    }
)


def _flaky(why: str, reading: Reading) -> Decision:
    remedy = "make the test independent of time, order and chance, then prove it again"
    return Decision(ProofVerdict.FLAKY, f"{why}: {_named(reading.failed)}", remedy)


def _because(reading: Reading) -> str:
    return f": {reading.why}" if reading.why else ""


def _named(names: Sequence[str]) -> str:
    shown = [shortened(name, _LONGEST_NAME) for name in names[:_NAMED]]
    if not shown:
        return "the test"
    more = len(names) - len(shown)
    return " and ".join(shown) if not more else f"{', '.join(shown)} and {counted(more, 'more', 'more')}"
