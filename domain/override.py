"""Overrides: who let which policies be, why, and whether it counts. Values, and what they make of a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

#: What stands for every policy of that head.
ALL = "all"


class OverrideState(StrEnum):
    """How an override stands.

    Attributes:
        COUNTS: it lets policies be.
        UNCONFIRMED: a second person has to stand behind it.
        INVOLVED: nobody who stands behind it is known to have no part in the change.
        NOT_ALLOWED: the policy file doesn't allow overrides any more.
        EXPIRED: its time is over.
        OUTDATED: it was given for an earlier head, or towards another base.
    """

    COUNTS = "counts"
    UNCONFIRMED = "unconfirmed"
    INVOLVED = "involved"
    NOT_ALLOWED = "not allowed"
    EXPIRED = "expired"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Override:
    """One override as a verdict tells it.

    Attributes:
        asked: the policies' names, or `ALL`.
        confirmed_by: who else stands behind it, "" where nobody does.
        expires_at: when it ends by itself.
        source: the comment that gave it.
        overridden: the policies that would block the merge without it, in the order of the table; empty unless it
            counts.
    """

    asked: tuple[str, ...]
    login: str
    confirmed_by: str
    reason: str
    head_oid: str
    base: str
    at: datetime
    expires_at: datetime | None
    source: str
    state: OverrideState = OverrideState.COUNTS
    overridden: tuple[str, ...] = ()

    def covers(self, policy: str) -> bool:
        """Whether it was given for this policy."""
        return ALL in self.asked or policy in self.asked

    @property
    def people(self) -> str:
        """Who stands behind it, in words."""
        return f"{self.login}, confirmed by {self.confirmed_by}" if self.confirmed_by else self.login


def minute(moment: datetime) -> str:
    """A moment as people in several time zones can agree on it, e.g. "2026-05-04 10:30 UTC"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
