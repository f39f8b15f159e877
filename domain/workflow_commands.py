"""A verdict as GitHub Actions' workflow commands: annotations on the changed lines.

See "Workflow commands for GitHub Actions". The runner reads commands off standard output, after any blanks at the
beginning of a line, so nothing that comes from a pull request may be printed beside them unguarded.
"""

from __future__ import annotations

from domain.finding import Finding, Outcome
from domain.report import location
from domain.verdict import PolicyOutcome, Verdict
from domain.wording import plain, shortened

_LONGEST = 1_000


def annotation_commands(verdict: Verdict) -> tuple[str, ...]:
    """One command for each finding that somebody should see, on the line where it is."""
    return tuple(
        _command(policy, finding)
        for policy in verdict.policies
        if policy.needs_attention or policy.outcome is Outcome.WARN
        for finding in policy.findings
    )


def error(message: str) -> str:
    """The command that tells why a step couldn't do its work."""
    return _told("error", message)


def warning(message: str) -> str:
    """The command that tells what a step left undone."""
    return _told("warning", message)


def _told(name: str, message: str) -> str:
    return f"::{name} title=Hotfix Guard::{_data(shortened(message, _LONGEST))}"


def stopping(word: str) -> str:
    """The command after which the runner looks for no commands until a line says the word between double colons."""
    return f"::stop-commands::{word}"


def guarded(text: str, word: str) -> str:
    """Text in which the runner looks for no commands.

    Args:
        text: any text.
        word: ends the guard; nobody may have been able to guess it.
    """
    return f"{stopping(word)}\n{text.rstrip()}\n::{word}::\n"


def _command(policy: PolicyOutcome, finding: Finding) -> str:
    name = "error" if policy.needs_attention else "warning"
    place = {"file": finding.path, "line": str(finding.line) if finding.line else ""}
    properties = {**place, "title": f"hotfix {policy.name}"}
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    where = f"{location(finding)}: " if finding.path and not finding.line else ""
    message = f"{where}{finding.message}" + (f"\nNext step: {finding.remedy}" if finding.remedy else "")
    return f"::{name} {told}::{_data(shortened(message, _LONGEST))}"


def _data(text: str) -> str:
    lines = [plain(line) for line in text.split("\n")]
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
