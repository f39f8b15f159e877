"""Pull requests, their reviews, commits, files and queue entries, as GraphQL tells them."""

from __future__ import annotations

import re
from typing import Any

from sandbox.deeds.merges import merge_state, writers
from sandbox.diffs import FileDiff
from sandbox.git import GitRepository
from sandbox.graphql.access import demand
from sandbox.graphql.checks import rollup
from sandbox.graphql.connections import listed
from sandbox.graphql.nodes import (
    CommitNode,
    Fields,
    FileNode,
    Info,
    PullCommitNode,
    QueueEntryNode,
    QueueNode,
    RefNode,
    ReviewNode,
    ReviewRequestNode,
    RollupNode,
    ThreadNode,
    account,
    context,
    repository_of,
    upper,
)
from sandbox.graphql.objects import find_ref
from sandbox.graphql.repositories import ISSUE, chosen_pulls, pull_state
from sandbox.model import Account, Issue, PullRequest, Repository
from sandbox.rules import gate_of, review_decision
from sandbox.shapes.issues import association
from sandbox.store import PERMISSIONS, node_id
from sandbox.world import Scope

#: "Linking a pull request to an issue", docs.github.com: the words that close one.
_CLOSES = re.compile(r"\b(?:close[sd]?|fix(?:es|ed)?|resolve[sd]?):?\s+#(\d+)", re.IGNORECASE)
_PATCH = {"removed": "DELETED"}


def _files(source: PullRequest, info: Info) -> tuple[FileDiff, ...]:
    git = context(info).git(repository_of(info, source))
    return git.diff(_merge_base(source, info), source.head_sha)


def _merge_base(source: PullRequest, info: Info) -> str:
    git = context(info).git(repository_of(info, source))
    return git.merge_base(source.base_sha, source.head_sha) or source.base_sha


def _file_nodes(source: PullRequest, info: Info) -> list[FileNode]:
    return [FileNode(repository_of(info, source), file) for file in _files(source, info)]


def _commits(source: PullRequest, info: Info) -> list[PullCommitNode]:
    repository = repository_of(info, source)
    shas = context(info).git(repository).commits_between(_merge_base(source, info), source.head_sha)
    return [PullCommitNode(source, CommitNode(repository, sha)) for sha in shas]


def _mergeable(source: PullRequest, info: Info) -> str:
    mergeable, _ = _merge_state(source, info)
    return {None: "UNKNOWN", True: "MERGEABLE", False: "CONFLICTING"}[mergeable]


def _merge_state(source: PullRequest, info: Info) -> tuple[bool | None, str]:
    here = context(info)
    if source.pull_id not in here.merge_states:
        scope = Scope(here.world, here.viewer, repository_of(info, source))
        here.merge_states[source.pull_id] = merge_state(scope, source)
    return here.merge_states[source.pull_id]


def _merge_commit(source: PullRequest, info: Info) -> CommitNode | None:
    sha = source.merge_commit_sha if source.merged else None
    return CommitNode(repository_of(info, source), sha) if sha else None


def _potential_merge(source: PullRequest, info: Info) -> CommitNode | None:
    known = _merge_state(source, info)[0] is not None and not source.merged
    return (
        CommitNode(repository_of(info, source), source.merge_commit_sha) if known and source.merge_commit_sha else None
    )


def _base_ref(source: PullRequest, info: Info) -> RefNode | None:
    return find_ref(repository_of(info, source), info, f"refs/heads/{source.base_ref}")


def _head_repository(source: PullRequest, info: Info) -> Repository | None:
    here = context(info)
    found = here.store.repositories.get(source.head_repository_id or 0)
    return found if found and here.viewer.sees(here.store, found) else None


def _head_ref(source: PullRequest, info: Info) -> RefNode | None:
    repository = _head_repository(source, info)
    name = f"refs/heads/{source.head_ref}"
    sha = context(info).git(repository).ref(name) if repository else None
    return RefNode(repository, name, sha) if repository and sha else None


def _head_owner(source: PullRequest, info: Info) -> Account | None:
    repository = _head_repository(source, info)
    return account(info, repository.owner) if repository else None


def _closing_issues(source: PullRequest, info: Info) -> list[Issue]:
    repository = repository_of(info, source)
    if source.base_ref != repository.default_branch:
        return []
    numbers = dict.fromkeys(int(number) for number in _CLOSES.findall(source.body or ""))
    found = [repository.issues.get(number) for number in numbers]
    return [issue for issue in found if issue is not None and not isinstance(issue, PullRequest)]


