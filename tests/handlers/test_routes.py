"""Which event asks for which deed, held against what the App promises to listen to."""

from __future__ import annotations

import pytest

from events import is_known
from handlers import ROUTES

PROMISED = {
    "pull_request": {
        "opened",
        "reopened",
        "synchronize",
        "labeled",
        "unlabeled",
        "edited",
        "ready_for_review",
        "converted_to_draft",
        "closed",
    },
    "pull_request_review": {"submitted", "edited", "dismissed"},
    "check_run": {"created", "completed", "rerequested", "requested_action"},
    "check_suite": {"completed", "rerequested"},
    "status": {""},
    "deployment_status": {"created"},
    "issues": {"opened", "edited", "closed", "reopened", "deleted"},
    "pull_request_review_thread": {"resolved", "unresolved"},
    "member": {"added", "edited", "removed"},
    "membership": {"added", "removed"},
    "team": {"added_to_repository", "deleted", "edited", "removed_from_repository"},
    "merge_group": {"checks_requested"},
    "issue_comment": {"created"},
    "push": {""},
    "installation": {"created", "deleted", "suspend", "unsuspend"},
    "installation_repositories": {"added", "removed"},
}


@pytest.mark.parametrize(
    ("event", "action"), [(event, action) for event in PROMISED for action in sorted(PROMISED[event])]
)
def test_every_promised_event_has_a_deed(event: str, action: str) -> None:
    assert ROUTES[(event, action)]


def test_a_ping_is_answered_and_asks_for_nothing() -> None:
    assert ROUTES[("ping", "")] == ()


def test_every_routed_event_can_be_read() -> None:
    assert {event for event, _action in ROUTES} == {*PROMISED, "ping"}
    assert all(is_known(event) for event, _action in ROUTES)
