"""A GitHub that tells nobody of anything, and a desk at which backports are made by hand, one deed at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.backport import branch_name
from domain.pull_request import PullRequestRef
from handlers.backport_hotfix import backport_hotfix
from handlers.inspect_hotfix import inspect_hotfix
from sandbox.scenario import Files, Town, Worker
from sandbox.server import Sandbox, Settings
from tests.handlers.conftest import CART, FIX
from tests.handlers.desk import Desk, Wanted, a_desk

OURS = "hotfix-guard[bot]"
OTHER = {"cart.py": CART.replace("sum(prices)", "sum(price.amount for price in prices)")}


@dataclass
class Office:
    """A repository of its own, and the desk: alice administers it, bob writes, carol only reads."""

    sandbox: Sandbox
    desk: Desk
    name: str
    alice: Worker
    bob: Worker
    carol: Worker

    def ref(self, number: int) -> PullRequestRef:
        return PullRequestRef(self.name, number)

    def proposed(self, commits: int = 1, files: Files | None = None, **more: Any) -> int:
        """A pull request of bob's into main; a labelled hotfix unless told otherwise."""
        branch = more.pop("branch", "fix/cents")
        base = more.pop("base", "main")
        for number in range(commits):
            change: Files = (
                (FIX if files is None else files) if number == 0 else {f"more_{number}.py": f"x = {number}\n"}
            )
            self.bob.write(self.name, branch, change, f"Keep the cents, step {number}", base=base)
        labels = more.pop("labels", ["hotfix", "area/cart"])
        return self.bob.open_pull(self.name, branch, base, more.pop("title", "Keep the cents"), labels=labels, **more)

    def merged(self, method: str = "merge", commits: int = 1, files: Files | None = None, **more: Any) -> int:
        """The same, merged by alice."""
        number = self.proposed(commits, files, **more)
        self.alice.merge(self.name, number, method)
        return number

    def settle(self, text: str) -> None:
        """Say in the policy file how backports are made."""
        file = f"version: 1\nbackport: {text}\n"
        self.alice.write(self.name, "main", {".github/hotfix.yml": file}, "Say where hotfixes go")

    def carry(self, number: int) -> None:
        """What the worker does after a merge."""
        backport_hotfix(self.ref(number), self.desk.ports)

    def inspect(self, number: int) -> None:
        """What the worker does when a pull request changed."""
        inspect_hotfix(self.ref(number), self.desk.ports)

    def backports(self, number: int, target: str = "develop") -> list[Any]:
        """The backport pull requests to a target, in any state."""
        owner = self.name.partition("/")[0]
        return list(self.alice.get(f"/repos/{self.name}/pulls?state=all&head={owner}:{branch_name(number, target)}"))

    def backport(self, number: int, target: str = "develop") -> Any:
        """The one backport pull request to a target."""
        (found,) = self.backports(number, target)
        return found

    def ours(self, number: int) -> list[str]:
        """Our comments on a pull request."""
        return [each["body"] for each in self.alice.comments(self.name, number) if each["user"]["login"] == OURS]

    def row(self, number: int, target: str = "develop") -> str:
        """What the one comment of ours says of a target."""
        (body,) = self.ours(number)
        (row,) = [line for line in body.splitlines() if line.startswith(f"| `{target}`")]
        return row

    def check(self, number: int, name: str = "hotfix-backport") -> Any:
        """The newest check run of a name on a pull request's head, None where there is none."""
        head = self.alice.pull(self.name, number)["head"]["sha"]
        runs = [run for run in self.alice.check_runs(self.name, head) if run["name"] == name]
        return runs[-1] if runs else None


@dataclass
class Building:
    """One sandbox, with a fresh office for whoever asks."""

    sandbox: Sandbox
    desk: Desk
    people: Mapping[str, Worker]
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def office(self) -> Office:
        """A repository that nobody else uses, with a `develop` beside its `main`."""
        number = next(self._numbers)
        alice, bob, carol = (self.people[login] for login in ("alice", "bob", "carol"))
        name, wanted = f"acme/shop-{number}", Wanted()
        alice.create_repository(name, {"cart.py": CART})
        alice.collaborate(name, "bob", "push")
        alice.collaborate(name, "carol", "pull")
        alice.create_branch(name, "develop", "main")
        desk = replace(self.desk, ports=replace(self.desk.ports, tasks=wanted), wanted=wanted)
        return Office(self.sandbox, desk, name, alice, bob, carol)


@contextmanager
def a_building(folder: Path, **settings: Any) -> Iterator[Building]:
    """A sandbox with people, and our App installed."""
    with Sandbox.start(folder / "github", Settings(**settings)) as sandbox:
        town = Town(sandbox)
        people = {login: town.person(login) for login in ("alice", "bob", "carol")}
        town.organization("acme", people["alice"], [people["bob"]])
        sandbox.install("acme")
        yield Building(sandbox, a_desk(sandbox, folder, lambda _github: datetime.now(UTC)), people)
