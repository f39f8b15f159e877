"""Answer for a merge group: its head needs a check run of its own, or the queue is stuck (palantir/policy-bot#1298)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from domain import report
from domain.check_run import CheckRun
from domain.errors import UnreadableInputError
from domain.finding import Finding, Inspection, Level, Outcome
from domain.pull_request import PullRequestRef
from domain.verdict import PolicyOutcome, Verdict
from handlers.judge import deciding, judge
from handlers.look import View, look
from handlers.ports import Ports

#: The branch of a merge group ("Managing a merge queue"); a base branch's name may hold slashes.
_BRANCH = re.compile(r"gh-readonly-queue/(?P<base>[^ ]+)/pr-\d+-[0-9a-f]{40,64}")
_AGAIN = "again"


@dataclass(frozen=True, slots=True)
class MergeGroupRef:
    """Which merge group: the repository, the base branch, the group's own branch and its head.

    Attributes:
        again: whether somebody asked for its check run again, so that it is written even if unchanged.
    """

    repository: str
    base: str
    head_ref: str
    head_oid: str
    again: bool = False

    def __str__(self) -> str:
        """The key under which an inspection of it is owed; none of its parts can hold a space."""
        parts = (self.repository, self.base, self.head_ref, self.head_oid)
        return " ".join((*parts, _AGAIN) if self.again else parts)

    @classmethod
    def of_branch(cls, repository: str, head_ref: str, head_oid: str) -> MergeGroupRef | None:
        """The group whose branch this is, asked for again; None where it is no group's."""
        named = _BRANCH.fullmatch(head_ref)
        return cls(repository, named["base"], head_ref, head_oid, again=True) if named else None

    @classmethod
    def parse(cls, key: str) -> MergeGroupRef:
        """Read a key again.

        Raises:
            UnreadableInputError: it is none.
        """
        parts = key.removesuffix(f" {_AGAIN}").split(" ")
        if len(parts) != 4:  # noqa: PLR2004
            raise UnreadableInputError(f"{key!r} names no merge group")
        repository, base, head_ref, head_oid = parts
        return cls(repository, base, head_ref, head_oid, again=key.endswith(f" {_AGAIN}"))


def inspect_merge_group(group: MergeGroupRef, ports: Ports) -> None:
    """Judge every pull request of the group and publish the worst verdict on the group's head.

    Raises:
        GitHubTroubleError: GitHub can't be read or written just now.
    """
    github = ports.github(group.repository)
    run = group_run(group, judge_group(group, ports), ports)
    published = github.check_runs(group.head_oid, run.name)
    newest = published[0] if published else None
    github.publish_check_run(run, newest, rerequested=group.again)


def judge_group(group: MergeGroupRef, ports: Ports, view: View = look) -> Verdict:
    """The worst verdict of the pull requests that the group would merge.

    Raises:
        GitHubTroubleError: GitHub can't be read just now.
    """
    github = ports.github(group.repository)
    numbers = github.merge_group(group.base, group.head_oid, group.head_ref)
    refs = [PullRequestRef(group.repository, number) for number in numbers]
    if not refs:
        return _nothing_found()
    return deciding({ref.number: judge(view(ref, ports), github, ports).verdict for ref in refs})


def group_run(group: MergeGroupRef, verdict: Verdict, ports: Ports) -> CheckRun:
    """The check run on the group's head."""
    # The annotations' lines are those of the pull requests' heads, not of the group's.
    run = report.check_run(f"{ports.check_name}: {group.base}", group.head_oid, verdict)
    return replace(run, annotations=())


def _nothing_found() -> Verdict:
    finding = Finding(
        "GitHub names no pull request that this merge group would merge",
        remedy="take the pull request out of the merge queue and add it again",
    )
    inspection = Inspection(Outcome.ERROR, "the group's pull requests can't be told", (finding,))
    return Verdict.of((PolicyOutcome.of("merge-group", Level.REQUIRED, inspection),))
