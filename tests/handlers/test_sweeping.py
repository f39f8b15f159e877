"""What lost deliveries left behind is found again, however long an inspection took meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.github import GitHubApp
from domain.pull_request import PullRequestRef
from handlers.inspect_hotfix import inspect_hotfix
from handlers.sweep_pull_requests import sweep_repository
from tests.handlers.conftest import FIX, Shop
from tests.handlers.desk import a_desk


def test_what_happens_while_a_verdict_is_reached_is_seen_by_the_next_sweep(shop: Shop, tmp_path: Path) -> None:
    shop.bob.push(shop.name, "feature/cents", FIX, "Keep the cents")
    number = shop.bob.open_pull(shop.name, "feature/cents", "main", "No hotfix yet")
    shop.settled()
    began = datetime.now(UTC)

    def slow(github: GitHubApp) -> datetime:
        """A clock for a GitHub that takes five minutes for each request."""
        return began + timedelta(minutes=5 * github.transport.sent)

    desk = a_desk(shop.sandbox, tmp_path, slow)
    ref = PullRequestRef(shop.name, number)
    inspect_hotfix(ref, desk.ports)
    # In the seconds after the look, with its delivery lost.
    shop.bob.label(shop.name, number, "hotfix")
    sweep_repository(shop.name, desk.ports)
    assert ("inspect", str(ref)) in desk.wanted.found


def test_a_pull_request_that_nobody_touched_for_long_is_left_alone(shop: Shop, tmp_path: Path) -> None:
    shop.bob.push(shop.name, "feature/cents", FIX, "Keep the cents")
    number = shop.bob.open_pull(shop.name, "feature/cents", "main", "No hotfix")
    shop.settled()
    desk = a_desk(shop.sandbox, tmp_path, lambda _github: datetime.now(UTC) + timedelta(hours=1))
    inspect_hotfix(PullRequestRef(shop.name, number), desk.ports)
    sweep_repository(shop.name, desk.ports)
    assert desk.wanted.found == []
