"""What runners print for people, read where they give no report, or where a run broke before there was one.

Each mark is the runner's own wording, found in its output; the recordings in `tests/adapters/test_runs/` hold them.
"""

from __future__ import annotations

import re

from adapters.test_runs.processes import Finished
from domain.proof import Ran, Reading
from domain.wording import plain, shortened

_LONGEST = 300

#: sh: "command not found" and "found but not executable" (POSIX, Shell Command Language, 2.8.2).
_NOT_FOUND, _NOT_EXECUTABLE = 127, 126

#: What Python says of a module that it is told to run and doesn't have: it ends with 1, as a failed test does.
_NO_MODULE = re.compile(r"^\S*python\S*: No module named \S+$", re.MULTILINE)

#: Wordings that tell of a run that broke before or outside of any test: the line that holds one says why.
_BROKEN = re.compile(
    r"""^.*(?:
        \bERROR\ collecting\ | ImportError\ while\ loading\ conftest | ^INTERNALERROR> | unittest\.loader\._FailedTest
      | ^ERROR:\ (?:setUpClass|setUpModule)\b | Test\ suite\ failed\ to\ run | Failed\ Suites\ \d
      | \[(?:build|setup)\ failed\]
      | error:\ could\ not\ compile | error:\ failed\ to\ (?:parse|load|get|select|download|read) | COMPILATION\ ERROR
      | Compilation\ failed;\ see | ^>\ Could\ not\ resolve | ^>\ Task\ \S*[Cc]ompile\S*\ FAILED
      | occurred\ outside\ of\ examples | LoadError: | ==\ Compilation\ error\ in | could\ not\ compile\ dependency
      | \berror\ (?:CS|FS|BC|MSB|NU)\d{4}: | ^Build\ FAILED | ERR_MODULE_NOT_FOUND | Cannot\ find\ module
      | ^PHP\ (?:Fatal|Parse)\ error | SyntaxError:
    ).*$""",
    re.MULTILINE | re.VERBOSE,
)
_NOTHING = re.compile(
    r"no tests ran|collected 0 items|^Ran 0 tests|\[no test files\]|no tests to run|No tests? (?:files? )?found"
    r"|No tests were found|No tests executed|^0 examples,|^There are no tests|No test is available"
    r"|^# tests 0$|No test matches|must contain at least one test|No test suite found",
    re.MULTILINE | re.IGNORECASE,
)
#: The line that best tells people why: what a broken import or build comes down to.
_CAUSE = re.compile(
    r"^(?:E\s+|\s*>?\s*)?((?:\w*\.)*(?:\w*Error|\w*Exception)(?:\s\[\w+\])?:\s.*|\S+\.go:\d+:\d+: .*"
    r"|.*error\[E\d+\]: .*"
    r"|.*\berror (?:CS|FS)\d+: .*|\[ERROR\] (?:.*\.java:|Failed to execute goal ).*|\*\* \(\w+\) .*"
    r"|\S+\.java:\d+: error: .*|error: (?!could not compile).*)$",
    re.MULTILINE,
)


def by_exit_code(done: Finished) -> Reading:
    """What an exit code says of any runner, with the wordings of all that are known."""
    if early := unstarted(done):
        return early
    if done.code == 0:
        return Reading(Ran.NOTHING) if _NOTHING.search(done.output) else Reading(Ran.PASSED)
    if broken := broken_by_words(done):
        return broken
    return Reading(Ran.NOTHING if _NOTHING.search(done.output) else Ran.FAILED)


def unstarted(done: Finished) -> Reading | None:
    """The reading of a command that wasn't found, or that passed its time limit; None for all others."""
    if done.code is None:
        return Reading(Ran.TIMED_OUT, f"ended by us after {done.seconds:.0f} s")
    if done.code in (_NOT_FOUND, _NOT_EXECUTABLE):
        return Reading(Ran.UNSTARTED, last_line(done.output))
    missing = _NO_MODULE.search(done.output) if done.code else None
    return Reading(Ran.UNSTARTED, _phrase(missing.group())) if missing else None


def broken_by_words(done: Finished) -> Reading | None:
    """The reading of a run that broke before any test, where its output says so."""
    found = _BROKEN.search(done.output)
    if found is None:
        return None
    why = cause(done.output[found.start() :]) or cause(done.output) or _phrase(found.group())
    return Reading(Ran.BROKEN, why)


def cause(text: str, *, last: bool = False) -> str:
    """The line of an output that tells why, "" where none is known to.

    Args:
        text: the output.
        last: whether the last such line is wanted: chained tracebacks of Python end with what began it all.
    """
    found = [*_CAUSE.finditer(text)] if last else [one for one in [_CAUSE.search(text)] if one]
    return _phrase(found[-1].group(1)) if found else ""


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line for line in text.splitlines() if line.strip()]
    return _phrase(lines[-1]) if lines else ""


