import json

import pytest

from events import MalformedDeliveryError, action, parse
from events.models import IssueCommentEvent, PullRequestEvent

REPOSITORY = {"full_name": "acme/shop"}


def test_a_pull_request_event_says_which_pull_request_and_nothing_more():
    body = {
        "action": "synchronize",
        "repository": REPOSITORY,
        "installation": {"id": 5},
        "pull_request": {"number": 12, "title": "x", "head": {"sha": "abc", "ref": "b"}, "base": {"ref": "main"}},
    }
    event = parse("pull_request", json.dumps(body).encode())
    assert isinstance(event, PullRequestEvent)
    assert (event.repository.full_name, event.pull_request.number, event.pull_request.head.sha) == (
        "acme/shop",
        12,
        "abc",
    )
    assert not hasattr(event.pull_request, "title")


def test_a_comment_without_text_is_no_error():
    body = {
        "action": "created",
        "repository": REPOSITORY,
        "issue": {"number": 1},
        "comment": {"id": 3, "body": None, "user": None, "created_at": "2026-01-02T03:04:05Z"},
    }
    event = parse("issue_comment", json.dumps(body).encode())
    assert isinstance(event, IssueCommentEvent)
    assert event.comment.body is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        b'{"repository": {"full_name": "acme/shop"}}',
        b'{"repository": {"full_name": "../etc"}, "pull_request": {"number": 1}}',
        b'{"repository": {"full_name": "acme/shop"}, "pull_request": {"number": -1}}',
        b'{"repository": {"full_name": "acme/shop"}, "pull_request": {"number": "many"}}',
        b'{"repository": "acme/shop", "pull_request": {"number": 1}}',
    ],
)
def test_a_body_that_github_would_not_send_is_malformed(body):
    with pytest.raises(MalformedDeliveryError):
        parse("pull_request", body)


def test_an_action_that_is_no_text_is_no_action():
    assert action(b'{"action": ["opened"]}') == ""
