"""REST: Apps, installations, tokens and the log of webhook deliveries (docs.github.com/rest/apps)."""

from __future__ import annotations

import json
from typing import Any

from sandbox.auth import issue_token
from sandbox.errors import RefusedError, not_found
from sandbox.model import Delivery, Installation, Repository
from sandbox.rest.calls import Call, Reply, Route, demand
from sandbox.shapes import people as shapes
from sandbox.shapes.repositories import repository
from sandbox.world import Json, stamp

_LEVELS = ("none", "read", "write", "admin")


def get_app(call: Call) -> Any:
    """`GET /app`."""
    app = demand(call.app)
    own = [each for each in call.store.installations.values() if each.app_id == app.id]
    return {**shapes.app(call.world, app), "installations_count": len(own)}


def app_by_slug(call: Call) -> Any:
    """`GET /apps/{slug}`."""
    return shapes.app(call.world, demand(call.store.app_named(call.args["slug"])))


def list_installations(call: Call) -> Any:
    """`GET /app/installations`."""
    own = [each for each in call.store.installations.values() if each.app_id == demand(call.app).id]
    return [shapes.installation(call.world, each) for each in call.page(own)]


def _installation(call: Call) -> Installation:
    found = call.store.installations.get(call.args["id"])
    if found is None or found.app_id != demand(call.app).id:
        raise not_found()
    return found


def get_installation(call: Call) -> Any:
    """`GET /app/installations/{id}`."""
    return shapes.installation(call.world, _installation(call))


def installation_of_repository(call: Call) -> Any:
    """`GET /repos/{owner}/{repo}/installation`."""
    found = call.store.installation_for(demand(call.app), demand(call.repository))
    return shapes.installation(call.world, demand(found))


def installation_of_account(call: Call) -> Any:
    """`GET /orgs/{org}/installation` and `GET /users/{username}/installation`."""
    wanted, app = call.args["login"].lower(), demand(call.app)
    own = (each for each in call.store.installations.values() if each.app_id == app.id)
    return shapes.installation(call.world, demand(next((i for i in own if i.account.lower() == wanted), None)))


def create_token(call: Call) -> Any:
    """`POST /app/installations/{id}/access_tokens`."""
    installation = _installation(call)
    if installation.suspended_at:
        raise RefusedError(403, "This installation has been suspended")
    chosen = _chosen(call, installation)
    wanted = _permissions(call, installation)
    narrowed = None if chosen is None else frozenset(each.id for each in chosen)
    token = issue_token(call.store, installation, wanted, narrowed)
    listed = None if chosen is None else [repository(call.world, each) for each in chosen]
    return shapes.installation_token(token, listed)


def _chosen(call: Call, installation: Installation) -> list[Repository] | None:
    names, ids = call.texts("repositories"), call.body.get("repository_ids") or []
    if not names and not ids:
        return None
    reachable = [each for each in call.store.repositories.values() if call.store.covers(installation, each)]
    chosen = [each for each in reachable if each.name in names or each.id in ids]
    if len(chosen) < len(set(names)) + len(set(ids)):
        reason = "There is at least one repository that does not exist or is not accessible to the parent installation."
        raise RefusedError(422, reason)
    return chosen


def _permissions(call: Call, installation: Installation) -> Json | None:
    wanted: Json = call.body.get("permissions") or {}
    for topic, level in wanted.items():
        granted = installation.permissions.get(topic, "read" if topic == "metadata" else "none")
        if level not in _LEVELS or _LEVELS.index(level) > _LEVELS.index(granted):
            raise RefusedError(422, "The permissions requested are not granted to this installation.")
    return {"metadata": "read", **wanted} if wanted else None


def installation_repositories(call: Call) -> Any:
    """`GET /installation/repositories`."""
    viewer = demand(call.viewer)
    if viewer.installation is None:
        raise RefusedError(
            403, "You must authenticate with an installation access token in order to list repositories."
        )
    found = [each for each in call.store.repositories.values() if viewer.reaches(call.store, each)]
    shown = [repository(call.world, each) for each in call.page(found)]
    chosen = viewer.repository_ids is not None or viewer.installation.repository_ids is not None
    return {"total_count": len(found), "repository_selection": "selected" if chosen else "all", "repositories": shown}


def revoke_token(call: Call) -> Any:
    """`DELETE /installation/token`."""
    viewer = demand(call.viewer)
    for token in [t for t in call.store.tokens.values() if viewer.installation and t.value == call.token]:
        del call.store.tokens[token.value]
    return Reply(None, 204)


