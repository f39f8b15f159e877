"""What follows when a ref has moved: pull requests, check suites and webhooks."""

from __future__ import annotations

from sandbox.deeds.announcements import announce_pull, announce_review
from sandbox.deeds.suites import request_suites
from sandbox.git import NULL_SHA
from sandbox.model import ForcePush, PullRequest, Repository, Review
from sandbox.rules import gate_of
from sandbox.shapes import commits as commit_shapes
from sandbox.world import Json, Scope

#: A push event lists this many commits at most (docs.github.com, "Webhook events and payloads", push).
PUSH_COMMITS = 2048


def move_ref(scope: Scope, ref: str, after: str | None) -> None:
    """Move, create or (None) delete a ref, with all that follows."""
    before = scope.git.ref(ref)
    if after is None:
        scope.git.delete_ref(ref)
    else:
        scope.git.set_ref(ref, after)
    ref_moved(scope, ref, before, after)


def ref_moved(scope: Scope, ref: str, before: str | None, after: str | None) -> None:
    """Do all that follows a ref's move, which has happened (a push came in through git)."""
    if before == after or not ref.startswith(("refs/heads/", "refs/tags/")):
        return
    scope.repository.pushed_at = scope.store.now()
    _announce_push(scope, ref, before, after)
    branch = ref.removeprefix("refs/heads/")
    if ref.startswith("refs/tags/"):
        return
    if after is None:
        _close_orphans(scope, branch)
        return
    request_suites(scope, branch, before, after)
    _synchronize(scope, branch, after)
    _land_indirectly(scope, branch, after)


def _announce_push(scope: Scope, ref: str, before: str | None, after: str | None) -> None:
    kind, _, name = ref.removeprefix("refs/").partition("/")
    about = {"ref": name, "ref_type": "tag" if kind == "tags" else "branch", "pusher_type": "user"}
    if before is None:
        scope.announce("create", **about, master_branch=scope.repository.default_branch, description=None)
    if after is None:
        scope.announce("delete", **about)
    scope.announce("push", **_push_body(scope, ref, before, after))


def _push_body(scope: Scope, ref: str, before: str | None, after: str | None) -> Json:
    world, owner, git = scope.world, scope.repository, scope.git
    known = git.refs("refs/heads/").items() if before is None else [("", before)]
    old = [f"^{sha}" for name, sha in known if name != ref]
    tip = git.peel(after) if after else None
    new = git.log(*old, tip)[::-1][:PUSH_COMMITS] if tip else []
    shown = {sha: _pushed(scope, sha) for sha in ([*new, tip] if tip else [])}
    account = scope.viewer.account
    return {
        "ref": ref,
        "before": before or NULL_SHA,
        "after": after or NULL_SHA,
        "base_ref": None,
        "created": before is None,
        "deleted": after is None,
        "forced": bool(before and tip and not git.is_ancestor(git.peel(before), tip)),
        "compare": f"{world.html(owner)}/compare/{(before or NULL_SHA)[:12]}...{(after or NULL_SHA)[:12]}",
        "commits": [shown[sha] for sha in new],
        "head_commit": shown.get(tip or ""),
        "pusher": {"name": account.login, "email": account.emails[0]},
    }


def _pushed(scope: Scope, sha: str) -> Json:
    commit = scope.git.commit(sha)
    files = scope.git.diff(commit.parents[0], sha) if commit.parents else ()
    return commit_shapes.pushed_commit(scope.world, scope.repository, commit, files)


def pulls_from(scope: Scope, branch: str) -> list[tuple[Repository, PullRequest]]:
    """The open pull requests, here and in the parent, that a branch of this repository heads."""
    return [
        (base, pull)
        for base in scope.store.network(scope.repository)
        for pull in base.pulls
        if pull.state == "open" and (pull.head_repository_id, pull.head_ref) == (scope.repository.id, branch)
    ]


def _synchronize(scope: Scope, branch: str, after: str) -> None:
    for base, pull in pulls_from(scope, branch):
        there = Scope(scope.world, scope.viewer, base)
        before, pull.head_sha = pull.head_sha, after
        pull.base_sha = there.git.branch(pull.base_ref) or pull.base_sha
        pull.updated_at = pull.pushed_at = scope.store.now()
        pull.last_pusher = scope.login
        publish_head(there, pull, scope.repository)
        if not there.git.is_ancestor(before, after):
            pull.force_pushes.append(ForcePush(scope.login, before, after, pull.pushed_at))
        announce_pull(there, pull, "synchronize", before=before, after=after)
        _dismiss_stale(there, pull)


def publish_head(scope: Scope, pull: PullRequest, origin: Repository) -> None:
    """Bring the head into the base repository and show it at `refs/pull/N/head`."""
    if origin.id != scope.repository.id:
        scope.git.fetch(scope.store.git(origin), pull.head_sha)
    scope.git.set_ref(f"refs/pull/{pull.number}/head", pull.head_sha)


def _dismiss_stale(scope: Scope, pull: PullRequest) -> None:
    wanted = gate_of(scope.repository, pull.base_ref).reviews
    if wanted is None or not wanted.dismiss_stale_reviews:
        return
    for each in [r for r in pull.reviews if r.state == "APPROVED" and r.commit_id != pull.head_sha]:
        dismiss(scope, pull, each, "Dismissed because new commits were pushed.")


def dismiss(scope: Scope, pull: PullRequest, value: Review, message: str) -> None:
    """Take the opinion out of a review; an older one of the same person doesn't come back."""
    value.state, value.dismissal_message, value.updated_at = "DISMISSED", message, scope.store.now()
    announce_review(scope, pull, value, "dismissed")


def _close_orphans(scope: Scope, branch: str) -> None:
    based = [(scope.repository, p) for p in scope.repository.pulls if p.state == "open" and p.base_ref == branch]
    for base, pull in pulls_from(scope, branch) + based:
        close_pull(Scope(scope.world, scope.viewer, base), pull)


def _land_indirectly(scope: Scope, branch: str, after: str) -> None:
    for pull in [p for p in scope.repository.pulls if p.state == "open" and p.base_ref == branch]:
        if scope.git.is_ancestor(pull.head_sha, after):
            pull.merged_at, pull.merged_by, pull.merge_commit_sha = scope.store.now(), scope.login, after
            close_pull(scope, pull)


def close_pull(scope: Scope, pull: PullRequest) -> None:
    """Close a pull request, merged or not, and take it out of the merge queue."""
    now = scope.store.now()
    pull.state, pull.closed_at, pull.updated_at, pull.closed_by = "closed", now, now, scope.login
    pull.auto_merge = None
    announce_pull(scope, pull, "closed")
