"""The published workflow for merge queues, run by a real runner."""

from __future__ import annotations

from typing import Any

from tests.action.conftest import CART, GOOD, SHOP, Stage


def queued(stage: Stage, pull: Any) -> dict[str, Any]:
    """The event that asks for checks on a merge group."""
    return {"action": "checks_requested", "merge_group": stage.alice.enqueue(SHOP, pull["number"])}


def test_the_worst_of_a_group_counts_and_is_published_on_its_head(stage: Stage) -> None:
    good = queued(stage, stage.pull("fix/good", GOOD, "hotfix", approved=True))
    ran = stage.run("hotfix-merge-queue", "merge_group", good)
    assert ran.jobs == {"gate": "success"}, ran
    run = stage.check_runs(good["merge_group"]["head_sha"])["hotfix: main"]
    assert run["conclusion"] == "success"

    bad = queued(stage, stage.pull("fix/bad", {"other.py": CART}, "hotfix"))
    ran = stage.run("hotfix-merge-queue", "merge_group", bad)
    assert ran.jobs == {"gate": "failure"}
    assert ran.outputs["gate"]["conclusion"] == "failure"
    assert "decided by pull request #" in ran.printed["gate"]
    assert stage.check_runs(bad["merge_group"]["head_sha"])["hotfix: main"]["conclusion"] == "failure"
