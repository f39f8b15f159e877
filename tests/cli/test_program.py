"""How the program behaves whatever the command: where it imports from, how it speaks and how it ends."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from cli.main import COMMANDS, main
from tests.adapters.git_repositories import environment
from tests.cli.conftest import Desk
from tests.cli.program import HOTFIX, hotfix, is_refused

TRAP = "import pathlib\npathlib.Path(__file__).with_name('SPRUNG').write_text(__name__)\nraise SystemExit(0)\n"
PLANTED = ("app.py", "yaml.py", "click.py", "re2.py", "sitecustomize.py", "usercustomize.py")
ROOMS = ("events", "policies", "domain", "adapters", "cli", "handlers")
COMMAND_LINES = [*((command,) for command in COMMANDS), ("config", "validate"), ("config", "show")]


def plant(folder: Path) -> None:
    """Put modules with the names of ours, and of what we use, where somebody's pull request could put them."""
    for name in (*PLANTED, *(f"{room}/__init__.py" for room in ROOMS)):
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(TRAP)


def sprung(folder: Path) -> list[Path]:
    return list(folder.rglob("SPRUNG"))


def test_nothing_that_lies_in_the_working_directory_is_imported(good: Desk) -> None:
    plant(good.path)
    assert good.check().code == 0
    assert is_refused(hotfix("serve", cwd=good.path), "GITHUB_APP_ID")
    assert hotfix("policies", cwd=good.path / "policies").code == 0
    assert sprung(good.path) == []


def test_a_planted_trap_would_be_found(tmp_path: Path) -> None:
    plant(tmp_path)
    hotfix("policies", cwd=tmp_path, variables={"PYTHONPATH": str(tmp_path)})
    assert sprung(tmp_path) != []


@pytest.mark.parametrize("command", COMMAND_LINES, ids=" ".join)
def test_every_command_says_what_it_does_and_what_each_option_is_for(command: tuple[str, ...], tmp_path: Path) -> None:
    done = hotfix(*command, "--help", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: hotfix {' '.join(command)} ")
    assert max(len(line) for line in done.out.splitlines()) <= 80


def test_the_list_of_commands_cuts_no_sentence_short(tmp_path: Path) -> None:
    done = hotfix("--help", cwd=tmp_path)
    listed = done.out.partition("Commands:\n")[2].splitlines()
    commands = {name: main.get_command(click.Context(main), name) for name in COMMANDS}
    shown = [name for name, command in commands.items() if command is not None and not command.hidden]
    assert [line.split()[0] for line in listed] == shown
    assert all(line.endswith(".") and not line.endswith("...") for line in listed)


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    assert hotfix("--version", cwd=tmp_path).out == f"hotfix, version {version('hotfix-guard')}\n"


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "latin-1"}]
)
def test_the_output_is_utf_8_in_any_locale(locale: dict[str, str], good: Desk) -> None:
    done = hotfix("check", "--base", "main", "--head", "fix", cwd=good.path, variables=locale)
    assert (done.code, done.err) == (0, "")
    assert "\n✓ diff-size" in done.out


def test_a_reader_that_goes_away_gets_no_traceback(good: Desk) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [HOTFIX, "check", "--base", "main", "--head", "fix"]
    done = subprocess.run(
        command, cwd=good.path, env=environment(), stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_crash_of_ours_looks_like_no_verdict(good: Desk, tmp_path: Path) -> None:
    (tmp_path / "unidiff.py").write_text("raise RuntimeError('planted')\n")
    variables = {"PYTHONPATH": str(tmp_path)}
    done = hotfix("check", "--base", "main", "--head", "fix", cwd=good.path, variables=variables)
    assert (done.code, done.out) == (70, "")
    assert "RuntimeError: planted" in done.err


def test_output_that_has_nowhere_to_go_is_told(good: Desk) -> None:
    command = [HOTFIX, "check", "--base", "main", "--head", "fix"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, cwd=good.path, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (2, b"hotfix: No space left on device\n")


def test_ctrl_c_ends_a_command_without_a_traceback_and_unlike_a_verdict(tmp_path: Path) -> None:
    """A FIFO that nobody writes to holds the command up, so that the signal surely meets it at work."""
    os.mkfifo(tmp_path / "body")
    command = [HOTFIX, "config", "validate", "body"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE) as running:
        writer = os.open(tmp_path / "body", os.O_WRONLY)  # returns once the program has opened it
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
        os.close(writer)
    assert running.returncode == 130
    assert said.strip() == b""


def test_a_terminal_gets_the_same_words(good: Desk) -> None:
    parent, child = pty.openpty()
    command = [HOTFIX, "check", "--base", "main", "--head", "fix"]
    with subprocess.Popen(command, cwd=good.path, env=environment(), stdout=child, stderr=child) as running:
        assert running.wait(timeout=60) == 0
    os.close(child)
    shown = b""
    end = time.monotonic() + 10
    while select.select([parent], [], [], 1)[0] and time.monotonic() < end:
        try:
            shown += os.read(parent, 65536)
        except OSError:
            break
    os.close(parent)
    assert click.unstyle(shown.decode()).splitlines()[-1] == "success: 5 policies satisfied"