def _phrase(text: str) -> str:
    return shortened(plain(re.sub(r"\x1b\[[0-9;]*m", "", text)).rstrip("."), _LONGEST)


_UNITTEST = re.compile(r"^(FAIL|ERROR): (\S+) \((\S+?)\)(?:.*)$", re.MULTILINE)
_UNITTEST_SKIPPED = re.compile(r"^(\w+) \((\S+)\) \.\.\. skipped ", re.MULTILINE)
_UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
_UNITTEST_ALL_SKIPPED = re.compile(r"^OK \(.*?skipped=(\d+).*\)$", re.MULTILINE)
_SETUP = ("setUpClass", "setUpModule", "tearDownClass", "tearDownModule")


def unittest(done: Finished) -> Reading:
    """Unittest's own report ("Command-Line Interface"); an error inside a test is a test that fails."""
    if early := unstarted(done):
        return early
    ran = _UNITTEST_RAN.search(done.output)
    if ran is None:
        return broken_by_words(done) or Reading(Ran.BROKEN, cause(done.output) or last_line(done.output))
    told = _UNITTEST.findall(done.output)
    outside = [name for _, name, where in told if "_FailedTest" in where or name in _SETUP]
    failed = tuple(_method(name, where) for _, name, where in told if "_FailedTest" not in where and name not in _SETUP)
    skipped = frozenset(_method(name, where) for name, where in _UNITTEST_SKIPPED.findall(done.output))
    if failed:
        return Reading(Ran.FAILED, cause(done.output), failed, skipped=skipped)
    if outside:
        return Reading(Ran.BROKEN, cause(done.output, last=True))
    all_skipped = _UNITTEST_ALL_SKIPPED.search(done.output)
    if int(ran.group(1)) == int(all_skipped.group(1) if all_skipped else 0):
        return Reading(Ran.NOTHING)
    return Reading(Ran.PASSED if done.code == 0 else Ran.FAILED, skipped=skipped)


def _method(name: str, where: str) -> str:
    """`tests.test_cart.CartTest.test_total`: Python 3.11 adds the method's name to the class's, earlier ones didn't."""
    return where if where.endswith(f".{name}") else f"{where}.{name}"


_CARGO_TEST = re.compile(r"^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)", re.MULTILINE)


def cargo(done: Finished) -> Reading:
    """Libtest's lines ("test result: …"); its JSON isn't stable. A compiler's error is no test that fails."""
    if early := unstarted(done):
        return early
    told = _CARGO_TEST.findall(done.output)
    failed = tuple(name for name, how in told if how == "FAILED")
    if done.code and not failed:
        return broken_by_words(done) or Reading(Ran.BROKEN, cause(done.output) or last_line(done.output))
    passed = frozenset(name for name, how in told if how == "ok")
    skipped = frozenset(name for name, how in told if how == "ignored")
    ran = Ran.FAILED if failed else Ran.PASSED if passed else Ran.NOTHING
    return Reading(ran, _panic(done.output) if failed else "", failed, passed, skipped)


_PANIC = re.compile(r"panicked at [^\n]*?(?:'(.*?)', |:\n(.*))", re.MULTILINE)


def _panic(text: str) -> str:
    found = _PANIC.search(text)
    return _phrase(found.group(1) or found.group(2) or "") if found else ""


_MIX_FAILURE = re.compile(r"^\s+\d+\) (.+?) \((\S+)\)$", re.MULTILINE)
_MIX_COUNTS = re.compile(
    r"^(?:(?:\d+ \w+, )*)(\d+) tests?, (\d+) failures?(?:, (\d+) invalid)?(?:.*?(\d+) skipped)?", re.MULTILINE
)
_MIX_WHY = re.compile(r"^ {5}(?:\*\* \(|Assertion |match \(=\) |Expected |Unexpectedly ).*$", re.MULTILINE)
_MIX_DOCTESTS = re.compile(r"^(\d+) doctests?, ", re.MULTILINE)


def mix(done: Finished) -> Reading:
    """ExUnit's command line formatter; "invalid" tests are those whose `setup_all` failed."""
    if early := unstarted(done):
        return early
    counts = _MIX_COUNTS.search(done.output)
    if counts is None:
        return broken_by_words(done) or Reading(
            Ran.NOTHING if _NOTHING.search(done.output) else Ran.BROKEN, cause(done.output) or last_line(done.output)
        )
    tests, failures, invalid, skipped = (int(count or 0) for count in counts.groups())
    doctests = _MIX_DOCTESTS.search(counts.group())
    tests += int(doctests.group(1)) if doctests else 0
    if failures:
        names = tuple(f"{module} {name}" for name, module in _MIX_FAILURE.findall(done.output))
        told = _MIX_WHY.search(done.output)
        return Reading(Ran.FAILED, _phrase(told.group()) if told else "", names)
    if invalid:
        return Reading(Ran.BROKEN, "setup_all failed")
    return Reading(Ran.PASSED if tests > skipped else Ran.NOTHING)
