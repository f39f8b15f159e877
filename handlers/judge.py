"""Judge one pull request: the part of inspecting that a merge group needs too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import policies
from domain.backport_proof import BackportProof, Sameness
from domain.change import Change
from domain.errors import PolicyFileError
from domain.finding import Level, Outcome
from domain.override import Override
from domain.pull_request import Outline
from domain.record import PullRequestRecord
from domain.revert import RevertProof
from domain.verdict import PolicyOutcome, Verdict, worst
from handlers.ports import GitHub, Ports
from handlers.prove_backport import is_own_backport, prove_backport
from handlers.prove_revert import prove_revert

#: What a backport pull request has from us, not from a person.
_OUR_DOING = frozenset({"severity", "title", "branch-name", "branch-point", "description", "incident"})
_NO_TRIGGER = "no trigger label, branch or title is on it"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what it was reached on.

    Attributes:
        is_hotfix: whether policies were applied, so that the pull request stays a hotfix.
        merge_base: the commit that the change grew from, "" where nothing was fetched.
        backport: what git says of it, where it is a backport of ours.
    """

    verdict: Verdict
    is_hotfix: bool
    merge_base: str = ""
    backport: BackportProof | None = None


def judge(outline: Outline, github: GitHub, ports: Ports) -> Judgement:
    """Read what the policies need, once, and inspect.

    Raises:
        GitHubTroubleError: GitHub can't be read just now.
    """
    outline = replace(outline, check_name=ports.check_name)
    record = ports.ledger.pull_request(outline.pull_request.ref)
    lint = policies.lint(outline)
    try:
        configuration = policies.configure(outline.policy_file)
    except PolicyFileError as error:
        if outline.policy_file is not None and outline.policy_file.is_default:
            return _under_broken_default(error, outline, lint, ports)
        return Judgement(_under_broken_file(error, outline, lint), is_hotfix=record.is_held(outline.pull_request.base))
    if is_own_backport(outline.pull_request, ports.app_login()):
        return _backport(outline, configuration, github, ports)
    why, why_not = _lane(outline, record, configuration)
    if not why:
        refused = policies.hotfixes_only(configuration, outline.pull_request.base) if why_not == _NO_TRIGGER else None
        return Judgement(_not_a_hotfix(why_not, lint, refused), is_hotfix=False)
    return _by_policies(outline, configuration, f"a hotfix by its {why}", (github, ports))


def _by_policies(
    outline: Outline, configuration: policies.Configuration, why: str, outside: tuple[GitHub, Ports]
) -> Judgement:
    github, ports = outside
    lint = policies.lint(outline)
    evidence = github.fetch(outline, policies.needed(configuration, outline))
    proof = prove_revert(outline.pull_request, github, ports.git)
    verdict = policies.verdict(configuration, Change.of(outline, replace(evidence, revert=proof)))
    overrides = (*_ended(outline, ports), *verdict.overrides)
    judged = replace(Verdict.of((*verdict.policies, *([lint] if lint else []))), overrides=overrides)
    return Judgement(replace(judged, reason=_reason(why, proof)), is_hotfix=True, merge_base=evidence.merge_base)


def _backport(outline: Outline, configuration: policies.Configuration, github: GitHub, ports: Ports) -> Judgement:
    """Judge a backport of ours: what equals the original was judged there, and the rest is a hotfix like any other.

    It can't be asked for what we decided ourselves: its branch, its title and its description.
    """
    proof = prove_backport(outline.pull_request, github, ports.git)
    pull_request = outline.pull_request
    record = ports.ledger.pull_request(pull_request.ref)
    if proof.sameness is Sameness.EQUAL or record.is_released(pull_request.head_oid, pull_request.base):
        why_not = proof.reason if proof.sameness is Sameness.EQUAL else _lane(outline, record, configuration)[1]
        return Judgement(_not_a_hotfix(why_not, policies.lint(outline)), is_hotfix=False, backport=proof)
    judged = _by_policies(outline, configuration.without(_OUR_DOING), proof.reason, (github, ports))
    return replace(judged, backport=proof)


def _ended(outline: Outline, ports: Ports) -> tuple[Override, ...]:
    pull_request = outline.pull_request
    return policies.ended(ports.ledger.entries(pull_request.ref), pull_request, ports.now())


def _reason(why: str, proof: RevertProof) -> str:
    told = f"it is no exact revert: {proof.why_not}" if proof.why_not else ""
    return "; ".join(part for part in (why, told) if part)


def deciding(verdicts: Mapping[int, Verdict]) -> Verdict:
    """The verdict that counts for several pull requests together, with the one that decided named in it.

    The same whichever of them is being inspected: else two that share a check run would overwrite each other's words
    for ever.

    Args:
        verdicts: each pull request's own verdict by its number, at least one; among equals the lowest number counts.
    """
    told = (replace(verdicts[number], reason=_by(number, verdicts[number].reason)) for number in sorted(verdicts))
    return worst(tuple(told))


def _by(number: int, reason: str) -> str:
    return "; ".join([f"decided by pull request #{number}", *([reason] if reason else [])])


def _under_broken_file(error: PolicyFileError, outline: Outline, lint: PolicyOutcome | None) -> Verdict:
    """Block everything but the pull request that mends the file and does nothing else, or nobody could mend it."""
    pull_request = outline.pull_request
    alone = pull_request.paths == (policies.POLICY_FILE,) and pull_request.paths_complete
    if lint is not None and lint.outcome is Outcome.PASS and alone:
        return Verdict.not_a_hotfix("it mends the base branch's policy file and changes nothing else")
    return policies.broken_policy_file(error, outline.policy_file)


def _under_broken_default(
    error: PolicyFileError, outline: Outline, lint: PolicyOutcome | None, ports: Ports
) -> Judgement:
    """Block hotfixes alone: a repository without a file of its own never goes red for anybody else."""
    record = ports.ledger.pull_request(outline.pull_request.ref)
    why, why_not = _lane(outline, record, policies.lane_alone(outline.policy_file))
    if not why:
        return Judgement(_not_a_hotfix(why_not, lint), is_hotfix=False)
    return Judgement(policies.broken_policy_file(error, outline.policy_file), is_hotfix=True)


def _lane(outline: Outline, record: PullRequestRecord, configuration: policies.Configuration) -> tuple[str, str]:
    """Why a pull request is a hotfix, or why it is none; one of the two is empty."""
    pull_request = outline.pull_request
    release = record.release
    if release is not None and record.is_released(pull_request.head_oid, pull_request.base):
        return "", f"it was released from the hotfix lane by {release.login}: {release.reason}"
    why = policies.trigger(configuration, pull_request.labels, pull_request.head, pull_request.title)
    if not why and record.is_held(pull_request.base):
        return "earlier inspection; taking the trigger away doesn't end it, `/hotfix release REASON` does", ""
    return why, "" if why else _NO_TRIGGER


def _not_a_hotfix(why: str, lint: PolicyOutcome | None, refused: PolicyOutcome | None = None) -> Verdict:
    # A broken policy file must not be merged by anybody; a good one is no reason to show more than "skipped".
    said = tuple(each for each in (refused, lint) if each is not None)
    if any(each.level is Level.REQUIRED and each.outcome in {Outcome.FAIL, Outcome.ERROR} for each in said):
        return replace(Verdict.of(said), reason=why)
    return Verdict.not_a_hotfix(why)
