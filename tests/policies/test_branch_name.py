from dataclasses import replace

import pytest
from pydantic import ValidationError

from domain.finding import Inspection, Level, Outcome
from policies.branch_name import BranchName
from tests.builders import a_change
from tests.policies.outlines import an_outline, judged_on


def inspect(branch: str, **settings: object) -> Inspection:
    policy = BranchName.model_validate({"level": Level.REQUIRED, **settings})
    return policy.inspect(judged_on(an_outline(head=branch)))


def test_a_branch_below_hotfix_passes() -> None:
    assert inspect("hotfix/round-the-total-once").outcome is Outcome.PASS


@pytest.mark.parametrize("branch", ["patch-1", "hotfix", "hotfix/", "x/hotfix/cart", "Hotfix/cart"])
def test_a_branch_of_another_form_fails(branch: str) -> None:
    assert inspect(branch).outcome is Outcome.FAIL


def test_the_pattern_of_numbered_branches_can_be_written() -> None:
    settings = {"patterns": ("hotfix/[0-9]{3}-[a-z0-9-]+",), "example": "hotfix/001-cart-total"}
    assert inspect("hotfix/042-cart", **settings).outcome is Outcome.PASS
    assert inspect("hotfix/cart", **settings).outcome is Outcome.FAIL


def test_the_command_of_the_remedy_runs_nothing_that_a_branch_name_says() -> None:
    (finding,) = inspect("fix$(reboot)").findings
    assert "git push origin 'fix$(reboot)':refs/heads/hotfix/round-the-total-once" in finding.remedy


def test_at_the_desk_the_checked_out_branch_is_judged_and_a_mere_commit_is_left_to_github() -> None:
    assert BranchName().inspect(a_change()).outcome is Outcome.SKIP
    assert BranchName().inspect(replace(a_change(), branch="hotfix/cart")).outcome is Outcome.PASS
    (finding,) = BranchName().inspect(replace(a_change(), branch="patch-1")).findings
    assert "(git branch -m patch-1 hotfix/round-the-total-once)" in finding.remedy


def test_an_example_that_is_itself_wrong_is_refused() -> None:
    with pytest.raises(ValidationError, match="matches none of the patterns"):
        BranchName(example="patch-1")
