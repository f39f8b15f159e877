from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from cli.service import ServiceProcess
from sandbox import stories
from sandbox.server import Sandbox
from tests.adapters.waiting import PATIENCE
from tests.end_to_end import claims
from tests.end_to_end.conftest import Hire
from tests.end_to_end.crew import Killer

#: The service makes about this many requests for all four stories.
REQUESTS = 75
SPLIT = ("serve --web-only", "worker", "worker")


def seeds(quick: int) -> list[object]:
    return [pytest.param(seed, marks=[] if seed <= quick else [pytest.mark.soak]) for seed in range(1, 21)]


@pytest.mark.parametrize("seed", seeds(quick=1), indirect=True)
def test_the_stories_end_alike_though_the_service_is_killed_at_any_moment(
    sandbox: Sandbox, hire: Hire, seed: int
) -> None:
    crew = hire()
    killer = Killer.seeded(seed, crew, kills=3, within=REQUESTS)
    killer.lurk(sandbox)
    crew.supervise()

    stage = stories.set_stage(sandbox, deadline=PATIENCE)
    stories.play(stage)

    claims.the_stories_end_well(stage, crew)
    assert killer.kills == 3
    assert crew.restarts >= 1


@pytest.mark.parametrize(
    "write",
    [
        "POST */pulls",
        *(
            pytest.param(write, marks=pytest.mark.soak)
            for write in (
                "POST */check-runs",
                "PATCH */check-runs/*",
                "POST */issues/*/comments",
                "PATCH */issues/comments/*",
                "POST */git-receive-pack",
                "POST */issues/*/labels",
                "POST */issues/*/assignees",
            )
        ),
    ],
)
def test_a_write_is_neither_lost_nor_doubled_by_a_kill_before_it_is_noted(
    sandbox: Sandbox, hire: Hire, write: str
) -> None:
    crew = hire()
    killer = Killer([1, 2], lambda: crew.door, lambda each: fnmatchcase(f"{each.method} {each.path}", write))
    killer.lurk(sandbox)
    crew.supervise()

    stage = stories.set_stage(sandbox, deadline=PATIENCE)
    stories.play(stage)

    claims.the_stories_end_well(stage, crew)
    assert killer.kills == 2


@pytest.mark.soak
@pytest.mark.parametrize("seed", seeds(quick=0), indirect=True)
def test_the_stories_end_alike_though_web_door_and_workers_are_killed_at_any_moment(
    sandbox: Sandbox, hire: Hire, seed: int
) -> None:
    crew = hire(*SPLIT)
    killer = Killer.seeded(seed, crew, kills=4, within=REQUESTS)
    killer.lurk(sandbox)
    crew.supervise()

    stage = stories.set_stage(sandbox, deadline=PATIENCE)
    stories.play(stage)

    claims.the_stories_end_well(stage, crew)
    assert killer.kills == 4


def test_the_other_worker_goes_on_where_one_is_killed_for_good(sandbox: Sandbox, hire: Hire) -> None:
    crew = hire(*SPLIT)
    worker = next(each for each in crew.members if each.arguments == ("worker",))
    killer = Killer([12], lambda: worker)
    killer.lurk(sandbox)

    stage = stories.set_stage(sandbox, deadline=PATIENCE)
    stories.play(stage)

    claims.the_stories_end_well(stage, crew)
    assert killer.kills == 1
    assert ends_of([worker]) == [-9]


def ends_of(services: list[ServiceProcess]) -> list[int | None]:
    return [each.process.poll() if each.process else None for each in services]
