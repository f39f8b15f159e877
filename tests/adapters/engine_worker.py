"""A worker process for the tests: `python -m tests.adapters.engine_worker URL FOLDER STALE_AFTER`, until it is killed.

Its one flow "f" writes to FOLDER/log who began and ended what, and claims FOLDER/<key> for the time between: whoever
finds it claimed by a living process writes "overlap". While FOLDER/hold exists, runs don't end.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from adapters.engine import Engine
from adapters.runner import Pace
from tests.adapters.waiting import PATIENCE, wait_until


def note(folder: Path, *words: str) -> None:
    """Append one line at once, so that lines of several processes don't mix."""
    log = os.open(folder / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, f"{' '.join(words)} {os.getpid()}\n".encode())
    os.close(log)


def lives(pid: str) -> bool:
    return pid.isdecimal() and Path(f"/proc/{pid}").exists()


def run(folder: Path, key: str) -> None:
    claim = folder / key
    if claim.exists() and lives(claim.read_text()):
        note(folder, "overlap", key)
    claim.write_text(str(os.getpid()))
    note(folder, "began", key)
    wait_until(lambda: not (folder / "hold").exists(), "the test lets go", 5 * PATIENCE)
    claim.unlink()
    note(folder, "ended", key)


def main(url: str, folder: Path, stale_after: float) -> None:
    engine = Engine(url, Pace(slots=4, poll=0.1, heartbeat=0.2, stale_after=stale_after, sweep=0.3))
    engine.register({"f": lambda key: run(folder, key)})
    engine.launch()
    note(folder, "ready", "-")
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stopped.set())
    while not stopped.wait(1.0):
        pass
    engine.stop()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
