"""One GitHub and one service for all tests of a test worker; each test has a repository of its own."""

from __future__ import annotations

import itertools
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from cli.service import ServiceProcess
from sandbox.scenario import Town, Worker
from sandbox.server import Sandbox

Found = TypeVar("Found")

#: Far above what anything takes, so that a busy machine fails no test. Seconds.
DEADLINE = 120.0

POLICY_FILE = """\
version: 1
roles:
  tech-lead: {users: [alice]}
policies:
  approvals: {required: [tech-lead]}
"""
CART = '"""The cart."""\n\n\ndef total(prices):\n    return sum(prices)\n'
FIX = {
    "cart.py": CART.replace(
        "    return sum(prices)", "    # HOTFIX: rounding lost cents\n    return round(sum(prices), 2)"
    ),
    "tests/test_cart.py": (
        "from cart import total\n\n\ndef test_cents_are_kept():\n    assert total([0.1, 0.2]) == 0.3\n"
    ),
}


def until(what: str, look: Callable[[], Found], deadline: float = DEADLINE) -> Found:
    """Look until something is found."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"after {deadline:.0f} s still not: {what}")


@dataclass
class Shop:
    """A repository of its own, with people in it: alice leads and administers, bob and carol write."""

    sandbox: Sandbox
    service: ServiceProcess
    name: str
    alice: Worker
    bob: Worker
    carol: Worker

    def hotfix(self, branch: str = "fix/cents", base: str = "main", files: Any = None, **more: Any) -> int:
        """Push a hotfix as bob and open its pull request; labelled unless told otherwise."""
        self.bob.push(self.name, branch, FIX if files is None else files, "Keep the cents", base=base)
        return self.bob.open_pull(self.name, branch, base, "Keep the cents", **{"labels": ["hotfix"], **more})

    def protect(self, *branches: str, check: str = "") -> None:
        """Require our check on branches."""
        for branch in branches:
            required = [{"context": check or f"hotfix: {branch}", "app_id": self.sandbox.app_id}]
            checks = {"strict": False, "checks": required}
            self.alice.protect(self.name, branch, required_status_checks=checks, enforce_admins=True)

    def runs(self, sha: str, name: str) -> list[Any]:
        """Our check runs of that name on a commit, oldest first."""
        found = self.alice.get(f"/repos/{self.name}/commits/{sha}/check-runs?filter=all&per_page=100")["check_runs"]
        return sorted((run for run in found if run["name"] == name), key=lambda run: int(run["id"]))

    def run(self, number: int, base: str = "main") -> Any:
        """The newest check run of ours on a pull request's head, None before the first."""
        runs = self.runs(self.alice.pull(self.name, number)["head"]["sha"], f"hotfix: {base}")
        return runs[-1] if runs else None

    def concluded(self, number: int, conclusion: str, base: str = "main") -> Any:
        """Wait for a conclusion and return the run."""

        def look() -> Any:
            run = self.run(number, base)
            return run if run and run["conclusion"] == conclusion else None

        return until(f"#{number} concludes {conclusion} (now: {self.run(number, base)})", look)

    def settled(self) -> None:
        """Wait until every webhook was sent and nothing is owed any more."""
        assert self.sandbox.flush(DEADLINE)
        until("nothing is owed", lambda: not owed(self.service.folder))


def owed(folder: Path) -> list[tuple[str, str]]:
    """What the service beside that folder still owes, except what recurs."""
    with sqlite3.connect(f"file:{folder / 'ledger.sqlite3'}?mode=ro", uri=True, timeout=10) as database:
        return database.execute("SELECT flow, key FROM owed WHERE wanted > done AND key != ''").fetchall()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, ServiceProcess, Town]]:
    """A running sandbox and the service beside it."""
    folder = tmp_path_factory.mktemp("house")
    with Sandbox.start(folder / "github") as sandbox, ServiceProcess(sandbox, folder) as service:
        sandbox.set_webhook(f"{service.url}/webhook")
        town = Town(sandbox)
        alice = town.person("alice")
        town.organization("acme", alice, [town.person("bob"), town.person("carol")])
        sandbox.install("acme")
        yield sandbox, service, town


_numbers = itertools.count(1)


@pytest.fixture
def shop(house: tuple[Sandbox, ServiceProcess, Town], request: pytest.FixtureRequest) -> Shop:
    """A fresh repository in the house, with our check required on main."""
    sandbox, service, _town = house
    alice, bob, carol = (Worker(sandbox, sandbox.store.user_token(login), login) for login in ("alice", "bob", "carol"))
    name = f"acme/{re.sub(r'[^a-z0-9]+', '-', request.node.name)[:60].strip('-')}-{next(_numbers)}"
    alice.create_repository(name, {"cart.py": CART, ".github/hotfix.yml": POLICY_FILE, "requirements.txt": "flask\n"})
    for person in (bob, carol):
        alice.collaborate(name, person.login, "push")
    made = Shop(sandbox, service, name, alice, bob, carol)
    made.protect("main")
    return made
