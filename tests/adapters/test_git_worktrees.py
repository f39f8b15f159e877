import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from adapters.git.run import Git
from adapters.git.throwaway import remove, throwaway_folder
from adapters.git.worktrees import Layout, lay_out
from domain.errors import GitError
from tests.adapters.git_repositories import Repository
from tests.adapters.waiting import wait_until


@pytest.fixture(params=["sha1", "sha256"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    return Repository.create(tmp_path / "shop", f"--object-format={request.param}")


def laid(shop: Repository, layout: Layout, place: Path) -> dict[str, str]:
    lay_out(Git(shop.path), place, layout)
    files = (file for file in place.rglob("*") if file.is_file() and ".git" not in file.relative_to(place).parts)
    return {str(file.relative_to(place)): file.read_text() for file in files}


def everything(shop: Repository) -> dict[str, bytes]:
    """All files of the repository, `.git` included."""
    return {str(file): file.read_bytes() for file in shop.path.rglob("*") if file.is_file()}


def test_tests_are_laid_over_base_and_the_repository_stays_as_it_was(shop: Repository, tmp_path: Path) -> None:
    base = shop.commit({"cart.py": "old\n", "tests/test_cart.py": "old test\n", "tests/gone.py": "x\n"})
    head = shop.commit({"cart.py": "new\n", "tests/test_cart.py": "new test\n", "tests/data.txt": "1\n"}, base)
    shop.branch("main", head)
    before = everything(shop)
    layout = Layout(base, head, ("tests/test_cart.py", "tests/data.txt"), ("tests/gone.py",), {"more.rs": "spliced\n"})
    assert laid(shop, layout, tmp_path / "base") == {
        "cart.py": "old\n",
        "tests/test_cart.py": "new test\n",
        "tests/data.txt": "1\n",
        "more.rs": "spliced\n",
    }
    assert laid(shop, Layout(head), tmp_path / "head")["cart.py"] == "new\n"
    assert everything(shop) == before


def test_a_worktree_is_a_repository_of_its_own(shop: Repository, tmp_path: Path) -> None:
    head = shop.commit({"a.txt": "a\n"})
    before = everything(shop)
    laid(shop, Layout(head), tmp_path / "place")
    place = Repository(tmp_path / "place")
    assert place.git("rev-parse", "HEAD") == head
    assert place.git("status", "--porcelain") == ""
    place.git("commit", "--allow-empty", "-q", "-m", "Made by a test")
    assert everything(shop) == before


def test_neither_hooks_nor_filters_of_the_repository_run(shop: Repository, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    head = shop.commit({".gitattributes": "*.txt filter=mine\n", "a.txt": "a\n"})
    shop.git("config", "filter.mine.smudge", f"touch {mark}; cat")
    hook = shop.path / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
    hook.chmod(0o755)
    assert laid(shop, Layout(head), tmp_path / "place")["a.txt"] == "a\n"
    assert not mark.exists()


def test_modes_and_links_stay_what_they_are(shop: Repository, tmp_path: Path) -> None:
    head = shop.commit({"run.sh": ("100755", "exit\n"), "link": ("120000", "run.sh"), "dir/a": "a\n"})
    place = tmp_path / "place"
    laid(shop, Layout(head), place)
    assert (place / "run.sh").stat().st_mode & stat.S_IXUSR
    assert (place / "link").is_symlink()


def test_a_folder_of_tests_that_was_a_link_at_base_is_no_way_out(shop: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    base = shop.commit({"tests": ("120000", str(outside)), "a.py": "a\n"})
    head = shop.commit({"tests/test_a.py": "a test\n", "a.py": "b\n"}, base)
    files = laid(shop, Layout(base, head, ("tests/test_a.py",)), tmp_path / "place")
    assert files == {"a.py": "a\n", "tests/test_a.py": "a test\n"}
    assert [*outside.iterdir()] == []


def test_a_tree_that_leads_outside_is_refused(shop: Repository, tmp_path: Path) -> None:
    blob = shop.git("hash-object", "-w", "--stdin", stdin=b"evil\n")
    for name in ("..", ".git"):
        inner = shop.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=_tree("x", blob))
        tree = shop.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=_tree(name, inner, b"40000"))
        commit = shop.git("commit-tree", tree, "-m", "Evil")
        with pytest.raises(GitError):
            lay_out(Git(shop.path), tmp_path / f"place{name}", Layout(commit))
    assert not (tmp_path / "x").exists()


def test_a_path_that_head_lacks_can_not_be_laid_over_base(shop: Repository, tmp_path: Path) -> None:
    head = shop.commit({"a.py": "a\n"})
    with pytest.raises(GitError, match=r"tests/b\.py"):
        lay_out(Git(shop.path), tmp_path / "place", Layout(head, head, ("tests/b.py",)))


def test_a_throwaway_folder_is_gone_afterwards_with_what_nobody_may_write_to() -> None:
    with throwaway_folder() as root:
        (root / "closed" / "deep").mkdir(parents=True)
        (root / "closed" / "deep" / "file").write_text("x")
        (root / "closed" / "deep").chmod(0o500)
        (root / "closed").chmod(0o500)
    assert not root.exists()


def test_removing_follows_no_link(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "link").symlink_to(kept)
    remove(tmp_path / "gone")
    assert (kept / "file").exists()


HOLDING = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from adapters.git.run import Access
from adapters.git.scratch import scratch
from adapters.git.throwaway import throwaway_folder
if sys.argv[2] == "worktrees":
    with throwaway_folder() as root:
        print(root, flush=True)
        sys.stdin.read()
else:
    with scratch(Access("https://example.org/acme/shop.git")) as repository:
        print(repository.git.folder.parent, flush=True)
        sys.stdin.read()
"""
CLEARING = HOLDING.replace("        sys.stdin.read()\n", "")


@pytest.mark.parametrize("kind", ["worktrees", "scratch"])
def test_what_a_killed_process_left_is_cleared_and_what_a_living_one_holds_is_not(tmp_path: Path, kind: str) -> None:
    command = [sys.executable, "-c", HOLDING, str(tmp_path), kind]
    options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": Path(__file__).parents[2]}
    with (
        subprocess.Popen(command, **options) as killed,  # type: ignore[call-overload]
        subprocess.Popen(command, **options) as living,  # type: ignore[call-overload]
    ):
        left, held = (Path(os.fsdecode(one.stdout.readline().strip())) for one in (killed, living))
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert left.exists()
        subprocess.run([sys.executable, "-c", CLEARING, str(tmp_path), kind], check=True, cwd=options["cwd"], stdout=-3)
        wait_until(lambda: not left.exists(), "the left folder is gone")
        assert held.exists()
        living.communicate()
    assert [*tmp_path.iterdir()] == []
    assert tempfile.gettempdir() != str(tmp_path)


def _tree(name: str, oid: str, mode: bytes = b"100644") -> bytes:
    return mode + b" " + name.encode() + b"\0" + bytes.fromhex(oid)
