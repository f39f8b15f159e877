"""What lies around a merge: branches, auto-merges, reviewers, and what our installation may do."""

import pytest

from domain.errors import GitHubTroubleError
from domain.pull_request import NewPullRequest
from sandbox.deeds.pulls import NewPull, open_pull
from sandbox.faults import Fault
from sandbox.model import BranchProtection, RequiredCheck
from tests.adapters.github.shop import GRANTED, Shop

FIX = {"app.py": b"print('goodbye')\n"}


@pytest.fixture
def number(shop: Shop) -> int:
    shop.branch("backport/1", "develop")
    shop.commit("backport/1", FIX, "Fix")
    return shop.github.open_pull_request(NewPullRequest("Backport", "", "backport/1", "develop")).number


def guard(shop: Shop, branch: str) -> None:
    shop.repository.protections[branch] = BranchProtection(branch, required_checks=(RequiredCheck("ci", None),))


def head(shop: Shop, branch: str = "backport/1") -> str:
    found = shop.git.branch(branch)
    assert found
    return found


def test_branches_are_told_by_how_they_begin(shop: Shop) -> None:
    for name in ("release/1.9", "release/1.10", "released"):
        shop.branch(name, "develop")
    assert shop.github.branches_beginning("release/") == {"release/1.9", "release/1.10"}
    assert shop.github.branches_beginning("none") == frozenset()


def test_a_branch_tells_its_tip_its_protection_and_the_pull_requests_on_both_ends(shop: Shop, number: int) -> None:
    onto = open_pull(shop.scope("alice"), NewPull("On top", "backport/1", "main"))
    guard(shop, "develop")
    standing = shop.github.branch("backport/1")
    assert standing is not None
    assert (standing.oid, standing.is_protected) == (head(shop), False)
    assert standing.pull_requests == {number, onto.number}
    base = shop.github.branch("develop")
    assert base is not None
    assert base.is_protected
    assert base.pull_requests == {number}
    assert shop.github.branch("nowhere") is None


def test_a_branch_may_be_deleted_twice_and_a_protected_one_never(shop: Shop) -> None:
    shop.branch("old", "develop")
    assert shop.github.delete_branch("old")
    assert shop.github.delete_branch("old")
    guard(shop, "develop")
    assert not shop.github.delete_branch("develop")
    assert head(shop, "develop")


def test_the_tree_of_a_commit_is_told(shop: Shop) -> None:
    assert shop.github.tree(head(shop, "main")) == shop.git.commit(head(shop, "main")).tree


def test_a_pull_request_is_told_to_merge_by_itself_once(shop: Shop, number: int) -> None:
    shop.repository.allow_auto_merge = True
    guard(shop, "develop")
    for _ in range(2):
        assert shop.github.auto_merge(number, "squash", head(shop)) == ""
    (stored,) = shop.repository.pulls
    assert stored.auto_merge is not None
    assert (stored.auto_merge.merge_method, stored.auto_merge.enabled_by) == ("squash", "guard[bot]")


def test_why_it_cant_merge_by_itself_is_told_in_githubs_words(shop: Shop, number: int) -> None:
    assert "not allowed" in shop.github.auto_merge(number, "merge", head(shop))
    shop.repository.allow_auto_merge = True
    assert "clean status" in shop.github.auto_merge(number, "merge", head(shop))
    guard(shop, "develop")
    assert "Head branch was modified" in shop.github.auto_merge(number, "merge", head(shop, "develop"))


def test_one_who_cant_review_keeps_nobody_else_from_being_asked(shop: Shop, number: int) -> None:
    why = shop.github.ask_for_reviews(number, ("nobody", "alice", "acme/none", "bob"))
    (stored,) = shop.repository.pulls
    assert stored.requested_reviewers == ["alice", "bob"]
    assert "nobody can't be asked" in why
    assert "acme/none can't be asked" in why


def test_trouble_while_asking_for_reviews_is_trouble(shop: Shop, number: int) -> None:
    shop.sandbox.faults.add(Fault("error", path="*/requested_reviewers", method="POST", times=1))
    with pytest.raises(GitHubTroubleError):
        shop.github.ask_for_reviews(number, ("alice",))


def test_what_our_installation_may_do_is_told(shop: Shop) -> None:
    granted = shop.github.granted()
    assert granted is not None
    assert dict(granted) == GRANTED


def test_comments_are_told_with_their_authors(shop: Shop, number: int) -> None:
    shop.github.upsert_comment(number, "<!-- one -->", "<!-- one --> ours")
    (comment,) = shop.github.comments(number)
    assert (comment.login, comment.is_bot, comment.body) == ("guard[bot]", True, "<!-- one --> ours")
