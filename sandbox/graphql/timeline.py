"""What happened to a pull request, as far as the sandbox remembers it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from graphql import GraphQLError

from sandbox.graphql.connections import Connection, page_of
from sandbox.graphql.nodes import (
    CommitNode,
    Fields,
    ForcePushNode,
    Info,
    MergedNode,
    ReviewNode,
    account,
    context,
    repository_of,
)
from sandbox.graphql.repositories import issue_comments
from sandbox.model import PullRequest
from sandbox.store import node_id


def _timeline(source: PullRequest, info: Info, **arguments: Any) -> dict[str, Any]:
    page = page_of(info, arguments)
    wanted = arguments.get("itemTypes")
    if not wanted:
        raise GraphQLError("the sandbox doesn't remember everything: name the `itemTypes` that you want")
    found = [each for kind in wanted for each in _items(source, info, kind)]
    found.sort(key=_when)
    since = arguments.get("since")
    chosen = [each for each in found if since is None or _when(each) >= datetime.fromisoformat(since)]
    counts = {"filteredCount": len(chosen), "updatedAt": source.updated_at}
    return Connection(chosen, page, extra=counts).fields()


def _items(source: PullRequest, info: Info, kind: str) -> list[Any]:
    if kind == "HEAD_REF_FORCE_PUSHED_EVENT":
        return [ForcePushNode(source, each) for each in source.force_pushes]
    if kind == "MERGED_EVENT":
        return [MergedNode(source, source.merged_at)] if source.merged_at else []
    if kind == "ISSUE_COMMENT":
        return list(issue_comments(source, info))
    return [ReviewNode(source, each) for each in source.reviews if each.state != "PENDING"]


def _when(item: Any) -> datetime:
    value = item.value if isinstance(item, ForcePushNode | ReviewNode) else item
    found: datetime = getattr(value, "submitted_at", None) or value.created_at
    return found


def _commit(source: ForcePushNode, info: Info, sha: str) -> CommitNode | None:
    repository = repository_of(info, source.pull)
    return CommitNode(repository, sha) if context(info).git(repository).has(sha) else None


def _merge_commit(source: MergedNode, info: Info) -> CommitNode | None:
    sha = source.pull.merge_commit_sha
    return CommitNode(repository_of(info, source.pull), sha) if sha else None


FIELDS: dict[str, Fields] = {
    "PullRequest": {"timelineItems": _timeline},
    "HeadRefForcePushedEvent": {
        "id": lambda source, _: node_id("HRFPE", source.pull.pull_id, source.value.after),
        "actor": lambda source, info: account(info, source.value.actor),
        "beforeCommit": lambda source, info: _commit(source, info, source.value.before),
        "afterCommit": lambda source, info: _commit(source, info, source.value.after),
    },
    "MergedEvent": {
        "id": lambda source, _: node_id("ME", source.pull.pull_id),
        "actor": lambda source, info: account(info, source.pull.merged_by),
        "commit": _merge_commit,
        "mergeRefName": lambda source, _: source.pull.base_ref,
    },
}
