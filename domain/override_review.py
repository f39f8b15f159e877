"""The issue in which people look at an override again once the hotfix is merged. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from domain.entry import Entry
from domain.finding import Level, Outcome
from domain.override import ALL, minute
from domain.pull_request import PullRequest
from domain.wording import code, counted, markdown, shortened

_LONGEST = 1_000
_MOST_FINDINGS = 20
_LONGEST_TITLE = 200
_BLOCKING = frozenset({str(Outcome.FAIL), str(Outcome.ERROR), str(Outcome.WAIT)})


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An override that the merged head's verdict counted.

    Attributes:
        confirmed_by: who else stood behind it, "" where nobody did.
        stood: the policies that it let be, as the JSON report tells them.
    """

    entry: Entry
    confirmed_by: str
    stood: tuple[dict[str, Any], ...]


def marker(number: int) -> str:
    """The hidden comment by which the issue is found again."""
    return f"<!-- hotfix-guard:override-review {number} -->"


def reviewed(given: Iterable[Entry], report: str) -> tuple[Reviewed, ...]:
    """Which overrides a verdict counted, and what they let be.

    A merge may come between publishing a verdict and keeping it. Then the one before it tells what an override was for.

    Args:
        given: the overrides of the merged head.
        report: the newest verdict on it, as `hotfix check --format json` tells it.
    """
    data = json.loads(report)
    told = {each["source"]: each for each in data.get("overrides", ())}
    found = (_reviewed(entry, told.get(entry.source), data["policies"]) for entry in given)
    return tuple(each for each in found if each.stood)


def title(pull_request: PullRequest, overrides: Iterable[Reviewed]) -> str:
    """The issue's title."""
    names = ", ".join(dict.fromkeys(policy["name"] for each in overrides for policy in each.stood))
    return shortened(f"Look again at the override in #{pull_request.ref.number}: {names}", _LONGEST_TITLE)


def body(pull_request: PullRequest, overrides: tuple[Reviewed, ...]) -> str:
    """The issue's body: who let what be and why, what stood, and what to do now."""
    opening = (
        f"#{pull_request.ref.number} ({markdown(shortened(pull_request.title, _LONGEST))}) was merged into "
        f"{code(pull_request.base)} at {code(pull_request.head_oid[:7])} while policies were overridden. Now that "
        "there is time, look at it again."
    )
    parts = [opening, "### Who and why", *map(_who, overrides), "### What stood"]
    parts += [_stood(policy) for each in overrides for policy in each.stood]
    return "\n\n".join([*parts, _checklist(overrides)])


def _reviewed(entry: Entry, told: dict[str, Any] | None, policies: list[dict[str, Any]]) -> Reviewed:
    if told is None:
        stood = [policy for policy in policies if _blocks(policy) and _covers(entry, policy["name"])]
        return Reviewed(entry, "", tuple(stood))
    names = set(told["overridden"])
    return Reviewed(entry, told["confirmed_by"] or "", tuple(each for each in policies if each["name"] in names))


def _blocks(policy: dict[str, Any]) -> bool:
    return policy["level"] == str(Level.REQUIRED) and policy["outcome"] in _BLOCKING


def _covers(entry: Entry, name: str) -> bool:
    return ALL in entry.subjects or name in entry.subjects


def _who(each: Reviewed) -> str:
    names = ", ".join(code(policy["name"]) for policy in each.stood)
    confirmed = f", confirmed by @{each.confirmed_by}" if each.confirmed_by else ""
    reason = markdown(shortened(each.entry.reason, _LONGEST))
    return f"- {names}: overridden by @{each.entry.login}{confirmed} at {minute(each.entry.at)}: {reason}"


def _stood(policy: dict[str, Any]) -> str:
    outcome = policy.get("without_override", policy["outcome"])
    findings = policy["findings"]
    lines = [f"**{code(policy['name'])}** ({outcome})", "", *map(_finding, findings[:_MOST_FINDINGS])]
    if len(findings) > _MOST_FINDINGS:
        lines.append(f"- … and {counted(len(findings) - _MOST_FINDINGS, 'more finding')}")
    return "\n".join(lines)


def _finding(finding: dict[str, Any]) -> str:
    place = f"{finding['path']}:{finding['line']}" if finding["line"] else finding["path"]
    where = f"{code(place)}: " if place else ""
    return f"- {where}{markdown(shortened(finding['message'], _LONGEST))}"


def _checklist(overrides: tuple[Reviewed, ...]) -> str:
    names = dict.fromkeys(policy["name"] for each in overrides for policy in each.stood)
    steps = [f"- [ ] {code(name)}: what stood is mended, or it is written below why it may stay" for name in names]
    return "\n".join(
        [
            "### To do",
            "",
            "- [ ] somebody who had no part in the change has read it again",
            *steps,
            "- [ ] it is written below whether the override was right",
            "- [ ] what would have spared it (a setting, a test, a habit) is changed, or an issue of its own",
        ]
    )
