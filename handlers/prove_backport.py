"""Find out whether a backport pull request of ours still holds what git makes of the original, and what is left."""

from __future__ import annotations

from dataclasses import replace

from domain import backport
from domain.backport import BRANCH_PREFIX, MergedPullRequest, marker, merge_back
from domain.backport_proof import BackportProof, Sameness, missing, settle
from domain.errors import GitError, GitHubTroubleError, NotFoundError, UnreadableInputError
from domain.picks import PickOutcome, PickRequest, PickResult, ResolutionRequest
from domain.pull_request import PullRequest
from handlers.ports import Git, GitHub


def original_of(pull_request: PullRequest) -> int:
    """The number of the pull request that this one is a backport of by its branch and its marker, 0 for none.

    Both can be anybody's: only with our own login as its author is it ours.
    """
    branch = pull_request.head
    number, _, target = branch.removeprefix(BRANCH_PREFIX).partition("-to-")
    named = branch.startswith(BRANCH_PREFIX) and number.isdecimal() and target == pull_request.base
    here = pull_request.head_repository.casefold() == pull_request.ref.repository.casefold()
    if not named or not here or marker(replace(pull_request.ref, number=int(number)), target) not in pull_request.body:
        return 0
    return int(number)


def is_own_backport(pull_request: PullRequest, app_login: str) -> bool:
    """Whether marker, branch and author all say that we opened it; any one of them alone could be anybody's."""
    return bool(app_login) and pull_request.author == app_login and original_of(pull_request) > 0


def prove_backport(pull_request: PullRequest, github: GitHub, git: Git) -> BackportProof:
    """Carry the original over once more, on the commit that the backport grew from, and compare.

    The same commits on the same commit give the same tree, so nothing that anybody wrote into the pull request has to
    be believed.

    Raises:
        GitHubTroubleError: GitHub or git can't be asked just now.
        NotPermittedError: a permission is missing.
    """
    number = original_of(pull_request)
    try:
        merged = github.merged_pull_request(number)
        if merged is None:
            return _unknown(number, f"#{number} isn't merged")
        return _compared(pull_request, merged, github, git)
    except NotFoundError:
        return _unknown(number, f"#{number} isn't there any more")
    except UnreadableInputError as error:
        return _unknown(number, str(error))
    except GitError as error:
        raise GitHubTroubleError(str(error)) from error


def _compared(pull_request: PullRequest, merged: MergedPullRequest, github: GitHub, git: Git) -> BackportProof:
    number, landed = merged.ref.number, backport.landed(merged)
    base = github.ancestry(pull_request.base_oid, pull_request.head_oid, ()).merge_base
    joined = any(merged.head_oid in commit.parents[1:] for commit in pull_request.commits)
    if not joined and not landed.picks:
        return _unknown(number, f"which commits landed can't be told: {landed.why}")
    if joined:
        made = git.merge(merge_back(merged, base, github.ancestry(base, merged.head_oid, ()).merge_base))
    else:
        made = git.cherry_pick(PickRequest(merged.ref.repository, base, landed.picks, "", number))
    if made.outcome is PickOutcome.CONFLICT:
        return _resolution(pull_request, merged, made, git)
    if made.commit == pull_request.head_oid or github.tree(pull_request.head_oid) == made.tree:
        return BackportProof(number, Sameness.EQUAL)
    ours = {commit.oid for commit in made.picked} | {commit.oid for commit in merged.commits}
    later = tuple(commit for commit in pull_request.commits if commit.oid not in ours)
    return BackportProof(number, Sameness.CHANGED, later=later)


def _resolution(pull_request: PullRequest, merged: MergedPullRequest, made: PickResult, git: Git) -> BackportProof:
    request = ResolutionRequest(merged.ref.repository, pull_request.head_oid, made.commit, made.conflicts)
    open_paths = frozenset(each.path for each in git.unresolved(request))
    proof = settle(merged.ref.number, made.conflicts, open_paths)
    return replace(proof, missing=missing(made.remaining, pull_request.commits))


def _unknown(number: int, why: str) -> BackportProof:
    return BackportProof(number, Sameness.UNKNOWN, why=why)
