"""What runners write for machines: JUnit XML, Jest's JSON, `go test -json`, RSpec's JSON, Mocha's JSON, .NET's TRX."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from adapters.test_runs.processes import Finished
from adapters.test_runs.texts import broken_by_words, by_exit_code, cause, last_line, unstarted
from domain.proof import Ran, Reading
from domain.wording import plain, shortened

_LONGEST = 300
#: pytest's exit codes (its page "Exit codes"): 2 interrupted, 3 internal error, 4 usage error, 5 no tests collected.
_PYTEST_BROKEN = frozenset([2, 3, 4])
_PYTEST_NOTHING = 5
_HEADING = re.compile(r"Test suite failed to run|^\w+::\w+$")
#: What Jest and Vitest say of a file without test cases.
_NO_CASES = re.compile(r"must contain at least one test|No test suite found in file")


class Tally:
    """Test cases as a report tells them, and what they come to."""

    def __init__(self) -> None:
        self.failed: dict[str, str] = {}
        self.passed: set[str] = set()
        self.skipped: set[str] = set()
        self.outside: list[str] = []

    def reading(self) -> Reading:
        """A test that failed outweighs what broke beside it; then nothing that broke is a pass."""
        names = tuple(self.failed)
        ran = (
            Ran.FAILED if names else Ran.BROKEN if self.outside else Ran.PASSED if self.passed else Ran.NOTHING
        )  # a run in which everything is skipped has run nothing
        why = next(iter(self.failed.values()), "") if names else next(iter(self.outside), "")
        green = frozenset(self.passed - self.failed.keys())
        return Reading(ran, why, names, green, frozenset(self.skipped))


def junit(done: Finished, reports: Sequence[str]) -> Reading:
    """JUnit's XML as PHPUnit, Surefire, Gradle and others write it."""
    return _of_xml(done, reports, _junit_case)


def built(done: Finished, reports: Sequence[str]) -> Reading:
    """The same for build tools: without a report no test was run, whatever the exit code."""
    found = _of_xml(done, reports, _junit_case)
    if reports or found.ran in (Ran.UNSTARTED, Ran.TIMED_OUT, Ran.NOTHING):
        return found
    return Reading(Ran.BROKEN if done.code else Ran.NOTHING, cause(done.output) or last_line(done.output))


def pytest(done: Finished, reports: Sequence[str]) -> Reading:
    """Pytest's `--junitxml`: an `error` is a collection or a fixture that failed, a `failure` is a test's."""
    if done.code == _PYTEST_NOTHING:
        return Reading(Ran.NOTHING)
    found = _of_xml(done, reports, _pytest_case)
    if done.code in _PYTEST_BROKEN and found.ran is not Ran.BROKEN:
        return broken_by_words(done) or Reading(Ran.BROKEN, cause(done.output) or last_line(done.output))
    return found


def node(done: Finished, reports: Sequence[str]) -> Reading:
    """Node's `--test-reporter=junit`: a file that can't be loaded is a test case of the file's own name."""
    return _of_xml(done, reports, _node_case)


def trx(done: Finished, reports: Sequence[str]) -> Reading:
    """.NET's `--logger trx` (VSTest's TestResults schema)."""
    return _of_xml(done, reports, _trx_case)


def _of_xml(done: Finished, reports: Sequence[str], told: Callable[[Element, Tally], None]) -> Reading:
    if early := unstarted(done):
        return early
    tally = Tally()
    for root in filter(None, map(_root, reports)):
        for case in root.iter():
            told(case, tally)
    return _reading(done, tally) if reports else by_exit_code(done)


def _reading(done: Finished, tally: Tally) -> Reading:
    """What a tally and the exit code come to together: a report that doesn't say what failed is none to trust."""
    found = tally.reading()
    if done.code and found.ran in (Ran.PASSED, Ran.NOTHING):
        said = by_exit_code(done)
        return said if said.ran in (Ran.BROKEN, Ran.NOTHING) else Reading(Ran.BROKEN, last_line(done.output))
    if found.ran is Ran.BROKEN and not found.why:
        return replace(found, why=cause(done.output) or last_line(done.output))
    return found


def _root(report: str) -> Element | None:
    try:
        root: Element = fromstring(report)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return root


def _junit_case(case: Element, tally: Tally) -> None:
    if case.tag != "testcase":
        return
    name = " ".join(filter(None, (case.get("classname") or case.get("class"), case.get("name"))))
    bad = next((child for child in case if child.tag in ("failure", "error")), None)
    if bad is not None:
        tally.failed.setdefault(name, _why(bad))
    elif any(child.tag in ("skipped", "rerunFailure", "disabled") for child in case):
        tally.skipped.add(name)
    else:
        tally.passed.add(name)


def _pytest_case(case: Element, tally: Tally) -> None:
    if case.tag != "testcase":
        return
    error = case.find("error")
    if error is not None and case.find("failure") is None:
        tally.outside.append(cause(error.text or "") or _why(error))
    else:
        _junit_case(case, tally)


def _node_case(case: Element, tally: Tally) -> None:
    failure = case.find("failure") if case.tag == "testcase" else None
    if failure is None:
        _junit_case(case, tally)
    elif failure.get("type") != "subtestsFailed":
        name = case.get("name") or ""
        is_file = name.endswith((".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")) and "/" in name
        if is_file:
            tally.outside.append(cause(failure.text or ""))
        else:
            _junit_case(case, tally)


