"""Review threads: begun on a line of the diff, resolved, taken up again."""

from __future__ import annotations

from sandbox.model import PullRequest, ReviewThread
from sandbox.world import Scope


def begin_thread(scope: Scope, pull: PullRequest, path: str, line: int, body: str) -> ReviewThread:
    """Remark on a line of the pull request's head."""
    number, now = scope.store.next_id(), scope.store.now()
    thread = ReviewThread(number, scope.login, path, line, body, pull.head_sha, now)
    pull.threads.append(thread)
    return thread


def resolve_thread(scope: Scope, thread: ReviewThread, *, resolved: bool) -> None:
    """Call a thread resolved, or take it up again; who may write may do so."""
    thread.resolved_by = scope.login if resolved else None
