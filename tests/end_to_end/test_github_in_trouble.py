from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.database import Database
from adapters.git import Picker
from adapters.github import GitHubApp
from adapters.ledger import Ledger
from adapters.ledger.migrate import migrate
from domain.pull_request import PullRequestRef, Signature
from handlers.inspect_hotfix import inspect_hotfix
from handlers.ports import Ports
from handlers.report_trouble import report_trouble
from sandbox import stories
from sandbox.faults import Fault
from sandbox.server import Sandbox
from sandbox.stories import REPOSITORY, Stage
from tests.adapters.waiting import PATIENCE
from tests.end_to_end import claims
from tests.end_to_end.conftest import Hire
from tests.end_to_end.watching import our_runs

#: What the service alone asks for, so that the people of the stories aren't troubled.
_WHERE = (
    ("/api/graphql", "POST"),
    ("/api/v3/repos/*/check-runs*", "POST"),
    ("/api/v3/repos/*/check-runs/*", "PATCH"),
    ("/api/v3/repos/*/compare/*", "GET"),
    ("/api/v3/app/installations/*", "POST"),
)
#: The hourly limit isn't among them: after it at least a minute must pass.
_WHAT = ("error", "drop", "secondary-limit")


class Weather:
    """Brings another trouble at each step of the stories; it is over once it struck twice, or at the next step."""

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        self.sandbox = sandbox
        self.dice = random.Random(seed)

    def worsen(self, _step: str) -> None:
        path, method = self.dice.choice(_WHERE)
        kind = self.dice.choice(_WHAT)
        status = self.dice.choice((500, 502, 503))
        self.sandbox.faults.clear()
        self.sandbox.faults.add(Fault(kind, path=path, method=method, times=2, status=status))


@pytest.mark.parametrize(
    "seed", [5, *(pytest.param(seed, marks=pytest.mark.soak) for seed in (1, 2, 3, 4, 6, 7, 8, 9, 10))]
)
def test_the_stories_end_alike_through_troubles_of_github_and_no_check_is_red_for_them(
    sandbox: Sandbox, hire: Hire, seed: int
) -> None:
    crew = hire()
    stage = stories.set_stage(sandbox, tell=Weather(sandbox, seed).worsen, deadline=PATIENCE)
    stories.play(stage)
    sandbox.faults.clear()

    claims.the_stories_end_well(stage, crew)
    blameless = [stage.numbers[story] for story in ("good", "conflict", "other")]
    claims.no_run_was_ever({"failure", "timed_out"}, stage, blameless)


def test_a_check_is_in_progress_while_github_cant_be_read_and_tells_the_verdict_after(
    sandbox: Sandbox, hire: Hire
) -> None:
    crew = hire()
    stage = stories.set_stage(sandbox, deadline=PATIENCE)
    sandbox.faults.add(Fault("error", path="/api/graphql", status=502))
    number = stories.open_hotfix(
        stage, "bad", {"cart.py": "\n".join(f"A{n} = {n}" for n in range(30))}, "Rewrite it all"
    )

    waiting = stories.until(stage, "the check says that GitHub can't be read", lambda: in_progress(stage, number))
    assert waiting is not None
    assert waiting["output"]["title"] == "GitHub can't be read"
    sandbox.faults.clear()
    stories.wait_for_conclusion(stage, number, "failure")

    assert {run["status"] for run in our_runs(stage.alice, REPOSITORY, number)} == {"completed"}
    crew.dismiss()


def in_progress(stage: Stage, number: int) -> dict[str, dict[str, str]] | None:
    run = stories.current_run(stage, number)
    return run if run is not None and run["status"] == "in_progress" else None


@pytest.fixture
def ports(sandbox: Sandbox, tmp_path: Path) -> Iterator[Ports]:
    """The real outside, with a ledger of its own, and nobody who is woken by what is wanted."""
    url = f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
    migrate(url)
    database = Database(url)
    ledger = Ledger(database)
    github = GitHubApp(sandbox.app_id, sandbox.private_key_pem, sandbox.api, ledger)
    yield Ports(
        github=github.repository,
        git=Picker(github.clone_url, github.clone_token, Signature("Hotfix Guard", "bot@example.com")),
        ledger=ledger,
        tasks=Nobody(),
        now=lambda: datetime.now(UTC),
        app_login=lambda: github.login,
        app_id=sandbox.app_id,
    )
    database.close()


class Nobody:
    """Takes wants for a handler that is called by itself."""

    def want(self, flow: str, key: str, *, delay: float = 0.0) -> None:
        """Nothing follows."""


def test_a_check_times_out_after_ten_minutes_of_trouble_and_tells_the_verdict_after(
    sandbox: Sandbox, ports: Ports
) -> None:
    stage = stories.set_stage(sandbox, deadline=PATIENCE)
    number = stories.open_hotfix(
        stage, "bad", {"cart.py": "\n".join(f"A{n} = {n}" for n in range(30))}, "Rewrite it all"
    )
    ref = PullRequestRef(REPOSITORY, number)
    head = stage.alice.pull(REPOSITORY, number)["head"]["sha"]
    ports.ledger.see_head(ref, head, "main", datetime.now(UTC))
    told = []
    for failing_for in (0.0, 300.0, 599.0, 601.0, 4_000.0):
        report_trouble(ref, "GitHub answered POST graphql with 502", failing_for, ports)
        told.append((stories.current_run(stage, number)["status"], stories.current_run(stage, number)["conclusion"]))
    inspect_hotfix(ref, ports)

    waiting, over = ("in_progress", None), ("completed", "timed_out")
    assert told == [waiting, waiting, waiting, over, over]
    assert stories.current_run(stage, number)["conclusion"] == "failure"
    assert {run["status"] for run in our_runs(stage.alice, REPOSITORY, number)} == {"completed"}


def test_trouble_leaves_a_verdict_alone_that_stands_on_the_head(sandbox: Sandbox, ports: Ports) -> None:
    stage = stories.set_stage(sandbox, deadline=PATIENCE)
    number = stories.open_hotfix(
        stage, "bad", {"cart.py": "\n".join(f"A{n} = {n}" for n in range(30))}, "Rewrite it all"
    )
    ref = PullRequestRef(REPOSITORY, number)
    inspect_hotfix(ref, ports)
    before = our_runs(stage.alice, REPOSITORY, number)

    report_trouble(ref, "GitHub answered POST graphql with 502", 601.0, ports)

    assert our_runs(stage.alice, REPOSITORY, number) == before
