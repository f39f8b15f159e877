"""Repositories, labels and milestones as JSON."""

from __future__ import annotations

from urllib.parse import quote

from sandbox.model import Label, Milestone, Repository
from sandbox.shapes.people import simple_user
from sandbox.store import PERMISSIONS, node_id
from sandbox.world import Json, World, stamp

_LINKS = {
    "archive_url": "{archive_format}{/ref}",
    "assignees_url": "assignees{/user}",
    "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}",
    "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}",
    "commits_url": "commits{/sha}",
    "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}",
    "contributors_url": "contributors",
    "deployments_url": "deployments",
    "downloads_url": "downloads",
    "events_url": "events",
    "forks_url": "forks",
    "git_commits_url": "git/commits{/sha}",
    "git_refs_url": "git/refs{/sha}",
    "git_tags_url": "git/tags{/sha}",
    "hooks_url": "hooks",
    "issue_comment_url": "issues/comments{/number}",
    "issue_events_url": "issues/events{/number}",
    "issues_url": "issues{/number}",
    "keys_url": "keys{/key_id}",
    "labels_url": "labels{/name}",
    "languages_url": "languages",
    "merges_url": "merges",
    "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}",
    "pulls_url": "pulls{/number}",
    "releases_url": "releases{/id}",
    "stargazers_url": "stargazers",
    "statuses_url": "statuses/{sha}",
    "subscribers_url": "subscribers",
    "subscription_url": "subscription",
    "tags_url": "tags",
    "teams_url": "teams",
    "trees_url": "git/trees{/sha}",
}
_ZEROS = ("forks", "forks_count", "stargazers_count", "watchers_count", "watchers", "size")


def repository(world: World, value: Repository) -> Json:
    """A `repository`, which is a `minimal-repository`, too."""
    api, html = world.rest(value), world.html(value)
    host = world.url.partition("://")[2]
    open_issues = sum(issue.state == "open" for issue in value.issues.values())
    return {
        "id": value.id,
        "node_id": node_id("R", value.id),
        "name": value.name,
        "full_name": value.full_name,
        "private": value.private,
        "visibility": "private" if value.private else "public",
        "owner": simple_user(world, value.owner),
        "html_url": html,
        "description": value.description,
        "fork": value.parent_id is not None,
        "url": api,
        **{key: f"{api}/{path}" for key, path in _LINKS.items()},
        "git_url": f"git://{host}/{value.full_name}.git",
        "ssh_url": f"git@{host}:{value.full_name}.git",
        "clone_url": f"{html}.git",
        "svn_url": html,
        **dict.fromkeys(("homepage", "language", "license", "mirror_url")),
        **dict.fromkeys(_ZEROS, 0),
        "open_issues_count": open_issues,
        "open_issues": open_issues,
        "default_branch": value.default_branch,
        "is_template": False,
        "topics": [],
        **dict.fromkeys(("has_issues", "has_projects", "has_wiki", "has_downloads"), True),
        **dict.fromkeys(("has_pages", "has_discussions", "disabled"), False),
        "archived": value.archived,
        "allow_forking": True,
        "pushed_at": stamp(value.pushed_at or value.created_at),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.pushed_at or value.created_at),
    }


def full_repository(world: World, value: Repository, permission: str) -> Json:
    """A `full-repository`, with what the viewer may do and how it may be merged."""
    parent = world.store.repositories.get(value.parent_id or 0)
    return {
        **repository(world, value),
        "permissions": permissions(permission),
        "allow_merge_commit": value.allow_merge_commit,
        "allow_squash_merge": value.allow_squash_merge,
        "allow_rebase_merge": value.allow_rebase_merge,
        "allow_auto_merge": value.allow_auto_merge,
        "allow_update_branch": True,
        "delete_branch_on_merge": value.delete_branch_on_merge,
        "web_commit_signoff_required": False,
        "subscribers_count": 0,
        "network_count": len(list(world.store.forks(value))),
        **({"parent": repository(world, parent), "source": repository(world, parent)} if parent else {}),
    }


def permissions(permission: str) -> Json:
    """A permission as GitHub's five flags."""
    rank = PERMISSIONS.index(permission)
    names = {"admin": 5, "maintain": 4, "push": 3, "triage": 2, "pull": 1}
    return {name: rank >= least for name, least in names.items()}


def label(world: World, owner: Repository, value: Label) -> Json:
    """A `label`."""
    return {
        "id": value.id,
        "node_id": node_id("LA", owner.id, value.id),
        "url": f"{world.rest(owner)}/labels/{quote(value.name, safe='')}",
        "name": value.name,
        "color": value.color,
        "default": value.default,
        "description": value.description,
    }


def milestone(world: World, owner: Repository, value: Milestone) -> Json:
    """A `milestone`."""
    inside = [issue for issue in owner.issues.values() if issue.milestone is value]
    api = f"{world.rest(owner)}/milestones/{value.number}"
    return {
        "url": api,
        "html_url": f"{world.html(owner)}/milestone/{value.number}",
        "labels_url": f"{api}/labels",
        "id": value.id,
        "node_id": node_id("MI", owner.id, value.id),
        "number": value.number,
        "state": value.state,
        "title": value.title,
        "description": value.description,
        "creator": simple_user(world, value.creator),
        "open_issues": sum(issue.state == "open" for issue in inside),
        "closed_issues": sum(issue.state == "closed" for issue in inside),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.created_at),
        "closed_at": None,
        "due_on": stamp(value.due_on),
    }
