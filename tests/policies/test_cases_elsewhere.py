"""What the readers of test cases tell apart beyond one language: scenarios, documentation, limits, assertions."""

from domain.finding import Outcome
from policies.regression_test import RegressionTest
from tests.builders import Side
from tests.policies.test_cases_by_language import inspect, label

FEATURE = "Feature: cart\n\n  Scenario: adds\n    Given a cart\n    Then the total is 1\n"


def test_scenarios_of_a_feature_are_cases() -> None:
    assert label("features/cart.feature", FEATURE, FEATURE.replace("is 1", "is 2")) == "real"
    assert label("features/cart.feature", FEATURE, FEATURE.replace("adds", "sums")) == "renamed"
    assert label("features/cart.feature", FEATURE, FEATURE.replace("  Scenario", "  @wip\n  Scenario")) == "skipped"


def test_examples_in_the_documentation_are_doctests_and_those_of_a_readme_are_not() -> None:
    head = "Use it\n\n>>> total(1)\n1\n"
    assert label("docs/usage.rst", "Use it\n", head) == "doctest"
    assert label("README.rst", "Use it\n", head) == "none"


def test_a_row_of_a_test_file_is_a_case() -> None:
    assert label("tests/jq.test", ".[0]\n[1]\n1\n", ".[0]\n[1]\n1\n\n# more\n.[1]\n[1,2]\n2\n") == "real"
    assert label("tests/jq.test", ".[0]\n[1]\n1\n", "# why\n.[0]\n[1]\n1\n") == "touched"


def test_a_perl_test_is_one_case() -> None:
    base = "use Test::More;\nis(total(1), 1);\ndone_testing;\n"
    assert label("t/cart.t", base, base.replace("total(1), 1", "total(2), 2")) == "real"
    assert label("t/cart.t", base, "# why\n" + base) == "touched"


def test_a_language_that_no_reader_knows_is_no_pass_and_the_limit_is_ours() -> None:
    inspection = inspect({"test/cart_test.dart": ("a() {}\n", "test('a', () { expect(1, 1); });\n")})
    assert (inspection.outcome, inspection.facts["label"]) == (Outcome.FAIL, "touched")
    assert "our limit" in inspection.findings[0].message


def test_a_condition_that_an_existing_case_gains_is_a_skip() -> None:
    base = "def test_a():\n    assert f(1)\n"
    head = f"@pytest.mark.skipif(WINDOWS, reason='x')\n{base}"
    inspection = inspect({"tests/test_a.py": (base, head)})
    assert inspection.facts["label"] == "skipped"
    assert inspection.findings[0].message == "test_a only runs less than before"
    assert label("tests/test_a.py", head, base) == "real"
    assert label("tests/test_a.py", None, head) == "real"


def test_lines_that_go_make_no_regression_test() -> None:
    base = "def test_a():\n    unused = g()\n    assert f(1)\n"
    assert label("tests/test_a.py", base, base.replace("    unused = g()\n", "")) == "touched"


def test_a_case_that_asserts_nothing_counts_where_it_calls_code_unless_the_policy_file_says_no() -> None:
    files: dict[str, tuple[Side, Side]] = {"tests/test_a.py": (None, "def test_a():\n    run()\n")}
    inspection = inspect(files)
    assert (inspection.outcome, inspection.facts["label"]) == (Outcome.PASS, "real")
    assert "asserts nothing that is known" in inspection.summary
    assert inspect(files, RegressionTest(smoke_tests=False)).facts["label"] == "touched"
    named = RegressionTest(smoke_tests=False, assertions=("run",))
    assert inspect(files, named).facts["cases"][0]["asserts"] is True


def test_a_case_that_does_nothing_never_counts() -> None:
    assert label("tests/test_a.py", None, "def test_a():\n    pass\n") == "touched"
    assert label("tests/test_a.py", None, "def test_a():\n    print('hi')\n") == "touched"
