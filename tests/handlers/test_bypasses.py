"""What reaches production around the gate is found and recorded, once, with what is known of it and no more."""

from __future__ import annotations

import sqlite3
from typing import Any

from tests.handlers.conftest import CART, FIX, POLICY_FILE, Shop, until

FILE = ".github/hotfix.yml"
PRODUCTION = POLICY_FILE + "production: {branches: [main], pushers: [Carol]}\n"
BIG = {"cart.py": CART + "".join(f"RATE_{number} = {number}\n" for number in range(30))}


def unprotect(shop: Shop) -> None:
    """Let main be merged into and pushed to whatever our check says."""
    shop.alice.protect(shop.name, "main", allow_force_pushes=True)


def watched(shop: Shop, text: str = PRODUCTION) -> Shop:
    """The shop with main as a branch of production that nothing protects, watched from now on."""
    unprotect(shop)
    shop.alice.push(shop.name, "main", {FILE: text}, "Name production")
    tip = shop.alice.branch(shop.name, "main")
    until("main is watched", lambda: examined(shop) == tip)
    return shop


def examined(shop: Shop) -> str:
    with sqlite3.connect(f"file:{shop.service.folder / 'ledger.sqlite3'}?mode=ro", uri=True, timeout=10) as database:
        found = database.execute("SELECT tip_oid FROM branches WHERE repository = ?", (shop.name,)).fetchall()
    return found[0][0] if found else ""


def entries(shop: Shop) -> list[Any]:
    query = "SELECT number, login, source, subjects FROM entries WHERE repository = ? AND kind = 'merged-around'"
    with sqlite3.connect(f"file:{shop.service.folder / 'ledger.sqlite3'}?mode=ro", uri=True, timeout=10) as database:
        return database.execute(query, (shop.name,)).fetchall()


def issues(shop: Shop) -> list[Any]:
    found = shop.alice.get(f"/repos/{shop.name}/issues?state=all&per_page=100")
    return [each for each in found if "pull_request" not in each]


def looked(shop: Shop) -> list[Any]:
    """Our issues, once main's tip was examined."""
    tip = shop.alice.branch(shop.name, "main")
    until("main was examined", lambda: examined(shop) == tip)
    shop.settled()
    return issues(shop)


def test_a_direct_push_to_production_is_recorded_with_who_pushed(shop: Shop) -> None:
    watched(shop)
    sha = shop.bob.push(shop.name, "main", {"cart.py": CART + "x = 1\n"}, "Quick fix")
    (issue,) = looked(shop)
    assert issue["title"] == f"Pushed around the hotfix gate: {sha[:7]} on main"
    assert [label["name"] for label in issue["labels"]] == ["merged-around"]
    assert "GitHub let `bob` push it" in issue["body"]
    assert sha in issue["body"]
    assert entries(shop) == [(0, "bob", sha, "[]")]


def test_an_account_that_may_push_leaves_no_issue(shop: Shop) -> None:
    watched(shop)
    shop.carol.push(shop.name, "main", {"VERSION": "2\n"}, "Release 2")
    assert looked(shop) == []


def test_a_hotfix_merged_while_red_is_recorded_with_the_policies_that_stood_in_its_way(shop: Shop) -> None:
    watched(shop)
    number = shop.hotfix(files=BIG)
    shop.concluded(number, "failure")
    sha = shop.carol.merge(shop.name, number)
    (issue,) = looked(shop)
    assert issue["title"] == f"Merged around the hotfix gate: #{number} into main"
    assert f"`carol` merged pull request #{number}" in issue["body"]
    assert "was `failure`" in issue["body"]
    assert "| `diff-size` | fail |" in issue["body"]
    ((found, login, source, subjects),) = entries(shop)
    assert (found, login, source) == (number, "carol", sha)
    assert "diff-size" in subjects


def test_what_was_merged_with_a_satisfied_verdict_leaves_no_issue(shop: Shop) -> None:
    watched(shop)
    number = shop.hotfix()
    shop.alice.approve(shop.name, number)
    shop.concluded(number, "success")
    shop.alice.merge(shop.name, number, "squash")
    for branch, method in (("feature", "merge"), ("second", "rebase")):
        shop.bob.push(shop.name, branch, {f"{branch}.py": "x = 1\n"}, "Grow", base="main")
        shop.bob.push(shop.name, branch, {f"{branch}.py": "x = 2\n"}, "Grow more")
        ordinary = shop.bob.open_pull(shop.name, branch, "main", "Grow")
        shop.concluded(ordinary, "skipped")
        shop.alice.merge(shop.name, ordinary, method)
    assert looked(shop) == []


def test_a_released_hotfix_leaves_no_issue(shop: Shop) -> None:
    watched(shop)
    number = shop.hotfix(files=BIG)
    shop.concluded(number, "failure")
    shop.alice.comment(shop.name, number, "/hotfix release it isn't urgent")
    shop.concluded(number, "skipped")
    shop.alice.merge(shop.name, number)
    assert looked(shop) == []


def test_outside_of_production_a_red_hotfix_is_recorded_and_nothing_else(shop: Shop) -> None:
    unprotect(shop)
    number = shop.hotfix(files=BIG)
    shop.concluded(number, "failure")
    shop.alice.merge(shop.name, number)
    (issue,) = until("the issue", lambda: issues(shop))
    assert issue["title"] == f"Merged around the hotfix gate: #{number} into main"
    shop.alice.push(shop.name, "main", {"README.md": "Hello\n"}, "Say hello")
    shop.settled()
    assert len(issues(shop)) == 1


def test_only_hotfixes_counts_for_what_was_merged_too(shop: Shop) -> None:
    watched(shop, PRODUCTION.replace("pushers", "only_hotfixes: true, pushers"))
    shop.bob.push(shop.name, "feature", FIX, "Grow", base="main")
    number = shop.bob.open_pull(shop.name, "feature", "main", "Grow")
    shop.concluded(number, "failure")
    shop.alice.merge(shop.name, number)
    (issue,) = looked(shop)
    assert "| `production` | fail |" in issue["body"]


def test_a_forced_push_is_recorded_with_both_ends(shop: Shop) -> None:
    watched(shop)
    shop.carol.push(shop.name, "main", {"VERSION": "2\n"}, "Release 2")
    assert looked(shop) == []
    before = shop.alice.branch(shop.name, "main")
    parent = shop.alice.get(f"/repos/{shop.name}/commits/{before}")["parents"][0]["sha"]
    shop.bob.fetch(shop.name)
    sha = shop.bob.commit(shop.name, {"VERSION": "3\n"}, "Release 3", [parent])
    shop.bob.push_commit(shop.name, "main", sha, force=True)
    titles = {issue["title"] for issue in looked(shop)}
    assert titles == {
        f"main was pushed by force: {before[:7]} → {sha[:7]}",
        f"Pushed around the hotfix gate: {sha[:7]} on main",
    }
