"""Exact reverts proven with real git, at the desk and on a remote repository: both doors give one answer."""

import subprocess
from pathlib import Path

import pytest

from adapters.git import LocalRepository, Picker
from domain.errors import UnreadableInputError
from domain.pull_request import Signature
from domain.revert import OnBase, RevertProof, RevertRequest
from tests.adapters.git_repositories import BOT, Content, Repository, environment, remote

Files = dict[str, Content]
APP = "".join(f"line {number}\n" for number in range(20))
BASE: Files = {"app.py": APP, "other.py": "other\n"}
FIXED: Files = BASE | {"app.py": APP.replace("line 5\n", "broken\n")}


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    return remote(tmp_path / "shop.git")


def prove(shop: Repository, head: str, *oids: str) -> RevertProof:
    """The proof at the desk, which the App's must equal."""
    desk = LocalRepository(shop.path)
    shop.branch("head", head)
    local = desk.reverted("main", head, oids)
    merge_base = desk.merge_base("main", head)
    if all(is_ancestor(shop, oid, merge_base) for oid in oids):
        picker = Picker(lambda _: shop.url, lambda _: "", Signature(*BOT))
        known = tuple(on_base(shop, oid, merge_base) for oid in oids)
        assert picker.reverted(RevertRequest("acme/shop", merge_base, head, known)) == local
    return local


def is_ancestor(shop: Repository, oid: str, merge_base: str) -> bool:
    shown = shop.git("rev-list", merge_base).split()
    return oid in shown


def on_base(shop: Repository, oid: str, merge_base: str) -> OnBase:
    parents = shop.git("rev-list", "--parents", "-1", oid).split()[1:]
    return OnBase(oid, parents[0] if parents else "", int(shop.git("rev-list", "--count", f"^{oid}", merge_base)))


def a_line(shop: Repository, *states: Files) -> list[str]:
    """Commits of main, one on top of the other."""
    oids: list[str] = []
    for state in states:
        oids.append(shop.commit(state, oids[-1] if oids else ()))
    shop.branch("main", oids[-1])
    return oids


def test_the_inverse_of_the_last_commit_is_proven(shop: Repository) -> None:
    *_, bad = a_line(shop, BASE, FIXED)
    assert prove(shop, shop.commit(BASE, bad), bad) == RevertProof((bad,))


def test_an_older_commit_is_taken_back_around_what_came_later(shop: Repository) -> None:
    later = FIXED | {"app.py": str(FIXED["app.py"]) + "later\n", "new.py": "new\n"}
    _, bad, tip = a_line(shop, BASE, FIXED, later)
    inverse = later | {"app.py": APP + "later\n"}
    assert prove(shop, shop.commit(inverse, tip), bad) == RevertProof((bad,))


def test_base_may_have_moved_on_since(shop: Repository) -> None:
    _, bad = a_line(shop, BASE, FIXED)
    shop.branch("main", shop.commit(FIXED | {"app.py": "all new\n"}, bad))
    assert prove(shop, shop.commit(BASE, bad), bad) == RevertProof((bad,))


def test_one_extra_line_is_no_exact_revert(shop: Repository) -> None:
    *_, bad = a_line(shop, BASE, FIXED)
    proof = prove(shop, shop.commit(BASE | {"other.py": "other\nmore\n"}, bad), bad)
    assert proof == RevertProof(why_not=f"it isn't the exact inverse of {bad[:7]}: other.py would differ")


def test_an_extra_file_and_a_changed_mode_are_no_exact_revert(shop: Repository) -> None:
    *_, bad = a_line(shop, BASE, FIXED)
    extra = BASE | {"extra.py": "", "other.py": ("100755", "other\n")}
    assert "extra.py, other.py would differ" in prove(shop, shop.commit(extra, bad), bad).why_not


def test_a_part_of_a_revert_is_no_exact_revert(shop: Repository) -> None:
    *_, bad = a_line(shop, BASE, FIXED | {"other.py": "broken too\n"})
    assert "other.py would differ" in prove(shop, shop.commit(BASE | {"other.py": "broken too\n"}, bad), bad).why_not


