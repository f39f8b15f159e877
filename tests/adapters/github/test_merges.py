import json

import pytest
import responses

from adapters.github import TokenGitHub
from domain import backport
from domain.backport import MergedPullRequest
from sandbox.deeds.queue import enqueue
from tests.adapters.github.shop import REPOSITORY, Shop

FIX = {"app.py": b"print('goodbye')\n"}
API = "https://api.github.com:443"


def merged(shop: Shop, number: int) -> MergedPullRequest:
    found = shop.github.merged_pull_request(number)
    assert found is not None
    return found


@pytest.mark.parametrize(("method", "picks"), [("merge", 1), ("squash", 1), ("rebase", 2)])
def test_what_a_merge_landed_can_be_told_from_what_is_read(shop: Shop, method: str, picks: int) -> None:
    shop.commit("main", {"x.py": b"0\n"}, "Before")
    pull = shop.pull(FIX)
    shop.commit("hotfix/pay", {"b.py": b"1\n"}, "And its test")
    shop.commit("main", {"y.py": b"0\n"}, "Meanwhile")
    shop.merge(pull, method)
    found = merged(shop, pull.number)
    assert (found.base, found.author, found.title) == ("main", "alice", "Fix payment")
    assert found.merge_commit_oid == shop.git.branch("main")
    assert [commit.message.strip() for commit in found.commits] == ["Fix payment", "And its test"]
    assert len(found.landed) == 3
    landed = backport.landed(found)
    assert (landed.method, len(landed.picks)) == (method, picks)
    assert landed.picks[-1].oid == shop.git.branch("main")


def test_the_history_below_a_merge_follows_first_parents_alone(shop: Shop) -> None:
    first = shop.pull({"a.py": b"1\n"}, "hotfix/one")
    for number in range(3):
        shop.commit("hotfix/one", {"a.py": b"%d\n" % number}, f"More {number}")
    second = shop.pull({"b.py": b"1\n"}, "hotfix/two")
    begin = shop.git.branch("main")
    shop.merge(first, "merge")
    middle = shop.git.branch("main")
    shop.commit("hotfix/two", {"b.py": b"2\n"}, "More")
    shop.merge(second, "merge")
    landed = merged(shop, second.number).landed
    assert [commit.oid for commit in landed] == [shop.git.branch("main"), middle, begin]


def test_an_unmerged_pull_request_is_nothing_to_carry_over(shop: Shop) -> None:
    assert shop.github.merged_pull_request(shop.pull(FIX).number) is None


@responses.activate
def test_first_parents_beyond_a_page_are_followed() -> None:
    def told(number: int) -> dict[str, object]:
        parents = [{"oid": f"{number - 1:040}"}] if number else []
        return {
            "oid": f"{number:040}",
            "message": f"c{number}",
            "parents": {"nodes": parents},
            "authors": {"nodes": []},
            "committer": None,
        }

    pull = {
        "number": 1,
        "title": "T",
        "body": "",
        "url": "u",
        "headRefName": "fix",
        "headRepository": None,
        "milestone": None,
        "changedFiles": 1,
        "merged": True,
        "author": None,
        "baseRefName": "main",
        "headRefOid": "f" * 40,
        "labels": {"nodes": []},
        "commits": {
            "totalCount": 2,
            "pageInfo": {"hasNextPage": False},
            "nodes": [{"commit": told(90)}, {"commit": told(91)}],
        },
        "mergeCommit": {"oid": f"{9:040}", "history": {"nodes": [told(9), told(8)]}},
    }
    responses.post(f"{API}/graphql", json={"data": {"repository": {"pullRequest": pull}}})
    below = {"history": {"nodes": [told(7), told(6)]}}
    page = responses.post(f"{API}/graphql", json={"data": {"repository": {"object": below}}})
    found = TokenGitHub("token").repository(REPOSITORY).merged_pull_request(1)
    assert found is not None
    assert [commit.message for commit in found.landed] == ["c9", "c8", "c7"]
    assert json.loads(page.calls[0].request.body)["variables"]["from"] == f"{7:040}"


def test_a_merge_group_names_every_pull_request_down_to_base(shop: Shop) -> None:
    first, second = shop.pull({"a.py": b"1\n"}, "hotfix/one"), shop.pull({"b.py": b"1\n"}, "hotfix/two")
    shop.guard_by_queue("main")
    entries = [enqueue(shop.scope("carol"), pull) for pull in (first, second)]
    github = shop.github
    assert github.merge_group("main", entries[0].head_sha, entries[0].ref) == (first.number,)
    assert github.merge_group("main", entries[1].head_sha, entries[1].ref) == (first.number, second.number)
    assert github.merge_group("main", entries[1].head_sha) == (first.number, second.number)


def test_a_merge_group_that_left_the_queue_is_named_by_its_branch(shop: Shop) -> None:
    ref = f"refs/heads/gh-readonly-queue/main/pr-12-{'a' * 40}"
    assert shop.github.merge_group("main", "b" * 40, ref) == (12,)
    assert shop.github.merge_group("main", "b" * 40, "refs/heads/other") == ()


def test_only_branches_that_exist_are_told(shop: Shop) -> None:
    shop.branch("release/1.2", "main")
    names = frozenset({"develop", "release/1.2", "none", 'a" b', "refs/heads/main", ""})
    assert shop.github.branches(names) == {"develop", "release/1.2"}
    assert shop.github.branches(frozenset()) == frozenset()
