from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from domain.change import Change, Evidence
from domain.finding import Inspection, Level, Outcome, WaitingOn
from domain.surroundings import CheckState
from policies.checks import Accepted, Checks
from tests.builders import a_change
from tests.policies.outlines import an_outline


def a_check(name: str = "test", state: str = "success", app: str = "github-actions", **fields: Any) -> CheckState:
    return CheckState(name, app, state, **fields)


def inspect(*states: CheckState, required: Any = ("test",), **settings: Any) -> Inspection:
    policy = Checks.model_validate({"level": Level.REQUIRED, "required": required, **settings})
    return policy.inspect(Change.of(an_outline(), Evidence(checks=states)))


def test_checks_that_succeeded_pass() -> None:
    inspection = inspect(a_check(), a_check("build"), required=("test", "build"))
    assert (inspection.outcome, inspection.findings) == (Outcome.PASS, ())
    assert inspection.summary == "2 of 2 required checks succeeded"
    assert inspection.facts["required"][0] == {"name": "test", "app": "", "states": ["success"]}


@pytest.mark.parametrize(
    "state",
    ["failure", "error", "cancelled", "timed_out", "stale", "startup_failure", "neutral", "skipped", "", "new word"],
)
def test_a_check_that_ended_otherwise_fails(state: str) -> None:
    assert inspect(a_check(state=state)).outcome is Outcome.FAIL


def test_a_failure_names_the_check_and_where_it_is() -> None:
    (finding,) = inspect(a_check(state="failure", url="https://ci.example/7")).findings
    assert finding.message == "test ended as failure"
    assert "https://ci.example/7" in finding.remedy


@pytest.mark.parametrize("state", ["queued", "in_progress", "waiting", "requested", "pending", "expected"])
def test_a_check_that_still_runs_is_waited_for(state: str) -> None:
    inspection = inspect(a_check(state=state))
    assert (inspection.outcome, inspection.waiting_on) == (Outcome.WAIT, WaitingOn.MACHINES)


def test_a_check_that_has_not_begun_is_waited_for_and_a_near_name_is_told() -> None:
    inspection = inspect(a_check("tests"))
    assert (inspection.outcome, inspection.waiting_on) == (Outcome.WAIT, WaitingOn.MACHINES)
    assert "there is tests: if that is meant, mend the name" in inspection.findings[0].remedy


def test_a_check_that_asks_a_person_waits_for_people() -> None:
    inspection = inspect(a_check(state="action_required"))
    assert (inspection.outcome, inspection.waiting_on) == (Outcome.WAIT, WaitingOn.PEOPLE)


def test_a_failure_is_told_before_the_rest_has_ended() -> None:
    assert inspect(a_check(state="failure"), required=("test", "build")).outcome is Outcome.FAIL


@pytest.mark.parametrize("state", ["neutral", "skipped"])
def test_neutral_and_skipped_count_where_a_setting_says_so(state: str) -> None:
    assert inspect(a_check(state=state), accept=tuple(Accepted)).outcome is Outcome.PASS


def test_a_check_pinned_to_an_app_is_met_by_no_other() -> None:
    pinned = ({"name": "test", "app": "github-actions"},)
    assert inspect(a_check(), required=pinned).outcome is Outcome.PASS
    assert inspect(a_check(app="GitHub-Actions"), required=pinned).outcome is Outcome.PASS
    for app in ("mallory", ""):
        inspection = inspect(a_check(app=app), required=pinned)
        assert inspection.outcome is Outcome.WAIT
        assert "which doesn't count" in inspection.findings[0].remedy
    assert inspect(a_check(), a_check(app="mallory", state="failure"), required=pinned).outcome is Outcome.PASS


def test_of_checks_with_one_name_all_have_to_succeed() -> None:
    assert inspect(a_check(), a_check(app="jenkins", state="failure")).outcome is Outcome.FAIL
    assert inspect(a_check(), a_check(app="", state="pending", is_status=True)).outcome is Outcome.WAIT


def test_a_verdict_can_not_be_made_to_wait_for_itself() -> None:
    for required in ("hotfix: main", {"name": "hotfix: main"}):
        with pytest.raises(ValidationError, match="is this verdict itself"):
            Checks.model_validate({"required": (required,)})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"level": "required"}, "no check is named"),
        ({"required": [" "]}, "a check's name has 1 to 255 characters"),
        ({"accept": []}, "no conclusion is accepted"),
        ({"required": [{"nam": "test"}]}, "Extra inputs"),
    ],
)
def test_settings_that_could_never_be_met_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as error:
        Checks.model_validate(settings)
    assert said in str(error.value)


def test_the_policy_file_may_name_a_check_either_way() -> None:
    read = Checks.model_validate_json('{"required": ["build", {"name": "test", "app": "ci"}]}', strict=True)
    assert [str(check) for check in read.required] == ["build", "test of ci"]
    assert Checks.model_validate(read.model_dump(mode="json")) == read


def test_at_the_desk_checks_are_left_to_github() -> None:
    assert Checks().inspect(a_change()).outcome is Outcome.SKIP
    assert Checks().needs(an_outline()).checks


def test_a_service_under_another_name_never_waits_for_its_own_check_run() -> None:
    ours = a_check("gate: main", "in_progress", app="github-actions")
    policy = Checks.model_validate({"level": Level.REQUIRED, "required": ["gate: main", "test"]})
    outline = replace(an_outline(), check_name="gate")
    found = policy.inspect(Change.of(outline, Evidence(checks=(ours, a_check()))))
    assert found.outcome is Outcome.FAIL
    assert found.findings[0].message == "gate: main is this verdict itself, which can't wait for itself"
    assert found.facts["required"][0]["states"] == []
