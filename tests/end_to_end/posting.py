"""Deliveries that a test sends itself: signed as GitHub signs them, as often and in what order it likes."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.model import Delivery
from sandbox.server import Sandbox
from tests.adapters.waiting import PATIENCE
from tests.end_to_end.crew import Crew

#: What asks for an inspection of one pull request, as handlers.ROUTES has it.
_INSPECTED = frozenset({"opened", "labeled", "synchronize", "edited", "submitted"})


@dataclass(frozen=True)
class Letter:
    """One delivery that asks for an inspection of a pull request."""

    delivery: Delivery
    pull_request: int

    def post(self, crew: Crew, guid: str = "") -> int:
        """Send it to the web door, under a GUID of its own if one is given; the answer's status."""
        headers = dict(self.delivery.request_headers)
        if guid:
            headers["X-GitHub-Delivery"] = guid
        connection = http.client.HTTPConnection("127.0.0.1", crew.door.port, timeout=PATIENCE)
        try:
            connection.request("POST", "/webhook", self.delivery.request_body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


def letters(sandbox: Sandbox, after: int = 0) -> list[Letter]:
    """The deliveries so far that ask for an inspection of one pull request, without the first `after` of all."""
    found = []
    for delivery in sandbox.store.deliveries[after:]:
        payload: Mapping[str, Any] = json.loads(delivery.request_body)
        if delivery.event in {"pull_request", "pull_request_review"} and payload["action"] in _INSPECTED:
            found.append(Letter(delivery, payload["pull_request"]["number"]))
    return found


def newest(found: Sequence[Letter], number: int) -> Letter:
    """The newest of these deliveries for a pull request."""
    return [each for each in found if each.pull_request == number][-1]
