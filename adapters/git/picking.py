"""The pick engine: commits onto a branch of a remote repository, without a clone and without a working tree."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from adapters.git import names
from adapters.git.carrying import Carrier, Labels
from adapters.git.commits import RawCommit
from adapters.git.faults import MissingCommitError, pull_request_ref
from adapters.git.joining import Join
from adapters.git.pushing import Publisher
from adapters.git.resolving import unresolved
from adapters.git.reverting import prove_remotely
from adapters.git.run import Access
from adapters.git.scratch import Scratch, needs_sha256, scratch
from domain.errors import UnreadableInputError
from domain.picks import ConflictedFile, MergeRequest, PickOutcome, PickRequest, PickResult, ResolutionRequest
from domain.pull_request import Signature
from domain.revert import RevertProof, RevertRequest

_LOG = logging.getLogger(__name__)
_ONTO = "refs/onto"
#: GitHub lists at most 250 commits of a pull request (REST API, "List commits on a pull request").
_LONGEST_PULL_REQUEST = 250
_SHORT = 10


class Picker:
    """Picks commits for any repository that `clone_url` and `token` know.

    Args:
        clone_url: the address of a repository "owner/name", without credentials.
        token: the token to reach it with, "" for none; asked for once for each pick.
        committer: who commits what is picked.
    """

    def __init__(self, clone_url: Callable[[str], str], token: Callable[[str], str], committer: Signature) -> None:
        self._clone_url = clone_url
        self._token = token
        self._committer = committer

    def cherry_pick(self, request: PickRequest) -> PickResult:
        """Pick commits onto a branch and push the result; nothing is left behind on this machine.

        A branch that holds what an earlier try of ours pushed is a success; one that holds anything else is never
        touched (`occupied`).

        Raises:
            NotFoundError: the repository or the target branch doesn't exist.
            NotPermittedError: the push was refused; the message names the permission.
            UnreadableInputError: a commit can't be had, or a name is no branch's.
            GitError: trouble that another try may mend.
        """
        sha256 = needs_sha256([pick.oid for pick in request.picks])
        return self._timed(request.repository, sha256, lambda place: _Deed(place, request, self._committer).result())

    def merge(self, request: MergeRequest) -> PickResult:
        """Merge a commit into a branch grown from the target, and push that; nothing is left behind on this machine.

        The result is `empty` only where the target has the commit already: a merge that changes no file still joins
        the histories. Somebody's commits on the branch are never touched (`occupied`).

        Raises:
            NotFoundError: the repository or the target branch doesn't exist.
            NotPermittedError: the push was refused; the message names the permission.
            UnreadableInputError: a commit can't be had, or a name is no branch's.
            GitError: trouble that another try may mend.
        """
        sha256 = needs_sha256([request.head])
        return self._timed(request.repository, sha256, lambda place: Join(place, request, self._committer).result())

    def _timed(self, repository: str, sha256: bool, deed: Callable[[Scratch], PickResult]) -> PickResult:
        started = time.monotonic()
        with scratch(self._access(repository), sha256) as place:
            result = deed(place)
            seconds = time.monotonic() - started
            result = replace(result, fetched_bytes=place.fetched_bytes(), seconds=seconds)
        _LOG.debug("%s: %s in %.2f s, %d bytes", repository, result.outcome, seconds, result.fetched_bytes)
        return result

    def unresolved(self, request: ResolutionRequest) -> Sequence[ConflictedFile]:
        """The conflicted files of a backport branch that no person has resolved yet; see `resolving.unresolved`."""
        return unresolved(self._access(request.repository), request)

    def reverted(self, request: RevertRequest) -> RevertProof:
        """Whether a change is the exact inverse of commits on base; nothing is left behind on this machine.

        Raises:
            NotFoundError: the repository doesn't exist, or we may not see it.
            UnreadableInputError: a commit can't be had.
            GitError: trouble that another try may mend.
        """
        return prove_remotely(self._access(request.repository), request)

    def _access(self, repository: str) -> Access:
        return Access(self._clone_url(repository), self._token(repository))


class _Deed:
    """One pick in one throwaway repository."""

    def __init__(self, place: Scratch, request: PickRequest, committer: Signature) -> None:
        self._place = place
        self._request = request
        self._committer = committer
        self._oids = [names.oid(pick.oid) for pick in request.picks]
        self._branch = names.pushed(request.push, request.is_staged) if request.push else ""

    def result(self) -> PickResult:
        self._place.will_push = bool(self._branch)
        onto = self._fetch()
        commits = self._place.commits([onto, *self._oids])
        parents = self._parents(commits)
        told = {pick.parent for pick in self._request.picks}
        if all(told) and not told.issuperset(parents):
            self._place.fetch(parents, depth=1)
        commits |= self._place.commits(parents)
        carrier = Carrier(self._place, commits, self._labels(), self._committer, self._request.signoff)
        result = carrier.carry(self._request.picks, commits[onto])
        if not self._branch or result.outcome is PickOutcome.EMPTY:
            return result
        is_tip = not names.is_oid(self._request.target)
        publisher = Publisher(
            self._place, self._branch, partial(carrier.carry, self._request.picks), len(self._oids), is_tip
        )
        return publisher.publish(result)

    def _labels(self) -> Labels:
        request = self._request
        if not request.number:
            return Labels("HEAD", "")  # the pick alone, in git's own words
        ours = request.target[:_SHORT] if names.is_oid(request.target) else request.target
        return Labels(ours, f"hotfix #{request.number}")

    def _fetch(self) -> str:
        """Get the target, the commits and their parents in one request; the target's tip."""
        is_oid = names.is_oid(self._request.target)
        target = self._request.target if is_oid else f"+{names.branch(self._request.target)}:{_ONTO}"
        parents = [pick.parent for pick in self._request.picks]
        wants = [target, *self._oids, *(names.oid(parent) for parent in parents if parent)]
        try:
            self._place.fetch(list(dict.fromkeys(wants)), depth=1 if all(parents) else 2)
        except MissingCommitError:
            self._fetch_pull_request(target)
        return target if is_oid else self._place.ref(_ONTO)

    def _fetch_pull_request(self, target: str) -> None:
        """Get commits that no branch reaches, by the ref that GitHub keeps for each pull request."""
        with pull_request_ref(self._request.number, self._oids[0]) as ref:
            self._place.fetch([target, ref], depth=len(self._oids) + 1)
            if not self._has_all():
                self._place.fetch([target, ref], depth=_LONGEST_PULL_REQUEST)
        if not self._has_all():
            raise UnreadableInputError(f"{ref} doesn't hold all of the commits {', '.join(self._oids)}")

    def _has_all(self) -> bool:
        try:
            self._parents(self._place.commits(self._oids))
        except UnreadableInputError:
            return False
        return True

    def _parents(self, commits: dict[str, RawCommit]) -> list[str]:
        missing = [oid for oid in self._oids if oid not in commits]
        if missing:
            raise UnreadableInputError(f"{missing[0]} is no commit of the repository")
        told = [(commits[pick.oid].parents, pick.mainline) for pick in self._request.picks]
        return [parents[mainline - 1] for parents, mainline in told if 1 <= mainline <= len(parents)]
