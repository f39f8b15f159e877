"""`hotfix hook` as git and pre-commit call it, and `hotfix completion` as shells do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.adapters.git_repositories import Repository, environment
from tests.cli.conftest import CART, FIXED, TEST
from tests.cli.program import HOTFIX, Done, hotfix, is_refused

ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path: Path) -> Repository:
    """A clone with our hooks, of a bare remote that has `main`."""
    remote = Repository.create(tmp_path / "remote.git", "--bare")
    remote.branch("main", remote.commit({"cart.py": CART}))
    remote.git("clone", "-q", str(remote.path), str(tmp_path / "desk"))
    made = Repository(tmp_path / "desk")
    for name in ("pre-push", "pre-commit"):
        script = made.path / ".git/hooks" / name
        script.write_text(f'#!/bin/sh\nexec {HOTFIX} hook {name} "$@"\n')
        script.chmod(0o755)
    return made


def git(repository: Repository, *arguments: str) -> Done:
    command = ["git", "-C", str(repository.path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False, timeout=120)
    return Done(done.returncode, done.stdout, done.stderr)


def test_a_hotfix_is_judged_before_a_push_and_other_branches_are_let_be(desk: Repository) -> None:
    (desk.path / "cart.py").write_text(FIXED)
    desk.git("commit", "-q", "--no-verify", "-a", "-m", "Fix")
    bad = desk.git("rev-parse", "HEAD")
    (desk.path / "tests").mkdir()
    (desk.path / "tests/test_cart.py").write_text(TEST)
    desk.git("add", ".")
    desk.git("commit", "-q", "--no-verify", "-m", "Test it")
    others = git(desk, "push", "-q", "origin", f"{bad}:refs/heads/feature", f"{bad}:refs/tags/hotfix/tag")
    assert (others.code, others.out, others.err) == (0, "", "")
    refused = git(desk, "push", "-q", "origin", "HEAD:hotfix/good", f"{bad}:refs/heads/hotfix/bad")
    assert refused.code != 0
    assert "hotfix/good at " in refused.err
    assert "against origin/main" in refused.err
    assert "✗ regression-test" in refused.err
    assert "\nnot pushed; `git push --no-verify` pushes it all the same\n" in refused.err
    assert desk.git("ls-remote", "origin", "refs/heads/hotfix/*") == ""
    assert git(desk, "push", "-q", "origin", "HEAD:hotfix/good").code == 0
    assert git(desk, "push", "-q", "--no-verify", "origin", f"{bad}:refs/heads/hotfix/bad").code == 0
    deleted = git(desk, "push", "-q", "origin", ":hotfix/bad")
    assert (deleted.code, deleted.err) == (0, "")


def test_before_a_commit_what_is_staged_counts_alone(desk: Repository) -> None:
    desk.git("switch", "-q", "-c", "hotfix/cents")
    (desk.path / "cart.py").write_text(FIXED)
    (desk.path / "tests").mkdir()
    (desk.path / "tests/test_cart.py").write_text(TEST)
    refused = git(desk, "commit", "-a", "-m", "Fix")
    assert (refused.code, "✗ regression-test" in refused.err) == (1, True), refused
    assert refused.err.endswith("not committed; `git commit --no-verify` commits it all the same\n")
    desk.git("add", ".")
    (desk.path / "cart.py").write_text("x = 1\n" * 50)
    assert git(desk, "commit", "-q", "-m", "Fix").code == 0
    desk.git("switch", "-q", "-c", "feature")
    assert git(desk, "commit", "-q", "-a", "-m", "Long").code == 0


def test_pre_commit_tells_the_branch_and_the_stage_by_variables(desk: Repository) -> None:
    (desk.path / "cart.py").write_text(FIXED)
    desk.git("commit", "-q", "--no-verify", "-a", "-m", "Fix")
    told = {"PRE_COMMIT": "1", "PRE_COMMIT_TO_REF": desk.git("rev-parse", "HEAD")}
    found = [
        hotfix("hook", cwd=desk.path, variables={**told, "PRE_COMMIT_REMOTE_BRANCH": f"refs/heads/{branch}"}).code
        for branch in ("feature", "hotfix/cents")
    ]
    assert found == [0, 1]
    assert hotfix("hook", cwd=desk.path, variables={"PRE_COMMIT": "1"}).code == 0
    assert is_refused(hotfix("hook", cwd=desk.path), "say which hook this is")


@pytest.mark.soak
def test_the_real_pre_commit_runs_it(desk: Repository, tmp_path: Path) -> None:
    copy = tmp_path / "guard"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True, env=environment())
    desk.git("switch", "-q", "-c", "hotfix/cents")
    (desk.path / "cart.py").write_text(FIXED)
    desk.git("add", ".")
    command = [
        str(Path(sys.executable).with_name("uv")),
        "tool",
        "run",
        "pre-commit",
        "try-repo",
        str(copy),
        "hotfix-check",
        "--hook-stage",
        "pre-commit",
    ]
    variables = {**environment(), "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    done = subprocess.run(command, cwd=desk.path, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done
    assert "✗ regression-test" in done.stdout + done.stderr


def test_the_hook_for_pre_commit_calls_a_command_that_is_there() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"].split() == ["hotfix", "hook"]
    assert (hook["pass_filenames"], hook["always_run"], hook["stages"]) == (False, True, ["pre-push", "pre-commit"])


def test_shells_complete_commands_branches_policies_presets_and_severities(desk: Repository) -> None:
    assert "_HOTFIX_COMPLETE=zsh_complete" in hotfix("completion", "zsh", cwd=desk.path).out
    policies = "version: 1\nseverities: {SEV1: {description: down}}\n"
    desk.branch("main", desk.commit({"cart.py": CART, ".github/hotfix.yml": policies}))
    desk.git("push", "-q", "--no-verify", "--force", "origin", "main")
    for words, expected in (
        ("hotfix sim", "simulate"),
        ("hotfix check --base orig", "origin/main"),
        ("hotfix explain diff", "diff-size"),
        ("hotfix start x --preset spec", "spec-kit"),
        ("hotfix start x --severity s", "SEV1"),
    ):
        variables = {"_HOTFIX_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        assert hotfix(cwd=desk.path, variables=variables).out == f"plain,{expected}\n", words
