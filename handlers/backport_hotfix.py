"""Carry a merged hotfix to its target branches: pick, push, open, and say what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

import policies
from domain import backport, backport_report
from domain.backport import (
    Landed,
    MergedPullRequest,
    PickOutcome,
    PickRequest,
    PickResult,
    TargetOutcome,
    TargetResult,
)
from domain.errors import (
    GitError,
    GitHubTroubleError,
    HotfixGuardError,
    NotFoundError,
    NotPermittedError,
    PolicyFileError,
)
from domain.pull_request import NewPullRequest, OpenPullRequest, Outline, PullRequestRef
from handlers.configure import with_policy_files
from handlers.judge import is_own_backport
from handlers.ports import GitHub, Ports

CONFLICT_LABEL = "backport-conflict"
BACKPORT_LABEL = "backport"

_log = structlog.get_logger()


def backport_hotfix(ref: PullRequestRef, ports: Ports) -> None:
    """Open the backport pull requests of a merged hotfix and tell the outcomes in one comment on it.

    Safe to repeat: what stands already is found by head, base, marker and author.

    Raises:
        GitHubTroubleError: a target met trouble of GitHub's or git's; the others are done, and all can be repeated.
    """
    github = ports.github(ref.repository)
    outline = with_policy_files(github.outline(ref.number), ports)
    if outline.pull_request.state == "open":
        return
    deed = _deed(outline, github, ports) if outline.pull_request.state == "merged" else None
    if deed is not None:
        _carry(deed, _targets(deed, outline))
    for number in outline.siblings:
        # They shared one check run, in which this one's verdict counts no longer.
        ports.tasks.want("inspect", str(replace(ref, number=number)))
    ports.ledger.close(ref)


def _deed(outline: Outline, github: GitHub, ports: Ports) -> _Deed | None:
    """What was merged; None where it was no hotfix."""
    pull_request = outline.pull_request
    if is_own_backport(pull_request, ports.app_login()):
        return None
    configuration = _configuration(outline)
    record = ports.ledger.pull_request(pull_request.ref)
    trigger = policies.trigger(configuration, pull_request.labels, pull_request.head, pull_request.title)
    stays = bool(trigger) or record.is_held(pull_request.base)
    if not stays or record.is_released(pull_request.head_oid, pull_request.base):
        return None
    merged = github.merged_pull_request(pull_request.ref.number)
    if merged is None:
        raise GitHubTroubleError(f"GitHub doesn't tell yet how {pull_request.ref} was merged")
    return _Deed(merged, backport.landed(merged), configuration, github, ports, record.is_open)


def _targets(deed: _Deed, outline: Outline) -> tuple[str, ...]:
    entries = deed.configuration.backport.targets
    asked = None if entries is None else tuple(each.name for each in entries if each.name)
    branches = deed.github.branches(frozenset({"develop"})) if asked is None else frozenset()
    return backport.targets(asked, deed.merged.base, outline.default_branch, branches)


def _configuration(outline: Outline) -> policies.Configuration:
    try:
        return policies.configure(outline.policy_file)
    except PolicyFileError:
        # Somebody merged around the gate: the change still has to reach the other branches.
        return policies.configure(None)


@dataclass(frozen=True, slots=True)
class _Deed:
    """One hotfix on its way: what was merged, which commits that put on base, and the outside.

    Attributes:
        is_unfinished: whether no earlier run came to its end.
    """

    merged: MergedPullRequest
    landed: Landed
    configuration: policies.Configuration
    github: GitHub
    ports: Ports
    is_unfinished: bool


def _carry(deed: _Deed, targets: tuple[str, ...]) -> None:
    """Serve every target, each alone, and tell the outcomes before and after."""
    results = {target: TargetResult(target, TargetOutcome.PENDING) for target in targets}
    trouble: list[GitHubTroubleError] = []
    _tell(deed, results)
    for target in targets:
        try:
            results[target] = _to_target(deed, target)
        except (GitHubTroubleError, GitError) as error:
            _log.warning("backport met trouble", target=target, error=str(error))
            trouble.append(error if isinstance(error, GitHubTroubleError) else GitHubTroubleError(str(error)))
        except HotfixGuardError as error:
            results[target] = TargetResult(target, TargetOutcome.FAILED, detail=str(error))
    _tell(deed, results)
    if trouble:
        raise max(trouble, key=lambda each: each.retry_after)


def _tell(deed: _Deed, results: dict[str, TargetResult]) -> None:
    if results:
        body = backport_report.comment(deed.merged.ref, tuple(results.values()))
        deed.github.upsert_comment(deed.merged.ref.number, backport_report.COMMENT_MARKER, body)


def _to_target(deed: _Deed, target: str) -> TargetResult:
    standing = _standing(deed, target)
    if standing is not None:
        return _taken_up(deed, target, standing)
    if not deed.landed.picks:
        return TargetResult(target, TargetOutcome.UNKNOWN_COMMITS, detail=deed.landed.why)
    try:
        return _pick_and_open(deed, target)
    except NotPermittedError as error:
        return TargetResult(target, TargetOutcome.NOT_PERMITTED, detail=str(error))
    except NotFoundError:
        return TargetResult(target, TargetOutcome.TARGET_MISSING)


def _pick_and_open(deed: _Deed, target: str) -> TargetResult:
    if target not in deed.github.branches(frozenset({target})):
        return TargetResult(target, TargetOutcome.TARGET_MISSING)
    ref = deed.merged.ref
    branch = backport.branch_name(ref.number, target)
    picked = deed.ports.git.cherry_pick(PickRequest(ref.repository, target, deed.landed.picks, branch, ref.number))
    if picked.outcome is PickOutcome.EMPTY:
        return TargetResult(target, TargetOutcome.ALREADY_THERE)
    if picked.occupied:
        why = f"the branch {branch} holds commits that aren't ours ({picked.occupied[:7]}); pick by hand, or delete it"
        return TargetResult(target, TargetOutcome.FAILED, detail=why)
    return _open(deed, target, picked)


def _standing(deed: _Deed, target: str) -> OpenPullRequest | None:
    """Our backport pull request to that target, open or closed, if it was opened already."""
    ref = deed.merged.ref
    found = deed.github.find_pull_requests(backport.branch_name(ref.number, target), target)
    hidden = backport.marker(ref, target)
    ours = (each for each in found if hidden in each.body and each.author == deed.ports.app_login())
    return next(ours, None)


def _taken_up(deed: _Deed, target: str, standing: OpenPullRequest) -> TargetResult:
    # The conflicts stand in its body; whether a person resolved them since isn't ours to say again.
    conflicted = backport_report.CONFLICT_MARKER in standing.body
    if deed.is_unfinished and standing.state == "open":
        # An earlier try may have broken off before its labels and assignees; later ones are people's to change.
        deed.github.open_pull_request(_wanted(deed, target, standing.body, conflicted=conflicted))
    outcome = TargetOutcome.CONFLICT if conflicted else TargetOutcome.OPENED
    return TargetResult(target, outcome, standing.number)


def _open(deed: _Deed, target: str, picked: PickResult) -> TargetResult:
    conflicted = picked.outcome is PickOutcome.CONFLICT
    body = backport_report.pull_request_body(deed.merged, target, picked)
    opened = deed.github.open_pull_request(_wanted(deed, target, body, conflicted=conflicted))
    outcome = TargetOutcome.CONFLICT if conflicted else TargetOutcome.OPENED
    return TargetResult(target, outcome, opened.number, "", picked.conflicts, picked.remaining)


def _wanted(deed: _Deed, target: str, body: str, *, conflicted: bool) -> NewPullRequest:
    merged = deed.merged
    triggers = {label.casefold() for label in deed.configuration.triggers.labels}
    kept = [label for label in merged.labels if label.casefold() not in triggers]
    return NewPullRequest(
        title=backport_report.pull_request_title(merged, target),
        body=body,
        head=backport.branch_name(merged.ref.number, target),
        base=target,
        is_draft=conflicted,
        labels=tuple(dict.fromkeys([*kept, BACKPORT_LABEL, *([CONFLICT_LABEL] if conflicted else [])])),
        assignees=() if merged.author_is_bot or not merged.author else (merged.author,),
    )
