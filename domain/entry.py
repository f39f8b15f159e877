"""The entries of the ledger: what people said that counts, in a chain that shows what was changed afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

#: What the first entry of a repository has for its previous hash.
NOTHING_BEFORE = "0" * 64


class EntryKind(StrEnum):
    """What an entry records.

    Attributes:
        OVERRIDE: somebody let policies be; `subjects` are the policies' names, or `all`.
        CONFIRMATION: a second person stands behind the overrides of that head that were given until then.
        VERBAL_APPROVAL: somebody approved by word of mouth; `subjects` holds that person's login.
        SEVERITY: somebody told the severity; `subjects` holds its name.
        RELEASE: somebody took a pull request out of the hotfix lane.
        MERGED_AROUND: a commit reached a production branch without a satisfied verdict.
        PROMISE: a hotfix was merged that still owes something; `subjects` holds the policy that deferred it, and
            `expires_at` is when it is due.
    """

    OVERRIDE = "override"
    CONFIRMATION = "confirmation"
    VERBAL_APPROVAL = "verbal-approval"
    SEVERITY = "severity"
    RELEASE = "release"
    MERGED_AROUND = "merged-around"
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that the ledger keeps for good, once.

    Attributes:
        repository: "owner/name", compared without regard to case.
        number: the pull request's, 0 where none is meant (a direct push).
        login: who said or did it, "" where nobody can be told.
        source: what it was read from: a comment's id, or a commit. The same repository, kind and source are the same
            entry, however often it is delivered.
        subjects: what it speaks of; see `EntryKind`.
        reason: in that person's words.
        head_oid: the head that it was said of.
        base: the branch that this head was to go into.
        at: when it was said, by GitHub's clock where GitHub told it.
        expires_at: when it ends by itself, None where it doesn't.
    """

    kind: EntryKind
    repository: str
    number: int
    login: str
    source: str
    at: datetime
    subjects: tuple[str, ...] = ()
    reason: str = ""
    head_oid: str = ""
    base: str = ""
    expires_at: datetime | None = None

    def speaks_of(self, head_oid: str, base: str) -> bool:
        """Whether it was said of this head towards this base; after a push or retargeted it is another proposal."""
        return (self.head_oid, self.base) == (head_oid, base)

    def holds_for(self, head_oid: str, base: str, now: datetime) -> bool:
        """Whether it counts for this head towards this base; a severity counts for every head."""
        if self.kind is EntryKind.SEVERITY:
            return self.base == base and not self.has_expired(now)
        return self.speaks_of(head_oid, base) and not self.has_expired(now)

    def has_expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= now

    @property
    def canonical(self) -> str:
        """The entry as JSON text that is the same for the same entry on every machine: what is hashed."""
        values = {
            "at": _moment(self.at),
            "base": self.base,
            "expires_at": _moment(self.expires_at) if self.expires_at else None,
            "head_oid": self.head_oid,
            "kind": str(self.kind),
            "login": self.login,
            "number": self.number,
            "reason": self.reason,
            "repository": self.repository.lower(),
            "source": self.source,
            "subjects": list(self.subjects),
        }
        return json.dumps(values, sort_keys=True, ensure_ascii=True, separators=(",", ":"))

    @property
    def storable(self) -> Entry:
        """The entry with every text as databases can hold it: what is hashed must come back as it was."""
        return replace(
            self,
            repository=_storable(self.repository.lower()),
            login=_storable(self.login),
            source=_storable(self.source),
            subjects=tuple(_storable(subject) for subject in self.subjects),
            reason=_storable(self.reason),
            head_oid=_storable(self.head_oid),
            base=_storable(self.base),
        )


@dataclass(frozen=True, slots=True)
class Link:
    """One entry in its repository's chain.

    Attributes:
        position: its place, counted from 1.
        previous: the hash of the link before it, `NOTHING_BEFORE` for the first.
        hash: its own.
        entry: None where it can't be read.
    """

    position: int
    previous: str
    hash: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class ChainState:
    """What checking a repository's chain came to.

    A chain proves that nothing in it was changed, taken out or put in between. Only somebody who wrote down an
    earlier `length` and `newest` can prove that its end wasn't cut off.

    Attributes:
        length: how many links hold, counted from the first.
        newest: the hash of the last one that holds.
        broken: what is wrong with the first that doesn't, "" where all hold.
    """

    repository: str
    length: int = 0
    newest: str = NOTHING_BEFORE
    broken: str = ""


def link_hash(previous: str, entry: Entry) -> str:
    """The hash of a link: SHA-256 of the previous hash and the entry's canonical text, in hexadecimal."""
    return hashlib.sha256((previous + entry.canonical).encode()).hexdigest()


def checked(repository: str, links: Iterable[Link]) -> ChainState:
    """Follow a chain from its first link until one is broken."""
    state = ChainState(repository)
    for link in links:
        if broken := _broken(link, state):
            return replace(state, broken=f"entry {state.length + 1}: {broken}")
        state = replace(state, length=state.length + 1, newest=link.hash)
    return state


def _broken(link: Link, before: ChainState) -> str:
    if link.position != before.length + 1:
        return f"it is missing, the next one is entry {link.position}"
    if link.previous != before.newest:
        return "it doesn't follow the entry before it"
    if link.entry is None:
        return "this version of Hotfix Guard can't read it"
    if link.hash != link_hash(link.previous, link.entry):
        return "it isn't what was written"
    return ""


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _storable(text: str) -> str:
    """PostgreSQL refuses NUL, and no encoding takes lone surrogates; as `Words` of the ledger's tables has it."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
