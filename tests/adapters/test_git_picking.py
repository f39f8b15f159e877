import re
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.git import Picker
from domain.backport import ConflictedFile, ConflictKind, Pick, PickOutcome, PickRequest, PickResult
from domain.errors import GitError, NotFoundError, NotPermittedError, UnreadableInputError
from domain.pull_request import Signature
from tests.adapters.git_repositories import BOT, Content, Repository, remote

Files = dict[str, Content]
APP = "".join(f"line {number}\n" for number in range(20))
BASE: Files = {"app.py": APP, "other.py": "other\n"}
FIXED = APP.replace("line 5\n", "fixed\n")
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n"


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    return remote(tmp_path / "shop.git")


def pick(
    shop: Repository, *oids: str, target: str = "develop", push: str = "backport", mainline: int = 1
) -> PickResult:
    picks = tuple(Pick(oid, mainline) for oid in oids)
    return picker(shop).cherry_pick(PickRequest("acme/shop", target, picks, push, 12))


def picker(shop: Repository) -> Picker:
    return Picker(lambda _: shop.url, lambda _: "", Signature(*BOT))


def a_fix(shop: Repository, hotfix: Files, develop: Files, base: Files = BASE, message: str = "Fix it") -> str:
    """A hotfix commit on main and a develop branch that went its own way."""
    root = shop.commit(base)
    fix = shop.commit(hotfix, root, message, at=5000)
    shop.branch("main", fix)
    shop.branch("develop", shop.commit(develop, root))
    return fix


def test_a_clean_pick_keeps_author_and_date_and_names_its_origin(shop: Repository) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"}, message="Fix it\n\nRefs: #12\n")
    result = pick(shop, fix)
    assert (result.outcome, result.pushed) == (PickOutcome.CLEAN, True)
    assert shop.git("rev-parse", "backport", "backport^") == f"{result.commit}\n{result.onto}"
    shown = shop.git("show", "-s", "--format=%an %ae %at %ad|%cn|%B", "--date=raw", "backport")
    expected = (
        f"Ann Author ann@example.org 5000 5000 +0200|{BOT[0]}|Fix it\n\nRefs: #12\n(cherry picked from commit {fix})"
    )
    assert shown == expected
    assert (shop.read("backport", "app.py"), shop.read("backport", "other.py")) == (FIXED, "new\n")


def test_a_known_parent_gives_the_same_result_with_less_history(shop: Repository) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    request = PickRequest("acme/shop", "develop", (Pick(fix, 1, shop.git("rev-parse", f"{fix}^")),), "", 12)
    assert picker(shop).cherry_pick(request) == pick(shop, fix, push="")


def test_a_parent_that_was_told_wrong_does_no_harm(shop: Repository) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    request = PickRequest("acme/shop", "develop", (Pick(fix, 1, shop.git("rev-parse", "develop")),), "", 12)
    assert picker(shop).cherry_pick(request) == pick(shop, fix, push="")


def test_a_target_may_be_a_commit(shop: Repository) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    assert pick(shop, fix, target=shop.git("rev-parse", "develop"), push="").tree == pick(shop, fix, push="").tree


def test_what_is_there_already_is_empty_and_pushes_nothing(shop: Repository) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"app.py": FIXED, "other.py": "new\n"})
    result = pick(shop, fix)
    assert (result.outcome, result.pushed, result.commit) == (PickOutcome.EMPTY, False, result.onto)
    assert shop.git("branch", "--list", "backport") == ""


def test_one_empty_commit_loses_none_of_the_others(shop: Repository) -> None:
    first = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"app.py": FIXED})
    second = shop.commit(BASE | {"app.py": FIXED, "more.py": "more\n"}, first, "More")
    result = pick(shop, first, second)
    assert (result.outcome, shop.read("backport", "more.py")) == (PickOutcome.CLEAN, "more\n")
    assert shop.git("rev-list", "--count", "develop..backport") == "1"


