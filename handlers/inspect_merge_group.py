"""Answer for a merge group: its head needs a check run of its own, or the queue is stuck (palantir/policy-bot#1298)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain import report
from domain.errors import UnreadableInputError
from domain.finding import Finding, Inspection, Level, Outcome
from domain.pull_request import PullRequestRef
from domain.verdict import PolicyOutcome, Verdict
from handlers.judge import deciding, judge
from handlers.look import look
from handlers.ports import GitHub, Ports


@dataclass(frozen=True, slots=True)
class MergeGroupRef:
    """Which merge group: the repository, the base branch, the group's own branch and its head."""

    repository: str
    base: str
    head_ref: str
    head_oid: str

    def __str__(self) -> str:
        """The key under which an inspection of it is owed; none of its parts can hold a space."""
        return " ".join((self.repository, self.base, self.head_ref, self.head_oid))

    @classmethod
    def parse(cls, key: str) -> MergeGroupRef:
        """Read a key again.

        Raises:
            UnreadableInputError: it is none.
        """
        parts = key.split(" ")
        if len(parts) != 4:  # noqa: PLR2004
            raise UnreadableInputError(f"{key!r} names no merge group")
        return cls(*parts)


def inspect_merge_group(group: MergeGroupRef, ports: Ports) -> None:
    """Judge every pull request of the group and publish the worst verdict on the group's head.

    Raises:
        GitHubTroubleError: GitHub can't be read or written just now.
    """
    github = ports.github(group.repository)
    name = f"{ports.check_name}: {group.base}"
    numbers = github.merge_group(group.base, group.head_oid, group.head_ref)
    verdict = _worst(tuple(PullRequestRef(group.repository, number) for number in numbers), github, ports)
    run = report.check_run(name, group.head_oid, verdict)
    published = github.check_runs(group.head_oid, name)
    # The annotations' lines are those of the pull requests' heads, not of the group's.
    github.publish_check_run(replace(run, annotations=()), published[0] if published else None)


def _worst(refs: tuple[PullRequestRef, ...], github: GitHub, ports: Ports) -> Verdict:
    if not refs:
        return _nothing_found()
    return deciding({ref.number: judge(look(ref, ports), github, ports).verdict for ref in refs})


def _nothing_found() -> Verdict:
    finding = Finding(
        "GitHub names no pull request that this merge group would merge",
        remedy="take the pull request out of the merge queue and add it again",
    )
    inspection = Inspection(Outcome.ERROR, "the group's pull requests can't be told", (finding,))
    return Verdict.of((PolicyOutcome.of("merge-group", Level.REQUIRED, inspection),))
