"""Inspect a pull request and publish what came of it: the straight line of the house."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain import backport_proof, report
from domain.backport_proof import BackportProof, Sameness
from domain.check_run import CheckRun, PublishedRun
from domain.pull_request import Outline, PullRequestRef
from domain.record import PullRequestRecord, SavedVerdict
from domain.verdict import Verdict
from handlers.judge import Judgement, deciding, judge
from handlers.look import View, look
from handlers.ports import Ports

#: Memberships change without a trace on the pull request, so an old verdict on a hotfix is reached again.
FRESH_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Grounds:
    """What an inspection starts from.

    Attributes:
        at: when we began to look: whatever happens after it, the verdict may not know.
    """

    at: datetime
    record: PullRequestRecord
    outline: Outline


def inspect_hotfix(ref: PullRequestRef, ports: Ports) -> None:
    """Bring the check run on a pull request's head up to date.

    An inspection whose grounds are those of the last one ends after the first request.

    Raises:
        GitHubTroubleError: GitHub can't be read or written just now; nothing is lost by another try.
    """
    github = ports.github(ref.repository)
    grounds = _Grounds(ports.now(), ports.ledger.pull_request(ref), look(ref, ports))
    outline, record = grounds.outline, grounds.record
    pull_request = outline.pull_request
    if pull_request.state != "open":
        return
    ports.ledger.see_head(ref, pull_request.head_oid, pull_request.base, ports.now())
    name = f"{ports.check_name}: {pull_request.base}"
    published = newest(outline.published, name)
    if _still_holds(grounds, published, ports):
        return
    judgement = judge(outline, github, ports)
    run = report.check_run(name, pull_request.head_oid, counting_siblings(judgement, outline, ports))
    wrote = github.publish_check_run(run, published, rerequested=record.asked > record.answered)
    if judgement.backport is not None:
        _publish_proof(judgement.backport, outline, ports)
    ports.ledger.save_verdict(ref, _saved(grounds, judgement, run, ports))
    if wrote:
        for number in outline.siblings:
            ports.tasks.want("inspect", str(replace(ref, number=number)))


def _publish_proof(proof: BackportProof, outline: Outline, ports: Ports) -> None:
    """Say on a backport what is left of its conflicts; where that is news, its row on the original follows."""
    ref = outline.pull_request.ref
    name = backport_proof.check_name(ports.check_name)
    run = backport_proof.check_run(proof, name, outline.pull_request.head_oid)
    wrote = ports.github(ref.repository).publish_check_run(run, newest(outline.published, name))
    if wrote and proof.sameness in {Sameness.CONFLICTED, Sameness.RESOLVED}:
        ports.tasks.want("backport", str(replace(ref, number=proof.original)))


def newest(published: tuple[PublishedRun, ...], name: str) -> PublishedRun | None:
    """The newest of our runs of that name, the one that counts; None where there is none."""
    return next((run for run in published if run.name == name), None)


def _fingerprint(outline: Outline, record: PullRequestRecord, ports: Ports) -> str:
    grounds = (ports.version, replace(outline, published=()), record.is_hotfix, record.release)
    return hashlib.sha256(repr(grounds).encode()).hexdigest()


def _still_holds(grounds: _Grounds, published: PublishedRun | None, ports: Ports) -> bool:
    outline, record = grounds.outline, grounds.record
    if outline.siblings or record.asked > record.answered or record.fingerprint_at is None:
        return False
    if record.is_hotfix and grounds.at - record.fingerprint_at > FRESH_FOR:
        return False
    stands = record.fingerprint == _fingerprint(outline, record, ports)
    return stands and published is not None and published.external_id == record.external_id


def counting_siblings(judgement: Judgement, outline: Outline, ports: Ports, view: View = look) -> Verdict:
    """The worst verdict of all open pull requests that share this head and this base (palantir/policy-bot#528)."""
    github = ports.github(outline.pull_request.ref.repository)
    verdicts = {outline.pull_request.ref.number: judgement.verdict}
    for number in outline.siblings:
        sibling = view(replace(outline.pull_request.ref, number=number), ports)
        same = (sibling.pull_request.head_oid, sibling.pull_request.base, sibling.pull_request.state) == (
            outline.pull_request.head_oid,
            outline.pull_request.base,
            "open",
        )
        if same:
            verdicts[number] = judge(sibling, github, ports).verdict
    return deciding(verdicts) if len(verdicts) > 1 else judgement.verdict


def _saved(grounds: _Grounds, judgement: Judgement, run: CheckRun, ports: Ports) -> SavedVerdict:
    outline, record = grounds.outline, grounds.record
    pull_request = outline.pull_request
    after = _after(outline, judgement, record)
    return SavedVerdict(
        head_oid=pull_request.head_oid,
        base=pull_request.base,
        conclusion=judgement.verdict.conclusion,
        is_hotfix=judgement.is_hotfix,
        # What the next inspection will start from: the lane is this one's doing. A verdict that rests on other pull
        # requests too is reached again by every sweep, for theirs may change without a trace on this one.
        fingerprint="" if outline.siblings else _fingerprint(outline, after, ports),
        external_id=run.external_id,
        report=report.as_json(
            judgement.verdict,
            base=pull_request.base_oid,
            merge_base=judgement.merge_base,
            head=pull_request.head_oid,
        ),
        at=grounds.at,
        name=run.name,
        answered=record.asked,
        ended=record.release if after.release is None else None,
    )


def _after(outline: Outline, judgement: Judgement, record: PullRequestRecord) -> PullRequestRecord:
    """The record with this judgement in it: a newer head with a trigger is back in the lane, its release at an end."""
    pull_request = outline.pull_request
    back = judgement.is_hotfix and not record.is_held(pull_request.base)
    ended = back and not record.is_released(pull_request.head_oid, pull_request.base)
    return replace(
        record,
        is_hotfix=record.is_hotfix or judgement.is_hotfix,
        release=None if ended else record.release,
    )
