import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.change import Change, Content, Evidence
from domain.finding import Inspection, Outcome
from policies.description import Description, template
from policies.description_fields import named
from tests.builders import a_change
from tests.policies.outlines import an_outline

POLICY = Description(sections=("Rollback plan",), fields=("Impact",), checked=("Tested on staging",))
FILLED = """\
**Impact:** no customer can pay

- [x] Tested on staging

## Rollback plan

Revert the commit and deploy.
"""


def inspect(body: str, policy: Description = POLICY, at_base: dict[str, Content | None] | None = None) -> Inspection:
    return policy.inspect(Change.of(an_outline(body=body), Evidence(at_base=at_base or {})))


def messages(body: str, policy: Description = POLICY) -> list[str]:
    return [finding.message for finding in inspect(body, policy).findings]


def test_a_description_that_is_filled_in_passes() -> None:
    inspection = inspect(FILLED)
    assert inspection.outcome is Outcome.PASS
    assert inspection.summary == "3 of 3 parts of the description are filled in"
    assert inspection.facts == {"missing": {"sections": [], "fields": [], "checked": []}}


def test_the_template_as_it_came_fails_in_every_part() -> None:
    assert messages(template(POLICY)) == [
        "the section Rollback plan says nothing yet",
        "the field Impact is empty",
        "the check box Tested on staging isn't ticked",
    ]


def test_an_empty_description_lacks_every_part() -> None:
    assert [message.rsplit(" ", 2)[-1] for message in messages("")] == ["missing"] * 3


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("no customer can pay", "TBD", "the field Impact is empty"),
        ("no customer can pay", "N/A", "the field Impact is empty"),
        ("no customer can pay", "<!-- who? -->", "the field Impact is empty"),
        ("[x]", "[ ]", "the check box Tested on staging isn't ticked"),
        ("[x] Tested on staging", "[x] Tested in production", "the check box Tested on staging is missing"),
        ("Revert the commit and deploy.", "> Revert", "the section Rollback plan says nothing yet"),
        ("Revert the commit and deploy.", "_No response_", "the section Rollback plan says nothing yet"),
        ("## Rollback plan\n", "", "the section Rollback plan is missing"),
    ],
)
def test_a_part_that_says_nothing_is_found(written: str, instead: str, said: str) -> None:
    assert said in messages(FILLED.replace(written, instead))


def test_names_are_compared_without_case_numbering_and_level() -> None:
    assert inspect(FILLED.replace("## Rollback plan", "#### 3. ROLLBACK PLAN:")).outcome is Outcome.PASS


@pytest.mark.parametrize("behind", [": by carol", " (twice)", " - by carol", " \u2013 twice"])
def test_a_ticked_box_may_say_more_behind_its_name(behind: str) -> None:
    assert inspect(FILLED.replace("on staging", f"on staging{behind}")).outcome is Outcome.PASS
    assert messages(FILLED.replace("[x] Tested on staging", f"[ ] Tested on staging{behind}"))
    assert messages(FILLED.replace("on staging", "on staging not yet"))


def test_a_section_may_hold_nothing_but_code() -> None:
    assert inspect(FILLED.replace("Revert the commit and deploy.", "```\ngit revert\n```")).outcome is Outcome.PASS


def test_not_applicable_counts_where_a_setting_says_so() -> None:
    body = FILLED.replace("no customer can pay", "N/A")
    assert inspect(body, POLICY.model_copy(update={"not_applicable": True})).outcome is Outcome.PASS


def test_what_the_repository_s_template_says_word_for_word_is_nothing() -> None:
    asked = {POLICY.template: Content("**Impact:** who is hit and how badly\n")}
    body = FILLED.replace("no customer can pay", "who is hit and how badly")
    assert inspect(body, at_base=asked).outcome is Outcome.FAIL
    assert inspect(FILLED, at_base=asked).outcome is Outcome.PASS
    assert POLICY.needs(an_outline()).base_paths == {".github/pull_request_template.md"}


def test_a_template_that_can_not_be_read_is_no_pass() -> None:
    assert inspect(FILLED, at_base={POLICY.template: Content.closed("not UTF-8")}).outcome is Outcome.ERROR


def test_at_the_desk_a_given_description_is_judged_and_a_missing_one_left_to_github() -> None:
    assert POLICY.inspect(a_change()).outcome is Outcome.SKIP
    assert POLICY.inspect(replace(a_change(), body=FILLED)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "broken",
    [{"fields": ["Impact: x"]}, {"fields": [""]}, {"sections": ["a\nb"]}, {"sections": ["<b>"]}, {"checked": ["…"]}],
)
def test_a_name_that_no_markdown_could_hold_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Description.model_validate(broken)


def a_name(kind: str) -> st.SearchStrategy[str]:
    """Names as people could invent them, those that the policy file refuses left out."""

    def is_taken(name: str) -> bool:
        try:
            Description.model_validate({kind: (name,)})
        except ValidationError:
            return False
        return True

    letters = st.text("aB3 -*_#`.()[]|/&'\"\\~+:!äß漢", min_size=1, max_size=12)
    return (letters | st.sampled_from(["Impact", "Root cause", "1. Who?", "C# version", "TODO"])).filter(is_taken)


def names(kind: str) -> st.SearchStrategy[list[str]]:
    return st.lists(a_name(kind), max_size=3, unique_by=named)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(names("sections"), names("fields"), names("checked"))
def test_an_untouched_template_fails_and_a_filled_one_passes(
    sections: list[str], fields: list[str], checked: list[str]
) -> None:
    asked = {"sections": sections, "fields": fields, "checked": checked}
    policy = Description.model_validate({key: tuple(value) for key, value in asked.items()})
    body = template(policy)
    filled = re.sub("<!-- [a-z ]+ -->", "Half cents were rounded up twice.", body).replace("- [ ]", "- [x]")
    assert inspect(filled, policy).outcome is Outcome.PASS
    if any(asked.values()):
        missing = inspect(body, policy).facts["missing"]
        assert missing == asked
