"""Merging a hotfix back, without a clone: a merge commit with two parents on a branch that grew from the target."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.git import names
from adapters.git.carrying import Conflict
from adapters.git.commits import RawCommit, format_commit, picked, signature
from adapters.git.faults import MissingCommitError, pull_request_ref
from adapters.git.pushing import Publisher
from adapters.git.scratch import Scratch
from adapters.git.three_way import ThreeWay, merge_commits, merge_trees
from domain.errors import UnreadableInputError
from domain.picks import ConflictedFile, MergeRequest, PickOutcome, PickResult
from domain.pull_request import Signature

_ONTO = "refs/onto"
_SHORT = 10


class Join:
    """One merge in one throwaway repository."""

    def __init__(self, place: Scratch, request: MergeRequest, committer: Signature) -> None:
        self._place = place
        self._request = request
        self._committer = committer
        self._target = request.target if names.is_oid(request.target) else f"+{names.branch(request.target)}:{_ONTO}"
        self._head = names.oid(request.head)
        self._base = names.oid(request.merge_base) if request.merge_base else ""
        self._branch = names.pushed(request.push, request.is_staged) if request.push else ""

    def result(self) -> PickResult:
        """Merge, and push what came of it."""
        self._place.will_push = bool(self._branch)
        onto = self._place.commits([self._fetch()]).popitem()[1]
        merger = self._merger()
        result = merger.merge(onto)
        if not self._branch or result.outcome is PickOutcome.EMPTY:
            return result
        return Publisher(self._place, self._branch, merger.merge, steps=1).publish(result)

    def _merger(self) -> _Merger:
        held = self._place.commits([self._head, *([self._base] if self._base else [])])
        for oid in (self._head, self._base):
            if oid and oid not in held:
                raise UnreadableInputError(f"{oid} is no commit of the repository")
        theirs = f"hotfix #{self._request.number}" if self._request.number else self._head[:_SHORT]
        ours = self._target[:_SHORT] if names.is_oid(self._target) else self._request.target
        labels = (ours, theirs)
        return _Merger(self._place, held[self._head], held.get(self._base), labels, self._committer, self._message())

    def _message(self) -> str:
        return self._request.message.rstrip("\n") + "\n"

    def _fetch(self) -> str:
        try:
            self._fetch_all([self._target, self._head])
        except MissingCommitError:
            with pull_request_ref(self._request.number, self._head) as ref:
                self._fetch_all([self._target, ref])
        if names.is_oid(self._target):
            return self._target
        return self._place.ref(_ONTO)

    def _fetch_all(self, wants: list[str]) -> None:
        if self._base:
            self._place.fetch([*wants, self._base], depth=1)
        else:
            self._place.fetch_history(wants)


@dataclass(frozen=True, slots=True)
class _Merger:
    """Merges one commit into whatever is given.

    Attributes:
        base: the commit where they parted; None lets git look for it in the history that is here.
        labels: what a person reads after the conflict markers, the target's side first.
    """

    place: Scratch
    head: RawCommit
    base: RawCommit | None
    labels: tuple[str, str]
    committer: Signature
    message: str

    def merge(self, onto: RawCommit) -> PickResult:
        """Merge into a commit; empty where that has everything already."""
        if self._is_merged(onto):
            return PickResult(PickOutcome.EMPTY, onto.oid, onto.oid, onto.tree)
        tree, conflicts = self._tree(onto)
        made = self._commit(tree, onto)
        outcome = PickOutcome.CONFLICT if conflicts else PickOutcome.CLEAN
        stopped = self.head.oid if conflicts else ""
        done = (picked(made, ""),)
        return PickResult(outcome, onto.oid, made.oid, tree, conflicts, stopped_at=stopped, picked=done)

    def _is_merged(self, onto: RawCommit) -> bool:
        if self.base is not None:
            return self.head.oid in (self.base.oid, onto.oid)
        return self.place.is_ancestor(self.head.oid, onto.oid)

    def _tree(self, onto: RawCommit) -> tuple[str, tuple[ConflictedFile, ...]]:
        tried = self._tried(onto)
        if tried.merged.clean:
            return tried.merged.tree, ()
        labels = {tried.ours: self.labels[0], tried.theirs: self.labels[1]}
        return Conflict(self.place, tried.merged, labels).settle()

    def _tried(self, onto: RawCommit) -> ThreeWay:
        if self.base is not None:
            return merge_trees(self.place, self.base.tree, onto.tree, self.head.tree)
        return merge_commits(self.place, onto, self.head)

    def _commit(self, tree: str, onto: RawCommit) -> RawCommit:
        who = signature(self.committer, max(onto.committed, self.head.committed))
        raw = format_commit(tree, (onto.oid, self.head.oid), who, who, self.message)
        return RawCommit.parse(self.place.write("commit", raw), raw)
