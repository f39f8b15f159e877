"""Which commits landed, in the less usual ways in which people and GitHub merge; the usual ones are next door."""

from dataclasses import replace
from pathlib import Path

import pytest

from domain.backport import Landed, landed
from tests.domain.histories import History, oids


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "desk")


def range_of(history: History, before: str, tip: str) -> list[str]:
    return history.desk.git("rev-list", "--reverse", f"{before}..{tip}").split()


def is_unknown(found: Landed) -> bool:
    return found.method == "unknown" and not found.picks and bool(found.why)


def test_an_octopus_is_unknown(history: History) -> None:
    head = history.commit("one")
    history.desk.git("checkout", "-q", "-b", "other", "main")
    history.commit("two")
    history.on("main")
    before = history.tip()
    history.desk.git("merge", "-q", "--no-ff", "-m", "Merge both", "hotfix", "other")
    assert is_unknown(history.lands(before, head, history.tip()))


@pytest.mark.parametrize("way", ["merge", "squash", "rebase"])
def test_a_branch_that_was_deleted_since_changes_nothing(way: str, history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    before = history.tip("main")
    merge = {
        "merge": lambda: history.merge("main", "hotfix"),
        "squash": history.squash,
        "rebase": history.rebase,
    }[way]()
    history.desk.git("branch", "-D", "hotfix")
    assert history.lands(before, head, merge).method == way


def test_a_head_that_was_pushed_over_after_the_merge_is_unknown(history: History) -> None:
    head = history.commit("one")
    before = history.tip("main")
    merged = history.merged(before, head, history.merge("main", "hotfix"))
    history.desk.git("checkout", "-q", "-B", "hotfix", before)
    other = history.commit("something else")
    assert is_unknown(landed(replace(merged, head_oid=other)))


def test_a_rebase_of_one_commit_and_a_squash_of_one_are_the_same_pick(history: History) -> None:
    head = history.commit("one")
    history.base_moves()
    before = history.tip("main")
    assert oids(history.lands(before, head, history.rebase())) == [history.tip("main")]


def test_an_empty_commit_in_the_middle_of_a_rebase_comes_along(history: History) -> None:
    history.commit("one")
    history.desk.git("commit", "-q", "--allow-empty", "-m", "Run the checks again")
    head = history.commit("two")
    history.base_moves()
    before = history.tip("main")
    merge = history.rebase()
    found = history.lands(before, head, merge)
    assert (found.method, oids(found)) == ("rebase", range_of(history, before, merge))
    assert len(found.picks) == 3


def test_a_squash_whose_message_somebody_wrote_anew_is_the_one_commit(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    history.base_moves()
    before = history.tip("main")
    squash = history.squash("Stop charging twice\n\nReported by a customer.\n")
    assert (history.lands(before, head, squash).method, oids(history.lands(before, head, squash))) == (
        "squash",
        [squash],
    )


def test_a_rebase_with_an_amended_message_is_unknown(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    before = history.tip("main")
    history.rebase()
    history.desk.git("commit", "-q", "--amend", "-m", "Add two, as reviewed")
    assert is_unknown(history.lands(before, head, history.tip()))


def test_co_authors_change_nothing_about_a_rebase(history: History) -> None:
    trailer = "Co-authored-by: Ben <ben@example.org>"
    history.commit("one", f"Add one\n\n{trailer}")
    head = history.commit("two", f"Add two\n\n{trailer}")
    history.base_moves()
    before = history.tip("main")
    assert len(history.lands(before, head, history.rebase()).picks) == 2


def test_a_squash_that_names_its_co_authors_is_the_one_commit(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    before = history.tip("main")
    squash = history.squash("Fix all (#12)\n\n* Add one\n\n* Add two\n\nCo-authored-by: Ben <ben@example.org>")
    assert oids(history.lands(before, head, squash)) == [squash]


def test_githubs_suffix_tells_a_squash_from_the_last_commit_of_a_rebase(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    before = history.tip("main")
    squash = history.squash("Add two (#12)")
    assert (history.lands(before, head, squash).method, len(history.lands(before, head, squash).picks)) == ("squash", 1)


def test_a_merge_queue_that_squashes_lands_the_one_commit_on_top_of_another_entrys(history: History) -> None:
    history.base_moves("of another entry")
    history.commit("one")
    head = history.commit("two")
    before = history.tip("main")
    assert oids(history.lands(before, head, history.squash())) == [history.tip("main")]


def test_a_merge_queue_that_merges_lands_each_entry_against_the_one_before(history: History) -> None:
    head = history.commit("one")
    history.desk.git("checkout", "-q", "-b", "other", "main")
    history.commit("two")
    before = history.merge("main", "other")
    merge = history.merge("main", "hotfix")
    found = history.lands(before, head, merge)
    assert (found.method, found.picks[0].parent) == ("merge", before)


def test_a_merge_queue_that_rebases_lands_the_commits_on_top_of_another_entrys(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    history.base_moves("of another entry")
    history.base_moves("of a third entry")
    before = history.tip("main")
    assert oids(history.lands(before, head, history.rebase())) == range_of(history, before, "main")


def test_a_merge_that_was_made_and_pushed_locally_is_a_merge(history: History) -> None:
    head = history.commit("one")
    history.base_moves()
    before = history.tip("main")
    merge = history.merge("main", "hotfix")
    history.base_moves("pushed along with it")
    assert history.lands(before, head, merge).method == "merge"


def test_a_local_merge_of_a_branch_that_has_more_is_unknown(history: History) -> None:
    head = history.commit("one")
    history.desk.git("checkout", "-q", "-b", "more")
    history.commit("not part of it")
    before = history.tip("main")
    assert is_unknown(history.lands(before, head, history.merge("main", "more")))


def test_a_fast_forward_that_took_more_along_is_unknown(history: History) -> None:
    head = history.commit("one")
    before = history.tip("main")
    history.commit("pushed along")
    history.on("main")
    history.desk.git("merge", "-q", "--ff-only", "hotfix")
    merged = history.merged(before, head, head)
    assert is_unknown(landed(replace(merged, merge_commit_oid=history.tip())))


def test_only_the_first_commits_of_a_rebase_are_unknown(history: History) -> None:
    first = history.commit("one")
    head = history.commit("two")
    before = history.tip("main")
    history.on("main")
    history.desk.git("cherry-pick", "--allow-empty", first)
    assert is_unknown(history.lands(before, head, history.tip()))


def test_what_was_reverted_and_landed_again_is_told_by_its_second_landing(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    history.base_moves()
    first = history.tip("main")
    merge = history.rebase()
    history.desk.git("revert", "--no-edit", f"{first}..{merge}")
    before = history.tip("main")
    again = range_of(history, first, merge)
    history.desk.git("cherry-pick", *again)
    found = landed(
        replace(history.merged(before, head, history.tip()), commits=history.merged(first, head, merge).commits)
    )
    assert (found.method, oids(found)) == ("rebase", range_of(history, before, "main"))


def test_a_base_that_moved_on_changes_nothing(history: History) -> None:
    history.commit("one")
    head = history.commit("two")
    before = history.tip("main")
    merge = history.rebase()
    history.base_moves("later")
    history.base_moves("much later")
    assert oids(history.lands(before, head, merge)) == range_of(history, before, merge)


def test_a_commit_that_the_branch_grew_from_never_lands_again(history: History) -> None:
    history.base_moves("before")
    history.on("main")
    history.commit("same words", "Fix it")
    history.desk.git("checkout", "-q", "-B", "hotfix")
    history.commit("one", "Fix it")
    head = history.commit("two", "Fix it")
    before = history.tip("main")
    found = history.lands(before, head, history.squash("Fix it"))
    assert is_unknown(found)


def test_merges_in_both_directions_inside_a_pull_request_still_land_once(history: History) -> None:
    history.commit("one")
    history.base_moves()
    history.merge("hotfix", "main")
    history.desk.git("checkout", "-q", "-b", "part", "hotfix")
    history.commit("part of it")
    history.merge("hotfix", "part")
    history.base_moves("again")
    head = history.merge("hotfix", "main")
    history.base_moves("at last")
    before = history.tip("main")
    assert len(history.lands(before, head, history.merge("main", "hotfix")).picks) == 1


def test_a_merge_of_base_that_had_to_be_resolved_comes_along(history: History) -> None:
    history.commit("shared", content="ours\n")
    history.on("main")
    history.commit("shared", content="theirs\n")
    history.on("hotfix")
    history.desk.git("merge", "-q", "--no-commit", "main", codes=(1,))
    head = history.commit("shared", "Merge main", "both\n")
    before = history.tip("main")
    assert history.lands(before, head, history.merge("main", "hotfix")).method == "merge"


def test_a_branch_of_its_own_inside_the_pull_request_never_lands_in_part(history: History) -> None:
    history.commit("one")
    history.desk.git("checkout", "-q", "-b", "part", "hotfix")
    history.commit("two")
    history.on("hotfix")
    history.commit("three")
    head = history.merge("hotfix", "part")
    before = history.tip("main")
    found = history.lands(before, head, history.rebase())
    assert is_unknown(found) or len(found.picks) == 3
