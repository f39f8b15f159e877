from datetime import UTC, datetime, timedelta

import pytest

from domain.change import Change, Evidence
from domain.finding import Inspection, Outcome, WaitingOn
from domain.surroundings import DeploymentState
from policies.deployed import Deployed
from tests.builders import a_change
from tests.policies.outlines import an_outline

NOW = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


def a_deployment(state: str = "success", environment: str = "staging", *, latest: bool = True) -> DeploymentState:
    return DeploymentState(environment, state, NOW, latest)


def inspect(*deployments: DeploymentState, policy: Deployed | None = None) -> Inspection:
    return (policy or Deployed()).inspect(Change.of(an_outline(), Evidence(deployments=deployments)))


@pytest.mark.parametrize("state", ["success", "active"])
def test_a_head_that_was_deployed_to_staging_passes(state: str) -> None:
    inspection = inspect(a_deployment(state))
    assert inspection.outcome is Outcome.PASS
    assert inspection.facts == {"environment": "staging", "state": state, "is_latest": True}


@pytest.mark.parametrize("state", ["failure", "error"])
def test_a_deployment_that_failed_fails(state: str) -> None:
    assert inspect(a_deployment(state)).outcome is Outcome.FAIL


@pytest.mark.parametrize("state", ["queued", "pending", "in_progress"])
def test_a_deployment_under_way_is_waited_for(state: str) -> None:
    inspection = inspect(a_deployment(state))
    assert (inspection.outcome, inspection.waiting_on) == (Outcome.WAIT, WaitingOn.MACHINES)


@pytest.mark.parametrize("state", ["waiting", "inactive", "destroyed", "abandoned", "a new word"])
def test_a_deployment_that_only_people_can_bring_on_waits_for_people(state: str) -> None:
    inspection = inspect(a_deployment(state))
    assert (inspection.outcome, inspection.waiting_on) == (Outcome.WAIT, WaitingOn.PEOPLE)


def test_where_nobody_deployed_it_waits_for_people_and_says_what_to_deploy() -> None:
    inspection = inspect(a_deployment(environment="production"))
    assert (inspection.outcome, inspection.waiting_on) == (Outcome.WAIT, WaitingOn.PEOPLE)
    assert inspection.findings[0].remedy == "deploy aaaaaaa to staging"
    assert inspection.facts["state"] is None


@pytest.mark.parametrize("state", ["success", "active", "inactive"])
def test_another_commit_in_its_place_is_told_and_counts_unless_it_needn_t_stand_there(state: str) -> None:
    inspection = inspect(a_deployment(state, latest=False))
    assert (inspection.outcome, inspection.waiting_on) == (Outcome.WAIT, WaitingOn.PEOPLE)
    assert inspection.summary == "another commit stands in staging now, not head aaaaaaa"
    assert inspect(a_deployment(state, latest=False), policy=Deployed(still_there=False)).outcome is Outcome.PASS


def test_a_destroyed_environment_proves_nothing_even_where_it_needn_t_stand() -> None:
    assert inspect(a_deployment("destroyed"), policy=Deployed(still_there=False)).outcome is Outcome.WAIT


def test_the_newest_deployment_counts_and_letter_case_does_not() -> None:
    older = DeploymentState("staging", "success", NOW - timedelta(hours=1))
    assert inspect(older, a_deployment("failure", "Staging")).outcome is Outcome.FAIL


def test_at_the_desk_deployments_are_left_to_github() -> None:
    assert Deployed().inspect(a_change()).outcome is Outcome.SKIP
    assert Deployed(environment="qa").needs(an_outline()).environments == {"qa"}
