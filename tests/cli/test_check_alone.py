"""`hotfix check` without a word: what it judges, against which branch, and what it says where that can't be told."""

from __future__ import annotations

import os
import pty
from pathlib import Path

import pytest

from tests.adapters.git_repositories import Repository
from tests.cli.conftest import CART, FIXED, TEST, Desk
from tests.cli.program import HOTFIX, Done, hotfix, is_refused

KARS = "version: 1\nproduction: {branches: [release/*, kars-prod]}\n"


def clone(of: Repository, to: Path, *options: str) -> Desk:
    of.git("clone", "-q", *options, of.url, str(to))
    return Desk(to)


def check(repository: Repository, *arguments: str, **variables: str) -> Done:
    return hotfix("check", *arguments, cwd=repository.path, variables=variables)


@pytest.fixture
def shop(good: Desk, tmp_path: Path) -> Desk:
    """A clone whose branch `hotfix/cents` holds a good hotfix."""
    good.git("branch", "hotfix/cents", "fix")
    desk = clone(good, tmp_path / "desk")
    desk.git("switch", "-q", "hotfix/cents")
    return desk


def test_it_judges_the_branch_against_the_remotes_default_branch_and_says_so(shop: Desk) -> None:
    head = shop.git("rev-parse", "--short=7", "HEAD")
    done = check(shop)
    first, second, *_, last = done.out.splitlines()
    assert done.code == 0, done
    assert second == "no .github/hotfix.yml at origin/main: the defaults count"
    assert first == (
        f"hotfix/cents at {head} against origin/main (the default branch of origin; --base chooses another)"
    )
    assert last == "success: 5 policies satisfied"
    shop.git("switch", "-q", "--detach")
    assert check(shop).out.splitlines()[0].startswith(f"HEAD at {head} against origin/main")


