"""Carry a merged pull request to its target branches: pick, push, open, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

import policies
from domain import backport, backport_report
from domain.backport_plan import Target, TargetOutcome, TargetResult, lacking
from domain.backport_proof import check_name
from domain.errors import GitError, GitHubTroubleError, HotfixGuardError, PolicyFileError
from domain.pull_request import Outline, PullRequestRef
from handlers.backport_aftermath import after_backport, after_carrying, propose_reverts
from handlers.backport_deed import WORKFLOWS, Deed, Hands, touches_workflows
from handlers.backport_target import carry_to, failed, troubled
from handlers.backport_targets import Asked, asked
from handlers.configure import with_policy_files
from handlers.ports import Ports
from handlers.prove_backport import is_own_backport

_log = structlog.get_logger()

#: Told of all targets whenever one of them got on.
Progress = Callable[[Deed, tuple[TargetResult, ...]], None]


def backport_hotfix(ref: PullRequestRef, ports: Ports) -> None:
    """Open the backport pull requests of a merged pull request and tell the outcomes in one comment on it.

    Safe to repeat: what stands already is found by head, base and marker.

    Raises:
        GitHubTroubleError: a target met trouble of GitHub's or git's; the others are done, and all can be repeated.
    """
    github = ports.github(ref.repository)
    outline = with_policy_files(github.outline(ref.number), ports)
    if outline.pull_request.state == "open":
        return
    if is_own_backport(outline.pull_request, ports.app_login()):
        after_backport(outline, configuration_of(outline), github, ports)
    elif outline.pull_request.state == "merged":
        _after_merge(outline, Hands(github, ports.git, ports.app_login(), check=check_name(ports.check_name)), ports)
    for number in outline.siblings:
        # They shared one check run, in which this one's verdict counts no longer.
        ports.tasks.want("inspect", str(replace(ref, number=number)))
    ports.ledger.close(ref)


def _after_merge(outline: Outline, hands: Hands, ports: Ports) -> None:
    configuration = configuration_of(outline)
    found = asked(outline, configuration, hands, is_hotfix=_is_hotfix(outline, configuration, ports))
    if found.targets:
        announce(outline, found.targets, found, hands)
        deed = deed_of(outline, configuration, hands, found)
        results, trouble = carry(deed, found.targets, tell)
        if trouble:
            raise max(trouble, key=lambda each: each.retry_after)
        after_carrying(outline, deed, results)
    elif found.skipped_by:
        ref = outline.pull_request.ref
        body = backport_report.skipped(ref, found.skipped_by)
        hands.github.upsert_comment(ref.number, backport_report.COMMENT_MARKER, body)
    if configuration.backport.propose_reverts:
        propose_reverts(outline, hands, found.targets)


def _is_hotfix(outline: Outline, configuration: policies.Configuration, ports: Ports) -> bool:
    pull_request = outline.pull_request
    record = ports.ledger.pull_request(pull_request.ref)
    trigger = policies.trigger(configuration, pull_request.labels, pull_request.head, pull_request.title)
    stays = bool(trigger) or record.is_held(pull_request.base)
    return stays and not record.is_released(pull_request.head_oid, pull_request.base)


def configuration_of(outline: Outline) -> policies.Configuration:
    """What the base branch's policy file says; the built-in settings where it can't be applied."""
    try:
        return policies.configure(outline.policy_file)
    except PolicyFileError:
        # Somebody merged around the gate: the change still has to reach the other branches.
        return policies.configure(None)


def announce(outline: Outline, targets: Sequence[Target], found: Asked, hands: Hands) -> None:
    """Say what is coming before anything is read of the merge: whoever merged sees at once that something happens."""
    if targets and not found.entries:
        ref = outline.pull_request.ref
        body = backport_report.picking(ref, targets)
        hands.github.upsert_comment(ref.number, backport_report.COMMENT_MARKER, body)


def deed_of(outline: Outline, configuration: policies.Configuration, hands: Hands, found: Asked) -> Deed:
    """Everything that carrying a merged pull request takes.

    Raises:
        GitHubTroubleError: GitHub doesn't tell yet how it was merged.
    """
    merged = hands.github.merged_pull_request(outline.pull_request.ref.number)
    if merged is None:
        raise GitHubTroubleError(f"GitHub doesn't tell yet how {outline.pull_request.ref} was merged")
    return Deed(
        merged,
        backport.landed(merged),
        configuration,
        hands,
        {entry.target: entry for entry in found.entries},
        hands.github.granted(),
        touches_workflows(outline),
    )


def carry(
    deed: Deed, targets: Sequence[Target], progress: Progress
) -> tuple[tuple[TargetResult, ...], list[GitHubTroubleError]]:
    """Serve every target, each alone, and tell of each step; the outcomes, and what trouble calls for another try."""
    trouble: list[GitHubTroubleError] = []
    results = {target.branch: _pending(deed, target) for target in targets}
    # What an earlier run ended only takes a look, and isn't told as if it were begun anew.
    ended = [target for target in targets if deed.is_done(target.branch)]
    results |= {target.branch: _served(deed, target, trouble) for target in ended}
    for target in (each for each in targets if each not in ended):
        progress(deed, tuple(results.values()))
        results[target.branch] = _served(deed, target, trouble)
    progress(deed, tuple(results.values()))
    return tuple(results.values()), trouble


def _pending(deed: Deed, target: Target) -> TargetResult:
    missing = lacking(deed.granted, WORKFLOWS) if deed.touches_workflows else ()
    hint = "the App lacks `workflows: write`, which new contents of workflow files need" if missing else ""
    return TargetResult(target.branch, TargetOutcome.PENDING, detail=hint, method=target.method)


def _served(deed: Deed, target: Target, trouble: list[GitHubTroubleError]) -> TargetResult:
    try:
        return carry_to(deed, target)
    except (GitHubTroubleError, GitError) as error:
        _log.warning("backport met trouble", target=target.branch, error=str(error))
        trouble.append(error if isinstance(error, GitHubTroubleError) else GitHubTroubleError(str(error)))
        return troubled(target, error)
    except HotfixGuardError as error:
        return failed(target, error)


def tell(deed: Deed, results: tuple[TargetResult, ...]) -> None:
    """Make our comment on the original say how its targets stand."""
    body = backport_report.comment(deed.merged, deed.landed, results)
    deed.hands.github.upsert_comment(deed.merged.ref.number, backport_report.COMMENT_MARKER, body)
