"""From policies and a change to a verdict; no policy, and no policy file, can break it."""

from __future__ import annotations

import functools
import logging
import operator
import traceback
from dataclasses import replace
from pathlib import PurePath

from domain.change import Change, Needs
from domain.errors import FileProblem, PolicyFileError
from domain.finding import Finding, Inspection, Level, Outcome
from domain.pull_request import Outline, PolicyFile, PullRequest, PullRequestRef
from domain.severity import Assessment
from domain.verdict import PolicyOutcome, Verdict
from policies.base import Policy
from policies.configuration import Configuration
from policies.extending import POLICY_FILE
from policies.overriding import overridden
from policies.policy_file import Classes, configure
from policies.severities import assess

_log = logging.getLogger(__name__)

#: The name under which a verdict speaks of the policy file itself.
_NAME = "policy-file"

#: Whose fault a broken file is: never that of whoever opened the pull request.
_BASE_COUNTS = "the base branch's file is the one that counts"
_DEFAULT_COUNTS = "it is the owner's default, and a file of this repository's own would count instead"
_NOT_YOURS = "the base branch's file extends it, so the fault isn't this pull request's"

#: What GitHub would say of a change that nobody has proposed yet.
_NO_OUTLINE = Outline(
    PullRequest(
        PullRequestRef("", 0),
        "",
        "",
        "",
        "",
        is_draft=True,
        base="",
        base_oid="",
        head="",
        head_oid="",
        head_repository="",
    ),
    default_branch="",
)


def needs(policies: tuple[Policy, ...], outline: Outline) -> Needs:
    """What all policies together must know of a pull request beyond its outline."""
    return functools.reduce(operator.or_, (policy.needs(outline) for policy in policies), Needs())


def needed(configuration: Configuration, outline: Outline) -> Needs:
    """What the policies that count for a pull request must know beyond its outline."""
    pull_request = outline.pull_request
    found = assess(configuration.severities, pull_request.labels, pull_request.body, outline.entries)
    return needs(_policies(configuration, found), outline)


def desk_needs(policies: tuple[Policy, ...]) -> Needs:
    """What all policies together must know where there is no pull request yet."""
    return needs(policies, _NO_OUTLINE)


def verdict(configuration: Configuration, change: Change) -> Verdict:
    """Judge a change by the policies that count for its severity, and let be what people overrode."""
    outline = change.outline
    found = assess(configuration.severities, change.labels, change.body, outline.entries if outline else ())
    judged = inspect(_policies(configuration, found), replace(change, assessed=found))
    if outline is None:
        return judged
    return overridden(judged, configuration.override, outline.pull_request, outline.entries)


def _policies(configuration: Configuration, found: Assessment) -> tuple[Policy, ...]:
    return configuration.policies_at(found.severity.name if found.severity else "")


def inspect(policies: tuple[Policy, ...], change: Change) -> Verdict:
    """Judge a change by every policy. A policy that crashes is an `error`, and the others still speak."""
    return Verdict.of(
        tuple(PolicyOutcome.of(policy.name, policy.level, _inspection(policy, change)) for policy in policies)
    )


def lint(outline: Outline, classes: Classes) -> PolicyOutcome | None:
    """Judge the policy file that a pull request brings, without applying it; None where it brings none."""
    if not outline.changes_policy_file:
        return None
    file = outline.head_policy_file
    if file is None:
        return _passed("the policy file is removed; after the merge the built-in policies apply")
    try:
        configure(file, classes)
    except PolicyFileError as error:
        findings = tuple(_head_finding(fault) for fault in error.problems)
        faults = _faults(len(findings))
        summary = f"{faults} in the policy file at head, which would block every pull request after the merge"
        return PolicyOutcome(_NAME, Level.REQUIRED, Outcome.FAIL, summary, findings, _facts(error))
    return _passed("the policy file at head is valid; it applies after the merge")


