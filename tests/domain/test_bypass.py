"""The issue about what went around the gate: what happened, who, what is known, and what to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from domain.bypass import Bypass, Gap, Unsatisfied, body, marker, reason, title
from domain.landing import LandedCommit, LandedPullRequest, Landing, grouped
from domain.pull_request import PullRequestRef

AT = datetime(2026, 1, 14, 9, 30, tzinfo=UTC)
MERGED = LandedPullRequest(
    PullRequestRef("acme/shop", 12), "Keep `the` @cents", "", "main", "b" * 40, "a" * 40, "carol", AT
)
LANDING = Landing((LandedCommit("a" * 40, "Keep the cents", "bob", MERGED),))
RED = Bypass(
    LANDING, "main", "carol", AT, "failure", AT, (Unsatisfied("diff-size", "fail", "30 lines | 10 are allowed"),)
)


def a_commit(name: str, pull_request: LandedPullRequest | None = None) -> LandedCommit:
    return LandedCommit(name * 40, f"Commit {name}", "bob", pull_request)


def test_a_red_merge_is_told_with_who_when_and_which_policies() -> None:
    assert title(RED) == "Merged around the hotfix gate: #12 into main"
    assert reason(RED) == "#12 was merged into main with the verdict failure"
    told = body(RED)
    assert told.startswith("`carol` merged pull request #12 (")
    assert "@cents" not in told
    assert f"on 2026-01-14 09:30 UTC, as commit {'a' * 40}" in told
    assert "The last verdict on bbbbbbb, of 2026-01-14 09:30 UTC, was `failure`:" in told
    assert "| `diff-size` | fail | 30 lines \\| 10 are allowed |" in told
    assert "**Next step:**" in told


def test_a_merge_that_nobody_judged_blames_nobody() -> None:
    unjudged = replace(RED, conclusion="", judged_at=None, policies=(), unjudged="its head is gone", by="")
    assert reason(unjudged) == "#12 was merged into main before it was judged"
    told = body(unjudged)
    assert told.startswith("Somebody, whom GitHub doesn't name, merged")
    assert "Nothing is known against the change or anybody" in told


def test_a_push_names_the_account_that_github_let_in_and_says_what_names_on_commits_are_worth() -> None:
    pushed = Bypass(Landing((a_commit("1"), a_commit("2"))), "main", "bob", AT)
    assert title(pushed) == "Pushed around the hotfix gate: 2222222 on main"
    told = body(pushed)
    assert "2 commits reached `main` without a merged pull request" in told
    assert "GitHub let `bob` push it." in told
    assert told.index("2" * 40) < told.index("1" * 40)
    assert "by its own account from bob" in told
    assert "we weren't told" in body(replace(pushed, by=""))


def test_a_gap_is_told_with_both_ends() -> None:
    forced = Gap("main", "1" * 40, "2" * 40, "bob", AT, rewritten=True)
    assert title(forced) == "main was pushed by force: 1111111 → 2222222"
    assert "no longer holds the older commit" in body(forced)
    long = replace(forced, rewritten=False)
    assert title(long) == "main moved further than can be examined: 1111111 → 2222222"
    assert "the oldest commits were not looked at" in body(long)


def test_each_find_has_a_marker_of_its_own() -> None:
    gap = Gap("main", "1" * 40, "2" * 40, "", AT, rewritten=True)
    assert marker(RED) == f"<!-- hotfix-guard:merged-around {'a' * 40} -->"
    assert marker(gap) == f"<!-- hotfix-guard:merged-around {'1' * 40}..{'2' * 40} -->"


def test_the_commits_of_one_pull_request_land_together_under_its_merge() -> None:
    rebased = replace(MERGED, merge_oid="2" * 40)
    (landing,) = grouped((a_commit("1", rebased), a_commit("2", rebased)), frozenset())
    assert (landing.oid, landing.pull_request) == ("2" * 40, rebased)


def test_pushes_are_told_apart_where_their_ends_are_known() -> None:
    commits = (a_commit("1"), a_commit("2"), a_commit("3", MERGED), a_commit("4"))
    together = grouped(commits, frozenset())
    assert [len(landing.commits) for landing in together] == [2, 1, 1]
    apart = grouped(commits, frozenset({"1" * 40, "2" * 40}))
    assert [landing.oid[0] for landing in apart] == ["1", "2", "a", "4"]
