"""REST: branches, their protection, and merging them (docs.github.com/rest/branches)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.deeds.merges import merge_branches
from sandbox.errors import RefusedError
from sandbox.model import BranchProtection, RequiredCheck, RequiredReviews
from sandbox.rest.calls import Call, Reply, Route, at, reading_body
from sandbox.shapes import commits as commit_shapes
from sandbox.shapes import gates as shapes

_FLAGS = (
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "lock_branch",
    "required_conversation_resolution",
)


def list_branches(call: Call) -> Any:
    """`GET /branches`."""
    found = {name.removeprefix("refs/heads/"): sha for name, sha in call.git.refs("refs/heads/").items()}
    if call.query.get("protected"):
        wanted = call.query["protected"] == "true"
        found = {name: sha for name, sha in found.items() if (name in call.repo.protections) == wanted}
    return [shapes.short_branch(call.world, call.repo, *each) for each in call.page(list(found.items()))]


def _tip(call: Call) -> tuple[str, str]:
    name = call.args["branch"]
    sha = call.git.branch(name)
    if sha is None:
        raise RefusedError(404, "Branch not found")
    return name, sha


def get_branch(call: Call) -> Any:
    """`GET /branches/{branch}`."""
    return shapes.branch(call.world, call.repo, *_tip(call))


def get_protection(call: Call) -> Any:
    """`GET /branches/{branch}/protection`."""
    name, _ = _tip(call)
    if name not in call.repo.protections:
        raise RefusedError(404, "Branch not protected")
    return shapes.protection(call.world, call.repo, call.repo.protections[name])


def set_protection(call: Call) -> Any:
    """`PUT /branches/{branch}/protection`."""
    name, _ = _tip(call)
    with reading_body():
        checks = call.body["required_status_checks"]
        guard = BranchProtection(
            branch=name,
            required_checks=_checks(checks),
            strict=bool(checks and checks.get("strict")),
            required_reviews=_reviews(call.body["required_pull_request_reviews"]),
            enforce_admins=bool(call.body["enforce_admins"]),
            **{flag: bool(call.body.get(flag)) for flag in _FLAGS},
        )
    call.repo.protections[name] = guard
    return shapes.protection(call.world, call.repo, guard)


def _checks(settings: Mapping[str, Any] | None) -> tuple[RequiredCheck, ...] | None:
    if settings is None:
        return None
    pinned = [RequiredCheck(each["context"], each.get("app_id")) for each in settings.get("checks") or []]
    known = {check.context for check in pinned}
    return (*pinned, *(RequiredCheck(name) for name in settings.get("contexts") or [] if name not in known))


def _reviews(settings: Mapping[str, Any] | None) -> RequiredReviews | None:
    if settings is None:
        return None
    return RequiredReviews(
        int(settings.get("required_approving_review_count", 1)),
        bool(settings.get("dismiss_stale_reviews")),
        bool(settings.get("require_code_owner_reviews")),
        bool(settings.get("require_last_push_approval")),
    )


def delete_protection(call: Call) -> Any:
    """`DELETE /branches/{branch}/protection`."""
    if call.repo.protections.pop(_tip(call)[0], None) is None:
        raise RefusedError(404, "Branch not protected")
    return Reply(None, 204)


def merge(call: Call) -> Any:
    """`POST /merges`: 201, 204 if there is nothing to merge, 409 on conflict."""
    message = call.optional_text("commit_message")
    sha = merge_branches(call.scope, call.text("base"), call.text("head"), message)
    if sha is None:
        return Reply(None, 204)
    return commit_shapes.commit(call.world, call.repo, call.git.commit(sha))


_ADMIN = "administration:write"

ROUTES = at(
    "/repos/<owner>/<repo>",
    Route("GET", "/branches", list_branches, "contents:read"),
    Route("GET", "/branches/<path:branch>", get_branch, "contents:read"),
    Route("GET", "/branches/<path:branch>/protection", get_protection, "administration:read", role="admin"),
    Route("PUT", "/branches/<path:branch>/protection", set_protection, _ADMIN, role="admin"),
    Route("DELETE", "/branches/<path:branch>/protection", delete_protection, _ADMIN, role="admin"),
    Route("POST", "/merges", merge, "contents:write", 201),
)