def _auto_merge(source: PullRequest, _: Info) -> dict[str, Any] | None:
    wish = source.auto_merge
    if wish is None:
        return None
    return {
        "enabledAt": wish.enabled_at,
        "enabledBy": lambda info, **_: account(info, wish.enabled_by),
        "mergeMethod": wish.merge_method.upper(),
        "commitHeadline": wish.commit_title,
        "commitBody": wish.commit_message,
        "pullRequest": source,
    }


def _rollup(source: PullRequest, info: Info) -> RollupNode | None:
    repository = repository_of(info, source)
    demand(info, repository, "checks:read")
    return rollup(repository, source.head_sha)


# Reviews


def _reviews(source: PullRequest, info: Info, **filters: Any) -> list[ReviewNode]:
    mine = context(info).viewer.login
    return [
        ReviewNode(source, review)
        for review in source.reviews
        if (review.state != "PENDING" or review.user == mine)
        and (not filters.get("states") or review.state in filters["states"])
        and (filters.get("author") or review.user).lower() == review.user.lower()
    ]


def _latest_reviews(source: PullRequest, info: Info) -> list[ReviewNode]:
    return list({node.value.user: node for node in _reviews(source, info)}.values())


def _review_decision(source: PullRequest, info: Info) -> str | None:
    here, repository = context(info), repository_of(info, source)
    wanted = gate_of(repository, source.base_ref).reviews
    return review_decision(source, wanted, writers(Scope(here.world, here.viewer, repository)))


def _can_push(repository: Repository, info: Info, login: str) -> bool:
    found = context(info).store.permission(repository, login)
    return PERMISSIONS.index(found) >= PERMISSIONS.index("write")


def _review_repository(source: ReviewNode, info: Info) -> Repository:
    return repository_of(info, source.pull)


def _review_commit(source: ReviewNode, info: Info) -> CommitNode | None:
    repository = _review_repository(source, info)
    known = context(info).git(repository).has(source.value.commit_id)
    return CommitNode(repository, source.value.commit_id) if known else None


def _review_url(source: ReviewNode, info: Info) -> str:
    return f"{_url(source.pull, info)}#pullrequestreview-{source.value.id}"


def _review_requests(source: PullRequest, info: Info) -> list[ReviewRequestNode]:
    store, owner = context(info).store, repository_of(info, source).owner
    people = [store.account(login) for login in source.requested_reviewers]
    teams = [store.team(owner, slug) for slug in source.requested_teams]
    return [ReviewRequestNode(source, each) for each in [*people, *teams] if each]


def _is_outdated(source: ThreadNode, info: Info) -> bool:
    """Whether the remarked line changed since: told by the file, which is enough here."""
    git = context(info).git(repository_of(info, source.pull))
    entries = [git.entry(sha, source.value.path) for sha in (source.value.commit_id, source.pull.head_sha)]
    return entries[0] != entries[1]


def _url(source: PullRequest, info: Info) -> str:
    return f"{context(info).world.html(repository_of(info, source))}/pull/{source.number}"


# The merge queue


def _queue_entry(source: PullRequest, info: Info) -> QueueEntryNode | None:
    repository = repository_of(info, source)
    found = next((each for each in repository.queue if each.pull_number == source.number), None)
    return QueueEntryNode(repository, found) if found else None


def _position(source: QueueEntryNode, _: Info) -> int:
    queue = [each.id for each in source.repository.queue if each.base_ref == source.value.base_ref]
    return queue.index(source.value.id) + 1


def _commit_pulls(source: CommitNode, info: Info) -> list[PullRequest]:
    """The pull requests that a commit is part of, open or merged: what was merged includes what a rebase made."""
    demand(info, source.repository, "pull_requests:read")
    git = context(info).git(source.repository)
    pulls = chosen_pulls(source.repository.pulls)
    return [
        pull
        for pull in pulls
        if source.oid in {pull.merge_commit_sha if pull.merged else None, pull.head_sha}
        or source.oid in git.commits_between(_merge_base(pull, info), pull.head_sha)
        or source.oid in _landed(pull, git)
    ]


def _landed(pull: PullRequest, git: GitRepository) -> list[str]:
    """The commits that a merge put on base."""
    landed = pull.merge_commit_sha if pull.merged else None
    return git.commits_between(pull.base_sha, landed) if landed else []


