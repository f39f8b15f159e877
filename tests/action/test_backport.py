"""The published backport workflow, run by a real runner."""

from __future__ import annotations

import json

import pytest

from tests.action.conftest import CART, FIXED, GOOD, SHOP, Stage, on

pytestmark = pytest.mark.usefixtures("stage")

_DISPATCHED = """name: t
on:
  workflow_dispatch:
    inputs: {pull-request: {required: true, type: string}}
jobs:
  carry:
    runs-on: ubuntu-latest
    steps: [{uses: OWNER/hotfix-guard@v1, with: {mode: backport}}]
  lenient:
    runs-on: ubuntu-latest
    needs: carry
    if: always()
    steps: [{uses: OWNER/hotfix-guard@v1, with: {mode: backport, fail-on: never}}]
"""


def test_a_merged_hotfix_is_carried_and_told_in_outputs_and_summary(stage: Stage) -> None:
    pull = stage.pull("fix/cents", GOOD, "hotfix", approved=True)
    stage.alice.merge(SHOP, pull["number"])
    merged = on(stage.alice.pull(SHOP, pull["number"]), "closed")
    ran = stage.run("hotfix-backport", "pull_request_target", merged)
    assert ran.jobs == {"backport": "success"}, ran
    (told,) = json.loads(ran.outputs["backport"]["backports"])
    assert (told["target"], told["outcome"]) == ("develop", "opened")
    opened = stage.alice.pull(SHOP, told["number"])
    assert (opened["base"]["ref"], opened["user"]["login"]) == ("develop", "github-actions[bot]")
    assert told["url"].endswith(f"/{SHOP}/pull/{told['number']}")
    assert f"#{told['number']}" in ran.summaries["backport"]


def test_conflicts_are_never_green_unless_asked_for_and_people_start_it_by_a_number(stage: Stage) -> None:
    stage.alice.write(SHOP, "old", {"cart.py": CART.replace("sum(", "max(")}, "Another way", base="develop")
    pull = stage.pull("fix/more", {"cart.py": FIXED.replace(", 2)", ", 3)")}, "hotfix", "backport old")
    stage.alice.merge(SHOP, pull["number"])
    token = stage.token({"contents": "write", "pull_requests": "write"})
    event = {"inputs": {"pull-request": f"{pull['number']}"}}
    ran = stage.runner.run("workflow_dispatch", event, _DISPATCHED, token)
    assert ran.jobs == {"carry": "failure", "lenient": "success"}, ran
    told = {each["target"]: each["outcome"] for each in json.loads(ran.outputs["carry"]["backports"])}
    assert told["old"] == "conflict"
    assert [message for message in ran.errors("carry") if message.startswith("Backport to old: conflict")]
