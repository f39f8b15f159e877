"""Remember who pushed what: no query tells it afterwards, and whoever pushed a change can't approve it."""

from __future__ import annotations

from datetime import datetime

from domain.pull_request import PullRequestRef
from domain.record import Push
from events.models import PullRequestEvent, PushEvent
from handlers.look import BRANCH, head_ref
from handlers.ports import Ports


def note_push(event: PushEvent, ports: Ports, received_at: datetime) -> None:
    """A branch of a repository that we serve was pushed to."""
    if event.sender is None or event.deleted or not event.after or not event.ref.startswith(BRANCH):
        return
    repository = event.repository.full_name
    if not ports.ledger.note_push(Push(repository, event.ref, event.after, event.sender.login, received_at)):
        return
    for number in ports.ledger.headed_by(repository, event.after):
        ports.tasks.want("inspect", str(PullRequestRef(repository, number)))


def note_synchronize(event: PullRequestEvent, ports: Ports, received_at: datetime) -> None:
    """A pull request's head was pushed to; of a fork's branch no other event tells."""
    if event.sender is None or not event.pull_request.head.sha:
        return
    number, head = event.pull_request.number, event.pull_request.head.sha
    ports.ledger.note_push(Push(event.repository.full_name, head_ref(number), head, event.sender.login, received_at))
