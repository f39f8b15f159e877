from __future__ import annotations

import pytest

from domain.backport_aftermath import are_all_there, may_go, revert_proposal
from domain.backport_plan import BranchStanding, TargetOutcome, TargetResult

HERE = BranchStanding("a" * 40, is_protected=False)


def test_a_branch_goes_that_stands_as_it_was_merged() -> None:
    assert may_go("fix/cents", HERE, "a" * 40, frozenset({"main"}))


@pytest.mark.parametrize(
    ("branch", "standing"),
    [
        ("fix/cents", None),
        ("fix/cents", BranchStanding("b" * 40, is_protected=False)),
        ("fix/cents", BranchStanding("a" * 40, is_protected=True)),
        ("fix/cents", BranchStanding("a" * 40, is_protected=False, pull_requests=frozenset({3}))),
        ("release/1.2", HERE),
        ("develop", HERE),
        ("Master", HERE),
    ],
)
def test_a_branch_that_somebody_may_miss_stays(branch: str, standing: BranchStanding | None) -> None:
    assert not may_go(branch, standing, "a" * 40, frozenset({"main", "release/1.2"}))


@pytest.mark.parametrize(
    ("outcomes", "there"),
    [
        ("merged", True),
        ("merged, already there, empty", True),
        ("already there", False),
        ("merged, opened", False),
        ("merged, conflict", False),
        ("merged, closed", False),
        ("merged, target missing", False),
    ],
)
def test_everything_is_there_once_every_backport_is_merged(outcomes: str, there: bool) -> None:
    results = [TargetResult(str(n), TargetOutcome(each)) for n, each in enumerate(outcomes.split(", "))]
    assert are_all_there(results) is there


def test_only_merged_backports_are_taken_back_by_a_command() -> None:
    told = revert_proposal(9, 5, [("develop", 6, "merged"), ("next", 7, "open")])
    assert "- #6 into `develop`: merged" in told
    assert "- #7 into `next`: open; close it" in told
    assert "`/hotfix backport develop`" in told
    assert "/hotfix backport" not in revert_proposal(9, 5, [("next", 7, "open")])
    assert revert_proposal(9, 5, []) == ""
