"""Ways around the gate, each tried for real and found closed."""

from __future__ import annotations

import pytest

from sandbox.scenario import ApiError
from tests.handlers.conftest import CART, FIX, POLICY_FILE, Shop, until

LAX = "version: 1\npolicies: {approvals: {level: off}}\n"
BIG = {"cart.py": CART + "".join(f"RATE_{number} = {number}\n" for number in range(30))}


def refused(shop: Shop, number: int) -> bool:
    with pytest.raises(ApiError) as refusal:
        shop.alice.merge(shop.name, number)
    return refusal.value.status == 405


def test_a_second_pull_request_of_the_same_head_into_a_lax_branch_opens_nothing(shop: Shop) -> None:
    shop.alice.push(shop.name, "lax", {".github/hotfix.yml": LAX}, "Be lax", base="main")
    number = shop.hotfix()
    shop.concluded(number, "action_required")
    second = shop.bob.open_pull(shop.name, "fix/cents", "lax", "The same", labels=["hotfix"])
    shop.concluded(second, "success", base="lax")
    assert shop.run(number)["conclusion"] == "action_required"
    assert refused(shop, number)


def test_of_two_pull_requests_with_one_head_and_one_base_the_worse_verdict_counts(shop: Shop) -> None:
    number = shop.hotfix(files=BIG)
    shop.concluded(number, "failure")
    sha = shop.alice.pull(shop.name, number)["head"]["sha"]
    shop.bob.create_branch(shop.name, "feature/same", "fix/cents")
    second = shop.bob.open_pull(shop.name, "feature/same", "main", "No hotfix at all")
    shop.settled()
    assert shop.runs(sha, "hotfix: main")[-1]["conclusion"] == "failure"
    assert refused(shop, second)
    shop.bob.edit_pull(shop.name, number, state="closed")
    shop.alice.comment(shop.name, second, "/hotfix recheck")
    shop.concluded(second, "skipped")


def test_a_retargeted_pull_request_is_judged_for_its_new_base(shop: Shop) -> None:
    shop.alice.push(shop.name, "lax", {".github/hotfix.yml": LAX}, "Be lax", base="main")
    number = shop.hotfix(base="lax")
    shop.concluded(number, "success", base="lax")
    shop.bob.edit_pull(shop.name, number, base="main")
    shop.concluded(number, "action_required")
    assert refused(shop, number)


def test_taking_the_label_off_opens_nothing(shop: Shop) -> None:
    number = shop.hotfix(files=BIG)
    shop.concluded(number, "failure")
    before = len(shop.runs(shop.alice.pull(shop.name, number)["head"]["sha"], "hotfix: main"))
    shop.bob.unlabel(shop.name, number, "hotfix")
    shop.settled()
    run = shop.run(number)
    assert run["conclusion"] == "failure"
    assert "taking the trigger away" in run["output"]["summary"]
    assert len(shop.runs(run["head_sha"], "hotfix: main")) == before
    assert refused(shop, number)


def test_a_policy_file_changed_on_the_head_is_checked_and_not_applied(shop: Shop) -> None:
    number = shop.hotfix(files={**FIX, ".github/hotfix.yml": LAX})
    run = shop.concluded(number, "action_required")
    assert "policy-file" in run["output"]["summary"]
    assert "applies after the merge" in run["output"]["summary"]
    assert refused(shop, number)


def test_a_broken_policy_file_on_the_head_fails_with_its_place(shop: Shop) -> None:
    broken = POLICY_FILE + "  diff-sice: {}\n"
    shop.bob.push(shop.name, "config", {".github/hotfix.yml": broken}, "Break it")
    number = shop.bob.open_pull(shop.name, "config", "main", "Change the policies")
    run = shop.concluded(number, "failure")
    assert "diff-size" in run["output"]["text"]
    line = broken.splitlines().index("  diff-sice: {}") + 1
    annotations = shop.alice.get(f"/repos/{shop.name}/check-runs/{run['id']}/annotations")
    assert [(each["path"], each["start_line"]) for each in annotations] == [(".github/hotfix.yml", line)]
    assert refused(shop, number)


