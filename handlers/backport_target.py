"""Carry a merged pull request to one target: pick or merge, push, open, and say what came of it."""

from __future__ import annotations

from dataclasses import replace

from domain import backport, backport_report
from domain.backport import merge_back
from domain.backport_plan import Method, Target, TargetOutcome, TargetResult, lacking
from domain.errors import (
    GitHubError,
    GitHubTroubleError,
    HotfixGuardError,
    NotFoundError,
    NotPermittedError,
    ProtectedBranchError,
)
from domain.picks import MergeRequest, PickOutcome, PickRequest, PickResult
from domain.pull_request import OpenPullRequest
from handlers.backport_deed import NEEDED, Deed
from handlers.backport_dressing import dress, new_pull_request


def carry_to(deed: Deed, target: Target) -> TargetResult:
    """Bring one target's backport about, or find the one that stands.

    Raises:
        GitHubTroubleError: GitHub is in trouble; another try goes on where this one ended.
        GitError: so is git.
    """
    standing = find_standing(deed, target.branch)
    if standing is not None:
        return _taken_up(deed, target, standing)
    result = TargetResult(target.branch, TargetOutcome.FAILED, method=target.method, is_done=True)
    try:
        return why_not(deed, result) or _made(deed, result)
    except ProtectedBranchError as error:
        return replace(result, outcome=TargetOutcome.PROTECTED, detail=str(error))
    except NotPermittedError as error:
        return replace(result, outcome=TargetOutcome.NOT_PERMITTED, detail=str(error))
    except NotFoundError as error:
        # Whatever else isn't there must not be taken for the branch.
        if target.branch in deed.hands.github.branches(frozenset({target.branch})):
            return failed(target, error)
        return replace(result, outcome=TargetOutcome.TARGET_MISSING)


def find_standing(deed: Deed, target: str) -> OpenPullRequest | None:
    """The backport pull request to a target, in any state, if it was opened already."""
    ref = deed.merged.ref
    found = deed.hands.github.find_pull_requests(backport.branch_name(ref.number, target), target)
    hidden = backport.marker(ref, target)
    ours = (each for each in found if hidden in each.body and _is_by_us(deed, each))
    return next(ours, None)


def _is_by_us(deed: Deed, each: OpenPullRequest) -> bool:
    # Whoever may push our branch name into this repository may write to it anyway.
    return deed.hands.anybodys or each.author == deed.hands.login


def why_not(deed: Deed, result: TargetResult) -> TargetResult | None:
    """What can be said before anything is picked."""
    if missing := lacking(deed.granted, NEEDED):
        needed = " and ".join(f"`{each}`" for each in missing)
        return replace(result, outcome=TargetOutcome.NOT_PERMITTED, detail=f"the App's installation lacks {needed}")
    if deed.merged.changed_files == 0:
        return replace(result, outcome=TargetOutcome.EMPTY)
    if result.target not in deed.hands.github.branches(frozenset({result.target})):
        return replace(result, outcome=TargetOutcome.TARGET_MISSING)
    if result.method is Method.CHERRY_PICK and not deed.landed.picks:
        return replace(result, outcome=TargetOutcome.UNKNOWN_COMMITS, detail=deed.landed.why)
    return None


def _made(deed: Deed, result: TargetResult) -> TargetResult:
    picked = _carried(deed, result)
    if picked.outcome is PickOutcome.EMPTY:
        return replace(result, outcome=TargetOutcome.ALREADY_THERE)
    if picked.occupied:
        branch = backport.branch_name(deed.merged.ref.number, result.target)
        why = f"the branch {branch} holds commits that aren't ours ({picked.occupied[:7]})"
        return replace(result, outcome=TargetOutcome.OCCUPIED, detail=why)
    return _opened(deed, result, picked)


def _carried(deed: Deed, result: TargetResult) -> PickResult:
    """Pick or merge, and leave the outcome on our branch, signed by GitHub where that is wanted."""
    branch = backport.branch_name(deed.merged.ref.number, result.target)
    verified = deed.configuration.backport.verified
    merge = result.method is Method.MERGE
    made = _merged_back(deed, result, branch) if merge else _picked(deed, result, branch)
    if not verified or made.outcome is PickOutcome.EMPTY or made.occupied:
        return made
    signed = deed.hands.github.sign_branch(branch, made.picked)
    deed.hands.github.unstage_branch(branch)
    return replace(made, commit=signed.commit, occupied=signed.commit if signed.is_foreign else "")


