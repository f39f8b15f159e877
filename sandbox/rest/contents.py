"""REST: files (docs.github.com/rest/repos/contents)."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from sandbox.deeds.merges import person_of, web_flow
from sandbox.deeds.permits import move_refusal
from sandbox.deeds.pushes import move_ref
from sandbox.errors import RefusedError, malformed, not_found
from sandbox.objects import Person, TreeEntry
from sandbox.rest.calls import Call, Reply, Route, at, demand, demand_path
from sandbox.shapes import commits as shapes


def get_contents(call: Call) -> Any:
    """`GET /contents/{path}`: a file, a folder, or with a media type the raw content."""
    ref = call.query.get("ref") or call.repo.default_branch
    sha, path = call.git.resolve(ref), call.args.get("path", "").strip("/")
    if sha is None:
        raise RefusedError(404, f"No commit found for the ref {ref}")
    entry = demand(call.git.entry(sha, path))
    if entry.type == "tree":
        return _folder(call, entry, ref)
    if call.wants("raw"):
        return Reply(call.git.blob(entry.sha), media_type="application/vnd.github.raw; charset=utf-8")
    return shapes.content_file(call.world, call.repo, entry, ref)


def _folder(call: Call, folder: TreeEntry, ref: str) -> Any:
    prefix = f"{folder.path}/" if folder.path else ""
    entries = [TreeEntry(prefix + e.path, e.mode, e.sha) for e in call.git.tree(folder.sha)]
    shown = [shapes.content(call.world, call.repo, entry, ref) for entry in entries]
    if call.wants("object"):
        return {**shapes.content(call.world, call.repo, folder, ref), "type": "dir", "entries": shown}
    return shown


def put_file(call: Call) -> Any:
    """`PUT /contents/{path}`: create or, with the `sha` of what is there, update."""
    try:
        data = base64.b64decode(call.text("content"))
    except binascii.Error:
        raise RefusedError(422, "content is not valid Base64") from None
    blob, before = call.git.write_blob(data), _current(call)
    mode = before.mode if before else "100644"
    commit = _commit(call, (mode, blob))
    entry = TreeEntry(call.args["path"], mode, blob)
    content = shapes.content(call.world, call.repo, entry, _branch(call))
    return Reply({"content": content, "commit": commit}, 200 if before else 201)


def delete_file(call: Call) -> Any:
    """`DELETE /contents/{path}`."""
    if _current(call) is None:
        raise not_found()
    return {"content": None, "commit": _commit(call, None)}


def _branch(call: Call) -> str:
    return call.optional_text("branch") or call.repo.default_branch


def _current(call: Call) -> TreeEntry | None:
    tip = call.git.branch(_branch(call))
    entry = call.git.entry(tip, call.args["path"]) if tip else None
    given = call.optional_text("sha")
    if entry and given is None:
        raise malformed('"sha" wasn\'t supplied.')
    if given and (entry is None or entry.sha != given):
        raise RefusedError(409, f"{call.args['path']} does not match {given}")
    return entry


def _commit(call: Call, change: tuple[str, str] | None) -> Any:
    branch, path = _branch(call), call.args["path"]
    demand_path(path, "path")
    tip = call.git.branch(branch)
    if tip is None and branch != call.repo.default_branch:
        raise RefusedError(404, f"Branch {branch} not found")
    tree = call.git.write_tree({path: change}, call.git.commit(tip).tree if tip else None)
    sha = call.git.write_commit(tree, [tip] if tip else [], _people(call), call.text("message"))
    reason = move_refusal(call.scope, f"refs/heads/{branch}", sha)
    if reason:
        raise RefusedError(409, f"Could not update file: {reason}")
    if call.scope.viewer.app:
        call.repo.verified_commits.add(sha)
    move_ref(call.scope, f"refs/heads/{branch}", sha)
    return shapes.git_commit(call.world, call.repo, call.git.commit(sha))


def _people(call: Call) -> tuple[Person, Person]:
    def given(name: str, default: Person) -> Person:
        value = call.body.get(name) or {}
        return Person(value.get("name", default.name), value.get("email", default.email), call.store.now())

    committer = given("committer", web_flow(call.scope))
    return given("author", person_of(call.scope, call.scope.login)), committer


ROUTES = at(
    "/repos/<owner>/<repo>",
    Route("GET", "/contents/", get_contents, "contents:read"),
    Route("GET", "/contents/<path:path>", get_contents, "contents:read"),
    Route("PUT", "/contents/<path:path>", put_file, "contents:write"),
    Route("DELETE", "/contents/<path:path>", delete_file, "contents:write"),
)
