"""What a verdict costs: requests to GitHub, counted by the sandbox, and seconds of the worker."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figures import Figure, median, milliseconds
from cli.service import ServiceProcess
from domain.wording import counted
from sandbox import stories
from sandbox.server import Sandbox
from sandbox.stories import REPOSITORY, Stage
from tests.adapters.waiting import wait_until
from tests.end_to_end.crew import Crew
from tests.end_to_end.posting import letters, newest
from tests.end_to_end.watching import attended, healed_once, requests_since, wait_until_settled
from tests.fidelity.town import Receiver, receiving

ROUNDS = 5

_FIX = {
    "cart.py": "# HOTFIX: nobody could pay\nPAY = {}\n",
    "tests/test_pay.py": "import cart\n\n\ndef test_pay():\n    assert cart.PAY == {}\n",
}

Cost = tuple[int, float]


class Bench:
    """A service that is told of one thing at a time."""

    def __init__(self, stage: Stage, service: ServiceProcess, crew: Crew) -> None:
        self._stage, self._service, self._crew = stage, service, crew
        self._told = 0

    def costs(self) -> Iterator[tuple[str, Cost]]:
        """What becomes of one hotfix and of one pull request that is none, and what each step of it costs."""
        number = self._open(["hotfix"])
        yield "hotfix, seen first", self._cost(number)
        yield "hotfix, nothing changed", self._cost(number)
        self._stage.alice.approve(REPOSITORY, number)
        yield "hotfix, a review came", self._cost(number)
        number = self._open([])
        yield "no hotfix, seen first", self._cost(number)
        yield "no hotfix, nothing changed", self._cost(number)

    def _open(self, labels: list[str]) -> int:
        self._told += 1
        files = {path: text.format(self._told) for path, text in _FIX.items()}
        self._stage.bob.push(REPOSITORY, f"change-{self._told}", files, "Let people pay")
        return self._stage.bob.open_pull(REPOSITORY, f"change-{self._told}", "main", "Let people pay", labels=labels)

    def _cost(self, number: int) -> Cost:
        sandbox = self._stage.sandbox
        self._settle()
        mark, before = len(sandbox.exchanges), len(attended([self._service]))
        self._told += 1
        newest(letters(sandbox), number).post(self._crew, f"bench-{self._told}")
        self._settle()
        stretches = attended([self._service])[before:]
        return len(requests_since(sandbox, mark)), sum((each.ended - each.began).total_seconds() for each in stretches)

    def _settle(self) -> None:
        wait_until_settled(self._stage.sandbox, self._crew.url)


@contextmanager
def _bench(folder: Path, receiver: Receiver) -> Iterator[Bench]:
    with Sandbox.start(folder / "github") as sandbox:
        sandbox.set_webhook(receiver.url)
        stage = stories.set_stage(sandbox)
        with ServiceProcess(sandbox, folder, {"REDELIVER_EVERY": "600", "SWEEP_EVERY": "600"}) as service:
            crew = Crew([service])
            wait_until(lambda: healed_once(crew.url), "the healers had their first turn")
            yield Bench(stage, service, crew)


def measure() -> Iterator[Figure]:
    """Show pull requests to the service, change them, and show them again."""
    with tempfile.TemporaryDirectory(prefix="hotfix-bench-") as name, receiving() as receiver:
        found: dict[str, list[Cost]] = {}
        with _bench(Path(name), receiver) as bench:
            for _ in range(ROUNDS):
                for what, cost in bench.costs():
                    found.setdefault(what, []).append(cost)
    for what, costs in found.items():
        requests = max(count for count, _ in costs)
        seconds = milliseconds(median([seconds for _, seconds in costs]))
        yield Figure(f"evaluation, {what}", seconds, f"{counted(requests, 'request')} to GitHub; median of {ROUNDS}")
