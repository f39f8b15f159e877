"""The sandbox's own operations, for deeds that GitHub offers in its pages (and GraphQL) alone."""

from __future__ import annotations

from typing import Any

from sandbox.deeds import pulls, queue
from sandbox.deeds.progress import advance
from sandbox.errors import not_found
from sandbox.model import QueueEntry
from sandbox.rest.calls import Call, Reply, Route, at
from sandbox.shapes.gates import merge_group


def enqueue(call: Call) -> Any:
    """`POST /pulls/{number}/queue`: "Merge when ready"."""
    entry = queue.enqueue(call.scope, call.scope.pull(call.args["number"]))
    shape = merge_group(call.world, call.repo, entry)
    advance(call.scope)
    return shape


def dequeue(call: Call) -> Any:
    """`DELETE /pulls/{number}/queue`: "Remove from queue"."""
    queue.dequeue(call.scope, _entry(call), "MANUAL")
    return Reply(None, 204)


def _entry(call: Call) -> QueueEntry:
    found = [entry for entry in call.repo.queue if entry.pull_number == call.args["number"]]
    if not found:
        raise not_found()
    return found[0]


def list_queue(call: Call) -> Any:
    """`GET /queue`: the merge groups, the front one first."""
    return [merge_group(call.world, call.repo, entry) for entry in call.repo.queue]


def set_draft(call: Call) -> Any:
    """`PUT /pulls/{number}/draft`: `{"draft": true}` or "Ready for review"."""
    pulls.set_draft(call.scope, call.scope.pull(call.args["number"]), call.flag("draft"))
    return {"draft": call.flag("draft")}


ROUTES = at(
    "/repos/<owner>/<repo>",
    Route("GET", "/queue", list_queue, "pull_requests:read"),
    Route("POST", "/pulls/<int:number>/queue", enqueue, "contents:write", 201),
    Route("DELETE", "/pulls/<int:number>/queue", dequeue, "contents:write"),
    Route("PUT", "/pulls/<int:number>/draft", set_draft, "pull_requests:write"),
)
