"""Real payloads survive the door, and the sandbox's own have today's form."""

import hashlib
import hmac
from collections.abc import Iterator
from typing import Literal

import pytest
from flask.testing import FlaskClient

from app import create_app
from domain.record import StoredDelivery
from tests.fidelity.materials import EXAMPLES, WEBHOOKS
from tests.fidelity.plugin import needs
from tests.fidelity.town import REPOSITORY, Town
from tests.fidelity.webhooks import EXAMPLE_COUNT, Example, check_webhook, examples

SECRET = "s3cret"


class Shelf:
    """Where deliveries are kept while nobody works them off."""

    def __init__(self) -> None:
        self.kept: dict[str, StoredDelivery] = {}

    def take(self, delivery: StoredDelivery) -> Literal["accepted", "duplicate"]:
        """Keep a delivery."""
        known = delivery.guid in self.kept
        self.kept[delivery.guid] = delivery
        return "duplicate" if known else "accepted"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def door(shelf: Shelf) -> Iterator[FlaskClient]:
    with create_app(shelf.take, lambda: "", SECRET).test_client() as client:
        yield client


def post(door: FlaskClient, example: Example) -> int:
    signature = hmac.new(SECRET.encode(), example.body, hashlib.sha256).hexdigest()
    headers = {
        "X-GitHub-Event": example.event,
        "X-GitHub-Delivery": f"delivery-{example.event.replace('_', '-')}-{example.number}",
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    return door.post("/webhook", data=example.body, headers=headers, content_type="application/json").status_code


@needs(EXAMPLES)
def test_every_real_payload_gets_through_the_door_without_a_5xx(door: FlaskClient, shelf: Shelf) -> None:
    answers = {str(example): post(door, example) for example in examples()}
    assert len(answers) == EXAMPLE_COUNT
    assert {name: status for name, status in answers.items() if status >= 500} == {}
    assert set(answers.values()) <= {200, 202, 204, 400}
    assert len(shelf.kept) == list(answers.values()).count(202) > 20


@needs(EXAMPLES)
def test_no_real_payload_that_is_handled_is_called_malformed(door: FlaskClient) -> None:
    refused = [str(example) for example in examples() if post(door, example) == 400]
    assert refused == []


@needs(WEBHOOKS)
def test_a_webhook_of_our_own_invention_would_be_found(town: Town) -> None:
    town.pull()
    (opened,) = town.sent("pull_request", "opened")
    assert check_webhook("pull_request", opened) == []
    assert check_webhook("pull_request", {**opened, "action": "blessed"}) == [
        "webhook pull_request.blessed: GitHub sends no such event"
    ]
    without = {key: value for key, value in opened.items() if key != "number"}
    assert check_webhook("pull_request", without) == [
        'webhook pull_request.opened: (the whole): "number" is a required property'
    ]
    more = {**opened, "pull_request": {**opened["pull_request"], "mood": "good"}}
    assert check_webhook("pull_request", more) == [
        "webhook pull_request.opened: pull_request/mood: GitHub's description knows no such field"
    ]


@needs(WEBHOOKS)
def test_every_event_that_the_house_handles_has_todays_form(town: Town) -> None:
    """The plugin judges each delivery; this makes one of every kind that a person or an App can bring about."""
    pull = town.pull()
    number, sha = pull["number"], pull["head"]["sha"]
    town.must("alice", "POST", f"{REPOSITORY}/issues/{number}/labels", labels=["hotfix"])
    town.must("alice", "DELETE", f"{REPOSITORY}/issues/{number}/labels/hotfix")
    town.must("alice", "PATCH", f"{REPOSITORY}/pulls/{number}", title="Another title", body="Why")
    town.must("alice", "PUT", f"{REPOSITORY}/pulls/{number}/draft", draft=True)
    town.must("alice", "PUT", f"{REPOSITORY}/pulls/{number}/draft", draft=False)
    review = town.review(number)
    town.must("bob", "PUT", f"{REPOSITORY}/pulls/{number}/reviews/{review['id']}", body="Looks good")
    town.must("carol", "PUT", f"{REPOSITORY}/pulls/{number}/reviews/{review['id']}/dismissals", message="no")
    run = town.run(sha, conclusion="failure")
    town.must("alice", "POST", f"{REPOSITORY}/check-runs/{run['id']}/rerequest")
    town.must("alice", "POST", f"{REPOSITORY}/check-suites/{run['check_suite']['id']}/rerequest")
    town.must("bob", "POST", f"{REPOSITORY}/issues/{number}/comments", body="/hotfix recheck")
    town.must("bob", "POST", f"{REPOSITORY}/statuses/{sha}", state="success", context="ci")
    body = {"ref": "hotfix/pay", "environment": "production", "required_contexts": [], "auto_merge": False}
    deployment = town.must("alice", "POST", f"{REPOSITORY}/deployments", **body)
    town.must("alice", "POST", f"{REPOSITORY}/deployments/{deployment['id']}/statuses", state="success")
    town.must("alice", "PATCH", f"{REPOSITORY}/pulls/{number}", state="closed")
    town.must("alice", "PATCH", f"{REPOSITORY}/pulls/{number}", state="open")
    assert town.merge(number).status_code == 200
    sent = {(each.event, each.action) for each in town.sandbox.store.deliveries if town.sandbox.flush()}
    assert {action for event, action in sent if event == "pull_request"} >= {
        "opened",
        "labeled",
        "unlabeled",
        "edited",
        "converted_to_draft",
        "ready_for_review",
        "closed",
        "reopened",
    }
    assert {event for event, _ in sent} >= {
        "pull_request",
        "pull_request_review",
        "check_run",
        "check_suite",
        "issue_comment",
        "push",
        "status",
        "deployment",
        "deployment_status",
        "ping",
        "create",
    }
