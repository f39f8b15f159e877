"""Hand a stored delivery to the deeds that it asks for, each of which fails alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

import events
from domain.errors import GitHubTroubleError, NotFoundError, NotPermittedError
from events.models import Event
from handlers.keep_installations import note_installation
from handlers.ports import Ports

#: A handler: the event, the outside, and when the delivery was received.
Handler = Callable[[Any, Ports, datetime], None]
Routes = Mapping[tuple[str, str], tuple[Handler, ...]]

_log = structlog.get_logger()


def deliver(guid: str, routes: Routes, ports: Ports) -> None:
    """Read a stored delivery and run its handlers; what fails is tried again with all of them.

    Raises:
        GitHubTroubleError: a handler met trouble; every handler has had its turn, and each can be repeated.
        ExceptionGroup: handlers failed for other reasons.
    """
    delivery = ports.ledger.delivery(guid)
    event = events.parse(delivery.event, delivery.payload)
    handlers = routes.get((delivery.event, getattr(event, "action", "")), ())
    with structlog.contextvars.bound_contextvars(github_event=delivery.event, **about(event)):
        if isinstance(event, Event):
            note_installation(event, ports)
        failures = [error for handler in handlers if (error := _run(handler, event, ports, delivery.received_at))]
        _raise(failures)


def about(event: events.Part) -> dict[str, object]:
    """What every log line of this delivery bears."""
    about: dict[str, object] = {}
    if isinstance(event, Event):
        about["repository"] = event.repository.full_name
    part = getattr(event, "pull_request", None) or getattr(event, "issue", None)
    if part is not None:
        about["pull_request"] = part.number
    return about


def _run(handler: Handler, event: events.Part, ports: Ports, received_at: datetime) -> Exception | None:
    try:
        handler(event, ports, received_at)
    except (NotFoundError, NotPermittedError) as error:
        # The repository or its installation is gone, or may not be touched: another try would tell the same.
        _log.warning("handler refused", handler=handler.__name__, error=str(error))
    except Exception as error:
        _log.warning("handler failed", handler=handler.__name__, error=str(error))
        return error
    return None


def _raise(failures: list[Exception]) -> None:
    trouble = [each for each in failures if isinstance(each, GitHubTroubleError)]
    if len(failures) == 1:
        raise failures[0]
    if failures and len(trouble) == len(failures):
        raise max(trouble, key=lambda each: each.retry_after)
    if failures:
        raise ExceptionGroup("several handlers failed", failures)
