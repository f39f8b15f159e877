import os
import subprocess
from pathlib import Path

import pytest

from adapters.git import LocalRepository
from domain.change import ChangedFile, Needs
from domain.diff import FileStatus
from domain.errors import UnreadableInputError
from domain.pull_request import Signature
from tests.adapters.git_repositories import Content, Repository, environment

Files = dict[str, Content]
TEXT = "".join(f"line {number}\n" for number in range(20))


@pytest.fixture
def desk(tmp_path: Path) -> Repository:
    return Repository.create(tmp_path / "desk")


def a_change(desk: Repository, base: Files, head: Files) -> tuple[ChangedFile, ...]:
    root = desk.commit(base)
    desk.branch("main", root)
    desk.branch("hotfix/1", desk.commit(head, root))
    return LocalRepository(desk.path).change("main", "hotfix/1").files


def test_the_change_is_what_head_did_since_it_grew_from_base(desk: Repository) -> None:
    root = desk.commit({"a.py": TEXT})
    desk.branch("main", desk.commit({"a.py": TEXT, "later.py": "x\n"}, root, "Later"))
    first = desk.commit({"a.py": TEXT + "one\n"}, root, "First\n\nCo-authored-by: Bo <bo@example.org>\n")
    desk.branch("hotfix/1", desk.commit({"a.py": TEXT + "one\ntwo\n"}, first, "Second"))
    needs = Needs(other_paths=frozenset({"a.py", "none.py"}), base_paths=frozenset({"later.py", "none.py"}))
    change = LocalRepository(desk.path).change("main", "hotfix/1", needs)
    at_base = change.evidence.at_base
    assert (at_base["none.py"], at_base["later.py"] and at_base["later.py"].text) == (None, "x\n")
    assert [(file.path, file.diff.additions, file.diff.deletions) for file in change.files] == [("a.py", 2, 0)]
    assert (change.base, change.head) == tuple(desk.git("rev-parse", "main", "hotfix/1").split())
    assert change.evidence.merge_base == root
    assert [commit.message.strip() for commit in change.commits][1] == "Second"
    authors = (Signature("Ann Author", "ann@example.org"), Signature("Bo", "bo@example.org"))
    assert change.commits[0].authors == authors
    others = change.evidence.others
    assert (others["none.py"], others["a.py"] and others["a.py"].text) == (None, TEXT + "one\ntwo\n")


def test_both_sides_are_read_and_what_is_no_text_is_closed(desk: Repository) -> None:
    base: Files = {"t": "old\n", "gone": "bye\n"}
    head: Files = {
        "t": "new\n",
        "big": "x" * 1_000_001,
        "bin": b"\0\1",
        "latin": b"caf\xe9\n",
        "link": ("120000", "t"),
        "sub": ("160000", "1" * 40),
    }
    files = {file.path: file for file in a_change(desk, base, head)}
    assert files["t"].base is not None
    assert (files["t"].base.text, files["t"].head and files["t"].head.text) == ("old\n", "new\n")
    assert files["gone"].head is None
    closed = {path: file.head.unreadable for path, file in files.items() if file.head and file.head.unreadable}
    assert closed == {
        "big": "larger than 1 MB",
        "bin": "binary",
        "latin": "not UTF-8",
        "link": "symbolic link",
        "sub": "submodule",
    }
    assert files["bin"].diff.binary
    assert files["sub"].diff.is_submodule


def test_the_attributes_of_the_folders_above_a_changed_file_come_along(desk: Repository) -> None:
    marks = "*.py linguist-generated\n"
    files: Files = {"api/deep/a.py": TEXT, "api/.gitattributes": marks, "web/.gitattributes": marks}
    root = desk.commit(files)
    desk.branch("main", root)
    desk.branch("hotfix/1", desk.commit(files | {"api/deep/a.py": TEXT + "x\n"}, root))
    needs = Needs(other_paths=frozenset({".gitattributes"}))
    others = LocalRepository(desk.path).change("main", "hotfix/1", needs).evidence.others
    found = {path: content and content.text for path, content in others.items()}
    assert found == {".gitattributes": None, "api/.gitattributes": marks, "api/deep/.gitattributes": None}


def test_an_attribute_of_the_change_cant_hide_lines(desk: Repository) -> None:
    files = a_change(desk, {"a.py": TEXT}, {"a.py": TEXT + "evil\n", "b.py": "b\n", ".gitattributes": "*.py binary\n"})
    assert {file.path: (file.diff.additions, file.diff.binary) for file in files} == {
        ".gitattributes": (1, False),
        "a.py": (1, False),
        "b.py": (1, False),
    }