def test_a_conflict_is_committed_with_readable_labels_and_lists_what_remains(shop: Repository) -> None:
    first = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"app.py": APP.replace("line 5\n", "theirs\n")})
    second = shop.commit(BASE | {"app.py": FIXED, "more.py": "more\n"}, first, "More")
    result = pick(shop, first, second)
    assert result.conflicts == (ConflictedFile("app.py", ConflictKind.CONTENT, has_markers=True),)
    assert (result.stopped_at, result.remaining, result.pushed) == (first, (second,), True)
    marked = "<<<<<<< develop\ntheirs\n=======\nfixed\n>>>>>>> hotfix #12\n"
    assert shop.read("backport", "app.py") == APP.replace("line 5\n", marked)


MANY = "".join(f"many {number}\n" for number in range(30))
TWO, SIX = ("160000", "2" * 40), ("160000", "6" * 40)
KINDS: dict[str, tuple[Files, Files, Files, set[tuple[str, ConflictKind, bool]]]] = {
    "both add": ({}, {"n": "one\n"}, {"n": "two\n"}, {("n", ConflictKind.ADD_ADD, True)}),
    "modify and delete": ({"n": MANY}, {"n": MANY + "x\n"}, {}, {("n", ConflictKind.MODIFY_DELETE, False)}),
    "delete and modify": ({"n": MANY}, {}, {"n": MANY + "x\n"}, {("n", ConflictKind.MODIFY_DELETE, False)}),
    "renamed to two": (
        {"n": MANY},
        {"one": MANY},
        {"two": MANY},
        {("n", ConflictKind.RENAME, False), ("one", ConflictKind.RENAME, False), ("two", ConflictKind.RENAME, False)},
    ),
    "renamed and deleted": ({"n": MANY}, {"one": MANY}, {}, {("one", ConflictKind.RENAME, False)}),
    "added to a renamed folder": (
        {"d/n": MANY, "d/o": "o\n" * 20},
        {"d/n": MANY, "d/o": "o\n" * 20, "d/new": "new\n"},
        {"e/n": MANY, "e/o": "o\n" * 20},
        {("e/new", ConflictKind.RENAME, False)},
    ),
    "renamed and changed": ({"n": MANY}, {"n": MANY + "x\n"}, {"m": MANY + "y\n"}, {("m", ConflictKind.CONTENT, True)}),
    "binary": ({"n": b"\0a"}, {"n": b"\0b"}, {"n": b"\0c"}, {("n", ConflictKind.BINARY, False)}),
    "submodule": ({"n": ("160000", "1" * 40)}, {"n": TWO}, {"n": SIX}, {("n", ConflictKind.SUBMODULE, False)}),
    "two modes": ({}, {"n": ("100755", "n\n")}, {"n": "n\n"}, {("n", ConflictKind.MODE, False)}),
    "link and file": (
        {},
        {"n": ("120000", "app.py")},
        {"n": "n\n"},
        {("n", ConflictKind.MODE, False), ("n~develop", ConflictKind.MODE, False)},
    ),
    "file and folder": ({}, {"n": "n\n"}, {"n/o": "o\n"}, {("n~hotfix #12", ConflictKind.OTHER, False)}),
    "LFS pointer": (
        {"n": POINTER.format("a" * 64)},
        {"n": POINTER.format("b" * 64)},
        {"n": POINTER.format("c" * 64)},
        {("n", ConflictKind.LFS, False)},
    ),
    "links": (
        {"n": ("120000", "a")},
        {"n": ("120000", "b")},
        {"n": ("120000", "c")},
        {("n", ConflictKind.CONTENT, False)},
    ),
    "a file that always held markers": (
        {"n": "<<<<<<< HEAD\n"},
        {},
        {"n": "<<<<<<< HEAD\n>>>>>>> main\n"},
        {("n", ConflictKind.MODIFY_DELETE, False)},
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_conflict_is_told_from_the_stages(name: str, shop: Repository) -> None:
    base, hotfix, develop, expected = KINDS[name]
    fix = a_fix(shop, BASE | hotfix, BASE | develop, BASE | base)
    result = pick(shop, fix)
    assert {(file.path, file.kind, file.has_markers) for file in result.conflicts} == expected
    files = shop.raw("ls-tree", "-r", "-z", "--name-only", "backport").decode()
    assert not re.search("side-[0-9a-f]{8}", files)


def test_an_lfs_pointer_keeps_the_targets_version(shop: Repository) -> None:
    base, hotfix, develop, _ = KINDS["LFS pointer"]
    pick(shop, a_fix(shop, BASE | hotfix, BASE | develop, BASE | base))
    assert shop.read("backport", "n") == develop["n"]


def test_the_name_of_a_moved_file_never_covers_another(shop: Repository) -> None:
    base: Files = BASE | {"n~hotfix #12": "mine\n"}
    pick(shop, a_fix(shop, base | {"n": "n\n"}, base | {"n/o": "o\n"}, base))
    assert (shop.read("backport", "n~hotfix #12"), shop.read("backport", "n~hotfix #12_0")) == ("mine\n", "n\n")


def test_a_conflict_in_a_moved_files_marker_names_the_file(shop: Repository) -> None:
    base, hotfix, develop, _ = KINDS["renamed and changed"]
    pick(shop, a_fix(shop, BASE | hotfix, BASE | develop, BASE | base))
    assert "<<<<<<< develop:m\ny\n=======\nx\n>>>>>>> hotfix #12:n\n" in shop.read("backport", "m")


@pytest.mark.parametrize(
    ("attributes", "outcome"),
    [
        ({".gitattributes": "*.log merge=union\n"}, PickOutcome.CLEAN),
        ({"deep/.gitattributes": "*.log merge=union\n"}, PickOutcome.CLEAN),
        ({"other/.gitattributes": "*.log merge=union\n"}, PickOutcome.CONFLICT),
        ({".gitattributes": "*.log -merge\n"}, PickOutcome.CONFLICT),
        ({".gitattributes": "*.log merge=evil\n"}, PickOutcome.CONFLICT),
        ({".gitattributes": "[attr]grow merge=union\n*.log grow\n"}, PickOutcome.CLEAN),
    ],
)
def test_the_targets_own_merge_attributes_count(attributes: Files, outcome: PickOutcome, shop: Repository) -> None:
    base: Files = BASE | {"deep/n.log": "one\n"}
    develop = base | {"deep/n.log": "one\ntwo\n"} | attributes
    fix = a_fix(shop, base | {"deep/n.log": "one\nthree\n"}, develop, base)
    result = pick(shop, fix)
    assert result.outcome is outcome
    if outcome is PickOutcome.CLEAN:
        assert shop.read("backport", "deep/n.log") == "one\ntwo\nthree\n"


def test_attributes_that_only_the_hotfix_brings_dont_count(shop: Repository) -> None:
    hotfix: Files = BASE | {"app.py": FIXED, ".gitattributes": "*.py merge=union\n"}
    fix = a_fix(shop, hotfix, BASE | {"app.py": APP.replace("line 5\n", "theirs\n")})
    assert pick(shop, fix).outcome is PickOutcome.CONFLICT


def test_a_tree_made_by_hand_writes_nothing_outside_the_throwaway_repository(shop: Repository, tmp_path: Path) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"app.py": APP.replace("line 5\n", "theirs\n")})
    blob = shop.git("hash-object", "-w", "--stdin", stdin=b"* merge=union\n")
    inner = b"100644 .gitattributes\0" + bytes.fromhex(blob)
    tree = shop.git("hash-object", "-w", "-t", "tree", "--stdin", "--literally", stdin=inner)
    outer = shop.raw("cat-file", "tree", "develop^{tree}")
    hostile = b"40000 ..\0" + bytes.fromhex(tree) + outer
    root = shop.git("hash-object", "-w", "-t", "tree", "--stdin", "--literally", stdin=hostile)
    raw = shop.raw("cat-file", "commit", "develop").replace(
        shop.git("rev-parse", "develop^{tree}").encode(), root.encode()
    )
    shop.branch("develop", shop.git("hash-object", "-w", "-t", "commit", "--stdin", stdin=raw))
    with suppress(UnreadableInputError, GitError):
        assert pick(shop, fix).outcome is PickOutcome.CONFLICT
    assert not list(Path(tempfile.gettempdir()).glob(".gitattributes"))


