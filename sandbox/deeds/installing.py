"""Webhooks about the App itself: ping, and its installations."""

from __future__ import annotations

from typing import Protocol

from sandbox.model import App, Installation
from sandbox.shapes import people
from sandbox.world import Json, World, stamp


class Carrier(Protocol):
    """Whoever delivers to one App."""

    def deliver(self, app: App, event: str, body: Json, installation: Installation | None) -> None:
        """Send an event to the App."""


def ping(world: World, carrier: Carrier, app: App) -> None:
    """Say hello at a new address."""
    config = {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": app.webhook_url or ""}
    hook = {
        "type": "App",
        "id": app.hook_id,
        "name": "web",
        "active": True,
        "events": list(app.events),
        "config": config,
        "app_id": app.id,
        "created_at": stamp(app.created_at),
        "updated_at": stamp(app.created_at),
        "deliveries_url": f"{world.api}/app/hook/deliveries",
    }
    carrier.deliver(app, "ping", {"zen": "Keep it logically awesome.", "hook_id": app.hook_id, "hook": hook}, None)


def announce_installation(world: World, carrier: Carrier, installation: Installation, action: str) -> None:
    """Tell the App that it was installed, with the repositories that it reaches."""
    store = world.store
    reached = [each for each in store.repositories.values() if store.covers(installation, each)]
    body = {
        "action": action,
        "installation": people.installation(world, installation),
        "repositories": [people.repository_brief(each) for each in reached],
        "requester": None,
        "sender": people.simple_user(world, installation.account),
    }
    carrier.deliver(store.apps[installation.app_id], "installation", body, installation)