def test_an_attribute_in_the_working_tree_cant_hide_lines(desk: Repository) -> None:
    (desk.path / ".gitattributes").write_text("* -diff\n")
    (desk.path / ".git" / "info" / "attributes").write_text("* binary\n")
    (file,) = a_change(desk, {"a.py": TEXT}, {"a.py": TEXT + "evil\n"})
    assert (file.diff.additions, file.diff.binary) == (1, False)


def test_an_attribute_cant_make_text_of_a_binary_file(desk: Repository) -> None:
    (desk.path / ".gitattributes").write_text("* diff\n")
    (file,) = a_change(desk, {"a.png": b"\0\n\n"}, {"a.png": b"\0\n\n\n\n"})
    assert (file.diff.binary, file.diff.hunks) == (True, ())


def test_a_rename_and_a_mode_are_told(desk: Repository) -> None:
    files = a_change(desk, {"old.py": TEXT, "run": "x\n"}, {"new.py": TEXT + "more\n", "run": ("100755", "x\n")})
    renamed, mode = files
    assert (renamed.diff.status, renamed.diff.previous_path, renamed.path) == (FileStatus.RENAMED, "old.py", "new.py")
    assert renamed.base is not None
    assert renamed.base.text == TEXT
    assert mode.diff.mode_changed


def test_a_file_that_becomes_a_link_is_removed_and_added(desk: Repository) -> None:
    removed, added = a_change(desk, {"n": "text\n"}, {"n": ("120000", "a")})
    assert (removed.status, added.status) == (FileStatus.REMOVED, FileStatus.ADDED)
    assert removed.base is not None
    assert removed.base.text == "text\n"
    assert added.head is not None
    assert added.head.unreadable == "symbolic link"


def test_a_name_that_is_no_utf_8_is_shown_with_its_bytes(desk: Repository) -> None:
    name = b"caf\xe9.py".decode("utf-8", "surrogateescape")
    other = b"caf\xe8.py".decode("utf-8", "surrogateescape")
    files = a_change(desk, {}, {name: "one\n", other: "two\n", 'qu"ote\\ \tü.py': "three\n"})
    shown = {file.path: file.head.text for file in files if file.head}
    assert shown == {"caf\\xe9.py": "one\n", "caf\\xe8.py": "two\n", 'qu"ote\\ \tü.py': "three\n"}


HOSTILE = {
    "diff.external": "touch {0}",
    "diff.evil.textconv": "touch {0} #",
    "diff.evil.command": "touch {0}",
    "core.fsmonitor": "touch {0}",
    "core.pager": "touch {0}",
    "core.sshCommand": "touch {0}",
    "core.hooksPath": "{1}",
    "gpg.program": "touch {0}",
    "log.showSignature": "true",
    "diff.noprefix": "true",
    "diff.submodule": "log",
    "diff.algorithm": "patience",
    "diff.renames": "false",
    "diff.context": "0",
    "diff.suppressBlankEmpty": "true",
    "color.ui": "always",
    "core.quotePath": "false",
}


def test_the_repositorys_own_configuration_changes_nothing_and_runs_nothing(desk: Repository, tmp_path: Path) -> None:
    base: Files = {"a.py": TEXT, "old.py": "\n" + TEXT, ".gitattributes": "* diff=evil\n"}
    expected = a_change(desk, base, {"a.py": TEXT + "x\n", "ö.py": "\n" + TEXT, ".gitattributes": "* diff=evil\n"})
    (desk.path / ".gitattributes").write_text("* diff=evil\n")
    for key, value in HOSTILE.items():
        desk.git("config", key, value.format(tmp_path / "ran", tmp_path))
    assert LocalRepository(desk.path).change("main", "hotfix/1").files == expected
    assert not (tmp_path / "ran").exists()


def test_replaced_commits_and_grafts_are_not_believed(desk: Repository) -> None:
    (file,) = a_change(desk, {"a.py": TEXT}, {"a.py": TEXT + "evil\n"})
    desk.git("replace", "hotfix/1", "main")
    (desk.path / ".git" / "info" / "grafts").write_text(desk.git("rev-parse", "hotfix/1") + "\n")
    assert LocalRepository(desk.path).change("main", "hotfix/1").files == (file,)


@pytest.mark.parametrize("revision", ["none", "--all", "--output=x", "a\nb", "", "-", "HEAD:a.py", "main^{tree}"])
def test_a_revision_that_isnt_there_is_named(revision: str, desk: Repository) -> None:
    desk.branch("main", desk.commit({"a.py": TEXT}))
    with pytest.raises(UnreadableInputError, match="no revision"):
        LocalRepository(desk.path).resolve(revision)
    assert not (desk.path / "x").exists()


