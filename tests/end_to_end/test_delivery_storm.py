from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox import stories
from sandbox.server import Sandbox
from sandbox.stories import REPOSITORY, Stage
from tests.adapters.waiting import PATIENCE, wait_until
from tests.end_to_end.conftest import Hire
from tests.end_to_end.crew import Crew
from tests.end_to_end.posting import Letter, letters, newest
from tests.end_to_end.watching import attended, lines, our_runs, overlaps, wait_until_settled
from tests.fidelity.town import Receiver

PULL_REQUESTS = 20
#: What a pull request comes to, by its kind; approved ones are approved in the middle of the storm.
ENDS = {"approved": "success", "unapproved": "action_required", "broken": "failure", "other": "skipped"}
KINDS = tuple(ENDS)


def open_pull_requests(stage: Stage) -> dict[int, str]:
    """Twenty pull requests with their kinds."""
    found = {}
    for index in range(PULL_REQUESTS):
        kind, branch = KINDS[index % len(KINDS)], f"change/{index}"
        stage.bob.push(REPOSITORY, branch, _files(kind, index), f"Change {index}")
        labels = [] if kind == "other" else ["hotfix"]
        found[stage.bob.open_pull(REPOSITORY, branch, "main", f"Change {index}", labels=labels)] = kind
    return found


def _files(kind: str, index: int) -> dict[str, str]:
    if kind in {"approved", "unapproved"}:
        test = f"from cart import total\n\n\ndef test_total_{index}():\n    assert total([{index}], 0) == {index}\n"
        return {f"fix_{index}.py": f"# HOTFIX: number {index} was missing\nN = {index}\n", "tests/test_fix.py": test}
    return {f"notes_{index}.py": "\n".join(f"LINE_{line} = {line}" for line in range(30)) + "\n"}


class Storm:
    """Deliveries in an order and number that a seed draws, and people who go on working meanwhile."""

    def __init__(self, stage: Stage, crew: Crew, deliveries: int, seed: int) -> None:
        self.stage, self.crew, self.deliveries = stage, crew, deliveries
        self.dice = random.Random(seed)
        self.sent: dict[str, int] = {}

    def rage(self, found: Sequence[Letter], numbers: Sequence[int]) -> set[int]:
        """Send them, from twelve threads; the answers' statuses."""
        with ThreadPoolExecutor(12) as senders:
            answers = []
            for count in range(self.deliveries):
                letter = self.dice.choice(found)
                guid = letter.delivery.guid if self.dice.random() < 0.4 else self._another_guid()
                self.sent[guid] = letter.pull_request
                answers.append(senders.submit(letter.post, self.crew, guid))
                each = self.deliveries // len(numbers)
                if count % each == 0:
                    number = numbers[count // each]
                    answers.append(senders.submit(self._approve, number))
            return {each.result() for each in answers}

    def _another_guid(self) -> str:
        return str(uuid.UUID(int=self.dice.getrandbits(128)))

    def _approve(self, number: int) -> int:
        self.stage.alice.approve(REPOSITORY, number)
        return 202


@pytest.mark.parametrize(
    "strength", [(300, 1), *(pytest.param((1_000, seed), marks=pytest.mark.soak) for seed in range(1, 11))], ids=str
)
def test_doubled_and_reordered_deliveries_come_to_what_a_tidy_order_comes_to(
    sandbox: Sandbox, receiver: Receiver, hire: Hire, tmp_path: Path, strength: tuple[int, int]
) -> None:
    sandbox.set_webhook(receiver.url)
    stage = stories.set_stage(sandbox, deadline=PATIENCE)
    kinds = open_pull_requests(stage)
    sandbox.flush()
    crew = hire("serve", "worker", WORKER_LOST_AFTER="10")
    storm = Storm(stage, crew, *strength)
    sandbox.delivery_faults.doubled = sandbox.delivery_faults.swapped = 0.4
    answers = storm.rage(letters(sandbox), [number for number, kind in kinds.items() if kind == "approved"])
    wait_until_settled(sandbox, crew.url)

    assert answers == {202}
    assert {number: current["conclusion"] for number, current in newest_runs(stage, kinds).items()} == {
        number: ENDS[kind] for number, kind in kinds.items()
    }
    assert overlaps(attended(crew.members)) == []
    sent = storm.sent | sent_by(sandbox)
    wait_until(lambda: not inspections_that_are_missing(crew, sent), "each last delivery is followed by an inspection")

    crew.dismiss()
    stormy = all_runs(stage, kinds)
    deliver_tidily(sandbox, hire(folder=fresh(tmp_path)), kinds)
    assert all_runs(stage, kinds) == stormy


def deliver_tidily(sandbox: Sandbox, crew: Crew, kinds: dict[int, str]) -> None:
    """Tell a service with an empty ledger of each pull request once, one after the other."""
    found = letters(sandbox)
    for number in kinds:
        assert newest(found, number).post(crew) == 202
        wait_until_settled(sandbox, crew.url)


def newest_runs(stage: Stage, kinds: dict[int, str]) -> dict[int, Any]:
    return {number: our_runs(stage.alice, REPOSITORY, number)[0] for number in kinds}


def all_runs(stage: Stage, kinds: dict[int, str]) -> dict[int, list[Any]]:
    """Every run with its id and what it says, so that nothing can be written without a difference."""
    told = ("id", "external_id", "status", "conclusion", "completed_at", "output")
    return {
        number: [{key: run[key] for key in told} for run in our_runs(stage.alice, REPOSITORY, number)]
        for number in kinds
    }


def inspections_that_are_missing(crew: Crew, pull_requests: dict[str, int]) -> list[int]:
    """Pull requests whose last delivery wasn't followed by an inspection that began after it was kept."""
    kept: dict[int, datetime] = {}
    for line in lines(crew.members):
        if line.get("event") == "delivery kept" and line["status"] == "accepted" and line["delivery"] in pull_requests:
            number, at = pull_requests[line["delivery"]], datetime.fromisoformat(line["timestamp"])
            kept[number] = max(at, kept.get(number, at))
    inspected = {each.pull_request: each.began for each in attended(crew.members)}
    assert len(kept) == PULL_REQUESTS
    return [number for number, at in kept.items() if inspected[number] < at]


def sent_by(sandbox: Sandbox) -> dict[str, int]:
    return {each.delivery.guid: each.pull_request for each in letters(sandbox)}


def fresh(folder: Path) -> Path:
    another = folder / "tidy"
    another.mkdir()
    return another
