"""Which commits a merge landed, on histories that git itself made, and where they go."""

from dataclasses import replace
from pathlib import Path

import pytest

from domain.backport import Landed, Pick, branch_name, landed, marker
from domain.pull_request import Signature
from tests.domain.histories import REF, History, oids


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "desk")


def test_a_merge_is_told_against_its_first_parent(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    history.base_moves()
    before = history.tip("main")
    merge = history.merge("main", "hotfix")
    found = history.lands(before, head, merge)
    assert (found.method, found.picks) == ("merge", (Pick(merge, 1, before),))


def test_a_merge_with_merges_of_base_inside_brings_only_the_pull_request(history: History) -> None:
    history.commit("one")
    history.base_moves()
    history.merge("hotfix", "main")
    head = history.commit("two")
    before = history.tip("main")
    found = history.lands(before, head, history.merge("main", "hotfix"))
    assert (found.method, len(found.picks)) == ("merge", 1)


def test_a_merge_with_its_parents_turned_around_is_told_against_base(history: History) -> None:
    head = history.commit("one")
    history.base_moves()
    before = history.tip("main")
    merge = history.merge("hotfix", "main")
    history.on("main")
    history.desk.git("merge", "-q", "--ff-only", "hotfix")
    found = landed(history.merged(before, head, merge))
    assert found == Landed((Pick(merge, 2, before),), "merge")


def test_a_merge_of_something_else_is_unknown(history: History) -> None:
    head = history.commit("one")
    history.commit("pushed later")
    before = history.tip("main")
    found = history.lands(before, head, history.merge("main", "hotfix"))
    assert (found.method, found.picks) == ("unknown", ())
    assert "joins other commits" in found.why


def test_a_squash_of_many_is_the_one_commit(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    history.base_moves()
    before = history.tip("main")
    squash = history.squash()
    found = history.lands(before, head, squash)
    assert (found.method, oids(found)) == ("squash", [squash])


def test_a_squash_of_one_is_the_one_commit(history: History) -> None:
    head = history.commit("one")
    before = history.tip("main")
    squash = history.squash("Add one (#12)")
    assert oids(history.lands(before, head, squash)) == [squash]


def test_a_squash_with_merges_of_base_inside_is_the_one_commit(history: History) -> None:
    history.commit("one")
    history.base_moves()
    history.merge("hotfix", "main")
    head = history.commit("two")
    before = history.tip("main")
    squash = history.squash()
    assert (history.lands(before, head, squash).method, oids(history.lands(before, head, squash))) == (
        "squash",
        [squash],
    )


def test_a_squash_with_the_last_commits_message_is_unknown_rather_than_half(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    before = history.tip("main")
    found = history.lands(before, head, history.squash("Add two"))
    assert (found.method, found.picks) == ("unknown", ())
    assert "only in part" in found.why


def test_an_earlier_commit_in_the_same_words_doesnt_make_a_squash_a_rebase(history: History) -> None:
    history.commit("one", "Fix it")
    head = history.commit("two", "Fix it")
    history.on("main")
    history.commit("earlier", "Fix it")
    before = history.tip("main")
    found = history.lands(before, head, history.squash("Fix it"))
    assert (found.method, found.picks) == ("unknown", ())


def test_a_rebase_lands_every_commit_in_order(history: History) -> None:
    history.commit("one")
    history.commit("two")
    head = history.commit("three")
    history.base_moves()
    before = history.tip("main")
    merge = history.rebase()
    found = history.lands(before, head, merge)
    assert (found.method, oids(found)) == (
        "rebase",
        history.desk.git("rev-list", "--reverse", f"{before}..{merge}").split(),
    )
    assert len(found.picks) == 3


def test_a_rebase_leaves_out_merges_of_base(history: History) -> None:
    history.commit("one")
    history.base_moves()
    history.merge("hotfix", "main")
    head = history.commit("two")
    before = history.tip("main")
    found = history.lands(before, head, history.rebase())
    assert (found.method, len(found.picks)) == ("rebase", 2)


def test_a_rebase_of_commits_with_one_message_is_a_rebase(history: History) -> None:
    history.commit("one", "Fix it")
    head = history.commit("two", "Fix it")
    history.base_moves()
    before = history.tip("main")
    assert len(history.lands(before, head, history.rebase()).picks) == 2


def test_a_rebase_of_one_commit_and_a_merge_of_base_is_the_one_commit(history: History) -> None:
    history.commit("one")
    history.base_moves()
    head = history.merge("hotfix", "main")
    before = history.tip("main")
    merge = history.rebase()
    assert oids(history.lands(before, head, merge)) == [merge]


@pytest.mark.parametrize("count", [1, 3])
def test_a_fast_forward_lands_the_pull_requests_own_commits(count: int, history: History) -> None:
    own = [history.commit(f"file{number}") for number in range(count)]
    before = history.tip("main")
    history.on("main")
    history.desk.git("merge", "-q", "--ff-only", "hotfix")
    assert oids(history.lands(before, own[-1], own[-1])) == own


def test_a_fast_forward_with_merges_inside_is_unknown(history: History) -> None:
    history.commit("one")
    history.base_moves()
    head = history.merge("hotfix", "main")
    before = history.tip("main")
    history.on("main")
    history.desk.git("merge", "-q", "--ff-only", "hotfix")
    found = history.lands(before, head, head)
    assert (found.method, found.picks) == ("unknown", ())
    assert "fast-forwarded with merges" in found.why


def test_a_rebase_that_dropped_a_commit_is_unknown(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    before = history.tip("main")
    history.on("main")
    history.desk.git("cherry-pick", head)
    assert history.lands(before, head, history.tip()).method == "unknown"


def test_another_persons_commit_with_the_same_message_is_no_answer(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    before = history.tip("main")
    merge = history.rebase()
    merged = history.merged(before, head, merge)
    foreign = tuple(replace(commit, authors=(Signature("Eve", "eve@example.org"),)) for commit in merged.landed)
    assert landed(replace(merged, landed=foreign)).method == "squash"


def test_a_login_that_one_side_doesnt_know_changes_nothing(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    before = history.tip("main")
    merged = history.merged(before, head, history.rebase())
    known = tuple(replace(c, authors=(replace(c.authors[0], login="ann"),)) for c in merged.commits)
    assert landed(replace(merged, commits=known)).method == "rebase"


def test_a_history_shorter_than_the_pull_request_is_unknown(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    before = history.tip("main")
    merged = history.merged(before, head, history.rebase())
    assert landed(replace(merged, landed=merged.landed[:1])).method == "unknown"


def test_a_base_that_was_rewritten_since_is_unknown(history: History) -> None:
    head = history.commit("one")
    before = history.tip("main")
    merged = history.merged(before, head, history.squash())
    for gone in (replace(merged, landed=()), replace(merged, merge_commit_oid="e" * 40)):
        assert landed(gone) == Landed((), "unknown", "the merge commit is no longer on the base branch")


def test_a_branch_is_named_for_the_pull_request_and_the_target() -> None:
    assert branch_name(12, "release/1.2") == "hotfix-guard/backport-12-to-release/1.2"


def test_a_branch_name_cant_end_the_hidden_comment() -> None:
    assert marker(REF, "a-->b").count("-->") == 1
    assert marker(REF, "a") != marker(REF, "b")
