"""Merging a hotfix back, held against `git merge` in a working clone."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.git import Picker
from domain.errors import NotFoundError, UnreadableInputError
from domain.picks import ConflictKind, MergeRequest, PickOutcome, PickResult
from domain.pull_request import Signature
from tests.adapters.git_repositories import BOT, Content, Repository, remote

Files = dict[str, Content]
APP = "".join(f"line {number}\n" for number in range(20))
BASE: Files = {"app.py": APP, "other.py": "other\n"}
FIXED = APP.replace("line 5\n", "fixed\n")


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    return remote(tmp_path / "shop.git")


def merge(shop: Repository, head: str, base: str = "", push: str = "back") -> PickResult:
    picker = Picker(lambda _: shop.url, lambda _: "", Signature(*BOT))
    return picker.merge(MergeRequest("acme/shop", "develop", head, base, push, "Merge the hotfix back", 12))


def a_hotfix(shop: Repository, hotfix: Files, develop: Files) -> tuple[str, str]:
    """A hotfix of two commits on main, and a develop branch that went its own way; the hotfix's head and their base."""
    root = shop.commit(BASE)
    first = shop.commit(BASE | {"note.md": "a note\n"}, root, "First")
    head = shop.commit(hotfix | {"note.md": "a note\n"}, first, "Second")
    shop.branch("main", head)
    shop.branch("develop", shop.commit(develop, root))
    return head, root


def by_hand(shop: Repository, tmp_path: Path, head: str, codes: tuple[int, ...] = (0,)) -> Repository:
    desk = Repository.create(tmp_path / "desk")
    desk.git("fetch", "-q", shop.url, "+refs/heads/*:refs/remotes/origin/*")
    desk.git("checkout", "-q", "--detach", "origin/develop")
    desk.git("merge", "--no-ff", "-m", "Merge the hotfix back", head, codes=codes)
    return desk


@pytest.mark.parametrize("told", [True, False])
def test_a_merge_back_is_a_real_merge_commit(told: bool, shop: Repository, tmp_path: Path) -> None:
    head, root = a_hotfix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    result = merge(shop, head, root if told else "")
    assert (result.outcome, result.pushed) == (PickOutcome.CLEAN, True)
    assert shop.git("rev-parse", "back^@").split() == [shop.git("rev-parse", "develop"), head]
    assert result.tree == by_hand(shop, tmp_path, head).git("rev-parse", "HEAD^{tree}")
    assert shop.git("show", "-s", "--format=%an|%cn|%s", "back") == f"{BOT[0]}|{BOT[0]}|Merge the hotfix back"
    assert [commit.parents for commit in result.picked] == [(result.onto, head)]


@pytest.mark.parametrize("told", [True, False])
def test_a_conflict_of_a_merge_has_readable_labels(told: bool, shop: Repository, tmp_path: Path) -> None:
    theirs = BASE | {"app.py": APP.replace("line 5\n", "theirs\n")}
    head, root = a_hotfix(shop, BASE | {"app.py": FIXED}, theirs)
    result = merge(shop, head, root if told else "")
    assert [(file.path, file.kind) for file in result.conflicts] == [("app.py", ConflictKind.CONTENT)]
    assert (result.outcome, result.stopped_at, result.pushed) == (PickOutcome.CONFLICT, head, True)
    marked = "<<<<<<< develop\ntheirs\n=======\nfixed\n>>>>>>> hotfix #12\n"
    assert shop.read("back", "app.py") == APP.replace("line 5\n", marked)
    assert shop.git("rev-parse", "back^2") == head


@pytest.mark.parametrize("told", [True, False])
def test_what_was_merged_before_is_empty(told: bool, shop: Repository) -> None:
    head, _ = a_hotfix(shop, BASE | {"app.py": FIXED}, BASE)
    tip = shop.commit(BASE | {"app.py": FIXED}, (shop.git("rev-parse", "develop"), head), "Merged by hand")
    shop.branch("develop", shop.commit(BASE | {"app.py": FIXED, "more.py": "more\n"}, tip))
    result = merge(shop, head, head if told else "")
    assert (result.outcome, result.commit, result.pushed) == (PickOutcome.EMPTY, result.onto, False)


