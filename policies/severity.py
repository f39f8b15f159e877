"""The policy `severity`: how grave the incident is, for everything else depends on it."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, ValidationInfo, model_validator

from domain.change import Change, Needs
from domain.entry import Entry
from domain.finding import Facts, Finding, Inspection, Level
from domain.pull_request import Outline
from domain.severity import Assessment, Severity
from policies.base import LEVEL, Policy, judged, needs_github
from policies.durations import written
from policies.severities import FIELD


class SeverityTold(Policy):
    """Ask every hotfix to say how grave its incident is, and refuse those that are no hotfix.

    The severities stand under `severities`, gravest first; with at least one defined this policy is required unless
    the file says otherwise. A label, the field `Severity` of the description or `/hotfix severity NAME` tells one.
    Where labels and description disagree nobody knows which people must approve, so they have to agree, or somebody
    with write access or an approving role settles it by the command: the newest one counts, on the record and with
    that person's name in the check run. Until a severity is told, what stands under `default` counts, else what the
    gravest one has; of levels always the strictest.

    Why: who must approve and how fast it must go depend on the severity, and a guess serves the wrong people.
    Passes: the label P0, which the policy file defines as "production is down".
    Fails: no severity at all, two that disagree, or P3, which waits for the next release.
    Remedy: add the label of the severity, or write `Severity: P0` into the description.
    """

    name: ClassVar[str] = "severity"

    level: Level = Field(Level.OFF, description=LEVEL)

    @model_validator(mode="after")
    def _has_severities(self, info: ValidationInfo) -> Self:
        if self.level is not Level.OFF and (info.context or {}).get("severities") == ():
            raise ValueError("no severities are defined: write `severities: {P0: {description: production is down}}`")
        return self

    def needs(self, outline: Outline) -> Needs:  # noqa: ARG002 - labels and description are in every outline
        """Nothing beyond the outline."""
        return Needs()

    def inspect(self, change: Change) -> Inspection:
        """Judge what is told."""
        found = change.assessed
        if change.outline is None and not change.labels and not change.body.strip():
            return needs_github("labels and descriptions")
        findings = tuple(_findings(found))
        return judged(findings, _summary(found), _facts(found))


_SETTLE = "leave one severity and take the others away, or settle it with `/hotfix severity NAME`"


def _findings(found: Assessment) -> list[Finding]:
    if not found.told:
        names = ", ".join(_meaning(severity) for severity in found.defined)
        return [Finding("no severity is told", remedy=f"{_how(found)}. Severities here: {names}")]
    if found.is_contradictory:
        said = " and ".join(f"{where} says {name}" for where, name in found.told)
        return [Finding(f"{said}: they contradict each other", remedy=_SETTLE)]
    severity = found.severity
    if severity is not None and not severity.is_hotfix:
        instead = severity.instead or "the usual way"
        remedy = f"take the hotfix label, branch or title away and use {instead}, or correct the severity"
        return [Finding(f"{severity.name} is no hotfix here; it goes {_to(instead)}", remedy=remedy)]
    return []


def _to(instead: str) -> str:
    return instead if instead.startswith(("to ", "with ", "into ", "through ", "the usual way")) else f"into {instead}"


def _how(found: Assessment) -> str:
    hotfixes = [severity for severity in found.defined if severity.is_hotfix] or list(found.defined)
    first = hotfixes[0]
    label = f"add the label {first.labels[0]}" if first.labels else ""
    written_down = f"write `{FIELD}: {first.name}` into the description"
    said = f"say `/hotfix severity {first.name}`"
    return " or ".join(way for way in (label, written_down, said) if way) + " (or another severity)"


def _meaning(severity: Severity) -> str:
    told = [severity.description, *([f"within {written(severity.within)}"] if severity.within else [])]
    told += [] if severity.is_hotfix else ["no hotfix"]
    meaning = ", ".join(part for part in told if part)
    return f"{severity.name} ({meaning})" if meaning else severity.name


def _summary(found: Assessment) -> str:
    if not found.told:
        return "no severity is told"
    if found.is_contradictory or found.severity is None:
        return f"told are {', '.join(dict.fromkeys(name for _, name in found.told))}"
    if found.command is not None:
        return f"{_meaning(found.severity)}, {_by_command(found, found.command, found.severity)}"
    where = ", ".join(dict.fromkeys(where for where, _ in found.told))
    return f"{_meaning(found.severity)}, told by {where}"


def _by_command(found: Assessment, command: Entry, severity: Severity) -> str:
    """Who settled it, and against what: nobody lowers a severity unseen."""
    lowered = f"lowered from {found.lowered_from.name}" if found.lowered_from else "told"
    against = [f"{where} says {name}" for where, name in found.told if name != severity.name]
    said = f"{lowered} by {command.login}'s command" + (f": {command.reason}" if command.reason else "")
    return "; ".join([said, *against])


def _facts(found: Assessment) -> Facts:
    severity = found.severity
    within = severity.within if severity else None
    return {
        "severity": severity.name if severity else None,
        "told": [{"by": where, "severity": name} for where, name in found.told],
        "within_minutes": int(within.total_seconds() // 60) if within else None,
        "hotfix": severity.is_hotfix if severity else None,
        **({"command": _command_facts(found, found.command)} if found.command else {}),
    }


def _command_facts(found: Assessment, command: Entry) -> Facts:
    lowered = found.lowered_from.name if found.lowered_from else None
    return {"by": command.login, "reason": command.reason, "lowered_from": lowered}
