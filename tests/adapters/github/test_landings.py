"""What landed on a branch since somebody looked: along first parents, bounded, and safe from forced pushes."""

from __future__ import annotations

import pytest
import responses

from adapters.github import TokenGitHub
from tests.adapters.github.shop import REPOSITORY, Shop

API = "https://api.github.com:443"
FIX = {"app.py": b"print('goodbye')\n"}


def tip(shop: Shop, branch: str = "main") -> str:
    found = shop.git.branch(branch)
    assert found
    return found


@pytest.mark.parametrize(("method", "count"), [("merge", 1), ("squash", 1), ("rebase", 2)])
def test_each_commit_of_a_merge_names_its_pull_request(shop: Shop, method: str, count: int) -> None:
    before = tip(shop)
    pull = shop.pull(FIX)
    shop.commit("hotfix/pay", {"b.py": b"1\n"}, "And its test")
    landed = shop.merge(pull, method)
    found = shop.github.landings("main", before)
    assert found is not None
    assert (found.tip_oid, found.complete, found.rewritten) == (landed, True, False)
    pulls = [commit.pull_request for commit in found.commits]
    assert [each and each.ref.number for each in pulls] == [pull.number] * count
    assert pulls[0] is not None
    assert (pulls[0].merge_oid, pulls[0].head_oid, pulls[0].merged_by) == (landed, pull.head_sha, "carol")


def test_pushes_and_merges_are_listed_oldest_first_with_the_policy_file_from_before(shop: Shop) -> None:
    before = tip(shop)
    first = shop.commit("main", {".github/hotfix.yml": b"version: 2\n"}, "Push", "bob")
    pull = shop.pull(FIX)
    landed = shop.merge(pull, "merge")
    found = shop.github.landings("main", before)
    assert found is not None
    assert [commit.oid for commit in found.commits] == [first, landed]
    assert [commit.pull_request is None for commit in found.commits] == [True, False]
    assert found.policy_file is not None
    assert found.policy_file.text == "version: 1\n"


def test_a_merge_into_another_branch_is_none_into_this_one(shop: Shop) -> None:
    before = tip(shop)
    pull = shop.pull(FIX, base="develop")
    landed = shop.merge(pull, "squash")
    shop.git.set_ref("refs/heads/main", landed)
    found = shop.github.landings("main", before)
    assert found is not None
    assert [(commit.oid, commit.pull_request) for commit in found.commits] == [(landed, None)]


def test_what_a_forced_push_took_away_is_told_and_what_it_brought_is_listed(shop: Shop) -> None:
    shop.commit("main", {"x.py": b"1\n"}, "One")
    before = tip(shop)
    brought = shop.rewrite("main", {"x.py": b"2\n"}, "Two", "bob")
    found = shop.github.landings("main", before)
    assert found is not None
    assert (found.rewritten, [commit.oid for commit in found.commits]) == (True, [brought])


def test_a_branch_that_was_set_back_is_rewritten_and_holds_nothing_new(shop: Shop) -> None:
    older = tip(shop)
    before = shop.commit("main", {"x.py": b"1\n"}, "One")
    shop.git.set_ref("refs/heads/main", older)
    found = shop.github.landings("main", before)
    assert found is not None
    assert (found.rewritten, found.commits) == (True, ())


def test_a_commit_that_github_no_longer_has_is_told_as_rewritten(shop: Shop) -> None:
    found = shop.github.landings("main", "f" * 40)
    assert found is not None
    assert (found.rewritten, found.complete, found.commits) == (True, False, ())


def test_a_branch_that_is_gone_has_no_landings_and_one_that_stands_still_has_none_new(shop: Shop) -> None:
    assert shop.github.landings("gone", tip(shop)) is None
    stands = shop.github.landings("main", tip(shop))
    assert stands is not None
    assert stands.commits == ()


def test_far_more_than_a_page_is_followed_down_to_where_the_branch_stood(shop: Shop) -> None:
    before = tip(shop)
    landed = [shop.commit("main", {"x.py": b"%d\n" % number}, f"Step {number}") for number in range(55)]
    found = shop.github.landings("main", before)
    assert found is not None
    assert [commit.oid for commit in found.commits] == landed
    assert found.complete


def test_the_default_branch_comes_first_among_the_tips_and_missing_ones_are_left_out(shop: Shop) -> None:
    tips = shop.github.branch_tips(("develop", "gone"))
    assert [(each.name, each.oid) for each in tips] == [("main", tip(shop)), ("develop", tip(shop, "develop"))]
    assert tips[0].policy_file is not None
    assert tips[0].policy_file.text == "version: 1\n"
    assert sorted(shop.github.branches_named_like("e")) == ["develop"]


@responses.activate
def test_a_merge_whose_commit_doesnt_name_its_pull_request_yet_is_known_by_the_pull_request() -> None:
    landed, before = "a" * 40, "b" * 40
    pull = {
        "number": 7,
        "title": "Fix payment",
        "url": "",
        "merged": True,
        "mergedAt": "2026-01-14T09:30:00Z",
        "mergedBy": {"__typename": "User", "login": "carol"},
        "mergeCommit": {"oid": landed},
        "baseRefName": "main",
        "headRefOid": "c" * 40,
        "repository": {"nameWithOwner": REPOSITORY},
    }
    node = {
        "oid": landed,
        "messageHeadline": "Fix payment (#7)",
        "parents": {"nodes": [{"oid": before}]},
        "author": {"name": "Alice", "user": None},
        "associatedPullRequests": {"nodes": []},
    }
    tips = {"defaultBranchRef": None, "f0": {"name": "main", "target": {"oid": landed, "file": None}}}
    page = {"before": None, "object": {"history": {"nodes": [node]}}, "pullRequests": {"nodes": [pull]}}
    for told in (tips, page):
        responses.post(f"{API}/graphql", json={"data": {"repository": told}})
    found = TokenGitHub("token").repository(REPOSITORY).landings("main", before)
    assert found is not None
    (commit,) = found.commits
    assert commit.pull_request is not None
    assert (commit.pull_request.ref.number, commit.pull_request.merged_by) == (7, "carol")
