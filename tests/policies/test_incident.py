from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from domain.change import Change, Evidence
from domain.finding import Inspection, Outcome
from domain.surroundings import IssueState
from policies.incident import Incident, Tracker, Where
from tests.builders import a_change
from tests.policies.outlines import an_outline

EXTERNAL = Incident(tracker=Tracker.EXTERNAL)


def an_issue(number: int = 7, state: str = "open", **fields: Any) -> IssueState:
    return IssueState(number, "The cart is down", state, **fields)


def named(policy: Incident | None = None, **fields: Any) -> set[str]:
    return set((policy or Incident()).needs(an_outline(**fields)).issues)


def inspect(
    issues: dict[str, IssueState | None] | None = None, policy: Incident | None = None, **fields: Any
) -> Inspection:
    return (policy or Incident()).inspect(Change.of(an_outline(**fields), Evidence(issues=issues or {})))


def test_an_open_issue_that_the_description_names_passes() -> None:
    inspection = inspect({"#7": an_issue()}, body="**Incident:** #7")
    assert inspection.outcome is Outcome.PASS
    assert inspection.summary == "names #7, which is open"
    assert inspection.facts == {"named": ["#7"], "incident": "#7"}


@pytest.mark.parametrize(
    ("issue", "why"),
    [
        (an_issue(state="closed"), "#7 is closed"),
        (an_issue(is_pull_request=True), "#7 is a pull request, no issue"),
        (None, "there is no issue #7 that can be read here"),
    ],
)
def test_an_issue_that_is_none_or_closed_fails(issue: IssueState | None, why: str) -> None:
    inspection = inspect({"#7": issue}, body="Incident: #7")
    assert inspection.outcome is Outcome.FAIL
    assert inspection.findings[0].message == why


def test_no_incident_named_fails_and_says_where_to_name_it() -> None:
    inspection = inspect(policy=Incident(field="Incident", label="incident"), body="Please merge")
    assert inspection.outcome is Outcome.FAIL
    assert inspection.findings[0].remedy == (
        "open an issue with the label incident for the incident and name it in the title or the description, as "
        "`Incident: #NUMBER` or the branch"
    )


def test_an_issue_that_nobody_looked_up_is_no_pass() -> None:
    assert inspect({}, body="#7").outcome is Outcome.ERROR


def test_one_of_several_is_enough() -> None:
    assert inspect({"#7": None, "#8": an_issue(8)}, body="#7, #8").outcome is Outcome.PASS


def test_a_closed_issue_counts_where_a_setting_says_so_and_a_missing_label_does_not() -> None:
    closed = {"#7": an_issue(state="closed")}
    assert inspect(closed, Incident(must_be_open=False), body="#7").outcome is Outcome.PASS
    assert inspect({"#7": an_issue()}, Incident(label="incident"), body="#7").outcome is Outcome.FAIL
    labelled = {"#7": an_issue(labels=("Incident",))}
    assert inspect(labelled, Incident(label="incident"), body="#7").outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#7", {"#7"}),
        ("fixes #7, #8 and GH-9.", {"#7", "#8", "#9"}),
        ("acme/ops#7", {"acme/ops#7"}),
        ("see https://github.com/acme/ops/issues/7#issuecomment-1", {"acme/ops#7"}),
        ("HOTFIX-20260105-001", {"HOTFIX-20260105-001"}),
        ("INC-42: cart", {"INC-42"}),
        ("XINC-42 INC-42b", set()),
        ("a#7 &#7; x/#7 #7b", set()),
        ("<!-- e.g. #7 -->", set()),
        ("> somebody said #7", set()),
        ("```\n#7\n```", set()),
    ],
)
def test_what_a_description_names(text: str, expected: set[str]) -> None:
    assert named(body=text) == expected


def test_title_and_branch_name_incidents_too_unless_a_setting_leaves_them_out() -> None:
    assert named(title="Mend INC-1", head="hotfix/INC-2-cart", body="") == {"INC-1", "INC-2"}
    assert named(Incident(where=(Where.BRANCH,)), title="Mend INC-1", head="hotfix/INC-2-cart") == {"INC-2"}


def test_a_field_narrows_the_description_to_itself() -> None:
    body = "See #1.\n\n**Incident:** #2\n\n## Incident\n\n#3\n"
    assert named(Incident(field="incident"), body=body) == {"#2", "#3"}


def test_at_most_ten_are_looked_up() -> None:
    assert len(named(body=" ".join(f"#{number}" for number in range(1, 2000)))) == 10


def test_an_external_id_is_judged_by_its_form_and_the_summary_says_so() -> None:
    inspection = inspect(policy=EXTERNAL, title="INC-42 cart")
    assert inspection.outcome is Outcome.PASS
    assert "only its form was judged" in inspection.summary
    assert inspect(policy=EXTERNAL, title="#7").outcome is Outcome.FAIL
    assert not named(EXTERNAL, title="INC-42")


def test_at_the_desk_only_the_form_is_judged() -> None:
    assert Incident().inspect(a_change()).outcome is Outcome.SKIP
    inspection = Incident().inspect(replace(a_change(), title="Mend #7"))
    assert inspection.outcome is Outcome.PASS
    assert inspection.summary == "names #7; how it stands is known to GitHub alone"


def test_settings_that_no_pull_request_could_meet_are_refused() -> None:
    with pytest.raises(ValidationError, match="no place is given"):
        Incident(where=())
    with pytest.raises(ValidationError, match="needs a pattern"):
        Incident(tracker=Tracker.EXTERNAL, patterns=())
