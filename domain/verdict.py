"""From the outcomes of the policies to one conclusion: one table for App, Action and command line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from domain.finding import Facts, Finding, Inspection, Level, Outcome, WaitingOn
from domain.override import Override, minute


class Conclusion(StrEnum):
    """What the verdict comes to, in GitHub's words for check runs.

    `IN_PROGRESS` is no conclusion at GitHub but the status of a run that has none yet.
    """

    SUCCESS = "success"
    FAILURE = "failure"
    ACTION_REQUIRED = "action_required"
    IN_PROGRESS = "in_progress"
    TIMED_OUT = "timed_out"
    SKIPPED = "skipped"


#: Exit code of the command line for each conclusion; 2 also stands for wrong usage and unreadable input.
EXIT_CODES = MappingProxyType(
    {
        Conclusion.SUCCESS: 0,
        Conclusion.SKIPPED: 0,
        Conclusion.FAILURE: 1,
        Conclusion.TIMED_OUT: 2,
        Conclusion.ACTION_REQUIRED: 3,
        Conclusion.IN_PROGRESS: 3,
    }
)

#: From worst to best: which verdict counts where two pull requests share a head and a base.
WORST_FIRST = (
    Conclusion.FAILURE,
    Conclusion.TIMED_OUT,
    Conclusion.IN_PROGRESS,
    Conclusion.ACTION_REQUIRED,
    Conclusion.SUCCESS,
    Conclusion.SKIPPED,
)


@dataclass(frozen=True, slots=True)
class PolicyOutcome:
    """One policy's part of a verdict.

    Attributes:
        name: the policy's name, e.g. "diff-size".
        level: `required` or `advisory`; a policy that is `off` has no part.
        outcome: how it ended, an advisory `fail` and an overridden one already turned into `warn`.
        override: what lets the policy be, None where nothing does.
        without_override: the outcome that it would have, None where none does.
    """

    name: str
    level: Level
    outcome: Outcome
    summary: str
    findings: tuple[Finding, ...] = ()
    facts: Facts = field(default_factory=lambda: MappingProxyType({}))
    waiting_on: WaitingOn = WaitingOn.PEOPLE
    override: Override | None = None
    without_override: Outcome | None = None

    @classmethod
    def of(cls, name: str, level: Level, inspection: Inspection) -> PolicyOutcome:
        """Weigh an inspection by its policy's level."""
        outcome = inspection.outcome
        if level is Level.ADVISORY and outcome in {Outcome.FAIL, Outcome.WAIT, Outcome.ERROR}:
            outcome = Outcome.WARN
        return cls(
            name, level, outcome, inspection.summary, inspection.findings, inspection.facts, inspection.waiting_on
        )

    def overridden_by(self, override: Override) -> PolicyOutcome:
        """The same with its findings, but no longer in the way: it says who let it be, why and until when."""
        until = f" until {minute(override.expires_at)}" if override.expires_at else ""
        summary = (
            f"overridden by {override.people}{until}: {override.reason}; without it {self.outcome}: {self.summary}"
        )
        return replace(self, outcome=Outcome.WARN, summary=summary, override=override, without_override=self.outcome)

    @property
    def needs_attention(self) -> bool:
        """Whether somebody has to do something about it before the merge."""
        return self.outcome in {Outcome.FAIL, Outcome.ERROR, Outcome.WAIT}


@dataclass(frozen=True, slots=True)
class Verdict:
    """All outcomes and what they come to.

    Attributes:
        reason: why a pull request is no hotfix, or why GitHub couldn't be read; empty where policies speak.
        overrides: every override that was given for this pull request and is worth telling, oldest first.
    """

    conclusion: Conclusion
    policies: tuple[PolicyOutcome, ...] = ()
    reason: str = ""
    overrides: tuple[Override, ...] = ()

    @classmethod
    def of(cls, policies: tuple[PolicyOutcome, ...]) -> Verdict:
        """Conclude from the outcomes of the policies of a hotfix."""
        return cls(conclude(policies), policies)

    @classmethod
    def not_a_hotfix(cls, reason: str) -> Verdict:
        """The verdict on everybody else's pull request."""
        return cls(Conclusion.SKIPPED, (), reason)

    @property
    def exit_code(self) -> int:
        """The command line's exit code for this verdict."""
        return EXIT_CODES[self.conclusion]


def conclude(policies: tuple[PolicyOutcome, ...]) -> Conclusion:
    """Apply the table: the first row that fits decides."""
    required = [policy for policy in policies if policy.level is Level.REQUIRED]
    if any(policy.outcome in {Outcome.FAIL, Outcome.ERROR} for policy in required):
        return Conclusion.FAILURE
    waiting = {policy.waiting_on for policy in required if policy.outcome is Outcome.WAIT}
    if WaitingOn.MACHINES in waiting:
        return Conclusion.IN_PROGRESS
    if WaitingOn.PEOPLE in waiting:
        return Conclusion.ACTION_REQUIRED
    return Conclusion.SUCCESS


def worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """The verdict that counts where several pull requests share a head and a base.

    Args:
        verdicts: at least one; among equals the first counts.
    """
    return min(verdicts, key=lambda verdict: WORST_FIRST.index(verdict.conclusion))
