"""Backport branches whose commits GitHub made and signed, from what git staged."""

from dataclasses import replace

import pytest

from adapters.git import Picker
from domain.errors import HotfixGuardError
from domain.picks import Pick, PickRequest, PickResult, SignedBranch, staged
from domain.pull_request import Signature
from tests.adapters.github.shop import REPOSITORY, Shop

BRANCH = "hotfix-guard/backport-12-to-develop"
BOT = Signature("guard[bot]", "1+guard[bot]@users.noreply.github.com")


def stage(shop: Shop, *oids: str, target: str = "develop") -> PickResult:
    token = shop.sandbox.installation_token(shop.bot().viewer.installation.id)  # type: ignore[union-attr]
    picker = Picker(lambda name: f"{shop.sandbox.url}/{name}.git", lambda _: token, BOT)
    return picker.cherry_pick(PickRequest(REPOSITORY, target, tuple(map(Pick, oids)), BRANCH, 12, is_staged=True))


def two_fixes(shop: Shop) -> tuple[str, str]:
    first = shop.commit("main", {"app.py": b"print('goodbye')\n"}, "Fix the words\n\nRefs: #3")
    return first, shop.commit("main", {"more.py": b"more\n"}, "Fix more", login="bob")


def test_a_signed_branch_holds_the_same_trees_and_names_the_authors(shop: Shop) -> None:
    first, second = two_fixes(shop)
    picked = stage(shop, first, second)
    assert picked.pushed
    assert shop.git.branch(BRANCH) is None
    signed = shop.github.sign_branch(BRANCH, picked.picked)
    assert signed == SignedBranch(str(shop.git.branch(BRANCH)))
    tip = shop.git.commit(signed.commit)
    below = shop.git.commit(tip.parents[0])
    assert (tip.tree, below.parents) == (picked.tree, (shop.git.branch("develop"),))
    assert {tip.sha, below.sha} <= shop.repository.verified_commits
    assert below.message.strip() == (
        f"Fix the words\n\nRefs: #3\n(cherry picked from commit {first})\nCo-authored-by: Alice <alice@acme.test>"
    )
    assert "Co-authored-by: Bob <bob@acme.test>" in tip.message


def test_what_was_staged_goes_away_and_may_be_gone(shop: Shop) -> None:
    picked = stage(shop, *two_fixes(shop))
    assert shop.git.ref(staged(BRANCH)) == picked.commit
    for _ in range(2):
        shop.github.unstage_branch(BRANCH)
    assert shop.git.ref(staged(BRANCH)) is None


def test_a_repeated_signing_finds_its_own_branch(shop: Shop) -> None:
    picked = stage(shop, *two_fixes(shop))
    signed = shop.github.sign_branch(BRANCH, picked.picked)
    assert shop.github.sign_branch(BRANCH, stage(shop, *[each.origin for each in picked.picked]).picked) == signed


def test_a_repeated_signing_finds_its_own_branch_after_the_target_moved(shop: Shop) -> None:
    picked = stage(shop, *two_fixes(shop))
    signed = shop.github.sign_branch(BRANCH, picked.picked)
    shop.github.unstage_branch(BRANCH)
    shop.commit("develop", {"beside.py": b"1\n"}, "Go on")
    again = stage(shop, *[each.origin for each in picked.picked])
    assert again.onto != picked.onto
    assert shop.github.sign_branch(BRANCH, again.picked) == signed


def test_a_persons_commits_on_the_branch_are_never_touched(shop: Shop) -> None:
    picked = stage(shop, *two_fixes(shop))
    shop.github.sign_branch(BRANCH, picked.picked)
    theirs = shop.commit(BRANCH, {"app.py": b"by hand\n"}, "Resolve")
    assert shop.github.sign_branch(BRANCH, picked.picked) == SignedBranch(theirs, is_foreign=True)
    assert shop.git.branch(BRANCH) == theirs


def test_a_person_cant_pass_for_us_by_our_words(shop: Shop) -> None:
    first, _ = two_fixes(shop)
    picked = stage(shop, first)
    words = f"Fix the words\n\nRefs: #3\n(cherry picked from commit {first})\nCo-authored-by: Alice <alice@acme.test>\n"
    shop.branch(BRANCH, "develop")
    theirs = shop.commit(BRANCH, {"app.py": b"evil\n"}, words)
    assert shop.github.sign_branch(BRANCH, picked.picked) == SignedBranch(theirs, is_foreign=True)


def test_an_author_that_the_message_names_already_is_named_once(shop: Shop) -> None:
    fix = shop.commit("main", {"app.py": b"1\n"}, "Fix it\n\nCo-authored-by: Alice <alice@acme.test>")
    signed = shop.github.sign_branch(BRANCH, stage(shop, fix).picked)
    assert shop.git.commit(signed.commit).message.count("Co-authored-by:") == 1


def test_a_tree_that_was_never_staged_is_refused_by_github(shop: Shop) -> None:
    picked = stage(shop, *two_fixes(shop))
    lost = tuple(replace(each, tree="e" * 40) for each in picked.picked)
    with pytest.raises(HotfixGuardError, match="Tree SHA does not exist"):
        shop.github.sign_branch(BRANCH, lost)
