"""What the ledger keeps: deliveries, releases, and what was decided on which ground."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.verdict import Conclusion


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A delivery as it was received; the payload is what GitHub sent, signature checked."""

    guid: str
    event: str
    payload: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Push:
    """Somebody made a ref point at a commit.

    Attributes:
        ref: "refs/heads/BRANCH", or "refs/pull/N/head" where the branch belongs to a fork.
        login: who pushed, by the account that GitHub let in, not by what the commits say.
    """

    repository: str
    ref: str
    oid: str
    login: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Release:
    """A person with the right took a pull request out of the hotfix lane.

    Attributes:
        head_oid: the head that stood then.
        base: the branch that it was to be merged into, whose policy file says who has the right.
    """

    head_oid: str
    base: str
    login: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PullRequestRecord:
    """What the ledger remembers of a pull request.

    Attributes:
        is_hotfix: whether it was ever inspected as a hotfix.
        release: the newest release, None where there was none, or where a newer head became a hotfix again.
        fingerprint: what the newest verdict rested on, "" before the first.
        fingerprint_at: when that was.
        external_id: the check run's external id of the newest verdict.
        asked: how often somebody asked for the check run to be written again; `answered` counts likewise.
        head_oid: the head that was seen last, with its `base`; "" where none was.
        judged_oid: the head of the newest verdict.
        is_open: False once everything was done that its closing asked for.
    """

    is_hotfix: bool = False
    release: Release | None = None
    fingerprint: str = ""
    fingerprint_at: datetime | None = None
    external_id: str = ""
    asked: int = 0
    answered: int = 0
    head_oid: str = ""
    base: str = ""
    judged_oid: str = ""
    is_open: bool = True

    def is_released(self, head_oid: str, base: str) -> bool:
        """Whether the release speaks of this head and this base; retargeted, a pull request is another proposal."""
        return self.release is not None and (self.release.head_oid, self.release.base) == (head_oid, base)

    def is_held(self, base: str) -> bool:
        """Whether it stays a hotfix towards a base without any trigger: only a release towards that base ends it."""
        return self.is_hotfix and (self.release is None or self.release.base != base)


@dataclass(frozen=True, slots=True)
class SavedVerdict:
    """One decision, for the ledger and the auditors.

    Attributes:
        report: the verdict as `hotfix check --format json` tells it.
        is_hotfix: whether policies were applied.
        name: the check run's name.
        answered: the record's `asked` as it stood before the inspection.
        ended: the release that this verdict ends, None where it ends none; one given meanwhile stays.
    """

    head_oid: str
    base: str
    conclusion: Conclusion
    is_hotfix: bool
    fingerprint: str
    external_id: str
    report: str
    at: datetime
    name: str = ""
    answered: int = 0
    ended: Release | None = None
