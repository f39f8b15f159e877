"""Carry a merged pull request once and hand back what came of it: for the desk and for workflows, without a service."""

from __future__ import annotations

from dataclasses import dataclass, replace

import policies
from domain.backport_plan import Method, Origin, Target, TargetOutcome, TargetResult, plan
from domain.backport_proof import check_name
from domain.errors import GitHubTroubleError, HotfixGuardError, NotFoundError, UnreadableInputError
from domain.picks import PickOutcome, PickRequest, PickResult
from domain.pull_request import Outline, PullRequestRef
from handlers.backport_deed import Deed, Hands
from handlers.backport_dressing import texts
from handlers.backport_hotfix import announce, carry, configuration_of, deed_of, tell
from handlers.backport_target import merge_for, why_not
from handlers.backport_targets import Asked, asked
from handlers.configure import with_policy_files
from handlers.look import View
from handlers.ports import Ports


@dataclass(frozen=True, slots=True)
class Preview:
    """What carrying a pull request to a target would come to.

    Attributes:
        result: as it would be told, without a pull request's number.
        title: the backport's title and body, "" where none would be opened.
    """

    result: TargetResult
    title: str = ""
    body: str = ""


def merged_view(ref: PullRequestRef, ports: Ports) -> Outline:
    """A merged pull request as carrying it looks at it."""
    return with_policy_files(ports.github(ref.repository).outline(ref.number), ports)


def backport_once(
    ref: PullRequestRef, named: tuple[Target, ...], ports: Ports, view: View = merged_view
) -> tuple[TargetResult, ...]:
    """Carry a merged pull request to the named branches, or without any to all that its settings and labels ask for.

    What stands already is found by its branch and its marker, whoever opened it; so is what the comment remembers.

    Raises:
        GitHubTroubleError: a target met trouble; the others are done, and all can be repeated.
        UnreadableInputError: the pull request isn't merged.
    """
    deed, targets = _deed(view(ref, ports), named, ports, aloud=True)
    if not targets:
        return ()
    results, trouble = carry(deed, targets, tell)
    if trouble:
        raise max(trouble, key=lambda each: each.retry_after)
    return results


def preview_backports(ref: PullRequestRef, named: tuple[Target, ...], ports: Ports) -> tuple[Preview, ...]:
    """The same without writing anything, on GitHub or elsewhere: every outcome, and the texts by their templates.

    Raises:
        GitHubTroubleError: GitHub or git can't be asked just now.
        UnreadableInputError: the pull request isn't merged.
    """
    deed, targets = _deed(merged_view(ref, ports), named, ports, aloud=False)
    return tuple(_preview(deed, target) for target in targets)


def _deed(outline: Outline, named: tuple[Target, ...], ports: Ports, *, aloud: bool) -> tuple[Deed, tuple[Target, ...]]:
    ref = outline.pull_request.ref
    github = ports.github(ref.repository)
    if outline.pull_request.state != "merged":
        raise UnreadableInputError(f"{ref} isn't merged, so there is nothing to carry yet")
    hands = Hands(github, ports.git, ports.app_login(), anybodys=True, check=check_name(ports.check_name))
    configuration = configuration_of(outline)
    found = asked(outline, configuration, hands, is_hotfix=_is_hotfix(outline, configuration))
    targets = _only(named, found, outline) if named else found.targets
    if aloud:
        announce(outline, targets, found, hands)
    return deed_of(outline, configuration, hands, found), targets


def _only(named: tuple[Target, ...], found: Asked, outline: Outline) -> tuple[Target, ...]:
    """The named branches, and those that have a pull request already: our comment goes on naming them."""
    standing = [Target(each.target, each.method, Origin.EARLIER) for each in found.entries if each.number]
    return plan([*standing, *named], outline.pull_request.base)


def _is_hotfix(outline: Outline, configuration: policies.Configuration) -> bool:
    pull_request = outline.pull_request
    return bool(policies.trigger(configuration, pull_request.labels, pull_request.head, pull_request.title))


def _preview(deed: Deed, target: Target) -> Preview:
    result = TargetResult(target.branch, TargetOutcome.FAILED, method=target.method)
    try:
        if refused := why_not(deed, result):
            return Preview(refused)
        made = _made(deed, result)
    except NotFoundError:
        return Preview(replace(result, outcome=TargetOutcome.TARGET_MISSING))
    except GitHubTroubleError:
        raise
    except HotfixGuardError as error:
        return Preview(replace(result, detail=str(error)))
    if made.outcome is PickOutcome.EMPTY:
        return Preview(replace(result, outcome=TargetOutcome.ALREADY_THERE))
    is_clean = made.outcome is PickOutcome.CLEAN
    outcome = TargetOutcome.OPENED if is_clean else TargetOutcome.CONFLICT
    told = replace(result, outcome=outcome, conflicts=made.conflicts, remaining=made.remaining)
    title, body, notes = texts(deed, told, made)
    return Preview(replace(told, notes=notes), title, body)


def _made(deed: Deed, result: TargetResult) -> PickResult:
    if result.method is Method.MERGE:
        return deed.hands.git.merge(merge_for(deed, result.target))
    ref = deed.merged.ref
    return deed.hands.git.cherry_pick(PickRequest(ref.repository, result.target, deed.landed.picks, "", ref.number))
