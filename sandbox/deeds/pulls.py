"""Pull requests: opened, edited, closed, opened again, asked to be reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.deeds import queue
from sandbox.deeds.announcements import announce_pull, team_shape
from sandbox.deeds.pushes import close_pull, publish_head
from sandbox.errors import RefusedError, invalid
from sandbox.model import PullRequest, Repository
from sandbox.shapes.people import simple_user
from sandbox.world import Scope

_STRANGERS = (
    "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a "
    "collaborator of the repository."
)


@dataclass(frozen=True)
class NewPull:
    """What a pull request is opened with; `head` is `branch`, or `owner:branch` for a fork."""

    title: str
    head: str
    base: str
    body: str | None = None
    draft: bool = False
    maintainer_can_modify: bool = True


def open_pull(scope: Scope, wish: NewPull) -> PullRequest:
    """Open a pull request.

    Raises:
        RefusedError: base or head is missing, nothing lies between them, or there is one already (422).
    """
    origin, branch = _origin(scope, wish.head)
    head = scope.store.git(origin).branch(branch) if origin else None
    base = scope.git.branch(wish.base)
    if origin is None or head is None:
        raise invalid("PullRequest", "head", "invalid")
    if base is None:
        raise invalid("PullRequest", "base", "invalid")
    _demand_new(scope, origin, branch, wish.base)
    if origin.id != scope.repository.id:
        scope.git.fetch(scope.store.git(origin), head)
    if scope.git.is_ancestor(head, base):
        raise _custom(f"No commits between {wish.base} and {wish.head}")
    pull = _new(scope, wish, (base, head), (origin, branch))
    publish_head(scope, pull, origin)
    announce_pull(scope, pull, "opened")
    return pull


def _origin(scope: Scope, head: str) -> tuple[Repository | None, str]:
    owner, colon, branch = head.rpartition(":")
    if not colon or owner.lower() == scope.repository.owner.lower():
        return scope.repository, branch
    forks = scope.store.forks(scope.repository)
    return next((fork for fork in forks if fork.owner.lower() == owner.lower()), None), branch


def _demand_new(scope: Scope, origin: Repository, branch: str, base: str) -> None:
    wanted = (origin.id, branch, base)
    for pull in scope.repository.pulls:
        if pull.state == "open" and (pull.head_repository_id, pull.head_ref, pull.base_ref) == wanted:
            raise _custom(f"A pull request already exists for {origin.owner}:{branch}.")


def _custom(message: str) -> RefusedError:
    error = {"resource": "PullRequest", "code": "custom", "message": message}
    return RefusedError(422, "Validation Failed", [error])


def _new(scope: Scope, wish: NewPull, ends: tuple[str, str], head: tuple[Repository, str]) -> PullRequest:
    now = scope.store.now()
    pull = PullRequest(
        id=scope.store.next_id(),
        pull_id=scope.store.next_id(),
        number=len(scope.repository.issues) + 1,
        repository_id=scope.repository.id,
        user=scope.login,
        title=wish.title,
        body=wish.body,
        created_at=now,
        updated_at=now,
        base_ref=wish.base,
        base_sha=ends[0],
        head_ref=head[1],
        head_sha=ends[1],
        head_repository_id=head[0].id,
        draft=wish.draft,
        maintainer_can_modify=wish.maintainer_can_modify and head[0].id != scope.repository.id,
        last_pusher=scope.login,
        pushed_at=now,
    )
    scope.repository.issues[pull.number] = pull
    return pull


def edit_pull(scope: Scope, pull: PullRequest, changes: Mapping[str, Any]) -> None:
    """Change title, body or base, and announce what they were.

    Raises:
        RefusedError: the new base doesn't exist or nothing lies between (422).
    """
    before: dict[str, Any] = {}
    for key in ("title", "body"):
        if key in changes and changes[key] != getattr(pull, key):
            before[key] = {"from": getattr(pull, key) or ""}
            setattr(pull, key, changes[key])
    if changes.get("base") and changes["base"] != pull.base_ref:
        before["base"] = _change_base(scope, pull, changes["base"])
    if before:
        pull.updated_at = scope.store.now()
        announce_pull(scope, pull, "edited", changes=before)


def _change_base(scope: Scope, pull: PullRequest, base: str) -> dict[str, Any]:
    tip = scope.git.branch(base)
    if tip is None:
        raise _custom(f"Proposed base branch '{base}' was not found")
    if scope.git.is_ancestor(pull.head_sha, tip):
        raise _custom(f"There are no new commits between base branch '{base}' and head branch '{pull.head_ref}'")
    old = {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}
    pull.base_ref, pull.base_sha = base, tip
    return old


def set_state(scope: Scope, pull: PullRequest, state: str) -> None:
    """Close or reopen.

    Raises:
        RefusedError: a merged pull request, or one whose head branch is gone, can't be reopened (422).
    """
    if state == pull.state:
        return
    if state == "closed":
        for entry in [e for e in scope.repository.queue if e.pull_number == pull.number]:
            queue.dequeue(scope, entry, "MANUAL")
        close_pull(scope, pull)
        return
    _reopen(scope, pull)


def _reopen(scope: Scope, pull: PullRequest) -> None:
    origin = scope.store.repositories.get(pull.head_repository_id or 0)
    tip = scope.store.git(origin).branch(pull.head_ref) if origin else None
    if pull.merged or origin is None or tip is None:
        raise RefusedError(422, "Validation Failed", [{"resource": "PullRequest", "field": "state", "code": "invalid"}])
    pull.state, pull.closed_at, pull.closed_by, pull.updated_at = "open", None, None, scope.store.now()
    pull.head_sha = tip
    publish_head(scope, pull, origin)
    announce_pull(scope, pull, "reopened")


def set_draft(scope: Scope, pull: PullRequest, draft: bool) -> None:
    """Turn a pull request into a draft, or mark it ready for review."""
    if pull.draft != draft:
        pull.draft, pull.updated_at = draft, scope.store.now()
        announce_pull(scope, pull, "converted_to_draft" if draft else "ready_for_review")


def request_reviewers(scope: Scope, pull: PullRequest, people: list[str], teams: list[str]) -> None:
    """Ask people and teams for a review.

    Raises:
        RefusedError: the author is among them, or somebody is no collaborator (422).
    """
    if pull.user in people:
        raise RefusedError(422, "Review cannot be requested from pull request author.")
    strangers = [login for login in people if login not in scope.store.collaborators(scope.repository)]
    if strangers or any(scope.store.team(scope.repository.owner, slug) is None for slug in teams):
        raise RefusedError(
            422,
            _STRANGERS,
        )
    for login in [p for p in people if p not in pull.requested_reviewers]:
        pull.requested_reviewers.append(login)
        announce_pull(scope, pull, "review_requested", requested_reviewer=simple_user(scope.world, login))
    for slug in [t for t in teams if t not in pull.requested_teams]:
        pull.requested_teams.append(slug)
        _announce_team(scope, pull, slug, "review_requested")


def withdraw_requests(scope: Scope, pull: PullRequest, people: list[str], teams: list[str]) -> None:
    """Take review requests back."""
    for login in [p for p in people if p in pull.requested_reviewers]:
        pull.requested_reviewers.remove(login)
        person = simple_user(scope.world, login)
        announce_pull(scope, pull, "review_request_removed", requested_reviewer=person)
    for slug in [t for t in teams if t in pull.requested_teams]:
        pull.requested_teams.remove(slug)
        _announce_team(scope, pull, slug, "review_request_removed")


def _announce_team(scope: Scope, pull: PullRequest, slug: str, action: str) -> None:
    announce_pull(scope, pull, action, requested_team=team_shape(scope, slug))