def test_a_conflict_that_was_resolved_by_hand_is_no_proof(shop: Repository) -> None:
    later = BASE | {"app.py": APP.replace("line 5\n", "mended\n")}
    _, bad, tip = a_line(shop, BASE, FIXED, later)
    proof = prove(shop, shop.commit(BASE, tip), bad)
    assert proof.why_not == (
        f"{bad[:7]} can't be reverted without a conflict in app.py, so its exact inverse can't be told"
    )


def test_a_commit_that_is_not_on_base_can_justify_nothing(shop: Repository) -> None:
    root, tip = a_line(shop, BASE, FIXED)
    evil = BASE | {"app.py": APP + "evil()\n"}
    bait = shop.commit(FIXED, shop.commit(evil, root))
    proof = prove(shop, shop.commit(evil, tip), bait)
    assert proof.reverted == ()
    assert proof.why_not == f"it says that it reverts {bait[:7]}, which base didn't hold where the change left it"


def test_a_commit_of_the_change_itself_is_not_on_base(shop: Repository) -> None:
    *_, tip = a_line(shop, BASE, FIXED)
    own = shop.commit(BASE, tip)
    assert "which base didn't hold" in prove(shop, shop.commit(FIXED, own), own).why_not


def test_a_commit_that_landed_after_the_change_left_base_is_not_there_to_revert(shop: Repository) -> None:
    root, bad = a_line(shop, BASE, FIXED)
    assert "which base didn't hold" in prove(shop, shop.commit(BASE | {"x": "x"}, root), bad).why_not


@pytest.mark.parametrize("oid", ["e" * 40, "TREE"])
def test_what_is_no_commit_here_is_not_on_base(oid: str, shop: Repository) -> None:
    *_, bad = a_line(shop, BASE, FIXED)
    oid = shop.git("rev-parse", "main^{tree}") if oid == "TREE" else oid
    head = shop.commit(BASE, bad)
    assert "which base didn't hold" in LocalRepository(shop.path).reverted("main", head, [oid]).why_not


@pytest.mark.parametrize("oid", ["--exec=x", "HEAD", "1234567", "main"])
def test_only_full_ids_reach_git(oid: str, shop: Repository) -> None:
    *_, bad = a_line(shop, BASE, FIXED)
    with pytest.raises(UnreadableInputError, match="no full commit id"):
        LocalRepository(shop.path).reverted("main", bad, [oid])


def test_a_revert_of_a_revert_is_an_exact_revert(shop: Repository) -> None:
    *_, back = a_line(shop, BASE, FIXED, BASE)
    assert prove(shop, shop.commit(FIXED, back), back) == RevertProof((back,))


def test_several_commits_are_taken_back_whatever_the_order_told(shop: Repository) -> None:
    second = BASE | {"app.py": APP.replace("line 5\n", "broken more\n")}
    _, one, two = a_line(shop, BASE, FIXED, second)
    head = shop.commit(BASE, two)
    assert prove(shop, head, two, one) == RevertProof((two, one))
    assert prove(shop, head, one, two) == RevertProof((two, one))


def test_one_of_two_that_is_left_in_place_is_no_exact_revert(shop: Repository) -> None:
    second = FIXED | {"other.py": "broken too\n"}
    _, one, two = a_line(shop, BASE, FIXED, second)
    assert (
        "other.py would differ" in prove(shop, shop.commit(BASE | {"other.py": "broken too\n"}, two), one, two).why_not
    )


def test_what_was_taken_back_before_changes_nothing(shop: Repository) -> None:
    _, bad, tip = a_line(shop, BASE, FIXED, BASE)
    assert prove(shop, tip, bad).why_not == f"reverting {bad[:7]} changes nothing, since nothing of it is left on base"


def test_an_empty_commit_makes_no_room_for_other_changes(shop: Repository) -> None:
    _, empty = a_line(shop, BASE, BASE)
    proof = prove(shop, shop.commit(FIXED, empty), empty)
    assert proof == RevertProof(why_not=f"reverting {empty[:7]} changes nothing, since nothing of it is left on base")


