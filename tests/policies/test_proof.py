from typing import Any

import pytest

from domain.change import Change, Evidence
from domain.finding import Inspection, Level, Outcome, WaitingOn
from domain.surroundings import CheckState
from policies.proof import ProofOfTest
from tests.builders import a_change
from tests.policies.outlines import an_outline


def a_proof(state: str = "success", app: str = "github-actions", **fields: Any) -> CheckState:
    return CheckState("hotfix-proof", app, state, **fields)


def inspect(*states: CheckState, **settings: Any) -> Inspection:
    policy = ProofOfTest.model_validate({"level": Level.REQUIRED, **settings})
    return policy.inspect(Change.of(an_outline(), Evidence(checks=states)))


def test_a_proof_that_succeeded_on_the_head_passes() -> None:
    inspection = inspect(a_proof())
    assert (inspection.outcome, inspection.findings) == (Outcome.PASS, ())
    assert inspection.facts == {"app": "github-actions", "states": ["success"]}


def test_a_proof_that_failed_fails_and_says_where_it_is() -> None:
    inspection = inspect(a_proof("failure", url="https://ci.example/7"))
    assert inspection.outcome is Outcome.FAIL
    assert inspection.findings[0].message == "hotfix-proof ended as failure"
    assert "https://ci.example/7" in inspection.findings[0].remedy


@pytest.mark.parametrize("state", ["neutral", "skipped", "cancelled", "timed_out", "action_required", "stale", ""])
def test_anything_but_success_is_no_proof(state: str) -> None:
    assert inspect(a_proof(state)).outcome is Outcome.FAIL


@pytest.mark.parametrize("state", ["queued", "in_progress", "waiting", "requested", "pending"])
def test_a_proof_under_way_is_waited_for_as_machines_are(state: str) -> None:
    inspection = inspect(a_proof(state))
    assert (inspection.outcome, inspection.waiting_on) == (Outcome.WAIT, WaitingOn.MACHINES)


def test_a_proof_that_has_not_begun_is_waited_for() -> None:
    inspection = inspect(CheckState("test", "github-actions", "success"))
    assert (inspection.outcome, inspection.waiting_on) == (Outcome.WAIT, WaitingOn.MACHINES)
    assert "hasn't begun" in inspection.findings[0].message


def test_a_proof_by_another_app_does_not_count() -> None:
    inspection = inspect(a_proof(app="somebody-else"))
    assert inspection.outcome is Outcome.WAIT
    assert "the one by somebody-else doesn't count" in inspection.findings[0].remedy
    assert inspect(a_proof(app="somebody-else"), app="Somebody-Else").outcome is Outcome.PASS


def test_a_failed_proof_outweighs_one_that_succeeded_beside_it() -> None:
    assert inspect(a_proof(), a_proof("failure")).outcome is Outcome.FAIL


def test_a_commit_status_of_the_name_is_no_proof() -> None:
    assert inspect(a_proof(is_status=True)).outcome is Outcome.WAIT


def test_at_the_desk_it_is_skipped_and_names_the_command() -> None:
    inspection = ProofOfTest(level=Level.REQUIRED).inspect(a_change({"a.py": ("a\n", "b\n")}))
    assert inspection.outcome is Outcome.SKIP
    assert "hotfix prove" in inspection.summary


def test_it_is_off_unless_asked_for_and_needs_the_checks() -> None:
    assert ProofOfTest().level is Level.OFF
    assert ProofOfTest().needs(an_outline()).checks