def broken_policy_file(error: PolicyFileError, file: PolicyFile | None) -> Verdict:
    """The verdict on a hotfix for which a policy file counts that can't be applied: blocked until it is mended."""
    commit = file.commit_oid if file else ""
    since = f" since commit {commit[:7]}" if commit and commit[:7] not in error.source else ""
    counts = _DEFAULT_COUNTS if file and file.is_default else _BASE_COUNTS
    # No path and line: an annotation would point into the head's version of the file, which may be another one.
    findings = tuple(_base_finding(error.source + since, problem, counts) for problem in error.problems)
    summary = f"{_faults(len(findings))} in {_at_fault(error) or error.source + since}; no policy can be applied"
    facts = _facts(error) | {"commit": commit}
    outcome = PolicyOutcome(_NAME, Level.REQUIRED, Outcome.ERROR, summary, findings, facts)
    return Verdict.of((outcome,))


def hotfixes_only(configuration: Configuration, base: str) -> PolicyOutcome | None:
    """What speaks against a pull request that is no hotfix where only hotfixes may go; None where it may go."""
    production = configuration.production
    if not production.only_hotfixes or not production.holds(base):
        return None
    labels = configuration.triggers.labels
    label = f"label it {labels[0]!r} if it is one, or " if labels else ""
    finding = Finding(
        f"only hotfixes may go into {base}, and this pull request is none",
        remedy=f"{label}choose another base branch",
    )
    summary = f"{base} takes hotfixes alone by production.only_hotfixes"
    return PolicyOutcome("production", Level.REQUIRED, Outcome.FAIL, summary, (finding,), {"branch": base})


def _inspection(policy: Policy, change: Change) -> Inspection:
    reverted = change.evidence.revert.reverted
    if reverted and policy.exempts_reverts:
        names = ", ".join(oid[:7] for oid in reverted)
        return Inspection(
            Outcome.SKIP, f"exempt: the change is the exact revert of {names}", facts={"reverts": list(reverted)}
        )
    try:
        return policy.inspect(change)
    except Exception as error:
        _log.exception("the policy %s crashed on head %s", policy.name, change.head)
        return _crashed(policy, error)


def _crashed(policy: Policy, error: Exception) -> Inspection:
    kind = type(error).__name__
    frame = traceback.extract_tb(error.__traceback__)[-1]
    finding = Finding(
        f"the policy {policy.name} crashed ({kind}); this is a fault in Hotfix Guard, not in the change",
        remedy="re-check once; if it crashes again, report it with the facts of this outcome",
    )
    facts = {"crash": kind, "at": f"{PurePath(frame.filename).name}:{frame.lineno} in {frame.name}"}
    return Inspection(Outcome.ERROR, "could not be judged: the policy crashed", (finding,), facts)


def _passed(summary: str) -> PolicyOutcome:
    return PolicyOutcome(_NAME, Level.REQUIRED, Outcome.PASS, summary)


def _faults(count: int) -> str:
    return "1 fault" if count == 1 else f"{count} faults"


def _base_finding(source: str, problem: FileProblem, counts: str) -> Finding:
    where, remedy = _where(problem, problem.source or source), problem.remedy or "mend the file"
    return Finding(f"{where}: {problem.message}", remedy=f"{remedy}; {_NOT_YOURS if problem.source else counts}")


def _where(problem: FileProblem, source: str) -> str:
    return f"line {problem.line}, column {problem.column} of {source}" if problem.line else source


def _head_finding(fault: FileProblem) -> Finding:
    """A fault of the head's version, at its line; of a file that it extends, in words."""
    if fault.source:
        return Finding(f"{_where(fault, fault.source)}: {fault.message}", remedy=fault.remedy)
    return Finding(fault.message, POLICY_FILE, fault.line, fault.remedy)


def _at_fault(error: PolicyFileError) -> str:
    """The one other file that holds every fault, "" where there is none."""
    sources = {problem.source for problem in error.problems}
    return sources.pop() if len(sources) == 1 else ""


def _facts(error: PolicyFileError) -> dict[str, object]:
    faults = [_fault(fault) for fault in error.problems]
    return {"source": error.source, "faults": faults}


def _fault(fault: FileProblem) -> dict[str, object]:
    elsewhere = {"source": fault.source} if fault.source else {}
    return {"line": fault.line, "column": fault.column, "message": fault.message, **elsewhere}
