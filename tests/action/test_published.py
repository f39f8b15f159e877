"""What the pages tell people to write is what was tried, and asks for no more than it needs."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.action.linting import ACTIONLINT, actionlint, as_workflow, published
from tests.action.runner import ROOT, US
from tests.fidelity.plugin import needs

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
README = (ROOT / "README.md").read_text()


def jobs() -> list[tuple[str, dict[str, Any]]]:
    read = {path.name: yaml.safe_load(path.read_text()) for path in published()}
    return [(name, one) for name, workflow in read.items() for one in workflow["jobs"].values()]


def test_the_workflows_in_the_readme_are_those_that_the_runner_was_given() -> None:
    shown = set(re.findall(r"```yaml\n(# \.github/workflows/.*?)```", README, re.DOTALL))
    files = {path.read_text() for path in published() if path.name != "hotfix-proof.yml"}
    assert shown == files
    assert (ROOT / "docs/workflows/hotfix-proof.yml").read_text() in (ROOT / "docs/prove.md").read_text()


def test_every_input_and_output_is_in_the_readme() -> None:
    table = README.partition("## In CI")[2].partition("\n## ")[0]
    assert [name for name in (*ACTION["inputs"], *ACTION["outputs"]) if f"| `{name}` |" not in table] == []


def test_workflows_name_inputs_that_there_are_and_give_every_permission_by_itself() -> None:
    for name, one in jobs():
        steps = [step for step in one["steps"] if step.get("uses") == US]
        assert len(steps) == 1, name
        assert set(steps[0].get("with", {})) <= set(ACTION["inputs"]), name
        assert one["permissions"], name
    assert {yaml.safe_load(path.read_text())["permissions"] == {} for path in published()} == {True}


def test_nothing_of_a_pull_request_is_checked_out_where_secrets_are() -> None:
    for path in published():
        text = path.read_text()
        if "pull_request_target" in text:
            assert "checkout" not in text


def test_others_actions_are_pinned_by_their_hashes() -> None:
    texts = [(ROOT / "action.yml").read_text(), *(path.read_text() for path in published())]
    used = [name for text in texts for name in re.findall(r"uses: (\S+)", text) if name != US]
    assert len(used) > 3
    assert [name for name in used if not re.fullmatch(r"actions/[\w/-]+@[0-9a-f]{40}", name)] == []


def test_no_script_of_the_action_holds_an_expression() -> None:
    """What an expression comes to would be read by the shell as program."""
    assert [step["run"] for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")] == []


@needs(ACTIONLINT)
def test_actionlint_sees_faults_in_the_steps_of_an_action() -> None:
    wrong = (ROOT / "action.yml").read_text().replace("inputs.mode", "inputs.mood")
    found = actionlint({"action.yml": as_workflow(wrong)})
    assert [each for each in found if "mood" in each["message"]]


@pytest.mark.parametrize("words", [["lint-actions"], ["check"]])
def test_make_lints_them(words: list[str]) -> None:
    done = subprocess.run(["make", "-n", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "tests.action.linting" in done.stdout