def test_a_tag_names_its_commit(desk: Repository) -> None:
    desk.branch("main", desk.commit({"a.py": TEXT}))
    desk.git("tag", "-a", "-m", "One", "v1", "main")
    assert LocalRepository(desk.path).resolve("v1") == desk.git("rev-parse", "main")


@pytest.mark.parametrize("name", ["", "folder"])
def test_a_folder_without_a_repository_is_told(name: str, tmp_path: Path) -> None:
    place = tmp_path / name if name else tmp_path / "none"
    if name:
        place.mkdir()
    with pytest.raises(UnreadableInputError, match=r"no git repository|is no folder"):
        LocalRepository(place).resolve("HEAD")


def test_histories_that_share_nothing_are_told(desk: Repository) -> None:
    desk.branch("main", desk.commit({"a": "a\n"}))
    desk.branch("other", desk.commit({"b": "b\n"}))
    with pytest.raises(UnreadableInputError, match="main and other share no history"):
        LocalRepository(desk.path).change("main", "other")


def test_a_criss_cross_takes_the_merge_base_that_git_names(desk: Repository) -> None:
    root = desk.commit({"a": "a\n"})
    one, two = desk.commit({"a": "1\n"}, root, at=1), desk.commit({"a": "2\n"}, root, at=2)
    desk.branch("main", desk.commit({"a": "3\n"}, (one, two)))
    desk.branch("other", desk.commit({"a": "4\n"}, (two, one)))
    assert LocalRepository(desk.path).merge_base("main", "other") == desk.git("merge-base", "main", "other")


def test_a_shallow_clone_without_the_merge_base_says_what_to_run(desk: Repository, tmp_path: Path) -> None:
    root = desk.commit({"a": "a\n"})
    desk.branch("main", desk.commit({"a": "b\n"}, root))
    desk.branch("other", desk.commit({"a": "c\n"}, root))
    shallow = Repository.create(tmp_path / "shallow")
    shallow.git("fetch", "-q", "--depth=1", desk.url, "main:main", "other:other", "--update-head-ok")
    with pytest.raises(UnreadableInputError, match="git fetch --unshallow"):
        LocalRepository(shallow.path).change("main", "other")


