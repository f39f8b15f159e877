"""How grave an incident is, and what was said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from domain.entry import Entry


@dataclass(frozen=True, slots=True)
class Severity:
    """One severity as the policy file defines it.

    Attributes:
        labels: the labels that tell it.
        within: the time that a fix may take from the report to production, None where none is set.
        is_hotfix: whether a fix of this severity may go the hotfix's way.
        instead: where a fix goes that may not, e.g. "the next release".
    """

    name: str
    description: str = ""
    labels: tuple[str, ...] = ()
    within: timedelta | None = None
    is_hotfix: bool = True
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """Which severity a change has, and who says so.

    Attributes:
        defined: every severity that the policy file defines, gravest first; empty where it defines none.
        told: where a severity was told ("label P0", "the description", "alice's command") and its name, in that order.
        severity: the one that the change is judged by: that of the command, else the gravest told, None where none is.
        command: the command that settles it, None where none does.
        lowered_from: the severity that would count without the command, where it is graver.
    """

    defined: tuple[Severity, ...] = ()
    told: tuple[tuple[str, str], ...] = ()
    severity: Severity | None = None
    command: Entry | None = None
    lowered_from: Severity | None = None

    @property
    def is_contradictory(self) -> bool:
        """Whether two places tell different severities and nobody settled which one counts."""
        return self.command is None and len({name for _, name in self.told}) > 1