def _picked(deed: Deed, result: TargetResult, branch: str) -> PickResult:
    settings, ref = deed.configuration.backport, deed.merged.ref
    return deed.hands.git.cherry_pick(
        PickRequest(
            ref.repository,
            result.target,
            deed.landed.picks,
            branch,
            ref.number,
            signoff=settings.sign_off,
            is_staged=settings.verified,
        )
    )


def _merged_back(deed: Deed, result: TargetResult, branch: str) -> PickResult:
    is_staged = deed.configuration.backport.verified
    return deed.hands.git.merge(replace(merge_for(deed, result.target), push=branch, is_staged=is_staged))


def merge_for(deed: Deed, target: str) -> MergeRequest:
    """The merge of the hotfix's own branch, as git-flow does it, whatever way it was merged into its base."""
    merged, github = deed.merged, deed.hands.github
    tips = [tip.oid for tip in github.branch_tips([target]) if tip.name == target]
    merge_base = github.ancestry(tips[0], merged.head_oid, ()).merge_base if tips else ""
    return merge_back(merged, target, merge_base)


def _opened(deed: Deed, result: TargetResult, picked: PickResult) -> TargetResult:
    new, notes = new_pull_request(deed, result, picked)
    try:
        opened = deed.hands.github.open_pull_request(new)
    except GitHubTroubleError:
        raise
    except GitHubError as error:
        # It may stand all the same, its labels refused.
        standing = find_standing(deed, result.target)
        if standing is None:
            raise
        opened, notes = standing, (*notes, str(error))
    is_clean = picked.outcome is PickOutcome.CLEAN
    told = replace(
        result,
        outcome=TargetOutcome.OPENED if is_clean else TargetOutcome.CONFLICT,
        number=opened.number,
        conflicts=picked.conflicts,
        remaining=picked.remaining,
    )
    return replace(told, notes=(*notes, *dress(deed, opened, is_clean=is_clean)))


def _taken_up(deed: Deed, target: Target, standing: OpenPullRequest) -> TargetResult:
    """What stands already; where an earlier try broke off before its labels and people, they are seen to."""
    conflicted = backport_report.CONFLICT_MARKER in standing.body
    outcome = _OUTCOMES.get(standing.state) or (_resolution(deed, standing) if conflicted else TargetOutcome.OPENED)
    result = TargetResult(target.branch, outcome, standing.number, method=target.method, is_done=True)
    if standing.state != "open" or deed.is_done(target.branch):
        return result
    picked = PickResult(PickOutcome.CONFLICT if conflicted else PickOutcome.CLEAN, "", standing.head_oid, "")
    new, _ = new_pull_request(deed, result, picked)
    deed.hands.github.open_pull_request(replace(new, body=standing.body))
    return replace(result, notes=dress(deed, standing, is_clean=not conflicted))


def _resolution(deed: Deed, standing: OpenPullRequest) -> TargetOutcome:
    """How the conflicts stand by our own check on them; where it can't be read, they count as they were."""
    try:
        runs = deed.hands.github.check_runs(standing.head_oid, deed.hands.check)
    except GitHubTroubleError:
        raise
    except GitHubError:
        runs = ()
    is_green = bool(runs) and runs[0].conclusion == "success"
    return TargetOutcome.RESOLVED if is_green else TargetOutcome.CONFLICT


_OUTCOMES = {"merged": TargetOutcome.MERGED, "closed": TargetOutcome.CLOSED}


def troubled(target: Target, error: HotfixGuardError) -> TargetResult:
    """What is told of a target that met trouble of GitHub's or git's."""
    return TargetResult(target.branch, TargetOutcome.TROUBLE, detail=str(error), method=target.method)


def failed(target: Target, error: HotfixGuardError) -> TargetResult:
    """What is told of a target for which another try would say the same."""
    return TargetResult(target.branch, TargetOutcome.FAILED, detail=str(error), method=target.method, is_done=True)
