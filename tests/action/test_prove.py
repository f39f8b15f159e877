"""The published proof workflow, run by a real runner in a real checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.action.conftest import FIXED, GOOD, SHOP, Stage, on

#: A test that looks for what it shouldn't get to see.
_SPYING = """import os
from cart import total


def around():
    parent = os.getpid()
    while parent > 1:
        stat = open(f"/proc/{parent}/stat").read().rpartition(")")[2].split()
        try:
            yield open(f"/proc/{parent}/environ").read()
        except OSError:
            pass
        parent = int(stat[1])


def test_cents():
    assert not [name for name in os.environ if name.startswith(("GITHUB_", "ACTIONS_", "INPUT_", "HOTFIX_MODE"))]
    assert not [text for text in around() if "ghs" + "_" in text]
    assert total([0.1, 0.2]) == 0.3
"""


def checked_out(stage: Stage, pull: Any, place: Path) -> Path:
    """What actions/checkout leaves with `fetch-depth: 0`."""
    clone = stage.bob.fetch(SHOP)
    clone.run("worktree", "add", "-q", "--detach", str(place), pull["head"]["sha"])
    return place


def test_a_test_that_catches_the_fault_is_proven_and_sees_no_token(stage: Stage, tmp_path: Path) -> None:
    pull = stage.pull("fix/spied", {"cart.py": FIXED, "tests/test_cart.py": _SPYING}, "hotfix")
    folder = checked_out(stage, pull, tmp_path / "shop")
    ran = stage.run("hotfix-proof", "pull_request", on(pull), folder)
    assert ran.jobs == {"prove": "success"}, ran
    run = stage.check_runs(pull["head"]["sha"])["hotfix-proof"]
    assert (run["conclusion"], run["app"]["slug"]) == ("success", "github-actions")
    assert "Proven" in ran.summaries["prove"]


def test_events_that_lend_their_secrets_are_refused(stage: Stage) -> None:
    pull = stage.pull("fix/again", GOOD, "hotfix")
    text = "name: t\non: pull_request_target\njobs:\n  prove:\n    runs-on: ubuntu-latest\n    steps:\n"
    text += "      - uses: OWNER/hotfix-guard@v1\n        with: {mode: prove}\n"
    ran = stage.runner.run("pull_request_target", on(pull), text, stage.token({}))
    assert ran.jobs == {"prove": "failure"}
    assert "pull_request_target lends its workflow your secrets" in ran.errors("prove")[0]
