"""Find what reached a branch around the gate: by a direct push, or by a merge without a satisfied verdict."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import structlog

import policies
from domain import bypass
from domain.bypass import Bypass, Gap, Unsatisfied
from domain.entry import Entry, EntryKind
from domain.errors import (
    GitHubTroubleError,
    HotfixGuardError,
    PolicyFileError,
    UnreadableInputError,
)
from domain.landing import LandedCommit, LandedPullRequest, Landing, Landings, grouped
from domain.pull_request import Outline, PolicyFile, PullRequestRef
from domain.record import SavedVerdict
from domain.verdict import Conclusion
from handlers.configure import counting_file
from handlers.judge import Judgement, judge
from handlers.look import BRANCH, look
from handlers.ports import GitHub, Ports

_SATISFIED = frozenset({Conclusion.SUCCESS, Conclusion.SKIPPED})
_ATTENTION = frozenset({"fail", "error", "wait"})

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class BranchRef:
    """Which branch of which repository."""

    repository: str
    name: str

    def __str__(self) -> str:
        """The key under which looking at it is owed; neither part can hold a space."""
        return f"{self.repository} {self.name}"

    @classmethod
    def parse(cls, key: str) -> BranchRef:
        """Read a key again.

        Raises:
            UnreadableInputError: it is none.
        """
        repository, _, name = key.partition(" ")
        if not name:
            raise UnreadableInputError(f"{key!r} names no branch")
        return cls(repository, name)


def watch_branch(branch: BranchRef, ports: Ports) -> None:
    """Examine what landed on a branch of production since it was examined last, and go on from there.

    Raises:
        GitHubTroubleError: GitHub can't be read or written just now; what was examined stays examined.
    """
    github = ports.github(branch.repository)
    seen = ports.ledger.seen_tip(branch.repository, branch.name)
    if not seen:
        return
    landed = github.landings(branch.name, seen)
    if landed is None or landed.tip_oid == seen:
        return
    production = production_of(landed.policy_file, branch.repository, ports).production
    if production.holds(branch.name):
        scene = _Scene(branch, production, github, ports)
        _examine_gap(scene, landed, seen)
        for landing in grouped(landed.commits, _push_ends(scene, landed.commits)):
            _examine(scene, landing)
            ports.ledger.save_tip(branch.repository, branch.name, landing.commits[-1].oid)
    ports.ledger.save_tip(branch.repository, branch.name, landed.tip_oid)


def audit_merge(ref: PullRequestRef, ports: Ports) -> None:
    """Examine one merge: a hotfix needs its verdict into whatever branch it goes.

    Raises:
        GitHubTroubleError: GitHub can't be read or written just now.
    """
    outline = look(ref, ports)
    pull_request = outline.pull_request
    if pull_request.state != "merged" or pull_request.merged_at is None:
        return
    branch = BranchRef(ref.repository, pull_request.base)
    production = _configuration(outline.policy_file).production
    if production.holds(branch.name):
        # The branch's own examination finds it, with all else that landed: two at once would tell it twice.
        ports.ledger.see_branch(branch.repository, branch.name, pull_request.base_oid)
        ports.tasks.want("watch", str(branch))
        return
    landing = Landing((LandedCommit(pull_request.merge_commit_oid, "", "", _landed(outline)),))
    _examine(_Scene(branch, production, ports.github(ref.repository), ports, hotfixes_alone=True), landing)


def production_of(file: PolicyFile | None, repository: str, ports: Ports) -> policies.Configuration:
    """What a branch's policy file says of production, faults elsewhere in it aside."""
    return _configuration(counting_file(file, repository, ports))


def _configuration(file: PolicyFile | None) -> policies.Configuration:
    try:
        return policies.configure(file)
    except PolicyFileError:
        return policies.lane_alone(file)


@dataclass(frozen=True, slots=True)
class _Scene:
    """Where something landed, and the outside.

    Attributes:
        hotfixes_alone: whether the branch is none of production's, where everything else is free to land.
    """

    branch: BranchRef
    production: policies.ProductionSettings
    github: GitHub
    ports: Ports
    hotfixes_alone: bool = False

    def pusher(self, oid: str) -> str:
        """Who made the branch point at a commit, "" where we weren't told."""
        return self.ports.ledger.pusher(self.branch.repository, oid, (BRANCH + self.branch.name,))


@dataclass(frozen=True, slots=True)
class _Afresh:
    """A judgement after the merge, or why there is none."""

    judgement: Judgement | None
    is_hotfix: bool
    why_not: str = ""


def _landed(outline: Outline) -> LandedPullRequest:
    pull_request = outline.pull_request
    assert pull_request.merged_at is not None  # noqa: S101 - its caller looked
    return LandedPullRequest(
        ref=pull_request.ref,
        title=pull_request.title,
        url=pull_request.url,
        base=pull_request.base,
        head_oid=pull_request.head_oid,
        merge_oid=pull_request.merge_commit_oid,
        merged_by=pull_request.merged_by,
        merged_at=pull_request.merged_at,
    )


def _push_ends(scene: _Scene, commits: tuple[LandedCommit, ...]) -> frozenset[str]:
    return frozenset(each.oid for each in commits if each.pull_request is None and scene.pusher(each.oid))


def _examine_gap(scene: _Scene, landed: Landings, seen: str) -> None:
    if landed.rewritten or not landed.complete:
        by, now = scene.pusher(landed.tip_oid), scene.ports.now()
        _tell(scene, Gap(scene.branch.name, seen, landed.tip_oid, by, now, landed.rewritten))


def _examine(scene: _Scene, landing: Landing) -> None:
    pull_request = landing.pull_request
    found = _merged(scene, landing, pull_request) if pull_request is not None else _pushed(scene, landing)
    if found is not None:
        _tell(scene, found)


