"""From a merge to the backport pull requests: every outcome told, nothing doubled, nothing lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.backport import branch_name
from domain.errors import HotfixGuardError
from domain.pull_request import PullRequestRef
from handlers.backport_hotfix import backport_hotfix
from sandbox.faults import Fault
from sandbox.scenario import Files, Town, Worker
from sandbox.server import Sandbox
from tests.handlers.conftest import CART, FIX
from tests.handlers.desk import Desk, a_desk

NAME = "acme/shop"
OTHER = {"cart.py": CART.replace("sum(prices)", "sum(price.amount for price in prices)")}


@dataclass
class Office:
    """A GitHub of its own that tells nobody of anything, and a desk at which backports are made by hand."""

    sandbox: Sandbox
    desk: Desk
    alice: Worker
    bob: Worker

    def merged(self, method: str = "merge", commits: int = 1, files: Files | None = None) -> int:
        """A hotfix of bob's, merged by alice."""
        for number in range(commits):
            more: Files = (FIX if files is None else files) if number == 0 else {f"more_{number}.py": f"x = {number}\n"}
            self.bob.push(NAME, "fix/cents", more, f"Keep the cents, step {number}", base="main")
        number = self.bob.open_pull(NAME, "fix/cents", "main", "Keep the cents", labels=["hotfix", "area/cart"])
        self.alice.merge(NAME, number, method)
        return number

    def targets(self, *names: str) -> None:
        """Say in the policy file where hotfixes go."""
        text = f"version: 1\nbackport: {{targets: [{', '.join(names)}]}}\n"
        self.alice.write(NAME, "main", {".github/hotfix.yml": text}, "Say where hotfixes go")

    def carry(self, number: int) -> None:
        """What the worker does."""
        backport_hotfix(PullRequestRef(NAME, number), self.desk.ports)

    def backports(self, number: int, target: str) -> list[Any]:
        """The backport pull requests to a target, in any state."""
        return list(self.alice.get(f"/repos/{NAME}/pulls?state=all&head=acme:{branch_name(number, target)}"))

    def row(self, number: int, target: str) -> str:
        """What the one comment of ours says of a target."""
        ours = [each for each in self.alice.comments(NAME, number) if each["user"]["login"] == "hotfix-guard[bot]"]
        assert len(ours) == 1
        (row,) = [line for line in ours[0]["body"].splitlines() if line.startswith(f"| `{target}`")]
        return str(row)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Sandbox.start(tmp_path / "github") as sandbox:
        town = Town(sandbox)
        alice, bob = town.person("alice"), town.person("bob")
        town.organization("acme", alice, [bob])
        sandbox.install("acme")
        alice.create_repository(NAME, {"cart.py": CART})
        alice.collaborate(NAME, "bob", "push")
        alice.create_branch(NAME, "develop", "main")
        yield Office(sandbox, a_desk(sandbox, tmp_path, lambda _github: datetime.now(UTC)), alice, bob)


@pytest.mark.parametrize("commits", [1, 3])
@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_whatever_the_merge_method_the_whole_change_arrives(office: Office, method: str, commits: int) -> None:
    number = office.merged(method, commits)
    office.carry(number)
    (backport,) = office.backports(number, "develop")
    branch = branch_name(number, "develop")
    assert office.alice.file(NAME, "cart.py", branch) == FIX["cart.py"]
    if commits > 1:
        assert office.alice.file(NAME, "more_2.py", branch) == "x = 2\n"
    assert (backport["state"], backport["draft"]) == ("open", False)
    assert {label["name"] for label in backport["labels"]} == {"area/cart", "backport"}
    assert [each["login"] for each in backport["assignees"]] == ["bob"]
    assert f"#{number}" in backport["body"]
    assert f"#{backport['number']}" in office.row(number, "develop")


