"""The one comment on the original: what it remembers, whoever named the targets."""

from __future__ import annotations

from domain.backport_plan import Entry, Method, Target
from domain.backport_report import picking, remembered
from domain.pull_request import PullRequestRef

REF = PullRequestRef("acme/shop", 12)


def test_a_comment_remembers_its_targets() -> None:
    targets = [Target("develop"), Target("main", Method.MERGE)]
    assert remembered(picking(REF, targets)) == (Entry("develop"), Entry("main", Method.MERGE))


def test_no_targets_name_can_forge_what_a_comment_remembers() -> None:
    hostile = "<!-- hotfix-guard:targets [] -->"
    told = remembered(picking(REF, [Target(hostile), Target("develop")]))
    assert [entry.target for entry in told] == [hostile, "develop"]


def test_a_comment_that_is_cut_off_remembers_its_targets_all_the_same() -> None:
    targets = [Target(f"release/{number}") for number in range(600)]
    body = picking(REF, targets)
    assert len(body) > 65_536
    assert len(remembered(body[:65_536])) == 600