def _pushed(scene: _Scene, landing: Landing) -> Bypass | None:
    by = scene.pusher(landing.oid)
    allowed = {login.casefold() for login in scene.production.pushers}
    if by.casefold() in allowed:
        return None
    return Bypass(landing, scene.branch.name, by, scene.ports.now())


def _merged(scene: _Scene, landing: Landing, merged: LandedPullRequest) -> Bypass | None:
    """The bypass that a merge was, None where its verdict was satisfied, or wasn't needed."""
    saved = scene.ports.ledger.verdict_on(merged.ref, merged.head_oid, merged.base)
    if _is_satisfied(scene, landing, saved):
        return None
    told = Bypass(landing, scene.branch.name, merged.merged_by, merged.merged_at)
    if saved is not None and scene.hotfixes_alone and not saved.is_hotfix:
        return None
    if saved is not None and saved.conclusion is not Conclusion.ACTION_REQUIRED and not _overridden(scene, merged):
        # People may have acted just before the merge, and reviews tell when; of all else the verdict is the witness.
        return _known(told, saved)
    afresh = _judged_afresh(scene, merged)
    if afresh.judgement is not None and afresh.judgement.verdict.conclusion in _SATISFIED:
        return None
    if scene.hotfixes_alone and not afresh.is_hotfix:
        return None
    return _known(told, saved) if saved is not None else _as_judged(told, afresh)


def _is_satisfied(scene: _Scene, landing: Landing, saved: SavedVerdict | None) -> bool:
    """Whether the pull request's verdict, a release, or the merge queue's verdict on the landed commit allowed it."""
    merged = landing.pull_request
    if merged is None or (saved is not None and saved.conclusion in _SATISFIED):
        return merged is not None
    if scene.ports.ledger.pull_request(merged.ref).is_released(merged.head_oid, merged.base):
        return True
    runs = scene.github.check_runs(landing.oid, f"{scene.ports.check_name}: {merged.base}")
    return bool(runs) and runs[0].conclusion in _SATISFIED


def _overridden(scene: _Scene, merged: LandedPullRequest) -> bool:
    """Whether an override may have come too late for a verdict, and in time for the merge."""
    given = scene.ports.ledger.entries(merged.ref)
    return any(each.kind is EntryKind.OVERRIDE and each.speaks_of(merged.head_oid, merged.base) for each in given)


def _judged_afresh(scene: _Scene, merged: LandedPullRequest) -> _Afresh:
    """Judge a merged head as it stood at the merge: later reviews and commands don't count."""
    ports = scene.ports
    outline = look(merged.ref, ports)
    record, configuration = ports.ledger.pull_request(merged.ref), _configuration(outline.policy_file)
    pull_request = outline.pull_request
    why = policies.trigger(configuration, pull_request.labels, pull_request.head, pull_request.title)
    is_hotfix = bool(why) or record.is_held(merged.base)
    if outline.changes_policy_file:
        return _Afresh(None, is_hotfix, "it changed the policy file that it would be judged by")
    try:
        judgement = judge(_at_merge(outline, merged), scene.github, ports)
    except GitHubTroubleError:
        raise
    except HotfixGuardError as error:
        return _Afresh(None, is_hotfix, str(error))
    return _Afresh(judgement, judgement.is_hotfix)


def _at_merge(outline: Outline, merged: LandedPullRequest) -> Outline:
    pull_request = outline.pull_request
    reviews = tuple(each for each in pull_request.reviews if each.submitted_at <= merged.merged_at)
    entries = tuple(each for each in outline.entries if each.at <= merged.merged_at)
    return replace(outline, pull_request=replace(pull_request, reviews=reviews), entries=entries)


def _known(told: Bypass, saved: SavedVerdict) -> Bypass:
    unsatisfied = tuple(
        Unsatisfied(each["name"], each["outcome"], each["summary"])
        for each in json.loads(saved.report)["policies"]
        if each["outcome"] in _ATTENTION
    )
    return replace(told, conclusion=str(saved.conclusion), judged_at=saved.at, policies=unsatisfied)


def _as_judged(told: Bypass, afresh: _Afresh) -> Bypass:
    if afresh.judgement is None:
        return replace(told, unjudged=afresh.why_not)
    verdict = afresh.judgement.verdict
    unsatisfied = tuple(
        Unsatisfied(each.name, str(each.outcome), each.summary) for each in verdict.policies if each.needs_attention
    )
    return replace(told, conclusion=str(verdict.conclusion), policies=unsatisfied)


def _tell(scene: _Scene, found: Bypass | Gap) -> None:
    """Open the issue, once, and write the entry, once: both are found again by what landed.

    A repository without issues, or an App that may not write them, keeps the entry.
    """
    try:
        labels = scene.production.labels
        number = scene.github.open_issue(bypass.marker(found), bypass.title(found), bypass.body(found), labels)
        _log.info("merged around the gate", branch=scene.branch.name, source=found.source, issue=number)
    except GitHubTroubleError:
        raise
    except HotfixGuardError as error:
        _log.warning("the issue could not be opened", source=found.source, error=str(error))
    scene.ports.ledger.add_entry(_entry(scene, found))


def _entry(scene: _Scene, found: Bypass | Gap) -> Entry:
    merged = found.landing.pull_request if isinstance(found, Bypass) else None
    return Entry(
        kind=EntryKind.MERGED_AROUND,
        repository=scene.branch.repository,
        number=merged.ref.number if merged else 0,
        login=found.by,
        source=found.source,
        at=found.at,
        subjects=tuple(each.name for each in found.policies) if isinstance(found, Bypass) else (),
        reason=bypass.reason(found),
        head_oid=merged.head_oid if merged else "",
        base=scene.branch.name,
    )
