"""What happens by itself once nothing blocks any more: auto-merges, and the merge queue."""

from __future__ import annotations

from sandbox.auth import Viewer
from sandbox.deeds import queue
from sandbox.deeds.merges import MergeWish, merge_blockers, merge_pull, mergeability
from sandbox.model import PullRequest
from sandbox.rules import gate_of
from sandbox.world import Scope


def advance(scope: Scope) -> None:
    """Merge every pull request whose auto-merge is due, and move every merge queue on."""
    for pull in [p for p in scope.repository.pulls if p.auto_merge and p.state == "open"]:
        _auto_merge(scope, pull)
    queue.advance(scope)


def _auto_merge(scope: Scope, pull: PullRequest) -> None:
    wish = pull.auto_merge
    account = scope.store.account(wish.enabled_by) if wish else None
    if wish is None or account is None or pull.draft or merge_blockers(scope, pull):
        return
    if not mergeability(scope, pull, at_once=True):
        return
    person = Scope(scope.world, Viewer(account), scope.repository)
    if gate_of(scope.repository, pull.base_ref).queue:
        pull.auto_merge = None
        queue.enqueue(person, pull)
    else:
        title, message = wish.commit_title, wish.commit_message
        merge_pull(person, pull, MergeWish(wish.merge_method, pull.head_sha, title, message))
