"""`hotfix backport` as the installed command, on real repositories."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HOTFIX = Path(sys.executable).with_name("hotfix")
LINES = "".join(f"line {number}\n" for number in range(20))


def git(folder: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder: Path, **files: str) -> str:
    for name, text in files.items():
        (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Change")
    return git(folder, "rev-parse", "HEAD")


def hotfix(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(HOTFIX), "backport", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, file=LINES)
    git(tmp_path, "branch", "old")
    return tmp_path


def test_the_tree_is_the_one_that_cherry_pick_makes(repository: Path) -> None:
    commit(repository, file=LINES.replace("line 19", "nineteen"))
    fix = commit(repository, file=LINES.replace("line 19", "nineteen").replace("line 2\n", "two\n"))
    done = hotfix("--repo-url", repository, "--onto", "old", "--commit", fix, "--format", "json")
    told = json.loads(done.stdout)
    onto = git(repository, "rev-parse", "old")
    git(repository, "checkout", "-q", "old")
    git(repository, "cherry-pick", fix)
    assert (done.returncode, told["outcome"], told["onto"], told["conflicts"]) == (0, "clean", onto, [])
    assert told["tree"] == git(repository, "rev-parse", "HEAD^{tree}")
    assert told["fetched_bytes"] > 0
    assert set(told) >= {"outcome", "tree", "commit", "onto", "conflicts", "fetched_bytes", "seconds"}


def test_conflicts_are_listed_and_pushed_with_their_markers(repository: Path) -> None:
    fix = commit(repository, file=LINES.replace("line 2\n", "two\n"))
    git(repository, "checkout", "-q", "old")
    tip = commit(repository, file=LINES.replace("line 2\n", "zwei\n"))
    url = repository.as_uri()
    done = hotfix("--repo-url", url, "--onto", tip, "--commit", fix, "--push", "backport/x", "--format", "json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["outcome"]) == (1, "conflict")
    assert told["conflicts"] == [{"path": "file", "kind": "content", "has_markers": True}]
    assert git(repository, "rev-parse", "backport/x") == told["commit"]
    assert "<<<<<<<" in git(repository, "show", "backport/x:file")


def test_what_is_there_already_is_empty(repository: Path) -> None:
    fix = commit(repository, file=LINES.replace("line 2\n", "two\n"))
    git(repository, "checkout", "-q", "old")
    git(repository, "cherry-pick", fix)
    done = hotfix("--repo-url", repository, "--onto", "old", "--commit", fix)
    assert (done.returncode, done.stdout.split(":")[0]) == (0, "empty")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--onto", "nowhere", "--commit", "a" * 40], "nowhere"),
        (["--onto", "old", "--commit", "1234"], "no full commit id"),
        (["--onto", "old", "--commit", "a" * 40], "a" * 40),
        (["--onto", "--upload-pack=x", "--commit", "a" * 40], "--upload-pack=x"),
    ],
)
def test_what_can_not_be_read_is_told_in_one_sentence(repository: Path, arguments: list[str], said: str) -> None:
    done = hotfix("--repo-url", repository, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
