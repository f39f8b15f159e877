import json

import pytest
import responses

from adapters.github import TokenGitHub
from domain.errors import GitHubError, GitHubTroubleError, NotFoundError
from domain.pull_request import NewPullRequest
from sandbox.deeds.issues import create_comment
from sandbox.deeds.pulls import NewPull, open_pull, set_state
from sandbox.faults import Fault
from tests.adapters.github.shop import REPOSITORY, Shop

API = "https://api.github.com:443"
FIX = {"app.py": b"print('goodbye')\n"}
MARKER = "<!-- hotfix-guard:status -->"
NEW = NewPullRequest("Backport", "<!-- marker -->", "backport/1", "develop", labels=("backport",), assignees=("alice",))


@pytest.fixture
def ready(shop: Shop) -> Shop:
    shop.branch("backport/1", "develop")
    shop.commit("backport/1", FIX, "Fix")
    return shop


def test_a_pull_request_is_opened_with_labels_and_assignees(ready: Shop) -> None:
    opened = ready.github.open_pull_request(NEW)
    stored = ready.repository.pulls[-1]
    assert (opened.number, opened.author, opened.state) == (stored.number, "guard[bot]", "open")
    assert (opened.head_oid, opened.body) == (ready.git.branch("backport/1"), "<!-- marker -->")
    assert not opened.is_draft
    assert [label.name for label in stored.labels] == ["backport"]
    assert stored.assignees == ["alice"]


def test_opening_it_twice_finds_the_one_that_stands(ready: Shop) -> None:
    first = ready.github.open_pull_request(NEW)
    second = ready.github.open_pull_request(NEW)
    assert second.number == first.number
    assert len(ready.repository.pulls) == 1


def test_a_broken_off_opening_is_finished_by_the_next_try(ready: Shop) -> None:
    ready.sandbox.faults.add(Fault("error", path="*/labels", method="POST", times=1))
    with pytest.raises(GitHubTroubleError):
        ready.github.open_pull_request(NEW)
    ready.github.open_pull_request(NEW)
    (stored,) = ready.repository.pulls
    assert ([label.name for label in stored.labels], stored.assignees) == (["backport"], ["alice"])


def test_an_assignee_who_left_is_no_failure(ready: Shop) -> None:
    ready.sandbox.faults.add(Fault("error", path="*/assignees", method="POST", times=1, status=422))
    assert ready.github.open_pull_request(NEW).number


def test_branches_without_a_difference_are_refused_with_githubs_words(shop: Shop) -> None:
    shop.branch("backport/1", "develop")
    with pytest.raises(GitHubError, match="No commits between develop and backport/1"):
        shop.github.open_pull_request(NEW)


def test_pull_requests_of_a_branch_are_found_in_any_state_newest_first(ready: Shop) -> None:
    first = ready.github.open_pull_request(NEW)
    set_state(ready.scope("alice"), ready.repository.pulls[-1], "closed")
    second = ready.github.open_pull_request(NEW)
    found = ready.github.find_pull_requests("backport/1", "develop")
    assert [(each.number, each.state) for each in found] == [(second.number, "open"), (first.number, "closed")]
    assert ready.github.find_pull_requests("backport/1", "main") == ()


def test_a_forks_branch_of_the_same_name_is_not_ours(shop: Shop) -> None:
    fork = shop.fork("mallory")
    tip = shop.commit("develop", FIX, "Fix", "mallory", fork)
    shop.world.store.git(fork).set_ref("refs/heads/backport/1", tip)
    open_pull(shop.scope("mallory"), NewPull("Mine", "mallory:backport/1", "develop", "<!-- marker -->"))
    assert shop.github.find_pull_requests("backport/1", "develop") == ()


@responses.activate
def test_a_branch_of_the_owners_other_repository_is_not_ours() -> None:
    other = a_pull(number=8)
    other["head"] = {"ref": "backport/1", "sha": "a" * 40, "repo": {"full_name": "acme/shop-fork"}}
    responses.get(f"{API}/repos/acme/shop/pulls", json=[other, a_pull(number=7)])
    found = TokenGitHub("token").repository(REPOSITORY).find_pull_requests("backport/1", "develop")
    assert [each.number for each in found] == [7]


def test_all_open_pull_requests_are_listed_with_when_they_changed(shop: Shop) -> None:
    first = shop.pull(FIX)
    second = shop.pull({"b.py": b"1\n"}, "hotfix/two")
    closed = shop.pull({"c.py": b"1\n"}, "hotfix/three")
    set_state(shop.scope("alice"), closed, "closed")
    found = shop.github.open_pull_requests()
    assert [each.number for each in found] == [first.number, second.number]
    assert all(each.updated_at and each.updated_at.tzinfo for each in found)
    assert found[0].head_oid == first.head_sha


