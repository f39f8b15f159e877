"""`hotfix backport` as the installed command, on real repositories."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.scenario import Town
from sandbox.server import Sandbox
from tests.cli.program import hotfix as program
from tests.cli.program import is_refused

HOTFIX = Path(sys.executable).with_name("hotfix")
#: Every name in the JSON; names that are published stay.
NAMES = {"outcome", "tree", "commit", "onto", "conflicts", "remaining", "pushed", "fetched_bytes", "seconds"}
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
    assert set(told) == NAMES


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


def picked(repository: Path, *arguments: object) -> dict[str, Any]:
    """What the pick onto `old` says in JSON."""
    return dict(json.loads(hotfix("--repo-url", repository, "--onto", "old", *arguments, "--format", "json").stdout))


def test_several_commits_are_picked_in_the_order_of_the_options(repository: Path) -> None:
    first = commit(repository, file=LINES.replace("line 2\n", "two\n"))
    second = commit(repository, file=LINES.replace("line 2\n", "zwei\n"))
    told = picked(repository, "--commit", first, "--commit", second)
    assert (told["outcome"], told["tree"]) == ("clean", git(repository, "rev-parse", f"{second}^{{tree}}"))
    turned = picked(repository, "--commit", second, "--commit", first)
    assert (turned["outcome"], turned["remaining"]) == ("conflict", [first])


def test_what_remains_after_a_conflict_is_told_in_order(repository: Path) -> None:
    fixes = [commit(repository, file=LINES.replace("line 2\n", "two\n"))]
    fixes += [commit(repository, **{name: "x\n"}) for name in ("one", "other")]
    git(repository, "checkout", "-q", "old")
    commit(repository, file=LINES.replace("line 2\n", "zwei\n"))
    wanted = [word for fix in fixes for word in ("--commit", fix)]
    told = picked(repository, *wanted)
    assert (told["outcome"], told["remaining"], set(told)) == ("conflict", fixes[1:], NAMES)
    done = hotfix("--repo-url", repository, "--onto", "old", *wanted)
    assert [line.split(": ")[1] for line in done.stdout.splitlines() if "not tried" in line] == fixes[1:]


@pytest.mark.parametrize("mainline", [1, 2])
def test_a_merge_commit_is_told_from_the_parent_that_mainline_names(repository: Path, mainline: int) -> None:
    commit(repository, ours="x\n")
    git(repository, "checkout", "-q", "-b", "side", "old")
    commit(repository, theirs="x\n")
    git(repository, "checkout", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "--no-edit", "side")
    merge = git(repository, "rev-parse", "HEAD")
    told = picked(repository, "--commit", merge, "--mainline", mainline)
    git(repository, "checkout", "-q", "old")
    git(repository, "cherry-pick", "-m", str(mainline), merge)
    assert (told["outcome"], told["tree"]) == ("clean", git(repository, "rev-parse", "HEAD^{tree}"))


@pytest.mark.parametrize("address", ["path", "url"])
def test_a_bare_repository_on_this_machine_is_reached(repository: Path, tmp_path: Path, address: str) -> None:
    fix = commit(repository, file=LINES.replace("line 2\n", "two\n"))
    bare = tmp_path / "shop.git"
    git(repository, "clone", "-q", "--bare", str(repository), str(bare))
    done = hotfix(
        *("--repo-url", bare if address == "path" else bare.as_uri()),
        *("--onto", "old", "--commit", fix, "--push", "backport/x"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert git(bare, "show", "backport/x:file") == LINES.replace("line 2\n", "two\n").strip()


def test_a_private_repository_over_http_is_reached_with_the_token_of_the_environment_alone(tmp_path: Path) -> None:
    with Sandbox.start(tmp_path / "github") as sandbox:
        alice = Town(sandbox).person("alice")
        alice.create_repository("alice/shop", {"file": LINES}, private=True)
        alice.create_branch("alice/shop", "old", "main")
        fix = alice.push("alice/shop", "main", {"file": LINES.replace("line 2\n", "two\n")}, "Fix it")
        url = f"{sandbox.url}/alice/shop.git"
        asked = ["backport", "--repo-url", url, "--onto", "old", "--commit", fix, "--push", "x", "--format", "json"]
        with_token = program(*asked, cwd=tmp_path, variables={"GIT_TOKEN": alice.token})
        assert (with_token.code, with_token.data["pushed"]) == (0, True), with_token.err
        assert alice.file("alice/shop", "file", "x") == LINES.replace("line 2\n", "two\n")
        assert alice.token not in with_token.out + with_token.err
        assert is_refused(program(*asked, cwd=tmp_path), "the token is missing")
        wrong = program(*asked, cwd=tmp_path, variables={"GIT_TOKEN": "not-the-token"})
        assert is_refused(wrong, "not valid")
        assert "not-the-token" not in wrong.err
