"""Pull requests that share a head and a base share one check run: it must be one and the same for all of them."""

from __future__ import annotations

from sandbox.scenario import Worker
from tests.handlers.conftest import CART, Shop, until

BIG = {"cart.py": CART + "".join(f"RATE_{number} = {number}\n" for number in range(30))}


def same_head(shop: Shop, person: Worker, title: str, base: str = "main") -> int:
    person.create_branch(shop.name, "feature/same", "fix/cents")
    return person.open_pull(shop.name, "feature/same", base, title)


def test_two_hotfixes_of_one_head_settle_on_one_verdict_instead_of_writing_in_turns(shop: Shop) -> None:
    first = shop.hotfix()
    shop.concluded(first, "action_required")
    second = same_head(shop, shop.carol, "[HOTFIX] Keep the cents")
    shop.settled()
    run = shop.run(second)
    assert run["conclusion"] == "action_required"
    assert f"Decided by pull request #{first}" in run["output"]["summary"].replace("\\", "")
    assert len(shop.runs(run["head_sha"], "hotfix: main")) <= 3


def test_what_is_left_of_two_pull_requests_is_judged_for_itself_when_the_other_is_closed(shop: Shop) -> None:
    first = shop.hotfix(files=BIG)
    shop.concluded(first, "failure")
    second = same_head(shop, shop.bob, "No hotfix at all")
    shop.settled()
    assert shop.run(second)["conclusion"] == "failure"
    shop.bob.edit_pull(shop.name, first, state="closed")
    shop.concluded(second, "skipped")
    until("the run stands", lambda: shop.run(second)["status"] == "completed")
