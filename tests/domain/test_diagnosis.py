"""What `hotfix doctor` makes of what it finds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain import diagnosis
from domain.diagnosis import AppFacts, Attempts, Gate, Health, HookFacts, Point

ALL = {**diagnosis.PERMISSIONS, **diagnosis.OPTIONAL}
APP = AppFacts("guard", ALL, frozenset({"push", "merge_group"}))
HOOK = HookFacts("https://guard.example/webhook", has_secret=True, content_type="json", checks_certificate=True)
PAGE = Path(__file__).parents[2] / "docs" / "install.md"


def test_the_permissions_are_those_of_the_installation_page() -> None:
    words = {"read": "read", "read and write": "write"}
    rows = re.findall(r"^\| ([A-Z][a-z ]+) \| (read|read and write) \|", PAGE.read_text(), re.MULTILINE)
    told = {name.lower().replace(" ", "_").replace("commit_statuses", "statuses"): words[level] for name, level in rows}
    assert {**told, "members": "read"} == ALL


@pytest.mark.parametrize(
    ("lacking", "health"),
    [({}, Health.FINE), ({"workflows": ""}, Health.WARN), ({"checks": "read"}, Health.BAD), ({"x": ""}, Health.FINE)],
)
def test_what_is_granted_reaches_what_is_needed_or_is_told(lacking: dict[str, str], health: Health) -> None:
    assert diagnosis.permissions_point(AppFacts("guard", {**ALL, **lacking}, frozenset())).health is health


def test_a_suspended_installation_is_bad_whatever_was_granted() -> None:
    point = diagnosis.permissions_point(AppFacts("guard", ALL, frozenset(), is_suspended=True), "acme/shop")
    assert (point.health, "suspended" in point.said) == (Health.BAD, True)


@pytest.mark.parametrize(
    ("hook", "health", "said"),
    [
        (HOOK, Health.FINE, "deliveries go to"),
        (HookFacts("", has_secret=False, content_type="form", checks_certificate=True), Health.BAD, "no webhook URL"),
        (HookFacts("http://g/webhook", has_secret=True, content_type="json", checks_certificate=True), Health.WARN, ""),
        (
            HookFacts("https://g/", has_secret=True, content_type="json", checks_certificate=True),
            Health.BAD,
            "/webhook",
        ),
    ],
)
def test_the_webhook_is_judged_by_its_settings(hook: HookFacts, health: Health, said: str) -> None:
    point = diagnosis.hook_point(hook)
    assert point.health is health
    assert said in point.said


@pytest.mark.parametrize(
    ("required", "app_id", "health"),
    [
        ((("hotfix: main", 7),), 7, Health.FINE),
        ((("hotfix: main", None), ("hotfix: main", 7)), 7, Health.FINE),
        ((("hotfix: main", None),), 7, Health.BAD),
        ((("hotfix: main", 8),), 7, Health.BAD),
        ((("hotfix: develop", 7), ("ci", None)), 7, Health.BAD),
        ((), None, Health.WARN),
        ((("hotfix: main", None),), None, Health.FINE),
    ],
)
def test_the_check_has_to_be_required_of_this_app(
    required: tuple[tuple[str, int | None], ...], app_id: int | None, health: Health
) -> None:
    assert diagnosis.gate_point(Gate("main", required), "hotfix", app_id).health is health


def test_a_queue_needs_somebody_who_answers() -> None:
    queue = Gate("main", (), has_queue=True)
    deaf = AppFacts("guard", ALL, frozenset({"push"}))
    found = [diagnosis.queue_point(queue, app) for app in (APP, deaf, None)]
    assert [point.health if point else None for point in found] == [Health.FINE, Health.BAD, Health.WARN]
    assert diagnosis.queue_point(Gate("main", ()), deaf) is None


@pytest.mark.parametrize(
    ("attempts", "health"),
    [
        (Attempts(0, 0), Health.WARN),
        (Attempts(5, 0), Health.FINE),
        (Attempts(5, 1, "push got 502"), Health.WARN),
        (Attempts(5, 5, "push got 502"), Health.BAD),
    ],
)
def test_deliveries_are_bad_once_none_arrives(attempts: Attempts, health: Health) -> None:
    assert diagnosis.deliveries_point(attempts).health is health


def test_the_exit_code_tells_bad_from_unknown() -> None:
    fine, bad = Point("a", Health.FINE, "fine"), Point("b", Health.BAD, "bad", "mend it")
    unknown = Point("c", Health.BAD, "GitHub can't be read", is_unknown=True)
    warned = Point("d", Health.WARN, "so\x1b[2J so")
    assert [diagnosis.exit_code(each) for each in ([fine, warned], [fine, bad], [bad, unknown])] == [0, 1, 2]
    assert diagnosis.as_text([fine, bad, warned]) == (
        "✓ a  fine\n✗ b  bad\n    → mend it\n! d  so [2J so\n\n1 point to mend, 1 hint\n"
    )
