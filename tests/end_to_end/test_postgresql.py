from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from sandbox import stories
from sandbox.server import Sandbox
from tests.adapters.waiting import PATIENCE
from tests.end_to_end import claims
from tests.end_to_end.conftest import Hire
from tests.end_to_end.crew import Killer


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """The URL of an empty database on a real PostgreSQL server."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield postgres.replace("/postgres?", f"/{name}?")
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_the_stories_end_well_on_postgresql_with_web_door_and_workers_apart(
    database_url: str, sandbox: Sandbox, hire: Hire
) -> None:
    crew = hire("serve --web-only", "worker", "worker", DATABASE_URL=database_url, WORKER_LOST_AFTER="4")

    stage = stories.set_stage(sandbox, deadline=PATIENCE)
    stories.play(stage)

    claims.the_stories_end_well(stage, crew)
    crew.dismiss()


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 11), indirect=True)
def test_the_stories_end_alike_on_postgresql_though_processes_are_killed(
    database_url: str, sandbox: Sandbox, hire: Hire, seed: int
) -> None:
    crew = hire("serve --web-only", "worker", "worker", DATABASE_URL=database_url)
    killer = Killer.seeded(seed, crew, kills=4, within=75)
    killer.lurk(sandbox)
    crew.supervise()

    stage = stories.set_stage(sandbox, deadline=PATIENCE)
    stories.play(stage)

    claims.the_stories_end_well(stage, crew)
    assert killer.kills == 4
    crew.dismiss()