def _trx_case(case: Element, tally: Tally) -> None:
    if case.tag.rpartition("}")[2] != "UnitTestResult":
        return
    name, outcome = case.get("testName") or "", case.get("outcome") or ""
    if outcome in ("Failed", "Error", "Timeout", "Aborted"):
        message = next((one.text for one in case.iter() if one.tag.rpartition("}")[2] == "Message"), "")
        tally.failed[name] = _phrase(message or "")
    else:
        (tally.passed if outcome == "Passed" else tally.skipped).add(name)


def _why(bad: Element) -> str:
    said = bad.get("message") or bad.text or ""
    return _phrase(said)


def _phrase(text: str) -> str:
    """The first line that says something; Jest and PHPUnit begin with a heading."""
    lines = [line for line in text.strip().splitlines() if line.strip() and not _HEADING.search(line)]
    return shortened(plain(lines[0]), _LONGEST).rstrip(".") if lines else ""


def jest(done: Finished, reports: Sequence[str]) -> Reading:
    """Jest's `--json`, which Vitest's `--reporter=json` takes after; a suite without a result for any test broke."""

    def told(report: Any, tally: Tally) -> None:
        for suite in report["testResults"]:
            cases = suite.get("assertionResults") or []
            message = suite.get("message") or ""
            is_whole = not any(case.get("status") == "failed" for case in cases)
            if suite.get("status") == "failed" and is_whole and not _NO_CASES.search(message):
                tally.outside.append(cause(message) or _phrase(message))
            for case in cases:
                name = str(case.get("fullName") or case.get("title")).strip()
                _sort(tally, name, case.get("status"), "\n".join(case.get("failureMessages") or ()))

    return _of_json(done, reports, told)


def _sort(tally: Tally, name: str, status: object, why: str) -> None:
    if status == "failed":
        tally.failed.setdefault(name, _phrase(why))
    else:
        (tally.passed if status == "passed" else tally.skipped).add(name)


def rspec(done: Finished, reports: Sequence[str]) -> Reading:
    """RSpec's `--format json`."""

    def told(report: Any, tally: Tally) -> None:
        outside = report["summary"].get("errors_outside_of_examples_count", 0)
        if outside:
            said = "\n".join(report.get("messages") or ())
            tally.outside.append(cause(said) or _phrase(said))
        for case in report["examples"]:
            why = (case.get("exception") or {}).get("message") or ""
            _sort(tally, case["full_description"], case["status"], why)

    return _of_json(done, reports, told)


def mocha(done: Finished, reports: Sequence[str]) -> Reading:
    """Mocha's `--reporter json`; a hook that failed is told as a failure with a title of its own."""

    def told(report: Any, tally: Tally) -> None:
        tally.passed.update(case["fullTitle"] for case in report["passes"])
        tally.skipped.update(case["fullTitle"] for case in report["pending"])
        for case in report["failures"]:
            why = _phrase((case.get("err") or {}).get("message") or "")
            if str(case.get("title", "")).startswith('"before'):
                tally.outside.append(why)
            else:
                tally.failed.setdefault(case["fullTitle"], why)

    return _of_json(done, reports, told)


def _of_json(done: Finished, reports: Sequence[str], told: Callable[[Any, Tally], None]) -> Reading:
    if early := unstarted(done):
        return early
    tally = Tally()
    try:
        for report in reports:
            told(json.loads(report), tally)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return by_exit_code(done)
    return _reading(done, tally) if reports else by_exit_code(done)


def go(done: Finished, _reports: Sequence[str] = ()) -> Reading:
    """`go test -json` (`go doc test2json`): a package that fails without a test that fails wasn't built or set up."""
    if early := unstarted(done):
        return early
    tally = Tally()
    failed_packages: dict[str, str] = {}
    outputs: dict[tuple[str, str], list[str]] = {}
    for event in _events(done.output):
        key = (str(event.get("Package", "")), str(event.get("Test", "")))
        action = event.get("Action")
        if action == "output":
            outputs.setdefault(key, []).append(str(event.get("Output", "")))
        elif key[1] and action in ("pass", "fail", "skip"):
            status = {"pass": "passed", "fail": "failed"}.get(action, "skipped")
            _sort(tally, " ".join(key), status, _go_why(outputs.get(key, ())))
        elif action == "fail":
            failed_packages[key[0]] = cause(done.output) or _phrase("".join(outputs.get(key, ())))
    broken = {name: why for name, why in failed_packages.items() if not any(f"{name} " in one for one in tally.failed)}
    tally.outside.extend(broken.values())
    return _reading(done, _without_parents(tally))


def _events(output: str) -> Iterator[Mapping[str, Any]]:
    for line in output.splitlines():
        if line.startswith("{"):
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                yield event


def _go_why(lines: Sequence[str]) -> str:
    said = [line for line in lines if not line.lstrip().startswith(("=== ", "--- "))]
    return _phrase("".join(said))


def _without_parents(tally: Tally) -> Tally:
    """A test with subtests fails because one of them does: the subtest says which."""
    for name in [name for name in tally.failed if any(one.startswith(f"{name}/") for one in tally.failed)]:
        del tally.failed[name]
    return tally
