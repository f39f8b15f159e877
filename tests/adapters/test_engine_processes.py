from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from adapters.database import Database
from adapters.engine import Engine
from adapters.ledger.models import OwedRow, ProcessRow
from tests.adapters.waiting import wait_until

ROOT = Path(__file__).parents[2]
SEED = 20260504

Spawn = Callable[[float], subprocess.Popen[bytes]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "runs"
    made.mkdir()
    return made


@pytest.fixture
def spawn(url: str, folder: Path) -> Iterator[Spawn]:
    """Starts worker processes, given after how many seconds of silence they declare each other dead."""
    running: list[subprocess.Popen[bytes]] = []

    def start(stale_after: float) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.adapters.engine_worker", url, str(folder), str(stale_after)]
        with (folder / f"stderr-{len(running)}").open("wb") as errors:
            running.append(subprocess.Popen(command, cwd=ROOT, stderr=errors, stdout=errors))
        wait_until(lambda: len(said(folder, "ready")) == len(running), "the worker is ready")
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def web(url: str) -> Iterator[Engine]:
    """An engine that only asks."""
    engine = Engine(url)
    engine.launch(worker=False)
    yield engine
    engine.stop()


def said(folder: Path, word: str) -> list[list[str]]:
    log = folder / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [line.split() for line in lines if line.startswith(f"{word} ")]


def nothing_is_owed(database: Database) -> bool:
    with database.read() as session:
        return session.scalar(select(func.count()).where(OwedRow.wanted > OwedRow.done, OwedRow.flow == "f")) == 0


def test_a_killed_workers_run_is_finished_by_another(
    spawn: Spawn, web: Engine, folder: Path, database: Database
) -> None:
    (folder / "hold").touch()
    first = spawn(2.0)
    web.want("f", "k")
    wait_until(lambda: len(said(folder, "began")) == 1, "the run began")
    second = spawn(2.0)
    first.kill()
    first.wait()
    wait_until(lambda: len(said(folder, "began")) == 2, "another process took it over")
    (folder / "hold").unlink()
    wait_until(lambda: nothing_is_owed(database), "nothing is owed")
    assert [line[-1] for line in said(folder, "began")] == [str(first.pid), str(second.pid)]
    assert said(folder, "overlap") == []


def test_a_worker_that_is_told_to_stop_ends_its_run_and_leaves_the_register(
    spawn: Spawn, web: Engine, folder: Path, database: Database
) -> None:
    (folder / "hold").touch()
    worker = spawn(60.0)
    web.want("f", "k")
    wait_until(lambda: len(said(folder, "began")) == 1, "the run began")
    worker.terminate()
    (folder / "hold").unlink()
    assert worker.wait(60) == 0
    assert nothing_is_owed(database)
    with database.read() as session:
        assert session.scalars(select(ProcessRow.id)).all() == []
    assert b"http" not in (folder / "stderr-0").read_bytes(), "the engine's library advertised"


def ask_at_random(web: Engine, wants: int, seed: int) -> set[str]:
    chance = random.Random(seed)
    keys = {"a", "b", "c"}
    for _ in range(wants):
        web.want("f", chance.choice(sorted(keys)), delay=chance.choice([0.0, 0.0, 0.0, 0.3]))
    return keys


def test_two_processes_never_run_one_key_at_once(spawn: Spawn, web: Engine, folder: Path, database: Database) -> None:
    spawn(60.0)
    spawn(60.0)
    keys = ask_at_random(web, 200, SEED)
    timers = datetime.now(UTC).timestamp() + 2
    wait_until(lambda: datetime.now(UTC).timestamp() > timers, "all delayed wants are due")
    wait_until(lambda: nothing_is_owed(database), "nothing is owed")
    assert {line[1] for line in said(folder, "ended")} == keys
    assert said(folder, "overlap") == []


@pytest.mark.soak
def test_kills_lose_nothing_and_double_nothing(spawn: Spawn, web: Engine, folder: Path, database: Database) -> None:
    chance = random.Random(SEED)
    living = [spawn(5.0), spawn(5.0)]
    for _ in range(10):
        ask_at_random(web, 50, chance.randrange(10**6))
        victim = living.pop(chance.randrange(2))
        victim.kill()
        victim.wait()
        living.append(spawn(5.0))
    wait_until(lambda: nothing_is_owed(database), "nothing is owed", 300)
    assert said(folder, "overlap") == []
