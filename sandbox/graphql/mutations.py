"""The few mutations that REST has no counterpart for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.deeds import queue
from sandbox.deeds.merges import merge_blockers
from sandbox.deeds.pulls import set_draft
from sandbox.deeds.threads import resolve_thread
from sandbox.errors import RefusedError
from sandbox.graphql.access import demand, not_found, unprocessable
from sandbox.graphql.nodes import Fields, Info, QueueEntryNode, ThreadNode, account, context, repository_of
from sandbox.graphql.queries import find
from sandbox.model import AutoMerge, Comment, PullRequest, QueueEntry
from sandbox.world import Scope

Input = Mapping[str, Any]


def _pull(info: Info, number: str) -> tuple[Scope, PullRequest]:
    found = find(info, number)
    if not isinstance(found, PullRequest):
        raise not_found(f"Could not resolve to a node with the global id of '{number}'")
    repository, here = repository_of(info, found), context(info)
    demand(info, repository, "pull_requests:write")
    return Scope(here.world, here.viewer, repository), found


def _to_draft(_: Any, info: Info, input: Input) -> dict[str, Any]:  # noqa: A002 -- GitHub's name
    return _draft(info, input, draft=True)


def _ready(_: Any, info: Info, input: Input) -> dict[str, Any]:  # noqa: A002 -- GitHub's name
    return _draft(info, input, draft=False)


def _draft(info: Info, given: Input, *, draft: bool) -> dict[str, Any]:
    scope, pull = _pull(info, given["pullRequestId"])
    if pull.state == "closed":
        raise unprocessable("Pull request is closed")
    set_draft(scope, pull, draft)
    return {"clientMutationId": given.get("clientMutationId"), "pullRequest": pull}


def _enable_auto_merge(_: Any, info: Info, input: Input) -> dict[str, Any]:  # noqa: A002 -- GitHub's name
    scope, pull = _pull(info, input["pullRequestId"])
    demand(info, scope.repository, "contents:write")
    if why_not := _no_auto_merge(scope, pull, input):
        raise unprocessable(why_not)
    method = str(input.get("mergeMethod") or "MERGE").lower()
    # What isn't given is GitHub's default, as it stands in the page's form.
    texts = (input.get("commitHeadline") or f"{pull.title} (#{pull.number})", input.get("commitBody") or "")
    pull.auto_merge = AutoMerge(scope.login, method, *texts, scope.store.now())
    return {
        "actor": account(info, scope.login),
        "clientMutationId": input.get("clientMutationId"),
        "pullRequest": pull,
    }


def _no_auto_merge(scope: Scope, pull: PullRequest, given: Input) -> str:
    """Why a pull request can't be told to merge by itself, in GitHub's words ("Automatically merging …"), or ""."""
    if not scope.repository.allow_auto_merge:
        return "Pull request Auto merge is not allowed for this repository"
    if pull.state == "closed":
        return "Pull request is closed"
    if given.get("expectedHeadOid") not in (None, pull.head_sha):
        return "Head branch was modified. Review and try the merge again."
    if pull.draft:
        return "Pull request is in draft state"
    return "" if merge_blockers(scope, pull) else "Pull request is in clean status"


def _enqueue(_: Any, info: Info, input: Input) -> dict[str, Any]:  # noqa: A002 -- GitHub's name
    scope, pull = _pull(info, input["pullRequestId"])
    if input.get("expectedHeadOid") not in (None, pull.head_sha):
        raise unprocessable("Head branch was modified. Review and try the merge again.")
    try:
        entry = queue.enqueue(scope, pull)
    except RefusedError as error:
        raise unprocessable(error.message) from error
    return _entry(scope, entry, input)


def _dequeue(_: Any, info: Info, input: Input) -> dict[str, Any]:  # noqa: A002 -- GitHub's name
    scope, pull = _pull(info, input["id"])
    entry = next((each for each in scope.repository.queue if each.pull_number == pull.number), None)
    if entry is None:
        raise unprocessable("Pull request is not in the merge queue")
    queue.dequeue(scope, entry, "MANUAL")
    return _entry(scope, entry, input)


def _entry(scope: Scope, entry: QueueEntry, given: Input) -> dict[str, Any]:
    node = QueueEntryNode(scope.repository, entry)
    return {"clientMutationId": given.get("clientMutationId"), "mergeQueueEntry": node}


def _minimize(_: Any, info: Info, input: Input) -> dict[str, Any]:  # noqa: A002 -- GitHub's name
    found = find(info, input["subjectId"])
    if not isinstance(found, Comment):
        raise not_found(f"Could not resolve to a node with the global id of '{input['subjectId']}'")
    demand(info, repository_of(info, found), "issues:write")
    # The classifier goes in as OFF_TOPIC and is shown as "off-topic".
    found.minimized_reason = input["classifier"].lower().replace("_", "-")
    return {"clientMutationId": input.get("clientMutationId"), "minimizedComment": found}


def _resolve(_: Any, info: Info, input: Input) -> dict[str, Any]:  # noqa: A002 -- GitHub's name
    return _turn(info, input, resolved=True)


def _unresolve(_: Any, info: Info, input: Input) -> dict[str, Any]:  # noqa: A002 -- GitHub's name
    return _turn(info, input, resolved=False)


def _turn(info: Info, given: Input, *, resolved: bool) -> dict[str, Any]:
    found = find(info, given["threadId"])
    if not isinstance(found, ThreadNode):
        raise not_found(f"Could not resolve to a node with the global id of '{given['threadId']}'")
    repository, here = repository_of(info, found.pull), context(info)
    demand(info, repository, "pull_requests:write")
    resolve_thread(Scope(here.world, here.viewer, repository), found.value, resolved=resolved)
    return {"clientMutationId": given.get("clientMutationId"), "thread": found}


FIELDS: dict[str, Fields] = {
    "Mutation": {
        "convertPullRequestToDraft": _to_draft,
        "markPullRequestReadyForReview": _ready,
        "enablePullRequestAutoMerge": _enable_auto_merge,
        "enqueuePullRequest": _enqueue,
        "dequeuePullRequest": _dequeue,
        "minimizeComment": _minimize,
        "resolveReviewThread": _resolve,
        "unresolveReviewThread": _unresolve,
    },
}
