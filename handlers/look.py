"""Look at a pull request: what GitHub says of it, and what only we were told."""

from __future__ import annotations

from dataclasses import replace

from domain.pull_request import Outline, PullRequest, PullRequestRef
from handlers.ports import Ports

BRANCH = "refs/heads/"


def look(ref: PullRequestRef, ports: Ports) -> Outline:
    """Read a pull request afresh, and add who pushed its head.

    GraphQL tells that of forced pushes alone, while the names on commits are whatever their maker wrote; the webhooks
    name the account that pushed.

    Raises:
        GitHubTroubleError: GitHub can't be read just now.
        NotFoundError: there is no such pull request.
    """
    outline = ports.github(ref.repository).outline(ref.number)
    pull_request = outline.pull_request
    if pull_request.last_pusher:
        return outline
    pusher = ports.ledger.pusher(ref.repository, pull_request.head_oid, _refs(pull_request))
    return replace(outline, pull_request=replace(pull_request, last_pusher=pusher))


def head_ref(number: int) -> str:
    """The ref that GitHub keeps for a pull request's head, wherever its branch lies."""
    return f"refs/pull/{number}/head"


def _refs(pull_request: PullRequest) -> tuple[str, ...]:
    ref = pull_request.ref
    is_here = pull_request.head_repository.casefold() == ref.repository.casefold()
    return (head_ref(ref.number), *([BRANCH + pull_request.head] if is_here else []))
