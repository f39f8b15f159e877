"""A command that a person gave in a comment, with all that carrying it out takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.commands import Command
from domain.entry import Entry, EntryKind
from domain.pull_request import PullRequest, PullRequestRef
from handlers.ports import GitHub, Ports


@dataclass(frozen=True, slots=True)
class Order:
    """One command on one pull request.

    Attributes:
        comment_id: the comment that holds it; the same comment is the same order, however often it is delivered.
        login: who gave it, by the account that wrote the comment.
        given_at: when the comment was written, by GitHub's clock, in whole seconds.
    """

    command: Command
    ref: PullRequestRef
    comment_id: int
    login: str
    given_at: datetime
    github: GitHub
    ports: Ports

    def kept(self, kind: EntryKind) -> Entry | None:
        """What an earlier delivery of the comment left: what changed since is no reason to refuse it now."""
        source = str(self.comment_id)
        entries = self.ports.ledger.entries(self.ref)
        return next((each for each in entries if each.kind is kind and each.source == source), None)

    def entry(
        self, kind: EntryKind, pull_request: PullRequest, subjects: tuple[str, ...] = (), reason: str = ""
    ) -> Entry:
        """What the ledger keeps of it: said of the head and the base that stand now."""
        return Entry(
            kind=kind,
            repository=self.ref.repository,
            number=self.ref.number,
            login=self.login,
            source=str(self.comment_id),
            at=self.given_at,
            subjects=subjects,
            reason=reason,
            head_oid=pull_request.head_oid,
            base=pull_request.base,
        )
