"""Repositories, labels, milestones, branch protection and issues, as GraphQL tells them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from sandbox.graphql.access import demand, not_found, visible_repository
from sandbox.graphql.connections import Connection, listed, page_of
from sandbox.graphql.nodes import (
    Fields,
    Info,
    LabelNode,
    MilestoneNode,
    ProtectionNode,
    QueueEntryNode,
    QueueNode,
    RefNode,
    account,
    context,
    repository_of,
)
from sandbox.graphql.objects import find_object, find_ref, find_refs, qualified_ref
from sandbox.model import Account, Comment, Issue, PullRequest, Repository
from sandbox.rules import gate_of
from sandbox.shapes.issues import association, issue_node
from sandbox.store import node_id

IssueT = TypeVar("IssueT", bound=Issue)


def repository(_: Any, info: Info, owner: str, name: str, **__: Any) -> Repository:
    """`Query.repository`."""
    return visible_repository(info, owner, name)


def _permission(source: Repository, info: Info) -> str | None:
    here = context(info)
    if here.viewer.installation is not None:
        return None
    found = here.store.permission(source, here.viewer.login)
    return None if found == "none" else found.upper()


def _collaborators(source: Repository, info: Info, **arguments: Any) -> dict[str, Any]:
    demand(info, source, "metadata:read")
    page, store = page_of(info, arguments), context(info).store
    login, query = arguments.get("login"), arguments.get("query")
    people = [found for each in store.collaborators(source) if (found := account(info, each))]
    chosen = [
        person
        for person in people
        if (login is None or person.login.lower() == login.lower())
        and (query is None or query.lower() in person.login.lower())
    ]
    edges = Connection(chosen, page, edges_with=lambda it: {"permission": store.permission(source, it.login).upper()})
    return edges.fields()


def _pull_request(source: Repository, info: Info, number: int) -> PullRequest:
    demand(info, source, "pull_requests:read")
    found = source.issues.get(number)
    if not isinstance(found, PullRequest):
        raise not_found(f"Could not resolve to a PullRequest with the number of {number}.")
    return found


def _issue(source: Repository, info: Info, number: int) -> Issue:
    demand(info, source, "issues:read")
    found = source.issues.get(number)
    if found is None or isinstance(found, PullRequest):
        raise not_found(f"Could not resolve to an Issue with the number of {number}.")
    return found


def _issue_or_pull(source: Repository, info: Info, number: int) -> Issue:
    found = source.issues.get(number)
    if found is None:
        raise not_found(f"Could not resolve to an issue or pull request with the number of {number}.")
    demand(info, source, "pull_requests:read" if isinstance(found, PullRequest) else "issues:read")
    return found


def chosen_pulls(pulls: Iterable[PullRequest], **filters: Any) -> list[PullRequest]:
    """The pull requests that the filters of a `pullRequests` connection select, in the wanted order."""
    found = [
        pull
        for pull in pulls
        if (not filters.get("states") or pull_state(pull) in filters["states"])
        and filters.get("baseRefName") in (None, pull.base_ref)
        and filters.get("headRefName") in (None, pull.head_ref)
        and _has_label(pull, filters.get("labels"))
    ]
    return _ordered(found, filters.get("orderBy"))


def pull_state(source: PullRequest) -> str:
    """GraphQL has a third state, where REST says closed with `merged_at`."""
    return "MERGED" if source.merged else source.state.upper()


def _pull_requests(source: Repository, info: Info, **filters: Any) -> list[PullRequest]:
    demand(info, source, "pull_requests:read")
    return chosen_pulls(source.pulls, **filters)


def _issues(source: Repository, info: Info, **filters: Any) -> list[Issue]:
    demand(info, source, "issues:read")
    found = [
        issue
        for issue in source.issues.values()
        if not isinstance(issue, PullRequest)
        and (not filters.get("states") or issue.state.upper() in filters["states"])
        and _has_label(issue, filters.get("labels"))
    ]
    return _ordered(found, filters.get("orderBy"))


def _has_label(issue: Issue, wanted: list[str] | None) -> bool:
    names = {label.name.lower() for label in issue.labels}
    return not wanted or any(name.lower() in names for name in wanted)


def _ordered(found: list[IssueT], order: dict[str, str] | None) -> list[IssueT]:
    if order is None:
        return found
    by_update = order["field"] == "UPDATED_AT"
    descending = order["direction"] == "DESC"
    key = lambda each: (each.updated_at if by_update else each.created_at, each.number)  # noqa: E731 -- one expression
    return sorted(found, key=key, reverse=descending)


def _default_branch(source: Repository, info: Info) -> RefNode | None:
    return find_ref(source, info, f"refs/heads/{source.default_branch}")


def _labels(source: Repository, _: Info, query: str | None = None) -> list[LabelNode]:
    return [LabelNode(source, each) for each in source.labels.values() if query is None or query in each.name]


def _label(source: Repository, _: Info, name: str) -> LabelNode | None:
    found = next((each for each in source.labels.values() if each.name.lower() == name.lower()), None)
    return LabelNode(source, found) if found else None


def _milestone(source: Repository, _: Info, number: int) -> MilestoneNode | None:
    found = source.milestones.get(number)
    return MilestoneNode(source, found) if found else None


def _merge_queue(source: Repository, _: Info, branch: str | None = None) -> QueueNode | None:
    name = branch or source.default_branch
    return QueueNode(source, name) if gate_of(source, name).queue else None


def _queue_entries(source: QueueNode, _: Info) -> list[QueueEntryNode]:
    return [
        QueueEntryNode(source.repository, each) for each in source.repository.queue if each.base_ref == source.branch
    ]


def _protections(source: Repository, info: Info) -> list[ProtectionNode]:
    demand(info, source, "administration:read")
    return [ProtectionNode(source, guard) for guard in source.protections.values()]


def _ref_protection(source: RefNode, _: Info) -> ProtectionNode | None:
    guard = source.repository.protections.get(source.full_name.removeprefix("refs/heads/"))
    return ProtectionNode(source.repository, guard) if guard else None


def _ref_pulls(source: RefNode, _: Info, **filters: Any) -> list[PullRequest]:
    name = source.full_name.removeprefix("refs/heads/")
    own = [pull for pull in source.repository.pulls if pull.head_repository_id == source.repository.id]
    return chosen_pulls([pull for pull in own if pull.head_ref == name], **filters)


def _required_checks(source: ProtectionNode, info: Info) -> list[dict[str, Any]]:
    apps = context(info).store.apps
    return [
        {"context": check.context, "app": apps.get(check.app_id or 0)} for check in source.value.required_checks or ()
    ]


def _reviews_field(name: str, otherwise: Any) -> Any:
    return lambda source, _: getattr(source.value.required_reviews, name, otherwise)


def association_of(source: Any, info: Info) -> str:
    """How the author of something stands to the repository."""
    return association(context(info).world, repository_of(info, source), source.user)


def issue_comments(source: Issue, info: Info) -> list[Comment]:
    """The comments of an issue or pull request, oldest first."""
    return [each for each in repository_of(info, source).comments.values() if each.issue_number == source.number]


def author(source: Any, info: Info) -> Account | None:
    """Who wrote it; None where the account is gone."""
    return account(info, source.user)


def _issue_url(source: Issue, info: Info) -> str:
    page = "pull" if isinstance(source, PullRequest) else "issues"
    return f"{context(info).world.html(repository_of(info, source))}/{page}/{source.number}"


def _comment_url(source: Comment, info: Info) -> str:
    subject = repository_of(info, source).issues[source.issue_number]
    return f"{_issue_url(subject, info)}#issuecomment-{source.id}"


def _issue_labels(source: Issue, info: Info) -> list[LabelNode]:
    return [LabelNode(repository_of(info, source), label) for label in source.labels]


def _issue_milestone(source: Issue, info: Info) -> MilestoneNode | None:
    return MilestoneNode(repository_of(info, source), source.milestone) if source.milestone else None


def _assignees(source: Issue, info: Info) -> list[Account]:
    return [found for login in source.assignees if (found := account(info, login))]


#: What an issue and a pull request have in common.
ISSUE: Fields = {
    "id": lambda source, _: issue_node(source),
    "body": lambda source, _: source.body or "",
    "author": author,
    "authorAssociation": association_of,
    "closed": lambda source, _: source.state == "closed",
    "comments": listed(issue_comments),
    "labels": listed(_issue_labels),
    "assignees": listed(_assignees),
    "milestone": _issue_milestone,
    "repository": lambda source, info: repository_of(info, source),
    "url": _issue_url,
}

FIELDS: dict[str, Fields] = {
    "Repository": {
        "id": lambda source, _: node_id("R", source.id),
        "databaseId": lambda source, _: source.id,
        "nameWithOwner": lambda source, _: source.full_name,
        "owner": lambda source, info: account(info, source.owner),
        "url": lambda source, info: context(info).world.html(source),
        "isPrivate": lambda source, _: source.private,
        "isArchived": lambda source, _: source.archived,
        "isDisabled": lambda *_: False,
        "isFork": lambda source, _: source.parent_id is not None,
        "parent": lambda source, info: context(info).store.repositories.get(source.parent_id or 0),
        "visibility": lambda source, _: "PRIVATE" if source.private else "PUBLIC",
        "mergeCommitAllowed": lambda source, _: source.allow_merge_commit,
        "squashMergeAllowed": lambda source, _: source.allow_squash_merge,
        "rebaseMergeAllowed": lambda source, _: source.allow_rebase_merge,
        "autoMergeAllowed": lambda source, _: source.allow_auto_merge,
        "defaultBranchRef": _default_branch,
        "viewerPermission": _permission,
        "collaborators": _collaborators,
        "pullRequest": _pull_request,
        "pullRequests": listed(_pull_requests),
        "issue": _issue,
        "issueOrPullRequest": _issue_or_pull,
        "issues": listed(_issues),
        "object": find_object,
        "ref": qualified_ref,
        "refs": listed(find_refs),
        "branchProtectionRules": listed(_protections),
        "label": _label,
        "labels": listed(_labels),
        "milestone": _milestone,
        "mergeQueue": _merge_queue,
    },
    "Ref": {"branchProtectionRule": _ref_protection, "associatedPullRequests": listed(_ref_pulls)},
    "Label": {
        "id": lambda source, _: node_id("LA", source.repository.id, source.value.id),
        "isDefault": lambda source, _: source.value.default,
    },
    "Milestone": {
        "id": lambda source, _: node_id("MI", source.repository.id, source.value.id),
        "state": lambda source, _: source.value.state.upper(),
    },
    "Issue": {
        **ISSUE,
        "databaseId": lambda source, _: source.id,
        "fullDatabaseId": lambda source, _: str(source.id),
        "state": lambda source, _: source.state.upper(),
        "stateReason": lambda source, _: source.state_reason.upper() if source.state_reason else None,
    },
    "IssueComment": {
        "id": lambda source, _: node_id("IC", source.repository_id, source.id),
        "databaseId": lambda source, _: source.id,
        "fullDatabaseId": lambda source, _: str(source.id),
        "author": author,
        "authorAssociation": association_of,
        "isMinimized": lambda source, _: source.minimized_reason is not None,
        "url": _comment_url,
        "viewerDidAuthor": lambda source, info: source.user == context(info).viewer.login,
    },
    "BranchProtectionRule": {
        "id": lambda source, _: node_id("BPR", source.repository.id, source.value.branch),
        "databaseId": lambda *_: None,
        "pattern": lambda source, _: source.value.branch,
        "requiresStatusChecks": lambda source, _: source.value.required_checks is not None,
        "requiredStatusCheckContexts": lambda source, _: [c.context for c in source.value.required_checks or ()],
        "requiredStatusChecks": _required_checks,
        "requiresStrictStatusChecks": lambda source, _: source.value.strict,
        "requiresApprovingReviews": lambda source, _: source.value.required_reviews is not None,
        "requiredApprovingReviewCount": _reviews_field("count", None),
        "dismissesStaleReviews": _reviews_field("dismiss_stale_reviews", False),
        "requiresCodeOwnerReviews": _reviews_field("require_code_owner_reviews", False),
        "requireLastPushApproval": _reviews_field("require_last_push_approval", False),
        "isAdminEnforced": lambda source, _: source.value.enforce_admins,
        "requiresLinearHistory": lambda source, _: source.value.required_linear_history,
        "allowsForcePushes": lambda source, _: source.value.allow_force_pushes,
        "allowsDeletions": lambda source, _: source.value.allow_deletions,
        "requiresConversationResolution": lambda source, _: source.value.required_conversation_resolution,
    },
    "MergeQueue": {
        "id": lambda source, _: node_id("MQ", source.repository.id, source.branch),
        "entries": listed(_queue_entries),
        "url": lambda source, info: f"{context(info).world.html(source.repository)}/queue/{source.branch}",
    },
}
