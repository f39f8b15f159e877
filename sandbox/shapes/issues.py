"""Issues, comments and reactions as JSON."""

from __future__ import annotations

from collections import Counter

from sandbox.model import Comment, Issue, PullRequest, Reaction, Repository
from sandbox.shapes.people import optional_app, optional_user, simple_user
from sandbox.shapes.repositories import label, milestone
from sandbox.store import node_id
from sandbox.world import Json, World, stamp

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


def association(world: World, owner: Repository, login: str) -> str:
    """How an author stands to the repository (`author_association`)."""
    holder = world.store.account(owner.owner)
    if login.lower() == owner.owner.lower():
        return "OWNER"
    if holder and login in holder.members:
        return "MEMBER"
    if login in owner.collaborators:
        return "COLLABORATOR"
    merged = any(pull.merged and pull.user == login for pull in owner.pulls)
    return "CONTRIBUTOR" if merged else "NONE"


def issue_node(value: Issue) -> str:
    """The global id: of the pull request where the issue is one."""
    kind, number = ("PR", value.pull_id) if isinstance(value, PullRequest) else ("I", value.id)
    return node_id(kind, value.repository_id, number)


def shared(world: World, owner: Repository, value: Issue) -> Json:
    """What an issue and a pull request have in common."""
    assignees = [simple_user(world, login) for login in value.assignees]
    return {
        "node_id": issue_node(value),
        "number": value.number,
        "state": value.state,
        "locked": value.locked,
        "title": value.title,
        "user": simple_user(world, value.user),
        "body": value.body,
        "labels": [label(world, owner, each) for each in value.labels],
        "milestone": milestone(world, owner, value.milestone) if value.milestone else None,
        "active_lock_reason": None,
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.updated_at),
        "closed_at": stamp(value.closed_at),
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "author_association": association(world, owner, value.user),
    }


def issue(world: World, owner: Repository, value: Issue) -> Json:
    """An `issue`; for a pull request it has the `pull_request` property."""
    api = f"{world.rest(owner)}/issues/{value.number}"
    page = "pull" if isinstance(value, PullRequest) else "issues"
    shape = {
        **shared(world, owner, value),
        "id": value.id,
        "url": api,
        "repository_url": world.rest(owner),
        "labels_url": f"{api}/labels{{/name}}",
        "comments_url": f"{api}/comments",
        "events_url": f"{api}/events",
        "timeline_url": f"{api}/timeline",
        "html_url": f"{world.html(owner)}/{page}/{value.number}",
        "state_reason": value.state_reason,
        "comments": sum(c.issue_number == value.number for c in owner.comments.values()),
        "closed_by": optional_user(world, value.closed_by),
        "performed_via_github_app": optional_app(world, value.app_id),
        "reactions": reaction_rollup(api, []),
    }
    return {**shape, **_pull_part(world, owner, value)} if isinstance(value, PullRequest) else shape


def _pull_part(world: World, owner: Repository, value: PullRequest) -> Json:
    html = f"{world.html(owner)}/pull/{value.number}"
    links = {
        "url": f"{world.rest(owner)}/pulls/{value.number}",
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "merged_at": stamp(value.merged_at),
    }
    return {"draft": value.draft, "pull_request": links}


def comment(world: World, owner: Repository, value: Comment) -> Json:
    """An `issue-comment`."""
    issues = f"{world.rest(owner)}/issues"
    page = "pull" if isinstance(owner.issues[value.issue_number], PullRequest) else "issues"
    api = f"{issues}/comments/{value.id}"
    return {
        "id": value.id,
        "node_id": node_id("IC", owner.id, value.id),
        "url": api,
        "html_url": f"{world.html(owner)}/{page}/{value.issue_number}#issuecomment-{value.id}",
        "issue_url": f"{issues}/{value.issue_number}",
        "body": value.body,
        "user": simple_user(world, value.user),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.updated_at),
        "author_association": association(world, owner, value.user),
        "performed_via_github_app": optional_app(world, value.app_id),
        "reactions": reaction_rollup(api, value.reactions),
    }


def reaction_rollup(subject: str, reactions: list[Reaction]) -> Json:
    """A `reaction-rollup`: how often each reaction was given."""
    count = Counter(each.content for each in reactions)
    return {
        "url": f"{subject}/reactions",
        "total_count": len(reactions),
        **{content: count[content] for content in REACTIONS},
    }


def reaction(world: World, owner: Repository, value: Reaction) -> Json:
    """A `reaction`."""
    return {
        "id": value.id,
        "node_id": node_id("REA", owner.id, value.id),
        "user": simple_user(world, value.user),
        "content": value.content,
        "created_at": stamp(value.created_at),
    }
