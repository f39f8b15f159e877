"""What stands around a hotfix changes: only the hotfixes concerned are judged anew, and storms once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.database import Database
from adapters.ledger import Ledger
from adapters.ledger.migrate import migrate
from adapters.ledger.owed import Owed
from domain.pull_request import PullRequestRef
from domain.record import SavedVerdict
from domain.verdict import Conclusion
from events import parse
from handlers import ROUTES
from handlers.ports import Ports
from tests.handlers.desk import Wanted

NAME, HEAD, OTHER = "acme/shop", "a" * 40, "b" * 40
OURS, THEIRS = 7, 8
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
    migrate(url)
    ledger = Ledger(Database(url))
    judged(ledger, 1, HEAD, is_hotfix=True)
    judged(ledger, 2, OTHER, is_hotfix=True)
    judged(ledger, 3, HEAD, is_hotfix=False)
    judged(ledger, 4, HEAD, is_hotfix=True)
    ledger.close(PullRequestRef(NAME, 4))
    return ledger


def judged(ledger: Ledger, number: int, head: str, *, is_hotfix: bool) -> None:
    verdict = SavedVerdict(head, "main", Conclusion.IN_PROGRESS, is_hotfix, "print", "id", "{}", NOW)
    ledger.save_verdict(PullRequestRef(NAME, number), verdict)


def told(ledger: Ledger, name: str, action: str, **parts: Any) -> set[int]:
    """The pull requests of which an event makes us want an inspection."""
    wanted = Wanted()
    # Nobody else is asked: a door to GitHub or git that were used would fail at once.
    nobody: Any = None
    ports = Ports(nobody, nobody, ledger, wanted, lambda: NOW, nobody, app_id=OURS)
    payload = {"action": action, "repository": {"full_name": NAME}, **parts}
    body = json.dumps({key: value for key, value in payload.items() if value != ""})
    for handler in ROUTES[name, action]:
        handler(parse(name, body.encode()), ports, NOW)
    assert {flow for flow, _ in wanted.found} <= {"inspect"}
    return {PullRequestRef.parse(key).number for _, key in wanted.found}


def a_check(app: int, head: str = HEAD) -> dict[str, Any]:
    return {"head_sha": head, "app": {"id": app}}


@pytest.mark.parametrize(
    ("name", "action", "parts", "numbers"),
    [
        ("check_run", "created", {"check_run": a_check(THEIRS)}, {1}),
        ("check_run", "completed", {"check_run": a_check(THEIRS, OTHER)}, {2}),
        ("check_run", "completed", {"check_run": a_check(THEIRS, "c" * 40)}, set()),
        ("check_suite", "completed", {"check_suite": a_check(THEIRS)}, {1}),
        ("status", "", {"sha": HEAD}, {1}),
        ("deployment_status", "created", {"deployment": {"sha": "c" * 40}}, {1, 2}),
        ("issues", "closed", {"issue": {"number": 9}}, {1, 2}),
        ("pull_request_review_thread", "resolved", {"pull_request": {"number": 2}}, {2}),
        ("pull_request_review_thread", "unresolved", {"pull_request": {"number": 3}}, set()),
        ("member", "removed", {"member": {"login": "bob"}}, {1, 2}),
    ],
)
def test_only_the_open_hotfixes_concerned_are_judged_anew(
    ledger: Ledger, name: str, action: str, parts: dict[str, Any], numbers: set[int]
) -> None:
    assert told(ledger, name, action, **parts) == numbers
    for number in numbers:
        record = ledger.pull_request(PullRequestRef(NAME, number))
        assert record.fingerprint == ""


@pytest.mark.parametrize("name", ["check_run", "check_suite"])
def test_our_own_checks_never_set_us_to_work(ledger: Ledger, name: str) -> None:
    assert told(ledger, name, "completed", **{name: a_check(OURS)}) == set()


def test_a_storm_of_checks_is_one_debt(ledger: Ledger, tmp_path: Path) -> None:
    owed = Owed(Database(f"sqlite:///{tmp_path / 'ledger.sqlite3'}"), lambda: NOW)
    wakes = [owed.want("inspect", f"{NAME}#1") for _ in range(500)]
    assert sum(wake is not None for wake in wakes) == 1


def test_who_left_a_team_is_forgotten_and_nobody_else(ledger: Ledger) -> None:
    def key(kind: str, *names: str) -> str:
        return json.dumps([kind, *names])

    leads, others = key("membership", "acme/leads", "bob"), key("membership", "acme/leads-2", "bob")
    permission = key("permission", NAME, "bob")
    for each in (leads, others, permission):
        ledger.remember(each, "yes", NOW)
    organization = {"organization": {"login": "Acme"}, "team": {"slug": "leads"}}
    told(ledger, "membership", "removed", repository="", **organization)
    before = NOW.replace(year=2025)
    assert [ledger.recall(each, before) for each in (leads, others, permission)] == [None, "yes", None]
    told(ledger, "team", "deleted", repository="", **organization)
    assert ledger.recall(others, before) is None