def test_our_comment_is_written_once_and_then_changed(shop: Shop) -> None:
    pull = shop.pull(FIX)
    shop.github.upsert_comment(pull.number, MARKER, f"{MARKER}\npicking")
    for text, requests in (("picking", 1), ("done", 2), ("done", 1)):
        before = shop.sent
        shop.github.upsert_comment(pull.number, MARKER, f"{MARKER}\n{text}")
        assert shop.sent - before == requests
    assert [comment.body for comment in shop.repository.comments.values()] == [f"{MARKER}\ndone"]


def test_a_marker_copied_by_somebody_else_is_not_our_comment(shop: Shop) -> None:
    pull = shop.pull(FIX)
    theirs = create_comment(shop.scope("mallory"), pull, f"{MARKER} ha")
    shop.github.upsert_comment(pull.number, MARKER, f"{MARKER} ours")
    assert theirs.body == f"{MARKER} ha"
    assert [comment.user for comment in shop.repository.comments.values()] == ["mallory", "guard[bot]"]


def test_of_several_comments_the_first_is_changed_and_none_removed(shop: Shop) -> None:
    pull = shop.pull(FIX)
    for number in range(2):
        create_comment(shop.bot(), pull, f"{MARKER} {number}")
    shop.github.upsert_comment(pull.number, MARKER, f"{MARKER} now")
    assert [comment.body for comment in shop.repository.comments.values()] == [f"{MARKER} now", f"{MARKER} 1"]


def test_our_comment_is_found_behind_a_hundred_others(shop: Shop) -> None:
    pull = shop.pull(FIX)
    for number in range(105):
        create_comment(shop.scope("bob"), pull, f"remark {number}")
    ours = create_comment(shop.bot(), pull, f"{MARKER} old")
    shop.github.upsert_comment(pull.number, MARKER, f"{MARKER} new")
    assert ours.body == f"{MARKER} new"


def test_a_reaction_may_be_repeated(shop: Shop) -> None:
    comment = create_comment(shop.scope("alice"), shop.pull(FIX), "/hotfix recheck")
    for _ in range(2):
        shop.github.react(comment.id, "+1")
    assert [(each.user, each.content) for each in comment.reactions] == [("guard[bot]", "+1")]
    with pytest.raises(NotFoundError):
        shop.github.react(1, "+1")


def test_rights_are_githubs_own(shop: Shop) -> None:
    shop.repository.collaborators["mona"] = "maintain"
    shop.world.store.add_account("mona", email="mona@acme.test")
    who = ("carol", "alice", "mona", "mallory", "nobody")
    assert [shop.github.can_administer(login) for login in who] == [True, False, False, False, False]
    assert [shop.github.can_write(login) for login in who] == [True, True, True, False, False]


@responses.activate
def test_a_repository_without_drafts_gets_an_open_pull_request() -> None:
    responses.get(f"{API}/repos/acme/shop/pulls", json=[])
    said = {"message": "Draft pull requests are not supported in this repository."}
    responses.post(f"{API}/repos/acme/shop/pulls", status=422, json=said)
    responses.post(f"{API}/repos/acme/shop/pulls", status=201, json=a_pull(draft=False))
    new = NewPullRequest("Backport", "", "backport/1", "develop", is_draft=True)
    assert not TokenGitHub("token").repository(REPOSITORY).open_pull_request(new).is_draft
    assert [json.loads(call.request.body)["draft"] for call in list(responses.calls)[1:]] == [True, False]


@responses.activate
def test_a_pull_request_opened_meanwhile_is_found() -> None:
    responses.get(f"{API}/repos/acme/shop/pulls", json=[])
    said = {
        "message": "Validation Failed",
        "errors": [{"message": "A pull request already exists for acme:backport/1."}],
    }
    responses.post(f"{API}/repos/acme/shop/pulls", status=422, json=said)
    responses.get(f"{API}/repos/acme/shop/pulls", json=[a_pull(number=8)])
    new = NewPullRequest("Backport", "", "backport/1", "develop")
    assert TokenGitHub("token").repository(REPOSITORY).open_pull_request(new).number == 8


def a_pull(number: int = 7, *, draft: bool = False) -> dict[str, object]:
    head = {"ref": "backport/1", "sha": "a" * 40, "repo": {"full_name": REPOSITORY}}
    told = {
        "number": number,
        "body": None,
        "user": None,
        "state": "open",
        "draft": draft,
        "html_url": "u",
        "head": head,
    }
    return {**told, "base": {"ref": "develop"}, "updated_at": "2026-03-01T12:00:00Z", "labels": [], "assignees": []}
