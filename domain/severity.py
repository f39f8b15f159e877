"""How grave an incident is, and what was said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


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
        told: where a severity was told ("label P0", "the description") and its name, in that order.
        severity: the one that the change is judged by: the gravest told, None where none is.
    """

    defined: tuple[Severity, ...] = ()
    told: tuple[tuple[str, str], ...] = ()
    severity: Severity | None = None

    @property
    def is_contradictory(self) -> bool:
        """Whether two places tell different severities."""
        return len({name for _, name in self.told}) > 1
