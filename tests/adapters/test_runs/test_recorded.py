"""What real runners said of one small project each, and what we make of it.

`recorded/` holds the exit code, the output and the reports of pytest 9, unittest of Python 3.11, node:test of Node 20,
Jest 29, Mocha 10, Vitest 2, Go 1.19, cargo 1.95, Surefire 3.2, RSpec 3.12, PHPUnit 9.6 and Mix 1.14, as they came;
those of Gradle and .NET are written after their documentation.
"""

import json
from pathlib import Path

import pytest

from adapters.test_runs.processes import Finished
from adapters.test_runs.runners import RUNNERS, Runner, named
from domain.proof import Ran, Reading

RECORDED = Path(__file__).with_name("recorded")

#: how it ended | a name among those that failed, else why it broke
EXPECTED = {
    "pytest-failed": (Ran.FAILED, "tests.test_cart test_total"),
    "pytest-passed": (Ran.PASSED, ""),
    "pytest-import": (Ran.BROKEN, "ImportError: cannot import name 'grand_total' from 'cart' (cart.py)"),
    "pytest-fixture": (Ran.BROKEN, "KeyError: 'x'"),
    "pytest-skipped": (Ran.NOTHING, ""),
    "pytest-nothing": (Ran.NOTHING, ""),
    "pytest-conftest": (Ran.BROKEN, "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
    "unittest-failed": (Ran.FAILED, "tests.test_cart.CartTest.test_total"),
    "unittest-error": (Ran.FAILED, "tests.test_cart.CartTest.test_total"),
    "unittest-passed": (Ran.PASSED, ""),
    "unittest-import": (Ran.BROKEN, "ImportError: cannot import name 'grand_total' from 'cart' (cart.py)"),
    "unittest-set_up": (Ran.BROKEN, "KeyError: 'x'"),
    "unittest-skipped": (Ran.NOTHING, ""),
    "node-failed": (Ran.FAILED, "test total"),
    "node-nested": (Ran.FAILED, "test adds"),
    "node-passed": (Ran.PASSED, ""),
    "node-import": (Ran.BROKEN, "SyntaxError: The requested module '../cart.mjs' does not provide"),
    "node-skipped": (Ran.NOTHING, ""),
    "jest-failed": (Ran.FAILED, "total"),
    "jest-passed": (Ran.PASSED, ""),
    "jest-import": (Ran.BROKEN, "Cannot find module '../basket' from 'test/cart.test.js'"),
    "jest-nothing": (Ran.BROKEN, ""),
    "jest-skipped": (Ran.NOTHING, ""),
    "mocha-failed": (Ran.FAILED, "cart adds"),
    "mocha-passed": (Ran.PASSED, ""),
    "mocha-import": (Ran.BROKEN, "Exception during run: Error: Cannot find module '../basket'"),
    "mocha-hook": (Ran.BROKEN, "no"),
    "vitest-failed": (Ran.FAILED, "total"),
    "vitest-passed": (Ran.PASSED, ""),
    "vitest-import": (Ran.BROKEN, "Failed to load url ../basket"),
    "vitest-skipped": (Ran.NOTHING, ""),
    "go-failed": (Ran.FAILED, "example.org/cart TestTotal/one"),
    "go-passed": (Ran.PASSED, ""),
    "go-build": (Ran.BROKEN, "./cart_test.go:5:32: undefined: GrandTotal"),
    "go-panic": (Ran.FAILED, "example.org/cart TestTotal"),
    "go-main": (Ran.BROKEN, "exit status 3"),
    "go-nothing": (Ran.NOTHING, ""),
    "go-skipped": (Ran.NOTHING, ""),
    "cargo-failed": (Ran.FAILED, "adds"),
    "cargo-passed": (Ran.PASSED, ""),
    "cargo-build": (Ran.BROKEN, "error[E0425]: cannot find function `grand_total`"),
    "cargo-skipped": (Ran.NOTHING, ""),
    "maven-failed": (Ran.FAILED, "CartTest adds"),
    "maven-passed": (Ran.PASSED, ""),
    "maven-build": (Ran.BROKEN, "[ERROR] src/test/java/CartTest.java:[3,34] cannot find symbol"),
    "maven-skipped": (Ran.NOTHING, ""),
    "gradle-failed": (Ran.FAILED, "CartTest adds()"),
    "gradle-build": (Ran.BROKEN, "src/test/java/CartTest.java:7: error: cannot find symbol"),
    "rspec-failed": (Ran.FAILED, "cart adds"),
    "rspec-passed": (Ran.PASSED, ""),
    "rspec-import": (Ran.BROKEN, "LoadError:   cannot load such file"),
    "rspec-skipped": (Ran.NOTHING, ""),
    "phpunit-failed": (Ran.FAILED, "CartTest testTotal"),
    "phpunit-error": (Ran.FAILED, "CartTest testTotal"),
    "phpunit-passed": (Ran.PASSED, ""),
    "phpunit-import": (Ran.BROKEN, "PHP Fatal error:  Uncaught Error"),
    "phpunit-skipped": (Ran.NOTHING, ""),
    "dotnet-failed": (Ran.FAILED, "Cart.Tests.CartTests.Adds"),
    "dotnet-build": (Ran.BROKEN, "error CS0117"),
    "mix-failed": (Ran.FAILED, "CartTest test adds"),
    "mix-passed": (Ran.PASSED, ""),
    "mix-build": (Ran.BROKEN, "** (CompileError) test/cart_test.exs:3"),
    "mix-skipped": (Ran.NOTHING, ""),
}


def read(name: str) -> Reading:
    found = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    done = Finished(found["code"], found["output"], 1.0)
    return named(name.partition("-")[0]).read(done, found["reports"])


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_run_is_told_for_what_it_was(name: str) -> None:
    reading = read(name)
    ran, words = EXPECTED[name]
    assert reading.ran is ran
    if ran is Ran.FAILED:
        assert words in reading.failed
        assert reading.why
        assert not {*reading.failed} & ({*reading.passed} if reading.passed else set())
    else:
        assert reading.failed == ()
        assert words in reading.why


def test_every_recording_is_looked_at_and_every_runner_has_a_failure_and_a_break() -> None:
    assert {file.stem for file in RECORDED.glob("*.json")} == set(EXPECTED)
    for runner in RUNNERS:
        ends = {ran for name, (ran, _) in EXPECTED.items() if name.startswith(f"{runner.name}-")}
        assert {Ran.FAILED, Ran.BROKEN} <= ends, runner.name


@pytest.mark.parametrize("runner", RUNNERS, ids=lambda runner: runner.name)
def test_no_runner_takes_a_missing_program_or_a_time_limit_for_a_test_that_fails(runner: Runner) -> None:
    assert runner.read(Finished(127, "sh: 1: nothing: not found", 0.1), []).ran is Ran.UNSTARTED
    assert runner.read(Finished(None, "", 9.0), []).ran is Ran.TIMED_OUT


@pytest.mark.parametrize("report", ["", "not a report", "{}", "[]", "<a>", '{"testResults": 7}', "<!DOCTYPE a><a/>"])
def test_a_report_that_can_not_be_read_never_passes_for_a_pass(report: str) -> None:
    for runner in RUNNERS:
        assert runner.read(Finished(1, "something went wrong", 0.1), [report]).ran is not Ran.PASSED


def test_python_without_the_runner_is_a_missing_program() -> None:
    done = Finished(1, "/usr/bin/python: No module named pytest\n", 0.1)
    assert named("pytest").read(done, []).ran is Ran.UNSTARTED
