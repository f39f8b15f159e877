import pytest

from domain.proof import Attempt, ProofVerdict, Ran, Reading, decide, together, weaknesses

RED = Reading(Ran.FAILED, "assert 1 == 2", ("test_total",), frozenset({"test_zero"}))
GREEN = Reading(Ran.PASSED, passed=frozenset({"test_total", "test_zero"}))


def runs(*readings: Reading) -> tuple[Attempt, ...]:
    return tuple(Attempt(reading, 0.1, 0) for reading in readings)


def test_red_without_the_fix_and_green_with_it_is_proven() -> None:
    decision = decide(runs(RED, RED), runs(GREEN, GREEN))
    assert decision.verdict is ProofVerdict.PROVEN
    assert decision.red == ("test_total",)
    assert decision.why == "test_total fails without the fix: assert 1 == 2, and not with it"
    assert not decision.remedy


def test_green_on_both_sides_proves_that_the_test_would_not_have_caught_it() -> None:
    decision = decide(runs(GREEN, GREEN), runs(GREEN, GREEN))
    assert decision.verdict is ProofVerdict.PASSES_WITHOUT
    assert decision.remedy


@pytest.mark.parametrize("base", [RED, GREEN, Reading(Ran.BROKEN)])
def test_a_test_that_fails_on_head_fails_with_the_fix_whatever_base_says(base: Reading) -> None:
    assert decide(runs(base), runs(RED)).verdict is ProofVerdict.FAILS_WITH


def test_a_head_that_passes_only_sometimes_is_flaky() -> None:
    decision = decide(runs(RED), runs(GREEN, RED))
    assert decision.verdict is ProofVerdict.FLAKY
    assert "with the fix it failed 1 of 2 times" in decision.why


def test_a_base_that_fails_only_sometimes_is_flaky() -> None:
    assert decide(runs(RED, GREEN, RED), runs(GREEN)).verdict is ProofVerdict.FLAKY


def test_other_tests_failing_each_time_is_flaky() -> None:
    other = Reading(Ran.FAILED, "", ("test_zero",), frozenset({"test_total"}))
    assert decide(runs(RED, other), runs(GREEN)).verdict is ProofVerdict.FLAKY


@pytest.mark.parametrize("ran", [Ran.BROKEN, Ran.NOTHING, Ran.TIMED_OUT, Ran.UNSTARTED])
def test_a_side_that_says_nothing_of_the_test_proves_nothing(ran: Ran) -> None:
    for decision in (decide(runs(Reading(ran, "why")), runs(GREEN)), decide(runs(RED), runs(Reading(ran, "why")))):
        assert decision.verdict is ProofVerdict.CANT_RUN
        assert decision.why.endswith(": why")
        assert decision.remedy


def test_an_import_that_breaks_without_the_fix_is_told_apart_with_its_remedy() -> None:
    decision = decide(runs(Reading(Ran.BROKEN, "ImportError: cannot import name 'f'")), runs(GREEN))
    assert decision.why.startswith("without the fix, the run breaks before or outside of the test: ImportError")
    assert "import inside the test case what the fix adds" in decision.remedy


def test_a_test_that_is_skipped_with_the_fix_is_no_proof() -> None:
    skipped = Reading(Ran.PASSED, passed=frozenset({"test_zero"}), skipped=frozenset({"test_total"}))
    decision = decide(runs(RED), runs(skipped))
    assert decision.verdict is ProofVerdict.CANT_RUN
    assert "isn't run with it" in decision.why


def test_where_passes_are_not_told_a_skip_still_counts_against_it() -> None:
    red = Reading(Ran.FAILED, "", ("test_total",))
    assert decide(runs(red), runs(Reading(Ran.PASSED))).verdict is ProofVerdict.PROVEN
    skipped = Reading(Ran.PASSED, skipped=frozenset({"test_total"}))
    assert decide(runs(red), runs(skipped)).verdict is ProofVerdict.CANT_RUN


def test_an_exit_code_alone_may_prove_without_a_name() -> None:
    decision = decide(runs(Reading(Ran.FAILED)), runs(Reading(Ran.PASSED)))
    assert (decision.verdict, decision.red) == (ProofVerdict.PROVEN, ())


def test_several_commands_come_to_the_failure_that_any_of_them_saw() -> None:
    found = together([GREEN, Reading(Ran.BROKEN, "no"), RED])
    assert (found.ran, found.why, found.failed) == (Ran.FAILED, "assert 1 == 2", ("test_total",))
    assert found.passed is None
    assert together([GREEN, Reading(Ran.NOTHING)]).ran is Ran.NOTHING
    assert together([GREEN, GREEN]).passed == GREEN.passed


def test_a_test_that_only_misses_a_new_name_is_a_weak_proof() -> None:
    missing = Reading(Ran.FAILED, "AttributeError: module 'cart' has no attribute 'grand_total'", ("test_total",))
    assert len(weaknesses(runs(missing))) == 1
    fault = Reading(Ran.FAILED, "AttributeError: 'NoneType' object has no attribute 'price'", ("test_total",))
    assert weaknesses(runs(fault)) == weaknesses(runs(RED)) == ()
