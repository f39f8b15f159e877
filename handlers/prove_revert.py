"""Find out whether a pull request is the exact inverse of commits on its base branch."""

from __future__ import annotations

from collections.abc import Iterator

from domain import backport
from domain.errors import GitError, GitHubTroubleError, NotFoundError, UnreadableInputError
from domain.pull_request import PullRequest
from domain.revert import (
    MAX_CLAIMED,
    RevertProof,
    RevertRequest,
    claimed,
    claimed_pull_requests,
    not_on_base,
)
from handlers.ports import Git, GitHub


def prove_revert(pull_request: PullRequest, github: GitHub, git: Git) -> RevertProof:
    """Prove that a pull request reverts what it says, and does nothing else.

    It costs nothing where the pull request doesn't speak of a revert; else two requests to GitHub, one more for each
    further commit, and one shallow fetch.

    Raises:
        GitHubTroubleError: GitHub or git can't be asked just now.
        NotPermittedError: a permission is missing.
    """
    oids = claimed(pull_request.commits, pull_request.title, pull_request.body) or tuple(_landed(pull_request, github))
    if not oids or len(oids) > MAX_CLAIMED:
        return RevertProof()
    ancestry = github.ancestry(pull_request.base_oid, pull_request.head_oid, oids)
    if ancestry.elsewhere:
        return not_on_base(ancestry.elsewhere)
    repository = pull_request.ref.repository
    request = RevertRequest(repository, ancestry.merge_base, pull_request.head_oid, ancestry.on_base)
    try:
        return git.reverted(request)
    except UnreadableInputError as error:
        return RevertProof(why_not=f"its commits can't be read: {error}")
    except GitError as error:
        raise GitHubTroubleError(str(error)) from error


def _landed(pull_request: PullRequest, github: GitHub) -> Iterator[str]:
    """What the pull requests that it says it reverts put on base, newest first."""
    for number in claimed_pull_requests(pull_request.ref.repository, pull_request.title, pull_request.body):
        try:
            merged = github.merged_pull_request(number)
        except NotFoundError:
            continue
        if merged is not None:
            yield from (pick.oid for pick in reversed(backport.landed(merged).picks))
