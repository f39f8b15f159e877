from dataclasses import replace

import pytest
from pydantic import ValidationError

from domain.finding import Level, Outcome
from policies.title import Title
from tests.builders import a_change
from tests.policies.outlines import an_outline, judged_on

ON = Level.REQUIRED


def outcome(title: str, **settings: object) -> Outcome:
    policy = Title.model_validate({"level": ON, **settings})
    return policy.inspect(judged_on(an_outline(title=title))).outcome


@pytest.mark.parametrize("title", ["[HOTFIX] Round the cart's total once", "hotfix: round", "[Hotfix]x"])
def test_a_title_that_says_hotfix_passes(title: str) -> None:
    assert outcome(title) is Outcome.PASS


@pytest.mark.parametrize("title", ["", "Update cart.py", "[HOTFIX]", "[HOTFIX]   ", "No [HOTFIX] here"])
def test_a_title_of_another_form_fails(title: str) -> None:
    assert outcome(title) is Outcome.FAIL


def test_a_pattern_has_to_match_the_whole_title_in_its_own_case() -> None:
    assert outcome("INC-12 x", patterns=("INC-[0-9]+",)) is Outcome.FAIL
    assert outcome("inc-12", patterns=("INC-[0-9]+",)) is Outcome.FAIL
    assert outcome("INC-12", patterns=("P[0-9]", "^INC-[0-9]+$")) is Outcome.PASS


def test_the_remedy_shows_the_example_or_else_the_patterns() -> None:
    change = judged_on(an_outline(title="Update"))
    (finding,) = Title().inspect(change).findings
    assert finding.remedy == "edit the title to be like: [HOTFIX] Round the cart's total once"
    (finding,) = Title(patterns=("INC-[0-9]+",)).inspect(change).findings
    assert finding.remedy == "edit the title to be like: INC-[0-9]+"


def test_at_the_desk_a_given_title_is_judged_and_a_missing_one_left_to_github() -> None:
    assert Title().inspect(a_change()).outcome is Outcome.SKIP
    assert Title().inspect(replace(a_change(), title="Update")).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"patterns": ["(?<=a)b"]}, "'(?<=a)b' is no regular expression: invalid perl operator"),
        ({"patterns": ["(a{1000}){1000}"]}, "is no regular expression: invalid repetition size"),
        ({"patterns": ["("]}, "is no regular expression: missing )"),
        ({"patterns": ["a" * 201]}, "at most 200 characters"),
        ({"patterns": []}, "no pattern is given"),
        ({"example": "Update cart.py"}, "the example 'Update cart.py' matches none of the patterns"),
    ],
)
def test_settings_that_no_title_could_meet_are_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as error:
        Title.model_validate({"level": ON, **settings})
    assert said in str(error.value)


def test_a_pattern_made_to_be_slow_is_quick() -> None:
    assert outcome("a" * 256 + "!", patterns=("(a|a)*(a*)*(a+a+)+b",)) is Outcome.FAIL
