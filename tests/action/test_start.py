"""How the Action gets an environment of its own: each case with the real `start.py`, in a folder of its own."""

from __future__ import annotations

import ast
import shutil
import threading
from pathlib import Path

import pytest

from tests.action.runner import ROOT, Started, linked, started


@pytest.fixture
def action(tmp_path: Path) -> Path:
    """The Action without a single package to install."""
    made = linked(tmp_path / "action")
    (made / "requirements/run.txt").write_text("")
    return made


def test_an_old_python_is_told_what_to_do(action: Path, tmp_path: Path) -> None:
    start = action / "action/start.py"
    start.write_text(start.read_text().replace("OLDEST = (3, 11)", "OLDEST = (4, 0)"))
    done = started(action, "find", tools=tmp_path / "tools")
    assert done.code == 2
    assert done.out.startswith("::error title=Hotfix Guard::Hotfix Guard needs Python 4.0 or newer")
    assert "set python-version" in done.out


def test_start_is_readable_for_pythons_that_are_too_old(action: Path) -> None:
    """Syntax newer than 3.6 would be a traceback instead of a sentence."""
    ast.parse((action / "action/start.py").read_text(), feature_version=(3, 6))


@pytest.mark.soak
def test_two_runs_build_one_whole_environment_and_a_broken_one_is_built_anew(action: Path, tmp_path: Path) -> None:
    """It takes seconds: each build is a real one."""
    tools = tmp_path / "tools"
    place = Path(started(action, "find", tools=tools).outputs["path"])
    (place / "bin").mkdir(parents=True)
    (place / "bin/python").write_text("half of a program")
    done: list[Started] = []
    both = [threading.Thread(target=lambda: done.append(started(action, "make", tools=tools))) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert [each.code for each in done] == [0, 0], done
    assert started(action, "find", tools=tools).outputs["ready"] == "true"
    assert [each.name for each in place.parent.iterdir() if each.name.startswith("new-")] == []
    (place / "bin/python").unlink()
    assert started(action, "find", tools=tools).outputs["ready"] == "false"


def test_without_a_network_nothing_is_judged_and_the_next_run_begins_anew(action: Path, tmp_path: Path) -> None:
    (action / "requirements/run.txt").write_text(f"nothing-of-that-name==1.0 --hash=sha256:{'0' * 64}\n")
    tools = tmp_path / "tools"
    done = started(action, "make", tools=tools, PIP_NO_INDEX="1", PIP_CONFIG_FILE="/dev/null")
    assert done.code == 2
    assert "::error title=Hotfix Guard::Hotfix Guard's packages couldn't be installed" in done.out
    assert started(action, "find", tools=tools).outputs["ready"] == "false"


def test_another_lock_or_version_is_another_environment(action: Path, tmp_path: Path) -> None:
    tools, keys = tmp_path / "tools", set()
    keys.add(started(action, "find", tools=tools).outputs["key"])
    shutil.copyfile(ROOT / "requirements/run.txt", action / "requirements/run.txt")
    keys.add(started(action, "find", tools=tools).outputs["key"])
    project = action / "pyproject.toml"
    project.write_text(project.read_text().replace('\nversion = "', '\nversion = "9'))
    keys.add(started(action, "find", tools=tools).outputs["key"])
    assert len(keys) == 3


@pytest.mark.soak
def test_the_true_environment_is_installed_from_the_lock_and_knows_its_version(tmp_path: Path) -> None:
    action, tools = linked(tmp_path / "action"), tmp_path / "tools"
    assert started(action, "make", tools=tools).code == 0
    done = started(action, "run", tools=tools)
    assert done.code == 2
    assert "GITHUB_EVENT_NAME or GITHUB_REPOSITORY isn't set" in done.out