def test_a_merge_is_taken_back_against_its_first_parent(shop: Repository) -> None:
    root = shop.commit(BASE)
    base = shop.commit(BASE | {"other.py": "base moved\n"}, root)
    topic = shop.commit(FIXED, root)
    merge = shop.commit(FIXED | {"other.py": "base moved\n"}, (base, topic), "Merge")
    shop.branch("main", merge)
    assert prove(shop, shop.commit(BASE | {"other.py": "base moved\n"}, merge), merge) == RevertProof((merge,))
    assert prove(shop, shop.commit(FIXED, merge), merge).reverted == ()


def test_a_root_commit_can_be_taken_back(shop: Repository) -> None:
    root, tip = a_line(shop, BASE, BASE | {"more.py": "more\n"})
    assert prove(shop, shop.commit({"more.py": "more\n"}, tip), root) == RevertProof((root,))


MANY = "".join(f"many {number}\n" for number in range(30))
KINDS: dict[str, tuple[Files, Files]] = {
    "binary": ({"n": b"\0a"}, {"n": b"\0b"}),
    "submodule": ({"n": ("160000", "1" * 40)}, {"n": ("160000", "2" * 40)}),
    "new submodule": ({}, {"n": ("160000", "2" * 40)}),
    "mode": ({"n": "n\n"}, {"n": ("100755", "n\n")}),
    "link": ({"n": ("120000", "a")}, {"n": ("120000", "b")}),
    "file to link": ({"n": "n\n"}, {"n": ("120000", "b")}),
    "rename": ({"old": MANY}, {"new": MANY}),
    "rename with a change": ({"old": MANY}, {"new": MANY + "x\n"}),
    "moved folder": ({"d/a": MANY, "d/b": "b\n"}, {"e/a": MANY, "e/b": "b\n"}),
    "removed": ({"n": MANY}, {}),
    "added": ({}, {"n": MANY, "ü\n\t": "odd name\n"}),
    "latin": ({"n": b"caf\xe9\n"}, {"n": b"caf\xe9s\n"}),
    "attributes": ({"n": "a\n"}, {".gitattributes": "* merge=union\n", "n": "b\n"}),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_change_can_be_taken_back(name: str, shop: Repository) -> None:
    before, after = (BASE | files for files in KINDS[name])
    _, bad, tip = a_line(shop, before, after, after | {"later": "later\n"})
    assert prove(shop, shop.commit(before | {"later": "later\n"}, tip), bad) == RevertProof((bad,))
    not_quite = before | {"later": "later\n", "app.py": APP + "more\n"}
    assert prove(shop, shop.commit(not_quite, tip), bad).reverted == ()


def test_a_file_that_was_renamed_since_is_followed_as_git_revert_does(shop: Repository, tmp_path: Path) -> None:
    bad_text = MANY.replace("many 5\n", "broken\n")
    _, bad, tip = a_line(shop, {"old": MANY}, {"old": bad_text}, {"new": bad_text})
    work = worked_in(shop, tmp_path)
    work.git("revert", "--no-edit", bad)
    assert prove(shop, pushed(work), bad) == RevertProof((bad,))
    assert shop.git("diff", "--name-only", tip, "head") == "new"


def test_what_git_revert_makes_of_a_range_is_proven(shop: Repository, tmp_path: Path) -> None:
    states = [BASE | {"app.py": APP.replace("line 5\n", f"step {number}\n")} for number in range(4)]
    root, *bad = a_line(shop, BASE, *states)
    work = worked_in(shop, tmp_path)
    work.git("revert", "--no-edit", f"{root}..main")
    assert prove(shop, pushed(work), *bad) == RevertProof(tuple(reversed(bad)))


def worked_in(shop: Repository, tmp_path: Path) -> Repository:
    subprocess.run(["git", "clone", "-q", shop.url, tmp_path / "work"], check=True, env=environment())
    return Repository(tmp_path / "work")


def pushed(work: Repository) -> str:
    work.git("push", "-q", "origin", "HEAD:refs/heads/topic")
    return work.git("rev-parse", "HEAD")


def test_a_merge_driver_of_the_repository_never_runs(shop: Repository, tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    later = FIXED | {"app.py": str(FIXED["app.py"]) + "later\n", ".gitattributes": "* merge=evil\n"}
    start = {".gitattributes": "* merge=evil\n"}
    _, bad, tip = a_line(shop, BASE | start, FIXED | start, later)
    shop.git("config", "merge.evil.driver", f"touch {witness}")
    (shop.path / "info").mkdir(exist_ok=True)
    (shop.path / "info" / "attributes").write_text("* merge=evil\n")
    assert prove(shop, shop.commit(later | {"app.py": APP + "later\n"}, tip), bad) == RevertProof((bad,))
    assert not witness.exists()


def test_attributes_that_only_the_change_brings_dont_count(shop: Repository) -> None:
    later = BASE | {"app.py": APP.replace("line 5\n", "mended\n")}
    _, bad, tip = a_line(shop, BASE, FIXED, later)
    head = shop.commit(later | {".gitattributes": "* merge=union\n"}, tip)
    assert "without a conflict in app.py" in prove(shop, head, bad).why_not


@pytest.mark.parametrize("name", ["plain", 'odd "name\\ #x', "#x", "new\nline"])
def test_the_desk_may_lie_anywhere_and_be_a_linked_working_tree(name: str, tmp_path: Path) -> None:
    desk = Repository.create(tmp_path / name)
    _, bad = a_line(desk, BASE, FIXED)
    head = desk.commit(BASE, bad)
    desk.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "main")
    for place in (desk.path, tmp_path / "linked"):
        assert LocalRepository(place).reverted("main", head, [bad]) == RevertProof((bad,))


def test_a_folder_inside_the_working_tree_will_do(tmp_path: Path) -> None:
    desk = Repository.create(tmp_path / "desk")
    _, bad = a_line(desk, BASE, FIXED)
    (desk.path / "inner").mkdir()
    head = desk.commit(BASE, bad)
    assert LocalRepository(desk.path / "inner").reverted("main", head, [bad]) == RevertProof((bad,))


def test_the_desk_is_left_as_it_was(tmp_path: Path) -> None:
    desk = Repository.create(tmp_path / "desk")
    _, bad = a_line(desk, BASE, FIXED)
    head = desk.commit(BASE, bad)
    before = sorted(path for path in desk.path.rglob("*") if path.is_file())
    LocalRepository(desk.path).reverted("main", head, [bad])
    assert sorted(path for path in desk.path.rglob("*") if path.is_file()) == before


def test_a_shallow_clone_says_what_it_lacks(shop: Repository, tmp_path: Path) -> None:
    _, bad = a_line(shop, BASE, FIXED)
    shop.branch("head", shop.commit(BASE, bad))
    shallow, shallower = Repository(tmp_path / "two"), Repository(tmp_path / "one")
    cloned(shop, shallow.path, "--depth=2", "--branch=head", "--no-single-branch")
    shallow.git("update-ref", "refs/heads/main", bad)
    assert LocalRepository(shallow.path).reverted("main", "head", [bad]) == RevertProof((bad,))
    cloned(shop, shallower.path, "--depth=1", "--branch=main")
    with pytest.raises(UnreadableInputError, match="git fetch --unshallow"):
        LocalRepository(shallower.path).reverted("main", "main", [bad])


def cloned(shop: Repository, path: Path, *options: str) -> None:
    subprocess.run(["git", "clone", "-q", "--bare", *options, shop.url, path], check=True, env=environment())


def test_a_parent_that_was_told_wrong_proves_nothing(shop: Repository) -> None:
    root, bad = a_line(shop, BASE, FIXED)
    head = shop.commit(BASE, bad)
    picker = Picker(lambda _: shop.url, lambda _: "", Signature(*BOT))
    with pytest.raises(UnreadableInputError, match="another first parent"):
        picker.reverted(RevertRequest("acme/shop", bad, head, (OnBase(bad, head, 0),)))
    with pytest.raises(UnreadableInputError, match="another first parent"):
        picker.reverted(RevertRequest("acme/shop", bad, head, (OnBase(root, bad, 0),)))


def test_a_repository_with_sha256_works_too(tmp_path: Path) -> None:
    shop = remote(tmp_path / "shop.git", "--object-format=sha256")
    later = FIXED | {"app.py": str(FIXED["app.py"]) + "later\n"}
    _, bad, tip = a_line(shop, BASE, FIXED, later)
    assert prove(shop, shop.commit(later | {"app.py": APP + "later\n"}, tip), bad) == RevertProof((bad,))
