"""Entries of the ledger: what people said with `/hotfix …`, and what we did or found; only ever added, in a chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EntryKind(StrEnum):
    """What an entry records."""

    SEVERITY = "severity"
    OVERRIDE = "override"
    OVERRIDE_CONFIRMED = "override-confirmed"
    VERBAL_APPROVAL = "verbal-approval"
    VERBAL_APPROVAL_CONFIRMED = "verbal-approval-confirmed"
    RELEASE = "release"
    DEFERRAL = "deferral"
    MERGED_AROUND = "merged-around"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry about a pull request or, with `number` 0, about a branch.

    Attributes:
        kind: what it records.
        login: who said or did it, "" where it was us.
        subject: what it is about: the severity's name, the policies of an override ("diff-size focus", "all"), the
            login that a verbal approval names, the policy of a deferral, the id of the entry that is confirmed.
        text: the person's own words: the reason of an override, the how and when of a verbal approval.
        head_oid: the head that it was said of; `base` the branch.
        at: when it was said, by GitHub's clock where a comment said it.
        id: its place in the chain, 0 before it is kept.
        source: what it came from, so that it is kept once ("comment 12"), "" where nothing can say it twice.
    """

    kind: EntryKind
    repository: str
    number: int
    login: str
    subject: str
    text: str
    head_oid: str
    base: str
    at: datetime
    id: int = 0
    source: str = ""
