from __future__ import annotations

import pytest

from domain.backport_orders import BackportOrder
from domain.backport_plan import Method, Origin, Target, lacking, plan, releases_from

BRANCHES = [
    "release/0.9",
    "release/1.9",
    "release/1.10",
    "release/1.10.1",
    "release/2.0-rc1",
    "release/2.0",
    "release/2.x",
    "release/v3",
    "release/next",
]


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("release/1.9", "release/1.10 release/1.10.1 release/2.0-rc1 release/2.0 release/2.x release/v3"),
        ("release/2.0-rc1", "release/2.0 release/2.x release/v3"),
        ("release/2.x", "release/v3"),
        ("release/v3", ""),
        ("release/next", ""),
        ("main", ""),
    ],
)
def test_releases_go_up_from_the_base_by_their_numbers(base: str, expected: str) -> None:
    assert releases_from(base, BRANCHES, "release/") == tuple(expected.split())


def test_two_names_of_one_version_are_not_above_each_other() -> None:
    assert releases_from("v1.2", ("v1.2", "v1.2.0", "v1.3"), "") == ("v1.3",)


def test_a_branch_is_served_once_and_base_never() -> None:
    wishes = [Target("develop"), Target("main"), Target("next"), Target("develop", origin=Origin.LABEL)]
    assert [target.branch for target in plan(wishes, "main")] == ["develop", "next"]


def test_a_command_decides_on_the_method() -> None:
    command = Target("develop", Method.MERGE, Origin.COMMAND)
    assert plan([command, Target("develop")], "main") == (command,)
    assert plan([Target("develop"), command], "main") == (command,)


def test_a_command_names_branches_and_perhaps_a_method() -> None:
    order = BackportOrder.parse("develop release/1.2 develop --method merge")
    expected = tuple(Target(name, Method.MERGE, Origin.COMMAND) for name in ("develop", "release/1.2"))
    assert (order.targets, order.why_not) == (expected, "")


@pytest.mark.parametrize(
    "argument", ["", "--method merge", "develop --method", "develop --method rebase", "-f develop"]
)
def test_a_command_that_names_no_branch_or_no_method_of_ours_is_refused(argument: str) -> None:
    order = BackportOrder.parse(argument)
    assert not order.targets
    assert "/hotfix backport BRANCH" in order.why_not


def test_a_permission_that_isnt_known_isnt_missing() -> None:
    needed = {"contents": "write", "workflows": "write"}
    assert lacking(None, needed) == ()
    assert lacking({"contents": "read", "workflows": "admin"}, needed) == ("contents: write",)
    assert lacking({}, needed) == ("contents: write", "workflows: write")
