"""Pull requests and reviews as JSON."""

from __future__ import annotations

from sandbox.model import PullRequest, Repository, Review
from sandbox.shapes.issues import association, shared
from sandbox.shapes.people import optional_user, simple_user, team
from sandbox.shapes.repositories import repository
from sandbox.store import node_id
from sandbox.world import Json, World, stamp


def pull_simple(world: World, owner: Repository, value: PullRequest) -> Json:
    """A `pull-request-simple`, as lists have it."""
    api, html = f"{world.rest(owner)}/pulls/{value.number}", f"{world.html(owner)}/pull/{value.number}"
    teams = [world.store.team(owner.owner, slug) for slug in value.requested_teams]
    origin = world.store.repositories.get(value.head_repository_id or 0)
    return {
        **shared(world, owner, value),
        "id": value.pull_id,
        "url": api,
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        **_links(world, owner, value),
        "_links": _link_objects(world, owner, value),
        "merged_at": stamp(value.merged_at),
        "merge_commit_sha": value.merge_commit_sha,
        "requested_reviewers": [simple_user(world, login) for login in value.requested_reviewers],
        "requested_teams": [team(world, each) for each in teams if each],
        "head": _end(world, origin, value.head_ref, value.head_sha),
        "base": _end(world, owner, value.base_ref, value.base_sha),
        "auto_merge": _auto_merge(world, value),
        "draft": value.draft,
    }


def pull(world: World, owner: Repository, value: PullRequest, merge_state: tuple[bool | None, str]) -> Json:
    """A `pull-request`, its diff counted and its `mergeable` and `mergeable_state` as given."""
    mergeable, state = merge_state
    git = world.store.git(owner)
    merge_base = git.merge_base(value.base_sha, value.head_sha) or value.base_sha
    files = git.diff(merge_base, value.head_sha)
    simple = pull_simple(world, owner, value)
    return {
        **simple,
        "requested_teams": [{k: v for k, v in each.items() if k != "parent"} for each in simple["requested_teams"]],
        "merged": value.merged,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": state,
        "merged_by": optional_user(world, value.merged_by),
        "comments": sum(c.issue_number == value.number for c in owner.comments.values()),
        "review_comments": 0,
        "maintainer_can_modify": value.maintainer_can_modify,
        "commits": len(git.commits_between(merge_base, value.head_sha)),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
    }


def pull_minimal(world: World, owner: Repository, value: PullRequest) -> Json:
    """A `pull-request-minimal`, as check runs list it."""
    head = world.store.repositories.get(value.head_repository_id or 0, owner)
    return {
        "id": value.pull_id,
        "number": value.number,
        "url": f"{world.rest(owner)}/pulls/{value.number}",
        "head": {"ref": value.head_ref, "sha": value.head_sha, "repo": _brief(world, head)},
        "base": {"ref": value.base_ref, "sha": value.base_sha, "repo": _brief(world, owner)},
    }


def _brief(world: World, value: Repository) -> Json:
    return {"id": value.id, "url": world.rest(value), "name": value.name}


def _end(world: World, value: Repository | None, ref: str, sha: str) -> Json:
    return {
        "label": f"{value.owner if value else 'unknown'}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": optional_user(world, value.owner if value else None),
        "repo": _merge_settings(world, value) if value else None,
    }


def _merge_settings(world: World, value: Repository) -> Json:
    return {
        **repository(world, value),
        "allow_merge_commit": value.allow_merge_commit,
        "allow_squash_merge": value.allow_squash_merge,
        "allow_rebase_merge": value.allow_rebase_merge,
        "allow_auto_merge": value.allow_auto_merge,
        "allow_update_branch": True,
        "delete_branch_on_merge": value.delete_branch_on_merge,
    }


def _links(world: World, owner: Repository, value: PullRequest) -> Json:
    api, issue = f"{world.rest(owner)}/pulls/{value.number}", f"{world.rest(owner)}/issues/{value.number}"
    return {
        "issue_url": issue,
        "commits_url": f"{api}/commits",
        "review_comments_url": f"{api}/comments",
        "review_comment_url": f"{world.rest(owner)}/pulls/comments{{/number}}",
        "comments_url": f"{issue}/comments",
        "statuses_url": f"{world.rest(owner)}/statuses/{value.head_sha}",
    }


def _link_objects(world: World, owner: Repository, value: PullRequest) -> Json:
    hrefs = {key.removesuffix("_url"): href for key, href in _links(world, owner, value).items()}
    hrefs |= {
        "self": f"{world.rest(owner)}/pulls/{value.number}",
        "html": f"{world.html(owner)}/pull/{value.number}",
    }
    return {key: {"href": href} for key, href in hrefs.items()}


def _auto_merge(world: World, value: PullRequest) -> Json | None:
    wish = value.auto_merge
    if wish is None:
        return None
    return {
        "enabled_by": simple_user(world, wish.enabled_by),
        "merge_method": wish.merge_method,
        "commit_title": wish.commit_title,
        "commit_message": wish.commit_message,
    }


def review(world: World, owner: Repository, subject: PullRequest, value: Review) -> Json:
    """A `pull-request-review`."""
    html = f"{world.html(owner)}/pull/{subject.number}#pullrequestreview-{value.id}"
    api = f"{world.rest(owner)}/pulls/{subject.number}"
    return {
        "id": value.id,
        "node_id": node_id("PRR", owner.id, value.id),
        "user": simple_user(world, value.user),
        "body": value.body,
        "state": value.state,
        "html_url": html,
        "pull_request_url": api,
        "author_association": association(world, owner, value.user),
        "_links": {"html": {"href": html}, "pull_request": {"href": api}},
        **({"submitted_at": stamp(value.submitted_at)} if value.submitted_at else {}),
        "commit_id": value.commit_id,
    }
