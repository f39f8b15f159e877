"""Merging: whether a pull request can be merged, and GitHub's three ways to do it."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox import merging
from sandbox.deeds.announcements import announce_pull
from sandbox.deeds.pushes import move_ref
from sandbox.errors import RefusedError, invalid
from sandbox.model import PullRequest
from sandbox.objects import Person
from sandbox.rules import Gate, blockers, gate_of, rollup
from sandbox.store import PERMISSIONS
from sandbox.world import Scope

_METHODS = {"merge": "allow_merge_commit", "squash": "allow_squash_merge", "rebase": "allow_rebase_merge"}


@dataclass(frozen=True)
class MergeWish:
    """How to merge; `sha` is the head that must not have moved."""

    method: str = "merge"
    sha: str | None = None
    title: str | None = None
    message: str | None = None


def person_of(scope: Scope, login: str) -> Person:
    """An account as author of a commit, now."""
    account = scope.store.account(login)
    name, email = (account.name or login, account.emails[0]) if account else (login, "")
    return Person(name, email, scope.store.now())


def web_flow(scope: Scope) -> Person:
    """The committer of what GitHub itself commits."""
    return Person("GitHub", "noreply@github.com", scope.store.now())


def mergeability(scope: Scope, pull: PullRequest, at_once: bool = False) -> bool | None:
    """Whether the pull request merges cleanly; None on the first look after base or head moved, as on GitHub.

    GitHub works it out in the background, meanwhile `mergeable` is null ("Get a pull request"); here the first look
    does the work, leaves the test merge at `refs/pull/N/merge`, and only the next one shows it.
    """
    if pull.state == "closed":
        return pull.mergeable
    base = scope.git.branch(pull.base_ref) or pull.base_sha
    if pull.mergeable_for == (base, pull.head_sha):
        return pull.mergeable
    pull.mergeable_for = (base, pull.head_sha)
    people = (person_of(scope, pull.user), web_flow(scope))
    message = f"Merge {pull.head_sha} into {base}"
    pull.merge_commit_sha = merging.merge_commit(scope.git, (base, pull.head_sha), people, message)
    pull.mergeable = pull.merge_commit_sha is not None
    if pull.merge_commit_sha:
        scope.git.set_ref(f"refs/pull/{pull.number}/merge", pull.merge_commit_sha)
    return pull.mergeable if at_once else None


def writers(scope: Scope) -> frozenset[str]:
    """Everybody with write access."""
    least = PERMISSIONS.index("write")
    people = scope.store.collaborators(scope.repository)
    return frozenset(p for p in people if PERMISSIONS.index(scope.store.permission(scope.repository, p)) >= least)


def merge_blockers(scope: Scope, pull: PullRequest) -> list[str]:
    """Why protection and rulesets forbid the merge; empty if they don't."""
    gate = gate_of(scope.repository, pull.base_ref)
    base = scope.git.branch(pull.base_ref) or pull.base_sha
    up_to_date = not gate.strict or scope.git.is_ancestor(base, pull.head_sha)
    return blockers(gate, scope.repository, pull, (writers(scope), up_to_date))


def merge_state(scope: Scope, pull: PullRequest) -> tuple[bool | None, str]:
    """`mergeable` and `mergeable_state` (clean, dirty, draft, behind, blocked, unstable, unknown)."""
    mergeable = mergeability(scope, pull)
    if mergeable is None or pull.state == "closed":
        return mergeable, "unknown"
    if not mergeable:
        return False, "dirty"
    if pull.draft:
        return True, "draft"
    return True, _state(scope, pull)


def _state(scope: Scope, pull: PullRequest) -> str:
    reasons = merge_blockers(scope, pull)
    if reasons:
        return "behind" if len(reasons) == 1 and reasons[0].startswith("Head branch is out of date") else "blocked"
    return "clean" if rollup(scope.repository, pull.head_sha) in {None, "SUCCESS"} else "unstable"


def may_bypass(scope: Scope, gate: Gate) -> bool:
    """Whether who acts is an administrator that the gate lets through."""
    person = scope.viewer.installation is None
    return gate.bypassed_by_admins and person and scope.store.permission(scope.repository, scope.login) == "admin"


def merge_pull(scope: Scope, pull: PullRequest, wish: MergeWish) -> str:
    """Merge a pull request and return the SHA that base then has.

    Raises:
        RefusedError: blocked or not mergeable (405), the head moved (409), or the method is not allowed (405).
    """
    _demand_mergeable(scope, pull, wish)
    base = scope.git.branch(pull.base_ref) or pull.base_sha
    sha = _merged_commit(scope, pull, wish, base)
    if sha is None:
        raise RefusedError(405, "Pull Request is not mergeable")
    land(scope, pull, sha)
    return sha


def land(scope: Scope, pull: PullRequest, sha: str) -> None:
    """Make `sha`, which holds the pull request, the tip of its base, and close the pull request as merged."""
    now = scope.store.now()
    pull.base_sha = scope.git.branch(pull.base_ref) or pull.base_sha
    pull.merged_at, pull.merged_by, pull.merge_commit_sha, pull.mergeable = now, scope.login, sha, None
    pull.state, pull.closed_at, pull.updated_at, pull.closed_by = "closed", now, now, scope.login
    pull.auto_merge = None
    move_ref(scope, f"refs/heads/{pull.base_ref}", sha)
    announce_pull(scope, pull, "closed")
    own = pull.head_repository_id == scope.repository.id
    if scope.repository.delete_branch_on_merge and own and scope.git.branch(pull.head_ref):
        move_ref(scope, f"refs/heads/{pull.head_ref}", None)


