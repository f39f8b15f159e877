"""Heal what lost deliveries left behind: look at a repository's open pull requests, and ask GitHub to deliver again."""

from __future__ import annotations

from datetime import timedelta

from domain.pull_request import OpenPullRequest, PullRequestRef
from handlers.ports import Deliveries, Ports
from handlers.watch_branches import want_watches

#: GitHub keeps deliveries for three days ("Redelivering webhooks").
DELIVERIES_KEPT_FOR = timedelta(days=3)

#: GitHub's times have no fraction of a second, and its clock isn't ours.
CLOCKS_APART = timedelta(seconds=30)


def sweep_all(ports: Ports) -> None:
    """Want a sweep of every repository that we serve."""
    for repository in ports.ledger.repositories():
        ports.tasks.want("sweep", repository)


def sweep_repository(repository: str, ports: Ports) -> None:
    """Want an inspection of every open pull request that may have changed, and the last words of those that are gone.

    Branches of production that moved while no delivery told of it are looked at as well.

    Raises:
        GitHubTroubleError: GitHub can't be read just now.
    """
    standing = ports.github(repository).open_pull_requests()
    for each in standing:
        ref = PullRequestRef(repository, each.number)
        if _may_have_changed(ref, each, ports):
            ports.tasks.want("inspect", str(ref))
    gone = set(ports.ledger.open_hotfixes(repository)) - {each.number for each in standing}
    for number in sorted(gone):
        for flow in ("audit", "backport", "review-override", "keep-promises"):
            ports.tasks.want(flow, str(PullRequestRef(repository, number)))
    want_watches(repository, ports)


def _may_have_changed(ref: PullRequestRef, standing: OpenPullRequest, ports: Ports) -> bool:
    record = ports.ledger.pull_request(ref)
    if record.is_hotfix or not record.fingerprint or record.fingerprint_at is None or standing.updated_at is None:
        return True
    return standing.updated_at >= record.fingerprint_at - CLOCKS_APART


def redeliver_failed(deliveries: Deliveries, ports: Ports) -> None:
    """Ask GitHub to try again what it couldn't deliver to us; it doesn't by itself.

    Raises:
        GitHubTroubleError: GitHub can't be read just now.
    """
    for delivery_id in deliveries.failed(ports.now() - DELIVERIES_KEPT_FOR):
        deliveries.redeliver(delivery_id)