def test_a_merge_commit_is_told_against_its_mainline(shop: Repository) -> None:
    root = shop.commit(BASE)
    base = shop.commit(BASE | {"other.py": "base moved\n"}, root)
    head = shop.commit(BASE | {"app.py": FIXED}, root)
    merge = shop.commit(BASE | {"app.py": FIXED, "other.py": "base moved\n"}, (base, head), "Merge")
    shop.branch("main", merge)
    shop.branch("develop", root)
    assert shop.git("diff", "--name-only", "develop", pick(shop, merge, push="one").commit) == "app.py"
    assert shop.git("diff", "--name-only", "develop", pick(shop, merge, push="two", mainline=2).commit) == "other.py"


def test_a_mainline_that_the_commit_lacks_is_refused(shop: Repository) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE)
    with pytest.raises(UnreadableInputError, match="has 1 parents, so no mainline 2"):
        pick(shop, fix, mainline=2)


def test_the_first_commit_of_a_history_can_be_picked(shop: Repository) -> None:
    shop.branch("develop", shop.commit(BASE))
    first = shop.commit({"new.py": "new\n"})
    shop.branch("main", first)
    assert pick(shop, first).outcome is PickOutcome.CLEAN
    assert shop.git("diff", "--name-only", "develop", "backport") == "new.py"


