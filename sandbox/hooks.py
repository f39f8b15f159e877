"""Webhooks: made, signed, sent in the background, and logged as the App's deliveries.

Followed: docs.github.com, "Webhook events and payloads" (headers) and "Validating webhook deliveries" (signature).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import json
import queue
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from sandbox.faults import DeliveryFaults
from sandbox.model import App, Delivery, Installation, Repository
from sandbox.shapes import people
from sandbox.shapes.repositories import repository as repository_shape
from sandbox.store import Store, node_id
from sandbox.world import Json, World, stamp

#: GitHub gives up on a receiver after this many seconds ("Best practices for using webhooks").
TIMEOUT = 10.0
#: An App gets these whether or not it subscribes ("Webhook events and payloads", installation).
_ALWAYS = frozenset({"installation", "installation_repositories", "ping", "meta"})
#: These go to the App alone whose check run or suite it is.
_OWN_ACTIONS = {
    "check_run": {"rerequested", "requested_action"},
    "check_suite": {"requested", "rerequested"},
}

DeliveryListener = Callable[[Delivery], None]


def signature(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Outbox:
    """Sends deliveries one after another in a thread of its own, so that their order holds.

    The faults may lose, double, swap or delay them. What is queued when it closes is not sent.
    """

    def __init__(self, world: World, faults: DeliveryFaults) -> None:
        self._world = world
        self._faults = faults
        self._waiting: queue.Queue[Delivery | None] = queue.Queue()
        self._quiet = threading.Condition()
        self._pending = 0
        self._listeners: list[DeliveryListener] = []
        self._thread = threading.Thread(target=self._send_all, name="sandbox-webhooks", daemon=True)
        self._thread.start()

    @property
    def _store(self) -> Store:
        return self._world.store

    def on_delivery(self, listener: DeliveryListener) -> None:
        """Call `listener` with each delivery after its attempt."""
        self._listeners.append(listener)

    # Making deliveries

    def announce(self, repository: Repository, sender: str, event: str, payload: Mapping[str, Any]) -> None:
        """Queue an event for every App that is installed on the repository and subscribed to it."""
        for app in self._store.apps.values():
            installation = self._store.installation_for(app, repository)
            if installation and not installation.suspended_at and _concerns(app, event, payload):
                self.deliver(app, event, self._envelope(repository, sender, installation, payload), installation)

    def _envelope(
        self, repository: Repository, sender: str, installation: Installation, payload: Mapping[str, Any]
    ) -> Json:
        owner = self._store.account(repository.owner)
        shape = repository_shape(self._world, repository)
        if "pusher" in payload:
            shape |= _push_times(repository)
        body: Json = {**payload, "repository": shape, "sender": people.simple_user(self._world, sender)}
        if owner and owner.type == "Organization":
            body["organization"] = people.organization(self._world, owner)
        node = node_id("MDI", installation.id)
        return {**body, "installation": {"id": installation.id, "node_id": node}}

    def deliver(self, app: App, event: str, body: Json, installation: Installation | None) -> None:
        """Queue one delivery to one App, if it has an address and wants the event."""
        wanted = event in _ALWAYS or event in (installation.events if installation else app.events)
        if not app.webhook_url or not wanted:
            return
        raw, guid = json.dumps(body).encode(), str(uuid.UUID(bytes=secrets.token_bytes(16)))
        delivery = Delivery(
            id=self._store.next_id(),
            guid=guid,
            app_id=app.id,
            event=event,
            action=body.get("action"),
            installation_id=installation.id if installation else None,
            repository_id=body["repository"]["id"] if "repository" in body else None,
            url=app.webhook_url,
            request_headers=_headers(app, event, guid, raw),
            request_body=raw,
            delivered_at=self._store.now(),
        )
        self._queue(delivery)

    def redeliver(self, delivery: Delivery) -> None:
        """Queue a delivery again: the same GUID and body under a new id, to where the App listens now."""
        app = self._store.apps[delivery.app_id]
        again = replace(
            delivery,
            id=self._store.next_id(),
            url=app.webhook_url or delivery.url,
            request_headers=_headers(app, delivery.event, delivery.guid, delivery.request_body),
            delivered_at=self._store.now(),
            redelivery=True,
            status="pending",
            status_code=0,
        )
        self._queue(again)

    def _queue(self, delivery: Delivery) -> None:
        self._store.deliveries.append(delivery)
        for each in self._faults.affect(delivery):
            with self._quiet:
                self._pending += 1
            self._waiting.put(each)

    # Sending

    @property
    def waiting(self) -> int:
        """How many deliveries are queued or being sent; those that a fault holds back aren't among them."""
        return self._pending

    def flush(self, timeout: float = 30.0) -> bool:
        """Wait until nothing is left to send (swapped deliveries are let go); False if that takes too long."""
        for each in self._faults.release():
            with self._quiet:
                self._pending += 1
            self._waiting.put(each)
        with self._quiet:
            return self._quiet.wait_for(lambda: self._pending == 0, timeout)

    def close(self) -> None:
        """Stop sending."""
        self._waiting.put(None)
        self._thread.join(TIMEOUT + 1)

    def _send_all(self) -> None:
        while (delivery := self._waiting.get()) is not None:
            self._faults.hold_up()
            _send(delivery)
            for listener in self._listeners:
                listener(delivery)
            with self._quiet:
                self._pending -= 1
                self._quiet.notify_all()


def _send(delivery: Delivery) -> None:
    """Post a delivery and write down what came of it; redirects are not followed."""
    began = time.monotonic()
    try:
        _post(delivery)
    except TimeoutError:
        delivery.status, delivery.status_code = "timed out", 0
    except (OSError, http.client.HTTPException):
        delivery.status, delivery.status_code = "failed to connect to host", 0
    delivery.duration = round(time.monotonic() - began, 3)


def _post(delivery: Delivery) -> None:
    parts = urlsplit(delivery.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    with contextlib.closing(connection):
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, delivery.request_body, dict(delivery.request_headers))
        answer = connection.getresponse()
        delivery.response_body = answer.read().decode("utf-8", "replace")
        delivery.response_headers = dict(answer.getheaders())
        delivery.status, delivery.status_code = answer.reason, answer.status


def _concerns(app: App, event: str, payload: Mapping[str, Any]) -> bool:
    if payload.get("action") not in _OWN_ACTIONS.get(event, ()):
        return True
    subject = payload[event]
    return bool(subject["app"]["id"] == app.id)


def _push_times(repository: Repository) -> Json:
    """In a push event some times are seconds since 1970, and the owner has a name and an e-mail address."""
    pushed = repository.pushed_at or repository.created_at
    times = {"created_at": int(repository.created_at.timestamp()), "pushed_at": int(pushed.timestamp())}
    named = {"stargazers": 0, "master_branch": repository.default_branch}
    return {**times, **named, "updated_at": stamp(pushed)}


def _headers(app: App, event: str, guid: str, body: bytes) -> dict[str, str]:
    return {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": f"GitHub-Hookshot/{hashlib.sha256(app.slug.encode()).hexdigest()[:7]}",
        "X-GitHub-Delivery": guid,
        "X-GitHub-Event": event,
        "X-GitHub-Hook-ID": str(app.hook_id),
        "X-GitHub-Hook-Installation-Target-ID": str(app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
        "X-Hub-Signature-256": signature(app.webhook_secret, body),
    }
