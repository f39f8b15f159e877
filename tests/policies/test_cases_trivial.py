"""Test cases that no fault can make fail, or that no build runs, are no regression test."""

from dataclasses import replace

import pytest

from domain.finding import Inspection, Outcome
from domain.pull_request import PolicyFile
from policies import configure, verdict
from policies.regression_test import RegressionTest
from policies.source.go_constraints import may_build
from tests.builders import a_change


def inspect(path: str, head: str, base: str | None = None) -> Inspection:
    return RegressionTest().inspect(a_change({path: (base, head)}))


CONSTANT = [
    ("tests/test_a.py", "def test_a():\n    assert True\n"),
    ("tests/test_a.py", "def test_a():\n    assert 1 == 1, 'always so'\n"),
    ("tests/test_a.py", "def test_a():\n    total = 1\n    assert total == 1\n"),
    ("tests/test_a.py", "class TestA(TestCase):\n    def test_a(self):\n        self.assertEqual('a b', 'a b')\n"),
    ("a.test.js", "it('works', () => { expect(true).toBe(true); });\n"),
    ("a.test.js", "it('works', async () => { console.log('x'); assert.ok(true); });\n"),
    ("a.test.ts", "test('works', () => { const n: number = 1; expect(n).toEqual(1); });\n"),
    ("a_test.go", 'package a\n\nfunc TestA(t *testing.T) { t.Log("works") }\n'),
    (
        "a_test.go",
        'package a\n\nfunc TestA(t *testing.T) { t.Run("a", func(t *testing.T) { require.True(t, true) }) }\n',
    ),
    ("src/test/java/ATest.java", "class ATest { @Test void works() { Assertions.assertEquals(1, 1); } }\n"),
    ("src/test/kotlin/ATest.kt", 'class ATest { @Test fun works() { assertEquals("a", "a") } }\n'),
    ("tests/ATests.cs", "class A { [Fact] public void Works() { Assert.True(true); } }\n"),
    ("tests/ATest.php", "<?php class ATest extends TestCase { function testA() { $this->assertTrue(true); } }\n"),
    ("spec/a_spec.rb", "it 'works' do\n  expect(:a).to eq(:a)\nend\n"),
    ("tests/a.rs", "#[test]\nfn works() { assert_eq!(1, 1); }\n"),
    ("Tests/ATests.swift", "class ATests: XCTestCase { func testA() { XCTAssertTrue(true) } }\n"),
    ("src/test/scala/ASpec.scala", 'class ASpec extends AnyFunSuite { test("a") { assert("a" == "a") } }\n'),
    ("test/a_test.exs", 'defmodule ATest do\n  test "a" do\n    assert 1 == 1\n  end\nend\n'),
    ("tests/a_test.cpp", "TEST(A, Works) { EXPECT_TRUE(true); }\n"),
]


@pytest.mark.parametrize(("path", "text"), CONSTANT)
def test_a_case_that_only_asserts_constants_is_no_regression_test(path: str, text: str) -> None:
    found = inspect(path, text)
    assert (found.outcome, found.facts["label"]) == (Outcome.FAIL, "touched")
    assert "nothing that a fault could make fail" in found.findings[0].message
    assert found.facts["cases"][0]["asserts"] is False


NAMING = [
    ("tests/test_a.py", "def test_a():\n    run()\n    assert True\n"),
    ("tests/test_a.py", "def test_a(client):\n    assert True\n"),
    ("tests/test_a.py", "def test_a():\n    import cart\n    assert True\n"),
    ("tests/test_a.py", "def test_a():\n    assert f'{total}' == '1'\n"),
    ("tests/test_a.py", "def test_a():\n    assert_invoice(1)\n"),
    ("a.test.js", "it('loads', () => { expect(require('./cart')).toBeTruthy(); });\n"),
    ("a.test.js", "describe('all', () => { const done = make(); it(title, done); });\n"),
    ("a.test.js", "it('adds', () => { expect(`${total}`).toBe('1'); });\n"),
    ("a_test.go", 'package a\n\nfunc TestA(t *testing.T) { if total != 1 { t.Fatal("no") } }\n'),
    ("src/test/java/ATest.java", "class ATest { @Test(expected = Torn.class) void tears() { assertTrue(true); } }\n"),
    ("spec/a_spec.rb", "it { should be true }\n"),
    ("tests/a.rs", "#[test]\nfn works() { let _: Cart; assert!(true); }\n"),
]


@pytest.mark.parametrize(("path", "text"), NAMING)
def test_a_case_that_names_anything_of_the_program_is_not_taken_for_constant(path: str, text: str) -> None:
    assert "could make fail" not in str(inspect(path, text).findings)


def test_a_case_that_is_turned_into_a_constant_no_longer_counts() -> None:
    found = inspect("tests/test_a.py", "def test_a():\n    assert True\n", "def test_a():\n    assert f() == 1\n")
    assert found.outcome is Outcome.FAIL


CASE = 'package a\n\nfunc TestA(t *testing.T) { if total() != 1 { t.Fatal("no") } }\n'


@pytest.mark.parametrize("head", ["//go:build ignore", "// +build ignore", "// About.\n\n//go:build linux && !linux"])
def test_a_go_file_that_no_build_takes_in_is_no_test(head: str) -> None:
    found = inspect("a_test.go", f"{head}\n\n{CASE}")
    assert (found.outcome, found.facts["label"]) == (Outcome.FAIL, "skipped")


def test_a_go_file_that_some_build_takes_in_is_a_test() -> None:
    assert inspect("a_test.go", f"//go:build integration\n\n{CASE}").outcome is Outcome.PASS
    assert inspect("a_test.go", f"// Package a.\n\n{CASE}//go:build ignore\n").outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("holds", "line"),
    [
        (True, "//go:build linux || ignore"),
        (True, "//go:build !ignore"),
        (True, "//go:build (linux && amd64) || !cgo"),
        (True, "//go:build android && linux"),
        (True, "//go:build linux &&"),
        (True, "//go:build " + "(" * 5000),
        (True, "// go:build ignore"),
        (True, "// +build !windows,!plan9 darwin"),
        (False, "//go:build ignore && linux"),
        (False, "//go:build linux && windows"),
        (False, "//go:build (amd64 && arm64) || ignore"),
        (False, "// +build linux,windows"),
    ],
)
def test_a_constraint_that_no_platform_meets_is_told(holds: bool, line: str) -> None:
    assert may_build([line]) is holds


DEFERRING = """\
version: 1
severities: {P0: {description: down}}
policies:
  regression-test: {defer: {severities: [P0], within: 24h}}
"""
PASSING = "it('a', () => { expect(f(1)).toBe(2); });\n"


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (None, PASSING.replace("it(", "it.only(")),
        (PASSING, PASSING.replace("it(", "fit(")),
        (None, PASSING.replace("it(", "it.skip(")),
        (PASSING, PASSING.replace("it(", "xit(")),
    ],
)
def test_focus_markers_and_skips_are_never_promised_away(base: str | None, head: str) -> None:
    change = replace(a_change({"a.test.js": (base, head)}), labels=("hotfix", "P0"))
    found = verdict(configure(PolicyFile(DEFERRING, oid="f" * 40)), change)
    assert [one.outcome for one in found.policies if one.name == "regression-test"] == [Outcome.FAIL]
