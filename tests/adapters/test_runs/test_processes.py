import os
import time
from pathlib import Path

import pytest

from adapters.test_runs import processes
from adapters.test_runs.processes import environment, run
from tests.adapters.waiting import wait_until

VARIABLES = {"PATH": os.environ["PATH"]}


def test_a_command_ends_with_its_code_and_all_that_it_printed(tmp_path: Path) -> None:
    done = run("echo out; echo err >&2; exit 7", tmp_path, VARIABLES, 30)
    assert (done.code, done.output) == (7, "out\nerr\n")


def test_what_passes_its_time_limit_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    began = time.monotonic()
    done = run("sleep 60 & echo $! > child; echo begun; wait", tmp_path, VARIABLES, 0.5)
    assert (done.code, done.output) == (None, "begun\n")
    assert time.monotonic() - began < 20
    child = int((tmp_path / "child").read_text())
    wait_until(lambda: _is_gone(child), "the child is gone")


def test_a_child_that_keeps_the_pipe_open_holds_nobody_up_and_is_ended(tmp_path: Path) -> None:
    began = time.monotonic()
    done = run("sleep 60 & echo $! > child; echo done", tmp_path, VARIABLES, 50)
    assert (done.code, done.output) == (0, "done\n")
    assert time.monotonic() - began < 20
    child = int((tmp_path / "child").read_text())
    wait_until(lambda: _is_gone(child), "the child is gone")


def test_endless_output_is_cut_in_its_middle(tmp_path: Path) -> None:
    done = run("printf 'first\\n'; head -c 20000000 /dev/zero | tr '\\0' x; printf 'last\\n'", tmp_path, VARIABLES, 60)
    assert done.output.startswith("first\n")
    assert done.output.endswith("last\n")
    assert "bytes left out" in done.output
    assert len(done.output) < processes.FIRST + processes.LAST + 1000


def test_nothing_waits_for_input(tmp_path: Path) -> None:
    assert run("cat; echo ended", tmp_path, VARIABLES, 30).output == "ended\n"


def test_tests_see_no_token_and_no_variable_of_git(tmp_path: Path) -> None:
    found = environment(tmp_path, tmp_path, (), {"OURS": "1"})
    assert set(found) - {"OURS"} <= processes.PASSED | {
        *(name for name in found if name.startswith("LC_")),
        *("CI", "TMPDIR", "GIT_CEILING_DIRECTORIES", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH"),
    }
    for name in ("GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN", "GIT_DIR", "SSH_AUTH_SOCK", "HTTPS_PROXY", "AWS_SECRET_KEY"):
        assert name not in processes.PASSED


@pytest.mark.parametrize("given", ["HOTFIX_WANTED=a=b", "PATH=/somewhere"])
def test_a_variable_that_is_asked_for_is_passed_on(tmp_path: Path, given: str) -> None:
    name, _, value = given.partition("=")
    assert environment(tmp_path, tmp_path, (given, "HOTFIX_NOT_SET"), {})[name] == value
    assert "HOTFIX_NOT_SET" not in environment(tmp_path, tmp_path, ("HOTFIX_NOT_SET",), {})


def test_the_worktrees_own_packages_come_first(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    found = environment(tmp_path, tmp_path, (), {})["PYTHONPATH"].split(os.pathsep)
    assert found == [str(tmp_path / "src"), str(tmp_path)]


def _is_gone(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"