def _demand_mergeable(scope: Scope, pull: PullRequest, wish: MergeWish) -> None:
    gate = gate_of(scope.repository, pull.base_ref)
    if wish.method not in _METHODS:
        raise invalid("PullRequest", "merge_method", "invalid")
    if pull.state == "closed":
        raise RefusedError(405, "Pull Request is not mergeable")
    if wish.sha and wish.sha != pull.head_sha:
        raise RefusedError(409, "Head branch was modified. Review and try the merge again.")
    if not getattr(scope.repository, _METHODS[wish.method]) or wish.method not in gate.methods:
        raise RefusedError(405, f"{wish.method.capitalize()} merges are not allowed on this repository.")
    if pull.draft:
        raise RefusedError(405, "Pull Request is still a draft")
    if gate.queue:
        raise RefusedError(405, "Changes must be made through the merge queue")
    reasons = merge_blockers(scope, pull)
    if reasons and not may_bypass(scope, gate):
        raise RefusedError(405, reasons[0])


def _merged_commit(scope: Scope, pull: PullRequest, wish: MergeWish, base: str) -> str | None:
    ends, author = (base, pull.head_sha), person_of(scope, scope.login)
    if wish.method == "rebase":
        return merging.rebase(scope.git, ends, author)
    if wish.method == "squash":
        sha = merging.squash(
            scope.git, ends, (person_of(scope, pull.user), web_flow(scope)), squash_message(scope, pull, wish)
        )
    else:
        sha = merging.merge_commit(scope.git, ends, (author, web_flow(scope)), merge_message(scope, pull, wish))
    if sha:
        scope.repository.verified_commits.add(sha)
    return sha


def merge_message(scope: Scope, pull: PullRequest, wish: MergeWish) -> str:
    """GitHub's default message of a merge commit, or what was wished."""
    origin = scope.store.repositories.get(pull.head_repository_id or 0, scope.repository)
    title = wish.title or f"Merge pull request #{pull.number} from {origin.owner}/{pull.head_ref}"
    return f"{title}\n\n{wish.message or pull.title}\n"


def squash_message(scope: Scope, pull: PullRequest, wish: MergeWish) -> str:
    """GitHub's default message of a squash: the one commit's own, or the title and a list of the commits' messages."""
    shas = scope.git.commits_between(scope.git.branch(pull.base_ref) or pull.base_sha, pull.head_sha)
    subject, _, rest = (scope.git.commit(shas[0]).message if len(shas) == 1 else pull.title).partition("\n")
    messages = [scope.git.commit(sha).message.strip() for sha in shas]
    listed = rest.strip() if len(shas) == 1 else "\n\n".join(f"* {message}" for message in messages)
    title, body = wish.title or f"{subject} (#{pull.number})", listed if wish.message is None else wish.message
    return f"{title}\n\n{body}".strip() + "\n"


def update_branch(scope: Scope, pull: PullRequest, expected: str | None) -> None:
    """Merge base into the head branch ("Update branch").

    Raises:
        RefusedError: the head moved, nothing is new on base, or they conflict (422).
    """
    base = scope.git.branch(pull.base_ref) or pull.base_sha
    if expected and expected != pull.head_sha:
        raise RefusedError(422, "expected head sha didn't match current head ref.")
    if scope.git.is_ancestor(base, pull.head_sha):
        raise RefusedError(422, "There are no new commits on the base branch.")
    message = f"Merge branch '{pull.base_ref}' into {pull.head_ref}\n"
    origin = scope.store.repositories[pull.head_repository_id or scope.repository.id]
    people = (person_of(scope, scope.login), web_flow(scope))
    sha = merging.merge_commit(scope.git, (pull.head_sha, base), people, message)
    if sha is None:
        raise RefusedError(422, "merge conflict between base and head")
    if origin.id != scope.repository.id:
        scope.store.git(origin).fetch(scope.git, sha)
    origin.verified_commits.add(sha)
    move_ref(Scope(scope.world, scope.viewer, origin), f"refs/heads/{pull.head_ref}", sha)


def merge_branches(scope: Scope, base: str, head: str, message: str | None) -> str | None:
    """Merge one branch or commit into a branch (`POST /merges`); None if base already holds it.

    Raises:
        RefusedError: base or head is missing (404), or they conflict (409).
    """
    tip, theirs = scope.git.branch(base), scope.git.resolve(head)
    if tip is None or theirs is None:
        raise RefusedError(404, "Base does not exist" if tip is None else "Head does not exist")
    if scope.git.is_ancestor(theirs, tip):
        return None
    people = (person_of(scope, scope.login), web_flow(scope))
    sha = merging.merge_commit(scope.git, (tip, theirs), people, message or f"Merge {head} into {base}\n")
    if sha is None:
        raise RefusedError(409, "Merge conflict")
    scope.repository.verified_commits.add(sha)
    move_ref(scope, f"refs/heads/{base}", sha)
    return sha
