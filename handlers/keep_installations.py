"""Remember which installation serves which repository, and look at what stands there already."""

from __future__ import annotations

from datetime import datetime

from events.models import Event, InstallationEvent
from handlers.ports import Ports

_GONE = frozenset({"deleted", "suspend"})


def keep_installation(event: InstallationEvent, ports: Ports, _received_at: datetime) -> None:
    """The App was installed, removed, or given other repositories."""
    gone = {each.full_name for each in event.repositories_removed}
    served = {each.full_name for each in (*event.repositories, *event.repositories_added)}
    if event.action in _GONE:
        gone, served = gone | served, set()
    for repository in sorted(gone):
        ports.ledger.save_installation(repository, 0)
    for repository in sorted(served):
        ports.ledger.save_installation(repository, event.installation.id)
        ports.tasks.want("sweep", repository)


def note_installation(event: Event, ports: Ports) -> None:
    """Every event names its installation: where the `installation` event was lost, this mends it."""
    if event.installation is not None:
        ports.ledger.save_installation(event.repository.full_name, event.installation.id)