def test_a_repeated_pick_finds_its_own_branch(shop: Repository) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    assert pick(shop, fix) == pick(shop, fix)


def test_a_repeated_pick_finds_its_own_branch_after_the_target_moved(shop: Repository) -> None:
    first = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    second = shop.commit(BASE | {"app.py": FIXED, "more.py": "more\n"}, first, "More")
    before = pick(shop, first, second)
    shop.branch("develop", shop.commit(BASE | {"other.py": "newer\n"}, shop.git("rev-parse", "develop")))
    assert pick(shop, first, second) == before


def test_somebodys_commits_on_the_branch_are_never_overwritten(shop: Repository) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    ours = pick(shop, fix)
    theirs = shop.commit(BASE | {"app.py": "by hand\n"}, ours.commit, "Resolve")
    shop.branch("backport", theirs)
    assert pick(shop, fix) == replace(ours, pushed=False, occupied=theirs)
    assert shop.git("rev-parse", "backport") == theirs


def test_a_commit_that_no_branch_reaches_comes_by_the_pull_requests_ref(shop: Repository) -> None:
    first = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    second = shop.commit(BASE | {"app.py": FIXED, "more.py": "more\n"}, first, "More")
    shop.branch("main", shop.git("rev-parse", f"{first}^"))
    shop.git("config", "uploadpack.allowAnySHA1InWant", "false")
    shop.git("update-ref", "refs/pull/12/head", shop.commit(BASE, second, "Later"))
    assert pick(shop, first, second).outcome is PickOutcome.CLEAN
    assert shop.read("backport", "more.py") == "more\n"


def test_a_commit_that_nothing_reaches_is_named(shop: Repository) -> None:
    a_fix(shop, BASE | {"app.py": FIXED}, BASE)
    shop.git("update-ref", "refs/pull/12/head", "main")
    with pytest.raises(UnreadableInputError, match="doesn't hold all of the commits " + "e" * 40):
        pick(shop, "e" * 40)


def test_a_pull_request_without_a_ref_is_no_missing_target(shop: Repository) -> None:
    a_fix(shop, BASE | {"app.py": FIXED}, BASE)
    with pytest.raises(UnreadableInputError, match="no refs/pull/12/head"):
        pick(shop, "e" * 40)


