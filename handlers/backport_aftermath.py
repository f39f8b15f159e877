"""See to what is left once backports are merged or closed: branches that nobody needs, and hotfixes taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import structlog

from domain import backport, backport_report
from domain.backport_aftermath import REVERT_MARKER, are_all_there, hotfix_branch, may_go, revert_proposal
from domain.backport_plan import Target, TargetResult
from domain.errors import GitHubError, GitHubTroubleError, NotFoundError
from domain.pull_request import Outline, PullRequest
from domain.revert import claimed_pull_requests, hinted_pull_requests
from handlers.backport_deed import Deed, Hands
from handlers.ports import GitHub, Ports
from handlers.prove_backport import original_of
from handlers.prove_revert import prove_revert
from policies import Configuration

_log = structlog.get_logger()


def after_backport(outline: Outline, configuration: Configuration, github: GitHub, ports: Ports) -> None:
    """A backport of ours was merged or closed: its branch goes, and the original is told.

    Raises:
        GitHubTroubleError: GitHub is in trouble; another try sees to it.
    """
    pull_request = outline.pull_request
    if configuration.backport.delete_backport_branches:
        lasting = frozenset({outline.default_branch, pull_request.base})
        _delete_if_safe(pull_request.head, pull_request.head_oid, lasting, github)
    ports.tasks.want("backport", str(replace(pull_request.ref, number=original_of(pull_request))))


def after_carrying(outline: Outline, deed: Deed, results: Sequence[TargetResult]) -> None:
    """The hotfix's own branch goes once everything that it was for is done.

    Raises:
        GitHubTroubleError: GitHub is in trouble; another try sees to it.
    """
    branch = hotfix_branch(deed.merged)
    if not branch or not deed.configuration.backport.delete_hotfix_branch or not are_all_there(results):
        return
    lasting = frozenset({outline.default_branch, deed.merged.base, *(result.target for result in results)})
    _delete_if_safe(branch, deed.merged.head_oid, lasting, deed.hands.github)


def _delete_if_safe(branch: str, oid: str, lasting: frozenset[str], github: GitHub) -> None:
    try:
        if may_go(branch, github.branch(branch), oid, lasting):
            gone = github.delete_branch(branch)
            _log.info("branch deleted" if gone else "branch not deleted", branch=branch)
    except GitHubTroubleError:
        raise
    except GitHubError as error:
        # A branch too many does no harm; what was carried counts.
        _log.warning("branch not deleted", branch=branch, error=str(error))


def propose_reverts(outline: Outline, hands: Hands, targets: Sequence[Target]) -> None:
    """Tell a merged pull request that takes a hotfix back which backports of it still stand.

    Raises:
        GitHubTroubleError: GitHub or git can't be asked just now.
    """
    pull_request = outline.pull_request
    numbers = claimed_pull_requests(pull_request.ref.repository, pull_request.title, pull_request.body)
    hints = () if numbers else hinted_pull_requests(pull_request.commits, pull_request.title)
    if not numbers and not hints:
        return
    reverted = prove_revert(pull_request, hands.github, hands.git).reverted
    if not reverted:
        return
    numbers = numbers or tuple(each for each in hints if _landed_as(each, reverted, hands))
    covered = {target.branch for target in targets} | {pull_request.base}
    for original in numbers:
        held = [each for each in _held(pull_request, original, hands) if each[0] not in covered]
        if proposal := revert_proposal(pull_request.ref.number, original, held):
            hands.github.upsert_comment(pull_request.ref.number, REVERT_MARKER, proposal)


def _landed_as(number: int, oids: Sequence[str], hands: Hands) -> bool:
    """Whether some commits are what a pull request put on base."""
    try:
        merged = hands.github.merged_pull_request(number)
    except NotFoundError:
        return False
    picks = backport.landed(merged).picks if merged else ()
    return bool(picks) and {pick.oid for pick in picks} <= set(oids)


def _held(pull_request: PullRequest, original: int, hands: Hands) -> Iterator[tuple[str, int, str]]:
    """The backports of a pull request that hold its change: target, number and state."""
    try:
        comments = hands.github.comments(original)
    except NotFoundError:
        return
    ours = (each for each in comments if each.login == hands.login and backport_report.COMMENT_MARKER in each.body)
    for entry in (entry for comment in ours for entry in backport_report.remembered(comment.body)):
        branch, hidden = backport.branch_name(original, entry.target), replace(pull_request.ref, number=original)
        for found in hands.github.find_pull_requests(branch, entry.target):
            if found.state != "closed" and backport.marker(hidden, entry.target) in found.body:
                yield entry.target, found.number, found.state