def test_a_merge_that_changes_no_file_still_joins_the_histories(shop: Repository) -> None:
    head, root = a_hotfix(shop, BASE | {"app.py": FIXED}, BASE | {"app.py": FIXED, "note.md": "a note\n"})
    result = merge(shop, head, root)
    assert (result.outcome, result.pushed) == (PickOutcome.CLEAN, True)
    assert result.tree == shop.git("rev-parse", "develop^{tree}")


def test_a_target_that_the_hotfix_grew_from_gets_a_merge_commit_too(shop: Repository) -> None:
    root = shop.commit(BASE)
    head = shop.commit(BASE | {"app.py": FIXED}, root)
    shop.branch("main", head)
    shop.branch("develop", root)
    assert merge(shop, head, root).outcome is PickOutcome.CLEAN
    assert shop.git("rev-parse", "back^@").split() == [root, head]


def test_histories_that_crossed_are_merged_as_git_merges_them(shop: Repository, tmp_path: Path) -> None:
    root = shop.commit(BASE)
    one = shop.commit(BASE | {"app.py": APP.replace("line 2\n", "two\n")}, root)
    other = shop.commit(BASE | {"app.py": APP.replace("line 9\n", "nine\n")}, root)
    both: Files = BASE | {"app.py": APP.replace("line 2\n", "two\n").replace("line 9\n", "nine\n")}
    left, right = shop.commit(both, (one, other)), shop.commit(both, (other, one))
    fixed: Files = both | {"app.py": str(both["app.py"]).replace("two\n", "three\n")}
    head = shop.commit(fixed, left)
    shop.branch("main", head)
    shop.branch("develop", shop.commit(both | {"other.py": "new\n"}, right))
    result = merge(shop, head)
    assert result.outcome is PickOutcome.CLEAN
    assert result.tree == by_hand(shop, tmp_path, head).git("rev-parse", "HEAD^{tree}")


def test_histories_without_a_common_commit_are_refused_as_git_refuses_them(shop: Repository) -> None:
    head = shop.commit({"app.py": "mine\n"})
    shop.branch("main", head)
    shop.branch("develop", shop.commit({"app.py": "theirs\n"}))
    with pytest.raises(UnreadableInputError, match="share no history"):
        merge(shop, head)


def test_a_repeated_merge_finds_its_own_branch_after_the_target_moved(shop: Repository) -> None:
    head, root = a_hotfix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    before = merge(shop, head, root)
    assert merge(shop, head, root) == before
    shop.branch("develop", shop.commit(BASE | {"other.py": "newer\n"}, shop.git("rev-parse", "develop")))
    assert merge(shop, head, root) == before


def test_somebodys_commits_on_the_branch_are_never_overwritten(shop: Repository) -> None:
    head, root = a_hotfix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    ours = merge(shop, head, root)
    theirs = shop.commit(BASE | {"app.py": "by hand\n"}, ours.commit, "Resolve")
    shop.branch("back", theirs)
    assert merge(shop, head, root) == replace(ours, pushed=False, occupied=theirs)
    assert shop.git("rev-parse", "back") == theirs


@pytest.mark.parametrize("told", [True, False])
def test_a_head_whose_branch_is_gone_comes_by_the_pull_requests_ref(told: bool, shop: Repository) -> None:
    head, root = a_hotfix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    shop.branch("main", root)
    shop.git("update-ref", "refs/pull/12/head", head)
    assert merge(shop, head, root if told else "").pushed
    assert shop.git("rev-parse", "back^2") == head


def test_what_is_missing_is_told(shop: Repository) -> None:
    head, root = a_hotfix(shop, BASE | {"app.py": FIXED}, BASE)
    with pytest.raises(UnreadableInputError, match="no commit " + "e" * 40):
        merge(shop, "e" * 40, root)
    shop.git("branch", "-D", "develop")
    with pytest.raises(NotFoundError, match="refs/heads/develop"):
        merge(shop, head, root)
