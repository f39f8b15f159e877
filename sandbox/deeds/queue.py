"""The merge queue: each entry is tried on top of the one before it, on a branch of its own.

Followed: docs.github.com, "Managing a merge queue". Each entry is a group of one pull request (the least group size,
GitHub's default), merged by a merge commit.
"""

from __future__ import annotations

from sandbox import merging
from sandbox.auth import Viewer
from sandbox.deeds.announcements import announce_pull
from sandbox.deeds.merges import MergeWish, land, merge_blockers, merge_message, person_of, web_flow
from sandbox.deeds.pushes import move_ref
from sandbox.errors import RefusedError
from sandbox.model import PullRequest, QueueEntry
from sandbox.rules import SATISFYING, gate_of, unsatisfied
from sandbox.shapes.gates import merge_group
from sandbox.suites import newest_runs, newest_statuses
from sandbox.world import Scope


def enqueue(scope: Scope, pull: PullRequest) -> QueueEntry:
    """Put a pull request at the end of its base's queue and ask for checks on what would be merged.

    Raises:
        RefusedError: it is blocked, closed, a draft, queued already or conflicts (422).
    """
    if pull.state == "closed" or pull.draft:
        raise RefusedError(422, "Pull request is closed or a draft.")
    if any(entry.pull_number == pull.number for entry in scope.repository.queue):
        raise RefusedError(422, "Pull request is already in the queue.")
    reasons = merge_blockers(scope, pull)
    if reasons:
        raise RefusedError(422, reasons[0])
    entry = _group(scope, pull, scope.login)
    if entry is None:
        raise RefusedError(422, "Pull request has merge conflicts.")
    announce_pull(scope, pull, "enqueued")
    _request(scope, entry)
    return entry


def _group(scope: Scope, pull: PullRequest, login: str) -> QueueEntry | None:
    ahead = [entry for entry in scope.repository.queue if entry.base_ref == pull.base_ref]
    base = ahead[-1].head_sha if ahead else scope.git.branch(pull.base_ref) or pull.base_sha
    people = (person_of(scope, login), web_flow(scope))
    sha = merging.merge_commit(scope.git, (base, pull.head_sha), people, merge_message(scope, pull, MergeWish()))
    if sha is None:
        return None
    ref = f"refs/heads/gh-readonly-queue/{pull.base_ref}/pr-{pull.number}-{base}"
    now = scope.store.now()
    return QueueEntry(scope.store.next_id(), pull.number, pull.base_ref, base, ref, sha, login, now)


def _request(scope: Scope, entry: QueueEntry) -> None:
    scope.repository.queue.append(entry)
    scope.repository.verified_commits.add(entry.head_sha)
    move_ref(scope, entry.ref, entry.head_sha)
    shape = merge_group(scope.world, scope.repository, entry)
    scope.announce("merge_group", "checks_requested", merge_group=shape)


def advance(scope: Scope) -> None:
    """Merge the front entry of each queue whose checks are satisfied; throw out the one whose checks failed."""
    for base in dict.fromkeys(entry.base_ref for entry in scope.repository.queue):
        while (front := _front(scope, base)) and _decide(scope, front):
            pass


def _front(scope: Scope, base: str) -> QueueEntry | None:
    return next((entry for entry in scope.repository.queue if entry.base_ref == base), None)


def _decide(scope: Scope, entry: QueueEntry) -> bool:
    checks = gate_of(scope.repository, entry.base_ref).checks
    if not unsatisfied(checks, scope.repository, entry.head_sha):
        _merge(scope, entry)
        return True
    if _failed(scope, entry, {check.context for check in checks}):
        dequeue(scope, entry, "CI_FAILURE")
        return True
    return False


def _failed(scope: Scope, entry: QueueEntry, names: set[str]) -> bool:
    runs = [run for run in newest_runs(scope.repository, entry.head_sha) if run.name in names]
    statuses = [status for status in newest_statuses(scope.repository, entry.head_sha) if status.context in names]
    bad_run = any(run.status == "completed" and run.conclusion not in SATISFYING for run in runs)
    return bad_run or any(status.state in {"failure", "error"} for status in statuses)


def _merge(scope: Scope, entry: QueueEntry) -> None:
    pull = scope.pull(entry.pull_number)
    person = _as(scope, entry.enqueued_by)
    scope.repository.queue.remove(entry)
    land(person, pull, entry.head_sha)
    announce_pull(person, pull, "dequeued", reason="MERGE")
    _destroy(person, entry, "merged")


def dequeue(scope: Scope, entry: QueueEntry, reason: str) -> None:
    """Take an entry out unmerged; those behind it are tried again on what is now before them."""
    at = scope.repository.queue.index(entry)
    behind = [e for e in scope.repository.queue[at + 1 :] if e.base_ref == entry.base_ref]
    for gone in [entry, *behind]:
        scope.repository.queue.remove(gone)
    announce_pull(scope, scope.pull(entry.pull_number), "dequeued", reason=reason)
    _destroy(scope, entry, "dequeued")
    for old in behind:
        _destroy(scope, old, "invalidated")
        again = _group(scope, scope.pull(old.pull_number), old.enqueued_by)
        if again:
            _request(scope, again)
        else:
            announce_pull(scope, scope.pull(old.pull_number), "dequeued", reason="MERGE_CONFLICT")


def _destroy(scope: Scope, entry: QueueEntry, reason: str) -> None:
    move_ref(scope, entry.ref, None)
    shape = merge_group(scope.world, scope.repository, entry)
    scope.announce("merge_group", "destroyed", reason=reason, merge_group=shape)


def _as(scope: Scope, login: str) -> Scope:
    account = scope.store.account(login)
    return Scope(scope.world, Viewer(account) if account else scope.viewer, scope.repository)
