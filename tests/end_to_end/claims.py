"""What must be true of the stories' end, whatever happened on the way."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from sandbox import stories
from sandbox.stories import REPOSITORY, Stage
from tests.end_to_end.crew import Crew
from tests.end_to_end.watching import attended, our_runs, overlaps, wait_until_settled


def the_stories_end_well(stage: Stage, crew: Crew) -> None:
    """The end state is right, each head has one current check run, and nothing is owed or was done twice at once."""
    wait_until_settled(stage.sandbox, crew.url)
    # What was done twice at once explains whatever else is wrong.
    assert overlaps(attended(crew.members)) == []
    assert overlaps(attended(crew.members, "backport_hotfix")) == []
    assert stories.differences(stage) == []
    for pull in stage.alice.get(f"/repos/{REPOSITORY}/pulls?state=all&per_page=100"):
        _one_run_counts(stage, our_runs(stage.alice, REPOSITORY, pull["number"]), pull["number"])


def _one_run_counts(stage: Stage, runs: list[Any], number: int) -> None:
    """The newest counts; an older one is ended, and stands only where annotations changed, which GitHub can't unsay."""
    told = [(run["status"], run["conclusion"], run["output"]["annotations_count"]) for run in runs]
    assert told, f"#{number} has no check run"
    assert {status for status, _, _ in told} == {"completed"}, f"#{number} has a run that never ended: {told}"
    same = [pair for pair in pairwise(told) if pair[0][2] == pair[1][2]]
    assert not same, f"#{number} has a run too many: {told}\n{_how(stage, runs)}"


def _how(stage: Stage, runs: list[Any]) -> str:
    """The writes to these check runs, in the order in which they ended, with what was given."""
    found = {run["id"] for run in runs}
    written = [run for run in _written(stage) if run["id"] in found]
    return "\n".join(f"{run['id']} {run['external_id']} {run['status']} {run['conclusion']}" for run in written)


def no_run_was_ever(conclusions: set[str], stage: Stage, numbers: list[int]) -> None:
    """No check run on these pull requests' heads was ever written with one of these conclusions."""
    heads = {stage.alice.pull(REPOSITORY, number)["head"]["sha"] for number in numbers}
    written = [run for run in _written(stage) if run["head_sha"] in heads]
    assert written
    assert {run["conclusion"] for run in written}.isdisjoint(conclusions)


def _written(stage: Stage) -> list[Any]:
    """Each state that was given to a check run, from the answers to the writes."""
    return [
        json.loads(each.response_body)
        for each in stage.sandbox.exchanges
        if each.method in {"POST", "PATCH"} and "/check-runs" in each.path and each.status in {200, 201}
    ]