def test_a_partial_clone_fetches_nothing_and_says_what_to_run(desk: Repository, tmp_path: Path) -> None:
    a_change(desk, {"a": "a\n"}, {"a": "b\n"})
    desk.git("config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    command = ["git", "clone", "-q", "--no-checkout", "--filter=blob:none", desk.url, str(partial)]
    subprocess.run(command, check=True, env=environment())
    with pytest.raises(UnreadableInputError, match="git fetch --refetch"):
        LocalRepository(partial).change("origin/main", "origin/hotfix/1")


def test_bare_repositories_and_linked_worktrees_and_folders_inside_work(desk: Repository, tmp_path: Path) -> None:
    expected = a_change(desk, {"d/a": "a\n"}, {"d/a": "b\n"})
    desk.git("worktree", "add", "-q", str(tmp_path / "linked"), "hotfix/1")
    bare = Repository.create(tmp_path / "bare.git", "--bare")
    bare.git("fetch", "-q", desk.url, "main:main", "hotfix/1:hotfix/1")
    for place in (tmp_path / "linked", tmp_path / "linked" / "d", bare.path):
        assert LocalRepository(place).change("main", "hotfix/1").files == expected


def test_a_repository_with_sha256_works(tmp_path: Path) -> None:
    desk = Repository.create(tmp_path / "desk", "--object-format=sha256")
    (file,) = a_change(desk, {"a": "a\n"}, {"a": "b\n"})
    assert (file.diff.additions, file.diff.deletions) == (1, 1)


def test_the_policy_file_comes_with_the_commit_that_brought_it(desk: Repository) -> None:
    path = ".github/hotfix.yml"
    brought = desk.commit({path: "version: 1\n"}, desk.commit({"a": "a\n"}), "Bring it")
    desk.branch("main", desk.commit({path: "version: 1\n", "a": "b\n"}, brought))
    file = LocalRepository(desk.path).policy_file("main", path)
    assert file is not None
    assert (file.text, file.commit_oid) == ("version: 1\n", brought)
    assert file.oid == desk.git("rev-parse", f"main:{path}")
    assert file.source == f"{path} at main ({desk.git('rev-parse', 'main')[:7]})"
    assert LocalRepository(desk.path).policy_file("main", "none.yml") is None


@pytest.mark.parametrize("content", [("120000", "/etc/passwd"), b"\0", b"\xff"])
def test_a_policy_file_that_is_no_text_is_closed(content: Content, desk: Repository) -> None:
    desk.branch("main", desk.commit({"hotfix.yml": content}))
    file = LocalRepository(desk.path).policy_file("main", "hotfix.yml")
    assert file is not None
    assert file.text is None


def test_a_shallow_clone_doesnt_blame_its_last_commit_for_the_policy_file(desk: Repository, tmp_path: Path) -> None:
    first = desk.commit({"p.yml": "version: 1\n"})
    desk.branch("main", desk.commit({"p.yml": "version: 1\n", "a": "a\n"}, first))
    shallow = Repository.create(tmp_path / "shallow")
    shallow.git("fetch", "-q", "--depth=1", desk.url, "main:main", "--update-head-ok")
    file = LocalRepository(shallow.path).policy_file("main", "p.yml")
    assert file is not None
    assert file.commit_oid == ""


def test_a_diff_that_is_too_large_is_a_problem_of_the_evidence(desk: Repository) -> None:
    root = desk.commit({})
    desk.branch("main", root)
    desk.branch("big", desk.commit({f"{n}.txt": f"{n} " + "x\n" * 480_000 for n in range(8)}, root))
    evidence = LocalRepository(desk.path).change("main", "big").evidence
    assert (evidence.files, evidence.diff_problem) == ((), "the diff is larger than 10,000,000 bytes")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository away")
def test_a_repository_of_another_user_is_read_only_where_the_person_trusts_it(
    desk: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.branch("main", desk.commit({"a": "a\n"}))
    tip = desk.git("rev-parse", "main")
    for place in (desk.path, desk.path / ".git"):
        os.chown(place, 65534, 65534)
    own = tmp_path / "gitconfig"
    own.write_text("")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    with pytest.raises(UnreadableInputError, match=r"belongs to another user.*safe\.directory"):
        LocalRepository(desk.path).resolve("main")
    own.write_text(f"[safe]\n\tdirectory = {desk.path}\n")
    assert LocalRepository(desk.path).resolve("main") == tip


def test_the_counts_are_those_of_git(desk: Repository) -> None:
    base: Files = {f"{n}.txt": "".join(f"{n * k % 7}\n" for k in range(60)) for n in range(10)}
    head: Files = {f"{n}.txt": "".join(f"{n * k % 5}\n" for k in range(55)) for n in range(10)}
    ours = {file.path: (file.diff.additions, file.diff.deletions) for file in a_change(desk, base, head)}
    lines = [line.split("\t") for line in desk.git("diff", "--numstat", "main...hotfix/1").splitlines()]
    assert ours == {path: (int(added), int(removed)) for added, removed, path in lines}


def test_what_another_branch_holds_is_foreign(desk: Repository) -> None:
    root = desk.commit({"a.py": "1\n"})
    feature = desk.commit({"a.py": "1\n", "b.py": "1\n"}, root, "Feature")
    for name, tip in {"main": root, "develop": feature, "other": root}.items():
        desk.branch(name, tip)
    desk.git("tag", "v1", root)
    desk.git("tag", "-a", "-m", "Signed off", "v1-annotated", root)
    desk.branch("hotfix/1", desk.commit({"a.py": "2\n", "b.py": "1\n"}, feature, "Fix"))
    names = frozenset({"develop", "other", "none", "re*", "--all"})
    point = LocalRepository(desk.path).change("main", "hotfix/1", Needs(other_branches=names)).evidence.branch_point
    assert point
    assert (point.oid, point.is_tip, point.tags) == (root, True, ("v1", "v1-annotated"))
    assert point.foreign == {"develop": (feature,), "other": ()}


def test_a_branch_is_taken_as_the_remote_has_it(desk: Repository) -> None:
    root = desk.commit({"a.py": "1\n"})
    feature = desk.commit({"a.py": "1\n", "b.py": "1\n"}, root, "Feature")
    desk.branch("main", root)
    desk.branch("develop", root)
    desk.git("update-ref", "refs/remotes/origin/develop", feature)
    desk.branch("hotfix/1", feature)
    needs = Needs(other_branches=frozenset({"develop"}))
    point = LocalRepository(desk.path).change("main", "hotfix/1", needs).evidence.branch_point
    assert point
    assert point.foreign == {"develop": (feature,)}