FIELDS: dict[str, Fields] = {
    "PullRequest": {
        **ISSUE,
        "databaseId": lambda source, _: source.pull_id,
        "fullDatabaseId": lambda source, _: str(source.pull_id),
        "state": lambda source, _: pull_state(source),
        "isDraft": lambda source, _: source.draft,
        "permalink": _url,
        "baseRefName": lambda source, _: source.base_ref,
        "baseRefOid": lambda source, _: source.base_sha,
        "baseRef": _base_ref,
        "baseRepository": lambda source, info: repository_of(info, source),
        "headRefName": lambda source, _: source.head_ref,
        "headRefOid": lambda source, _: source.head_sha,
        "headRef": _head_ref,
        "headRepository": _head_repository,
        "headRepositoryOwner": _head_owner,
        "isCrossRepository": lambda source, _: source.head_repository_id != source.repository_id,
        "additions": lambda source, info: sum(file.additions for file in _files(source, info)),
        "deletions": lambda source, info: sum(file.deletions for file in _files(source, info)),
        "changedFiles": lambda source, info: len(_files(source, info)),
        "files": listed(_file_nodes),
        "commits": listed(_commits),
        "mergeable": _mergeable,
        "mergeStateStatus": lambda source, info: upper(_merge_state(source, info)[1]),
        "canBeRebased": lambda source, info: _merge_state(source, info)[0] is True,
        "mergeCommit": _merge_commit,
        "potentialMergeCommit": _potential_merge,
        "mergedBy": lambda source, info: account(info, source.merged_by),
        "closingIssuesReferences": listed(_closing_issues),
        "autoMergeRequest": _auto_merge,
        "statusCheckRollup": _rollup,
        "reviews": listed(_reviews),
        "latestReviews": listed(_latest_reviews),
        "reviewDecision": _review_decision,
        "reviewRequests": listed(_review_requests),
        "reviewThreads": listed(lambda source, _: [ThreadNode(source, each) for each in source.threads]),
        "mergeQueueEntry": _queue_entry,
        "isInMergeQueue": lambda source, info: _queue_entry(source, info) is not None,
    },
    "PullRequestChangedFile": {
        "changeType": lambda source, _: _PATCH.get(source.value.status, source.value.status.upper()),
    },
    "PullRequestCommit": {
        "id": lambda source, _: node_id("PURC", source.pull.repository_id, source.pull.pull_id, source.commit.oid),
        "pullRequest": lambda source, _: source.pull,
        "url": lambda source, info: f"{_url(source.pull, info)}/commits/{source.commit.oid}",
    },
    "PullRequestReview": {
        "id": lambda source, _: node_id("PRR", source.pull.repository_id, source.value.id),
        "databaseId": lambda source, _: source.value.id,
        "fullDatabaseId": lambda source, _: str(source.value.id),
        "author": lambda source, info: account(info, source.value.user),
        "authorAssociation": lambda source, info: association(
            context(info).world, _review_repository(source, info), source.value.user
        ),
        "authorCanPushToRepository": lambda source, info: _can_push(
            _review_repository(source, info), info, source.value.user
        ),
        "commit": _review_commit,
        "pullRequest": lambda source, _: source.pull,
        "updatedAt": lambda source, _: source.value.updated_at or source.value.created_at,
        "url": _review_url,
        "isMinimized": lambda *_: False,
        "minimizedReason": lambda *_: None,
    },
    "PullRequestReviewThread": {
        "id": lambda source, _: node_id("PRRT", source.pull.repository_id, source.value.id),
        "isOutdated": _is_outdated,
        "isResolved": lambda source, _: source.value.resolved_by is not None,
        "line": lambda source, info: None if _is_outdated(source, info) else source.value.line,
        "pullRequest": lambda source, _: source.pull,
        "resolvedBy": lambda source, info: account(info, source.value.resolved_by),
        "comments": listed(lambda source, _: [source]),
    },
    "PullRequestReviewComment": {
        "id": lambda source, _: node_id("PRRC", source.pull.repository_id, source.value.id),
        "author": lambda source, info: account(info, source.value.user),
        "url": lambda source, info: f"{_url(source.pull, info)}#discussion_r{source.value.id}",
    },
    "ReviewRequest": {
        "id": lambda source, _: node_id("RRQ", source.pull.pull_id, source.wanted.id),
        "databaseId": lambda *_: None,
        "asCodeOwner": lambda *_: False,
        "requestedReviewer": lambda source, _: source.wanted,
    },
    "Commit": {"associatedPullRequests": listed(_commit_pulls)},
    "MergeQueueEntry": {
        "id": lambda source, _: node_id("MQE", source.repository.id, source.value.id),
        "position": _position,
        "state": lambda *_: "AWAITING_CHECKS",
        "enqueuer": lambda source, info: account(info, source.value.enqueued_by),
        "baseCommit": lambda source, _: CommitNode(source.repository, source.value.base_sha),
        "headCommit": lambda source, _: CommitNode(source.repository, source.value.head_sha),
        "pullRequest": lambda source, _: source.repository.issues[source.value.pull_number],
        "mergeQueue": lambda source, _: QueueNode(source.repository, source.value.base_ref),
        "jump": lambda *_: False,
        "solo": lambda *_: False,
    },
}