def test_each_target_is_served_alone(office: Office) -> None:
    office.alice.write(NAME, "there", FIX, "The same already", base="main")
    office.alice.write(NAME, "other", OTHER, "Something else there", base="main")
    office.targets("nowhere", "there", "other", "develop", "main")
    number = office.merged()
    office.carry(number)
    assert "target missing" in office.row(number, "nowhere")
    assert "already there" in office.row(number, "there")
    assert office.backports(number, "there") == []
    (conflicted,) = office.backports(number, "other")
    assert conflicted["draft"]
    assert {label["name"] for label in conflicted["labels"]} == {"area/cart", "backport", "backport-conflict"}
    assert "`cart.py` | content" in conflicted["body"]
    assert "<<<<<<< " in office.alice.file(NAME, "cart.py", branch_name(number, "other"))
    assert "opened" in office.row(number, "develop")


def test_commits_of_somebody_else_on_the_branch_are_left_alone_and_told(office: Office) -> None:
    number = office.merged()
    theirs = office.bob.write(NAME, branch_name(number, "develop"), {"x.py": "x = 1\n"}, "Mine", base="develop")
    office.carry(number)
    assert office.bob.branch(NAME, branch_name(number, "develop")) == theirs
    assert "aren't ours" in office.row(number, "develop")
    assert office.backports(number, "develop") == []


def test_a_closed_backport_stays_closed_and_alone(office: Office) -> None:
    number = office.merged()
    office.carry(number)
    (backport,) = office.backports(number, "develop")
    office.alice.edit_pull(NAME, backport["number"], state="closed")
    office.carry(number)
    (still,) = office.backports(number, "develop")
    assert still["state"] == "closed"


def test_labels_that_people_took_off_a_finished_backport_dont_come_back(office: Office) -> None:
    office.alice.write(NAME, "develop", OTHER, "Something else there")
    number = office.merged()
    office.carry(number)
    (backport,) = office.backports(number, "develop")
    office.bob.unlabel(NAME, backport["number"], "backport-conflict")
    office.carry(number)
    (still,) = office.backports(number, "develop")
    assert {label["name"] for label in still["labels"]} == {"area/cart", "backport"}


def test_a_pull_request_that_was_no_hotfix_is_carried_nowhere(office: Office) -> None:
    office.bob.push(NAME, "feature", {"x.py": "x = 1\n"}, "Add x", base="main")
    number = office.bob.open_pull(NAME, "feature", "main", "Add x")
    office.alice.merge(NAME, number)
    office.carry(number)
    assert office.backports(number, "develop") == []
    assert office.alice.comments(NAME, number) == []


#: Every write of a backport, in its order; where one breaks off, nobody knows whether it was done.
WRITES = (
    ("POST", f"/api/v3/repos/{NAME}/issues/*/comments"),
    ("POST", f"/{NAME}.git/git-receive-pack"),
    ("POST", f"/api/v3/repos/{NAME}/pulls"),
    ("POST", f"/api/v3/repos/{NAME}/issues/*/labels"),
    ("POST", f"/api/v3/repos/{NAME}/issues/*/assignees"),
    ("PATCH", f"/api/v3/repos/{NAME}/issues/comments/*"),
)


@pytest.mark.parametrize("write", WRITES, ids=[f"{method} {path.rpartition('/')[2]}" for method, path in WRITES])
def test_a_write_that_breaks_off_is_made_good_by_the_next_try(office: Office, write: tuple[str, str]) -> None:
    office.alice.write(NAME, "develop", OTHER, "Something else there")
    number = office.merged()
    office.sandbox.faults.add(Fault("drop", method=write[0], path=write[1], times=1))
    # A push is tried twice before it counts as broken off.
    with suppress(HotfixGuardError):
        office.carry(number)
    office.carry(number)
    (backport,) = office.backports(number, "develop")
    assert {label["name"] for label in backport["labels"]} == {"area/cart", "backport", "backport-conflict"}
    assert [each["login"] for each in backport["assignees"]] == ["bob"]
    assert "conflict" in office.row(number, "develop")
