"""Look at a pull request: what GitHub says of it, and what only we were told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from domain.entry import Entry, EntryKind
from domain.pull_request import Outline, PullRequest, PullRequestRef
from handlers.configure import with_policy_files
from handlers.ports import Ports

BRANCH = "refs/heads/"

#: How a pull request is looked at.
View = Callable[[PullRequestRef, Ports], Outline]

#: The entries that a verdict may rest on.
_TOLD = frozenset({EntryKind.OVERRIDE, EntryKind.CONFIRMATION, EntryKind.VERBAL_APPROVAL, EntryKind.SEVERITY})


def look(ref: PullRequestRef, ports: Ports) -> Outline:
    """Read a pull request afresh, and add who pushed its head and what was said of it by commands.

    GraphQL tells the pusher of forced pushes alone, while the names on commits are whatever their maker wrote; the
    webhooks name the account that pushed.

    Raises:
        GitHubTroubleError: GitHub can't be read just now.
        NotFoundError: there is no such pull request.
    """
    outline = with_policy_files(ports.github(ref.repository).outline(ref.number), ports)
    pull_request = outline.pull_request
    outline = replace(outline, entries=told(ports.ledger.entries(ref), pull_request, ports.now()))
    if pull_request.last_pusher:
        return outline
    pusher = ports.ledger.pusher(ref.repository, pull_request.head_oid, _refs(pull_request))
    return replace(outline, pull_request=replace(pull_request, last_pusher=pusher))


def told(entries: Iterable[Entry], pull_request: PullRequest, now: datetime) -> tuple[Entry, ...]:
    """The entries that a verdict on the pull request as it stands may rest on, oldest first."""
    head_oid, base = pull_request.head_oid, pull_request.base
    holding = [entry for entry in entries if entry.kind in _TOLD and entry.holds_for(head_oid, base, now)]
    severities = [entry for entry in holding if entry.kind is EntryKind.SEVERITY]
    # Deliveries come in any order: what was said last counts, not what arrived last.
    newest = max(severities, key=_said_at, default=None)
    return tuple(sorted((entry for entry in holding if entry not in severities or entry is newest), key=_said_at))


def head_ref(number: int) -> str:
    """The ref that GitHub keeps for a pull request's head, wherever its branch lies."""
    return f"refs/pull/{number}/head"


def _refs(pull_request: PullRequest) -> tuple[str, ...]:
    ref = pull_request.ref
    is_here = pull_request.head_repository.casefold() == ref.repository.casefold()
    return (head_ref(ref.number), *([BRANCH + pull_request.head] if is_here else []))


def _said_at(entry: Entry) -> tuple[datetime, int, str]:
    """When it was said; comments of the same second in GitHub's own order, which counts its ids up."""
    return entry.at, int(entry.source) if entry.source.isdecimal() else 0, entry.source
