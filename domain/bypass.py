"""What reached a branch without a satisfied verdict, and the issue that tells an auditor of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.landing import LandedCommit, LandedPullRequest, Landing
from domain.wording import code, counted, markdown

_SHOWN = 20
_SHORT = 7


@dataclass(frozen=True, slots=True)
class Unsatisfied:
    """A policy that stood in the way of a merge: its name, its outcome, and its summary."""

    name: str
    outcome: str
    summary: str


@dataclass(frozen=True, slots=True)
class Bypass:
    """One landing without a satisfied verdict, with what we know of it and no more.

    Attributes:
        branch: where it landed.
        by: the account that merged or pushed, "" where nobody told us.
        at: when it was merged, or when we found a push.
        conclusion: the verdict on the merged head, "" where there is none.
        judged_at: when that verdict was reached, None where it was reached after the merge.
        unjudged: why there is no verdict, "" where there is one.
    """

    landing: Landing
    branch: str
    by: str
    at: datetime
    conclusion: str = ""
    judged_at: datetime | None = None
    policies: tuple[Unsatisfied, ...] = ()
    unjudged: str = ""

    @property
    def source(self) -> str:
        """What names it for good: one issue and one entry each."""
        return self.landing.oid


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a branch's history that can't be examined commit by commit.

    Attributes:
        before_oid: where the branch stood when it was examined last; `after_oid` where it stands now.
        rewritten: whether a forced push took the older commit out of the branch; else too much landed at once.
    """

    branch: str
    before_oid: str
    after_oid: str
    by: str
    at: datetime
    rewritten: bool

    @property
    def source(self) -> str:
        """What names it for good: one issue and one entry each."""
        return f"{self.before_oid}..{self.after_oid}"


def marker(found: Bypass | Gap) -> str:
    """The hidden comment by which the issue is found again."""
    return f"<!-- hotfix-guard:merged-around {found.source} -->"


def title(found: Bypass | Gap) -> str:
    """The issue's title."""
    if isinstance(found, Gap):
        what = "was pushed by force" if found.rewritten else "moved further than can be examined"
        return f"{found.branch} {what}: {found.before_oid[:_SHORT]} → {found.after_oid[:_SHORT]}"
    pull_request = found.landing.pull_request
    if pull_request is None:
        return f"Pushed around the hotfix gate: {found.landing.oid[:_SHORT]} on {found.branch}"
    return f"Merged around the hotfix gate: #{pull_request.ref.number} into {found.branch}"


def reason(found: Bypass | Gap) -> str:
    """What happened, in one plain sentence, for the ledger."""
    if isinstance(found, Gap):
        return title(found)
    pull_request = found.landing.pull_request
    if pull_request is None:
        return f"{counted(len(found.landing.commits), 'commit')} reached {found.branch} by a push without pull request"
    if found.unjudged:
        return f"#{pull_request.ref.number} was merged into {found.branch} before it was judged"
    return f"#{pull_request.ref.number} was merged into {found.branch} with the verdict {found.conclusion}"


def body(found: Bypass | Gap) -> str:
    """The issue's text, in Markdown."""
    parts = _gap(found) if isinstance(found, Gap) else _bypass(found)
    return "\n\n".join((*parts, _NEXT))


_NEXT = (
    "**Next step:** look at the change as if it were proposed now. If it stays, say here who agreed and why; if not, "
    "revert it. Then close this issue: it is found again by itself and never opened twice, and the ledger keeps the "
    "entry for good."
)


def _gap(found: Gap) -> Iterator[str]:
    yield (
        f"The branch {code(found.branch)} stood at {found.before_oid} and stands at {found.after_oid} now. "
        f"{_pusher(found.by)}"
    )
    if found.rewritten:
        yield "It no longer holds the older commit: somebody pushed by force, or reset the branch."
    else:
        yield "More landed in between than is examined one by one; the oldest commits were not looked at."


def _bypass(found: Bypass) -> Iterator[str]:
    pull_request = found.landing.pull_request
    if pull_request is None:
        yield from _pushed(found)
        return
    yield _merged(found, pull_request)
    yield from _verdict(found, pull_request)


def _merged(found: Bypass, pull_request: LandedPullRequest) -> str:
    who = f"{code(found.by)} merged" if found.by else "Somebody, whom GitHub doesn't name, merged"
    return (
        f"{who} pull request #{pull_request.ref.number} ({markdown(pull_request.title)}) into {code(found.branch)} on "
        f"{_minute(found.at)}, as commit {found.landing.oid}; its head was {pull_request.head_oid}."
    )


def _verdict(found: Bypass, pull_request: LandedPullRequest) -> Iterator[str]:
    if found.unjudged:
        yield (
            "It was merged before it was judged: there is no verdict on that head, and none can be reached now, "
            f"because {markdown(found.unjudged)}. Nothing is known against the change or anybody; it only wasn't "
            "looked at."
        )
        return
    if found.judged_at is None:
        yield (
            "It was merged before it was judged. Judged afterwards, with the reviews that stood at the merge, its "
            f"verdict is {code(found.conclusion)}:"
        )
    else:
        head = pull_request.head_oid[:_SHORT]
        yield f"The last verdict on {head}, of {_minute(found.judged_at)}, was {code(found.conclusion)}:"
    rows = [f"| {code(each.name)} | {each.outcome} | {markdown(each.summary)} |" for each in found.policies]
    yield "\n".join(["| Policy | Outcome | |", "|---|---|---|", *rows])


def _pushed(found: Bypass) -> Iterator[str]:
    commits = found.landing.commits
    yield (
        f"{counted(len(commits), 'commit')} reached {code(found.branch)} without a merged pull request, so nothing was "
        f"judged. {_pusher(found.by)}"
    )
    rows = [_row(commit) for commit in reversed(commits[-_SHOWN:])]
    more = [f"- and {len(commits) - _SHOWN} more, older ones"] if len(commits) > _SHOWN else []
    yield "\n".join((*rows, *more))


def _row(commit: LandedCommit) -> str:
    by = f", by its own account from {markdown(commit.author)}" if commit.author else ""
    return f"- {commit.oid} {markdown(commit.headline)}{by}"


def _pusher(login: str) -> str:
    if login:
        return f"GitHub let {code(login)} push it."
    return "Who pushed it we weren't told: GitHub says so only once, and that delivery didn't arrive."


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
