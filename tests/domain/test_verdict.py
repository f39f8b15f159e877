import itertools

import pytest

from domain.finding import Finding, Inspection, Level, Outcome, WaitingOn
from domain.verdict import Conclusion, PolicyOutcome, Verdict, conclude, worst

FINDING = (Finding("wrong"),)


def a_policy(outcome, level=Level.REQUIRED, waiting_on=WaitingOn.PEOPLE):
    return PolicyOutcome.of("size", level, Inspection(outcome, "evidence", FINDING, waiting_on=waiting_on))


@pytest.mark.parametrize(
    ("outcomes", "conclusion"),
    [
        ([Outcome.PASS, Outcome.FAIL], Conclusion.FAILURE),
        ([Outcome.ERROR, Outcome.PASS], Conclusion.FAILURE),
        ([Outcome.WAIT, Outcome.FAIL], Conclusion.FAILURE),
        ([Outcome.WAIT, Outcome.PASS], Conclusion.ACTION_REQUIRED),
        ([Outcome.PASS, Outcome.WARN, Outcome.DEFER, Outcome.SKIP], Conclusion.SUCCESS),
        ([], Conclusion.SUCCESS),
    ],
)
def test_the_first_row_of_the_table_that_fits_decides(outcomes, conclusion):
    for order in itertools.permutations(outcomes):
        assert conclude(tuple(a_policy(outcome) for outcome in order)) is conclusion


def test_waiting_for_machines_counts_before_waiting_for_people():
    machines = a_policy(Outcome.WAIT, waiting_on=WaitingOn.MACHINES)
    assert conclude((a_policy(Outcome.WAIT), machines)) is Conclusion.IN_PROGRESS


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.ERROR, Outcome.WAIT])
def test_an_advisory_policy_only_warns(outcome):
    policy = a_policy(outcome, Level.ADVISORY)
    assert policy.outcome is Outcome.WARN
    assert Verdict.of((policy,)).conclusion is Conclusion.SUCCESS


def test_the_exit_codes_are_those_of_the_table():
    codes = {conclusion: Verdict(conclusion).exit_code for conclusion in Conclusion}
    assert codes == {
        Conclusion.SUCCESS: 0,
        Conclusion.SKIPPED: 0,
        Conclusion.FAILURE: 1,
        Conclusion.TIMED_OUT: 2,
        Conclusion.ACTION_REQUIRED: 3,
        Conclusion.IN_PROGRESS: 3,
    }


def test_the_worse_verdict_counts_whichever_comes_first():
    green, red = Verdict(Conclusion.SUCCESS), Verdict(Conclusion.FAILURE)
    waiting, skipped = Verdict(Conclusion.ACTION_REQUIRED), Verdict(Conclusion.SKIPPED)
    for order in itertools.permutations([green, red, waiting, skipped]):
        assert worst(order) is red
    assert worst((skipped, green)) is green
    assert worst((green, waiting)) is waiting