def test_a_missing_target_is_no_trouble(shop: Repository) -> None:
    with pytest.raises(NotFoundError, match="refs/heads/release/9"):
        pick(shop, a_fix(shop, BASE | {"app.py": FIXED}, BASE), target="release/9")


def test_a_missing_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="doesn't exist, or we may not see it"):
        pick(Repository(tmp_path / "none.git"), "a" * 40)


@pytest.mark.parametrize("name", ["--upload-pack=touch x", "-x", "a b", "a..b", "x.lock", "a:b", "", "a\nb", "@{-1}"])
def test_hostile_branch_names_never_reach_git(name: str, shop: Repository) -> None:
    with pytest.raises(UnreadableInputError, match="can't be the name of a branch"):
        pick(shop, "a" * 40, target=name)


def test_a_commit_must_be_a_full_object_id(shop: Repository) -> None:
    with pytest.raises(UnreadableInputError, match="no full commit id"):
        pick(shop, "--exec=x")


def refusing(shop: Repository, words: str) -> None:
    hook = shop.path / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
    hook.chmod(0o755)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            "refusing to allow a GitHub App to create or update workflow `a.yml` without `workflows` permission",
            "workflows: write",
        ),
        ("error: GH006: Protected branch update failed for refs/heads/x.", "branch protection"),
        ("error: GH013: Repository rule violations found for refs/heads/x.", "ruleset"),
        ("ERROR: This repository was archived so it is read-only.", "archived"),
    ],
)
def test_a_refused_push_names_what_is_missing(words: str, sentence: str, shop: Repository) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    refusing(shop, words)
    with pytest.raises((NotPermittedError, UnreadableInputError), match=sentence):
        pick(shop, fix)


def test_sixteen_picks_at_once_dont_touch_each_other(shop: Repository) -> None:
    root = shop.commit(BASE)
    shop.branch("develop", shop.commit(BASE | {"other.py": "new\n"}, root))
    fixes = [shop.commit(BASE | {"app.py": f"{APP}fix {number}\n"}, root) for number in range(16)]
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda number: pick(shop, fixes[number], push=f"backport-{number}"), range(16)))
    assert [shop.read(f"backport-{number}", "app.py") for number in range(16)] == [
        f"{APP}fix {number}\n" for number in range(16)
    ]
    assert {result.outcome for result in results} == {PickOutcome.CLEAN}


def test_the_same_pick_sixteen_times_at_once_makes_one_branch(shop: Repository) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: attempt(lambda: pick(shop, fix)), range(16)))
    made = {result.commit for result in results if result}
    assert made == {shop.git("rev-parse", "backport")}
    assert all(result.pushed for result in results if result)


def attempt(deed: Callable[[], PickResult]) -> PickResult | None:
    try:
        return deed()
    except GitError:  # two pushes met on the remote; the next try mends it
        return None


def test_nothing_is_left_behind(shop: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"})
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    pick(shop, fix)
    with pytest.raises(NotFoundError):
        pick(shop, fix, target="none")
    assert list(place.iterdir()) == []


def test_a_repository_with_sha256_works_too(tmp_path: Path) -> None:
    shop = remote(tmp_path / "shop.git", "--object-format=sha256")
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"app.py": APP.replace("line 5\n", "theirs\n")})
    assert pick(shop, fix).outcome is PickOutcome.CONFLICT
    assert pick(shop, fix, target="main").outcome is PickOutcome.EMPTY


def test_a_message_in_another_encoding_arrives_as_utf_8(shop: Repository) -> None:
    fix = a_fix(shop, BASE | {"app.py": FIXED}, BASE | {"other.py": "new\n"}, message="Fix MARK")
    raw = shop.raw("cat-file", "commit", fix)
    raw = raw.replace(b"\n\nFix MARK", b"\nencoding ISO-8859-1\n\nFix \xfcber")
    latin = shop.git("hash-object", "-w", "-t", "commit", "--stdin", stdin=raw)
    shop.branch("latin", latin)
    pick(shop, latin)
    assert shop.git("show", "-s", "--format=%s", "backport") == "Fix über"