# Webhooks


def set_hook(call: Call) -> Any:
    """`PATCH /app/hook/config`."""
    app = demand(call.app)
    app.webhook_url = call.optional_text("url") or app.webhook_url
    app.webhook_secret = call.optional_text("secret") or app.webhook_secret
    return get_hook(call)


def get_hook(call: Call) -> Any:
    """`GET /app/hook/config`."""
    app = demand(call.app)
    return {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": app.webhook_url or ""}


def list_deliveries(call: Call) -> Any:
    """`GET /app/hook/deliveries`, newest first, paged by cursor."""
    found = [each for each in call.store.deliveries if each.app_id == demand(call.app).id][::-1]
    if call.query.get("status") in {"success", "failure"}:
        found = [each for each in found if _succeeded(each) == (call.query["status"] == "success")]
    start = call.number("cursor", 0)
    found = [each for each in found if not start or each.id <= start]
    size = min(max(call.number("per_page", 30), 1), 100)
    if len(found) > size:
        call.link({"next": {"cursor": str(found[size].id)}})
    return [_item(each) for each in found[:size]]


def _succeeded(delivery: Delivery) -> bool:
    return 200 <= delivery.status_code < 400  # noqa: PLR2004 -- "success" is 2xx and 3xx in the documentation


def _item(delivery: Delivery) -> Json:
    return {
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": stamp(delivery.delivered_at),
        "redelivery": delivery.redelivery,
        "duration": delivery.duration,
        "status": delivery.status,
        "status_code": delivery.status_code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation_id,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
    }


def _delivery(call: Call) -> Delivery:
    own = (each for each in call.store.deliveries if each.app_id == demand(call.app).id)
    return demand(next((each for each in own if each.id == call.args["id"]), None))


def get_delivery(call: Call) -> Any:
    """`GET /app/hook/deliveries/{id}`."""
    found = _delivery(call)
    request = {"headers": dict(found.request_headers), "payload": json.loads(found.request_body)}
    response = {"headers": dict(found.response_headers), "payload": found.response_body}
    return {**_item(found), "url": found.url, "request": request, "response": response}


def redeliver(call: Call) -> Any:
    """`POST /app/hook/deliveries/{id}/attempts`: the same GUID under a new id."""
    call.world.announcer.redeliver(_delivery(call))
    return {}


# Everybody's


def rate_limit(call: Call) -> Any:
    """`GET /rate_limit`: what is left of the hour."""
    core = call.budget
    return {"resources": {"core": core, "search": {**core, "limit": 30, "remaining": 30, "used": 0}}, "rate": core}


def meta(call: Call) -> Any:
    """`GET /meta`: the sandbox calls itself a GitHub Enterprise Server."""
    host = call.world.url.partition("://")[2].partition(":")[0]
    return {"verifiable_password_authentication": False, "hooks": [f"{host}/32"]}


ROUTES = (
    Route("GET", "/app", get_app, auth="jwt"),
    Route("GET", "/apps/<slug>", app_by_slug, auth="any"),
    Route("GET", "/app/installations", list_installations, auth="jwt"),
    Route("GET", "/app/installations/<int:id>", get_installation, auth="jwt"),
    Route("GET", "/repos/<owner>/<repo>/installation", installation_of_repository, auth="jwt"),
    Route("GET", "/orgs/<login>/installation", installation_of_account, auth="jwt"),
    Route("GET", "/users/<login>/installation", installation_of_account, auth="jwt"),
    Route("POST", "/app/installations/<int:id>/access_tokens", create_token, status=201, auth="jwt"),
    Route("GET", "/installation/repositories", installation_repositories),
    Route("DELETE", "/installation/token", revoke_token, status=204),
    Route("GET", "/app/hook/config", get_hook, auth="jwt"),
    Route("PATCH", "/app/hook/config", set_hook, auth="jwt"),
    Route("GET", "/app/hook/deliveries", list_deliveries, auth="jwt"),
    Route("GET", "/app/hook/deliveries/<int:id>", get_delivery, auth="jwt"),
    Route("POST", "/app/hook/deliveries/<int:id>/attempts", redeliver, status=202, auth="jwt"),
    Route("GET", "/rate_limit", rate_limit, auth="any"),
    Route("GET", "/meta", meta, auth="any"),
)