def test_a_broken_policy_file_on_the_base_is_named_with_its_place_and_commit_until_it_is_mended(shop: Shop) -> None:
    shop.alice.protect(shop.name, "main", enforce_admins=False)
    number = shop.hotfix()
    shop.concluded(number, "action_required")
    broken = shop.alice.push(shop.name, "main", {".github/hotfix.yml": "version: 1\npolices: {}\n"}, "Break it")
    run = shop.concluded(number, "failure")
    said = run["output"]["summary"] + run["output"]["text"]
    assert ".github/hotfix.yml" in said
    assert "Line 2, column 1" in said
    assert broken[:7] in said
    shop.bob.push(shop.name, "mend", {".github/hotfix.yml": POLICY_FILE}, "Mend it", base="main")
    mending = shop.bob.open_pull(shop.name, "mend", "main", "Mend the policy file")
    shop.concluded(mending, "skipped")
    shop.bob.push(shop.name, "mend", {"cart.py": "x = 1\n"}, "And something else")
    shop.concluded(mending, "failure")
    shop.alice.push(shop.name, "main", {".github/hotfix.yml": POLICY_FILE}, "Mend it")
    shop.concluded(number, "action_required")


def test_our_own_backport_is_told_by_marker_branch_and_author_together(shop: Shop) -> None:
    branch = "hotfix-guard/backport-1-to-main"
    body = "<!-- hotfix-guard:backport 1 to main -->"
    number = shop.hotfix(branch=branch, files=BIG, body=body)
    shop.concluded(number, "failure")


def test_an_approval_of_an_older_head_opens_nothing(shop: Shop) -> None:
    number = shop.hotfix()
    shop.concluded(number, "action_required")
    shop.alice.approve(shop.name, number)
    shop.concluded(number, "success")
    shop.bob.push(shop.name, "fix/cents", {"cart.py": FIX["cart.py"].replace("cents", "the cents")}, "One more")
    shop.concluded(number, "action_required")
    assert refused(shop, number)


def test_a_dismissed_approval_closes_the_gate_again(shop: Shop) -> None:
    number = shop.hotfix()
    review = shop.alice.approve(shop.name, number)
    shop.concluded(number, "success")
    shop.alice.dismiss(shop.name, number, review, "Looked again")
    shop.concluded(number, "action_required")


def test_a_hotfix_by_branch_or_title_needs_no_label(shop: Shop) -> None:
    by_branch = shop.hotfix(branch="hotfix/cents", labels=[])
    shop.concluded(by_branch, "action_required")
    shop.bob.push(shop.name, "feature/x", FIX, "Keep the cents")
    by_title = shop.bob.open_pull(shop.name, "feature/x", "main", "[HOTFIX] Keep the cents")
    shop.concluded(by_title, "action_required")
    shop.bob.push(shop.name, "feature/y", {"README.md": "Hello\n"}, "Say hello", base="hotfix/cents")
    other = shop.bob.open_pull(shop.name, "feature/y", "hotfix/cents", "Hello")
    shop.concluded(other, "skipped", base="hotfix/cents")


def test_a_pull_request_from_a_fork_is_judged_and_its_rerun_too(shop: Shop) -> None:
    fork = shop.carol.fork(shop.name)
    shop.carol.push(fork, "fix/cents", FIX, "Keep the cents")
    number = shop.carol.open_pull(shop.name, "carol:fix/cents", "main", "[HOTFIX] Keep the cents")
    run = shop.concluded(number, "action_required")
    shop.alice.press(shop.name, run["id"], "rerequest")
    until("the run is written anew", lambda: shop.run(number)["id"] > run["id"])


def test_an_exact_revert_needs_no_test_and_one_with_a_line_more_does(shop: Shop) -> None:
    shop.bob.push(shop.name, "feature", {"cart.py": CART + "".join(f"x{each} = 1\n" for each in range(30))}, "Grow")
    grown = shop.bob.open_pull(shop.name, "feature", "main", "Grow")
    shop.concluded(grown, "skipped")
    merged = shop.alice.merge(shop.name, grown, "squash")
    said = f'Revert "Grow"\n\nThis reverts commit {merged}.'
    shop.bob.push(shop.name, "back", {"cart.py": CART}, said, base="main")
    back = shop.bob.open_pull(shop.name, "back", "main", "Revert Grow", labels=["hotfix"])
    assert "exact revert of" in shop.concluded(back, "action_required")["output"]["summary"]
    shop.bob.push(shop.name, "more", {"cart.py": CART + "y = 1\n"}, said, base="main")
    more = shop.bob.open_pull(shop.name, "more", "main", "Revert Grow, and more", labels=["hotfix"])
    assert "it is no exact revert" in shop.concluded(more, "failure")["output"]["summary"].lower()
