"""REST: git refs (docs.github.com/rest/git/refs)."""

from __future__ import annotations

from typing import Any

from sandbox.deeds.permits import move_refusal
from sandbox.deeds.pushes import move_ref
from sandbox.errors import RefusedError
from sandbox.git import valid_ref
from sandbox.rest.calls import Call, Reply, Route, at
from sandbox.shapes.commits import git_ref


def get_ref(call: Call) -> Any:
    """`GET /git/ref/{ref}`."""
    name = f"refs/{call.args['ref']}"
    sha = call.git.ref(name)
    if sha is None:
        raise RefusedError(404, "Not Found")
    return git_ref(call.world, call.repo, name, sha)


def matching_refs(call: Call) -> Any:
    """`GET /git/matching-refs/{ref}`: those that begin so, all on one page."""
    found = call.git.refs(f"refs/{call.args.get('ref', '')}").items()
    return [git_ref(call.world, call.repo, *each) for each in found]


def create_ref(call: Call) -> Any:
    """`POST /git/refs`."""
    name, sha = call.text("ref"), call.text("sha")
    if not valid_ref(name):
        raise RefusedError(422, f"Reference name '{name}' must start with 'refs/' and contain at least two slashes.")
    if not call.git.has(sha):
        raise RefusedError(422, "Object does not exist")
    if call.git.ref(name):
        raise RefusedError(422, "Reference already exists")
    _move(call, name, sha)
    return git_ref(call.world, call.repo, name, sha)


def update_ref(call: Call) -> Any:
    """`PATCH /git/refs/{ref}`."""
    name, sha = f"refs/{call.args['ref']}", call.text("sha")
    before = call.git.ref(name)
    if before is None:
        raise RefusedError(422, "Reference does not exist")
    if not call.git.has(sha):
        raise RefusedError(422, "Object does not exist")
    if not call.flag("force") and not call.git.is_ancestor(before, sha):
        raise RefusedError(422, "Update is not a fast forward")
    _move(call, name, sha)
    return git_ref(call.world, call.repo, name, sha)


def delete_ref(call: Call) -> Any:
    """`DELETE /git/refs/{ref}`."""
    name = f"refs/{call.args['ref']}"
    if call.git.ref(name) is None:
        raise RefusedError(422, "Reference does not exist")
    _move(call, name, None)
    return Reply(None, 204)


def _move(call: Call, name: str, sha: str | None) -> None:
    reason = move_refusal(call.scope, name, sha)
    if reason:
        raise RefusedError(422, reason)
    move_ref(call.scope, name, sha)


ROUTES = at(
    "/repos/<owner>/<repo>/git",
    Route("GET", "/ref/<path:ref>", get_ref, "contents:read"),
    Route("GET", "/matching-refs/", matching_refs, "contents:read"),
    Route("GET", "/matching-refs/<path:ref>", matching_refs, "contents:read"),
    Route("POST", "/refs", create_ref, "contents:write", 201),
    Route("PATCH", "/refs/<path:ref>", update_ref, "contents:write"),
    Route("DELETE", "/refs/<path:ref>", delete_ref, "contents:write", 204),
)