def test_the_name_of_the_checked_out_branch_is_judged_and_that_of_a_mere_commit_isnt(
    shop: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "named.yml"
    file.write_text("version: 1\npolicies: {branch-name: {level: required}}\n")
    asked = ("--policy-file", str(file), "--format", "json")
    assert check(shop, *asked).outcomes["branch-name"] == "pass"
    shop.git("branch", "-m", "patch-1")
    assert check(shop, *asked).outcomes["branch-name"] == "fail"
    assert check(shop, *asked, "--base", "origin/main").outcomes["branch-name"] == "fail"
    assert check(shop, *asked, "--head", shop.git("rev-parse", "HEAD")).outcomes["branch-name"] == "skip"


def test_a_branch_on_which_nothing_is_committed_says_that_alone(shop: Desk) -> None:
    shop.git("reset", "-q", "--hard", "origin/main")
    assert "aren't committed" not in check(shop).out
    (shop.path / "cart.py").write_text(FIXED)
    before = everything(shop.path)
    done = check(shop)
    assert (done.code, done.out.count("✗")) == (1, 1)
    assert "nothing is committed since" in done.out
    assert "; the working tree has changes that aren't committed" in done.out
    assert "`--worktree` takes in what isn't committed yet" in done.out
    assert everything(shop.path) == before


def test_of_several_production_branches_the_one_that_the_branch_grew_from_counts(desk: Desk, tmp_path: Path) -> None:
    files = {"cart.py": CART, ".github/hotfix.yml": KARS}
    root = desk.commit(files)
    old, new = desk.commit({**files, "a": "a\n"}, root), desk.commit({**files, "b": "b\n"}, root)
    fix = desk.commit({**files, "b": "b\n", "cart.py": FIXED, "tests/test_cart.py": TEST}, new)
    for name, oid in {"main": root, "release/1": old, "release/2": new, "hotfix/cents": fix}.items():
        desk.branch(name, oid)
    mine = clone(desk, tmp_path / "desk", "-b", "hotfix/cents")
    first, *_, last = check(mine).out.splitlines()
    assert "against origin/release/2 (production by .github/hotfix.yml;" in first
    assert last.startswith("success")
    mine.git("switch", "-q", "release/1")
    assert is_refused(check(mine), "release/1 is the production branch itself", "hotfix start")
    for name in ("release/1", "release/2"):
        mine.git("update-ref", "-d", f"refs/remotes/origin/{name}")
    mine.git("switch", "-q", "hotfix/cents")
    mine.git("branch", "-q", "-D", "release/1")
    assert is_refused(check(mine), "no production branch (release/*, kars-prod) is here", "git fetch")


def test_what_isnt_committed_counts_when_asked_for_and_nothing_is_touched(shop: Desk, tmp_path: Path) -> None:
    shop.git("reset", "-q", "--hard", "origin/main")
    (shop.path / ".gitignore").write_text("ignored.py\n")
    shop.git("add", ".gitignore")
    shop.git("commit", "-q", "-m", "Ignore")
    (shop.path / "cart.py").write_text(FIXED)
    (shop.path / "tests").mkdir()
    (shop.path / "tests/test_cart.py").write_text(TEST)
    (shop.path / "staged.py").write_text("x = 1\n")
    shop.git("add", "staged.py")
    for name in ("ignored.py", "mine.py"):
        (shop.path / name).write_text("x = 1\n" * 50)
    home = tmp_path / "home"
    (home / "git").mkdir(parents=True)
    (home / "git" / "ignore").write_text("mine.py\n")
    shop.git("config", "filter.evil.clean", f"touch {tmp_path}/run; cat")
    (shop.path / ".git/info/attributes").write_text("*.py filter=evil\n")
    before = everything(shop.path)
    done = check(shop, "--worktree", "--format", "json", XDG_CONFIG_HOME=str(home), GIT_CONFIG_GLOBAL="")
    assert (done.code, done.err) == (0, "")
    assert done.policy("diff-size")["facts"]["counted_files"] == [".gitignore", "cart.py", "staged.py"]
    assert done.outcomes["regression-test"] == "pass"
    assert everything(shop.path) == before
    assert not (tmp_path / "run").exists()
    assert check(shop, "--format", "json").outcomes["hotfix-comment"] == "fail"
    assert is_refused(check(shop, "--worktree", "--head", "main"), "leave --head out")


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_cant_be_told_is_said_in_a_sentence(shop: Desk, desk: Desk, tmp_path: Path) -> None:
    empty = Repository.create(tmp_path / "empty")
    assert is_refused(check(empty), "the branch main has no commit yet")
    bare = Repository.create(tmp_path / "bare.git", "--bare")
    bare.git("fetch", "-q", shop.url, "hotfix/cents:work")
    bare.git("symbolic-ref", "HEAD", "refs/heads/work")
    assert is_refused(check(bare), "nothing says which branch is production's", "--base BRANCH", "production.branches")
    assert is_refused(check(bare, "--worktree", "--base", "work"), "bare repository", "--worktree")
    moved = desk.commit({"cart.py": CART, "b": "b\n"}, desk.git("rev-parse", "main"))
    desk.branch("main", moved)
    shallow = clone(desk, tmp_path / "shallow", "--depth=1", "--no-single-branch", "-b", "hotfix/cents")
    assert is_refused(check(shallow), "meet outside this shallow clone", "git fetch --unshallow")


def test_without_a_remote_main_counts_and_another_head_may_be_named(good: Desk) -> None:
    first, *_ = check(good, "--head", "fix").out.splitlines()
    assert first.startswith("fix at ")
    assert "against main (the usual name of a production branch;" in first


def test_colours_are_for_terminals_and_whoever_asks(shop: Desk) -> None:
    (shop.path / "more.py").write_text("".join(f"x{n} = {n}\n" for n in range(20)))
    plain = check(shop, "--worktree", NO_COLOR="1", FORCE_COLOR="1")
    forced = check(shop, "--worktree", FORCE_COLOR="1")
    assert plain.code == forced.code == 1
    assert "\x1b" not in plain.out
    assert "\x1b[31m\x1b[1m✗\x1b[0m diff-size" in forced.out
    assert forced.out.rstrip().splitlines()[-1].startswith("\x1b[31m\x1b[1mfailure: ")
    assert "\x1b" not in check(shop, "--worktree", "--color", "never", FORCE_COLOR="1").out
    assert b"\x1b[31m" in at_a_terminal(shop.path, "check", "--worktree")


def at_a_terminal(folder: Path, *arguments: str) -> bytes:
    """What a person sees."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.environ.update({"TERM": "xterm", "GIT_CONFIG_GLOBAL": os.devnull})
        os.environ.pop("NO_COLOR", None)
        os.execv(HOTFIX, [HOTFIX, *arguments])
    seen = b""
    try:
        while chunk := os.read(terminal, 65_536):
            seen += chunk
    except OSError:  # the other end is closed
        pass
    os.waitpid(pid, 0)
    os.close(terminal)
    return seen
