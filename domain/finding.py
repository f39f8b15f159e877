"""What a policy says about a change: findings, an outcome, the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

#: Evidence as data: JSON values only (str, int, bool, None, list, dict).
Facts = Mapping[str, Any]


class Level(StrEnum):
    """How much a policy's outcome weighs."""

    REQUIRED = "required"
    ADVISORY = "advisory"
    OFF = "off"


class Outcome(StrEnum):
    """How one policy ended."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    WARN = "warn"
    WAIT = "wait"
    DEFER = "defer"
    SKIP = "skip"
    ERROR = "error"


class WaitingOn(StrEnum):
    """Whom a `wait` waits for: it decides between `action_required` and `in_progress`."""

    PEOPLE = "people"
    MACHINES = "machines"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, where, and what to do.

    All texts are plain: the report escapes them for Markdown, terminals and workflow commands.

    Attributes:
        message: what is wrong, one sentence without a full stop at its end.
        path: repository path at head (at base for a removed file), "" where no file is meant.
        line: 1-based line at head, 0 where no line is meant.
        remedy: the next step, in the imperative.
    """

    message: str
    path: str = ""
    line: int = 0
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What one policy found: its outcome with the evidence.

    Attributes:
        outcome: how it ended; a policy never returns `warn` (an advisory `fail` becomes one).
        summary: the evidence in one plain phrase, e.g. "12 lines changed, fewer than 10 allowed".
        findings: what is wrong; empty for `pass`, at least one for `fail`, `wait` and `error`.
        facts: the evidence as data, as `hotfix check --format json` prints it.
        waiting_on: for `wait` only.
    """

    outcome: Outcome
    summary: str
    findings: tuple[Finding, ...] = ()
    facts: Facts = field(default_factory=lambda: MappingProxyType({}))
    waiting_on: WaitingOn = WaitingOn.PEOPLE
