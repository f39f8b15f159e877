"""Who pushed the head has a part in it, whoever its commits say wrote it: anybody can write any name on a commit."""

from __future__ import annotations

import pytest

from tests.handlers.conftest import FIX, Shop


@pytest.fixture
def plain_shop(shop: Shop) -> Shop:
    """A shop whose branch `next` names no roles: there one person with write access approves."""
    shop.alice.push(shop.name, "next", {".github/hotfix.yml": "version: 1\n"}, "One person approves", base="main")
    return shop


def in_bobs_name(shop: Shop, parent: str) -> str:
    """A commit in carol's clone that bears bob's name alone, as its author and as its committer."""
    theirs = shop.bob.fetch(shop.name)
    sha = shop.bob.commit(shop.name, FIX, "Keep the cents", [shop.bob.branch(shop.name, parent)])
    shop.carol.fetch(shop.name).run("fetch", "-q", str(theirs.path), sha)
    return sha


def test_who_pushed_to_a_pull_request_in_its_authors_name_cannot_approve_it(plain_shop: Shop) -> None:
    shop = plain_shop
    shop.bob.push(shop.name, "fix/cents", {"README.md": "# Shop\n"}, "Begin", base="next")
    number = shop.bob.open_pull(shop.name, "fix/cents", "next", "[HOTFIX] Keep the cents")
    shop.carol.push_commit(shop.name, "fix/cents", in_bobs_name(shop, "fix/cents"))
    shop.concluded(number, "action_required", base="next")
    shop.carol.approve(shop.name, number)
    shop.settled()
    assert shop.run(number, "next")["conclusion"] == "action_required"
    shop.alice.approve(shop.name, number)
    shop.concluded(number, "success", base="next")


def test_who_pushed_the_branch_before_its_pull_request_was_opened_cannot_approve_it(plain_shop: Shop) -> None:
    shop = plain_shop
    shop.carol.push_commit(shop.name, "fix/cents", in_bobs_name(shop, "next"))
    number = shop.bob.open_pull(shop.name, "fix/cents", "next", "[HOTFIX] Keep the cents")
    shop.concluded(number, "action_required", base="next")
    shop.carol.approve(shop.name, number)
    shop.settled()
    assert shop.run(number, "next")["conclusion"] == "action_required"


def test_who_pushed_to_a_fork_in_its_owners_name_cannot_approve_it(plain_shop: Shop) -> None:
    shop = plain_shop
    fork = shop.bob.fork(shop.name)
    shop.bob.push(fork, "fix/cents", {"README.md": "# Shop\n"}, "Begin", base="next")
    number = shop.bob.open_pull(shop.name, "bob:fix/cents", "next", "[HOTFIX] Keep the cents")
    shop.bob.collaborate(fork, "carol", "push")
    sha = shop.bob.commit(fork, FIX, "Keep the cents", [shop.bob.branch(fork, "fix/cents")])
    shop.carol.fetch(fork).run("fetch", "-q", str(shop.bob.fetch(fork).path), sha)
    shop.carol.push_commit(fork, "fix/cents", sha)
    shop.concluded(number, "action_required", base="next")
    shop.carol.approve(shop.name, number)
    shop.settled()
    assert shop.run(number, "next")["conclusion"] == "action_required"
