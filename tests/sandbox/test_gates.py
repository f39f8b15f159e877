"""What blocks a merge: checks, reviews, rulesets, the merge queue."""

import pytest

from sandbox.objects import GitError
from sandbox.scenario import ApiError, Client
from tests.sandbox.conftest import EVERYTHING, SHOP, Shop


def merges(shop: Shop, number: int) -> bool:
    """Whether Bob can merge the pull request; "no" has to be a 405."""
    status, _, _ = shop.bob.request("PUT", f"/repos/{SHOP}/pulls/{number}/merge", {})
    assert status in {200, 405}
    return status == 200


@pytest.mark.parametrize("conclusion", ["success", "neutral", "skipped"])
def test_a_required_check_is_satisfied_by(shop: Shop, conclusion: str) -> None:
    number = shop.hotfix()
    shop.require_check()
    assert not merges(shop, number)
    shop.check(shop.head(number), conclusion)
    assert merges(shop, number)


@pytest.mark.parametrize("conclusion", ["failure", "action_required", "timed_out", "cancelled", None])
def test_a_required_check_blocks_on(shop: Shop, conclusion: str | None) -> None:
    number = shop.hotfix()
    shop.require_check()
    shop.check(shop.head(number), conclusion)
    assert not merges(shop, number)


def test_the_newest_run_of_a_name_counts(shop: Shop) -> None:
    number = shop.hotfix()
    shop.require_check()
    shop.check(shop.head(number), "success")
    shop.check(shop.head(number), "failure")
    assert not merges(shop, number)
    shop.check(shop.head(number), "success")
    assert merges(shop, number)


def test_another_app_cannot_satisfy_a_pinned_check(shop: Shop) -> None:
    number = shop.hotfix()
    shop.require_check()
    other = shop.sandbox.create_app("impostor", EVERYTHING)
    token = shop.sandbox.installation_token(shop.sandbox.install("acme", app_id=other.app_id))
    run = {"name": "hotfix: main", "head_sha": shop.head(number), "conclusion": "success"}
    Client(shop.sandbox, token).call("POST", f"/repos/{SHOP}/check-runs", run)
    shop.bob.call(
        "POST", f"/repos/{SHOP}/statuses/{shop.head(number)}", {"state": "success", "context": "hotfix: main"}
    )
    assert not merges(shop, number)


def test_a_check_belongs_to_the_commit_and_not_to_its_successor(shop: Shop) -> None:
    number = shop.hotfix()
    shop.require_check()
    shop.check(shop.head(number))
    shop.alice.push(SHOP, "hotfix/crash", {"app.py": "print(3)\n"})
    assert not merges(shop, number)


def test_an_administrator_may_bypass_unless_included(shop: Shop) -> None:
    number = shop.hotfix()
    check = {"contexts": ["hotfix: main"]}
    shop.alice.protect(SHOP, "main", required_status_checks=check)
    assert not merges(shop, number)
    shop.alice.merge(SHOP, number)


def test_a_dismissed_approval_is_no_approval_and_the_older_one_stays_dead(shop: Shop) -> None:
    number = shop.hotfix()
    shop.alice.protect(
        SHOP, "main", required_pull_request_reviews={"required_approving_review_count": 1}, enforce_admins=True
    )
    shop.bob.approve(SHOP, number)
    shop.alice.dismiss(SHOP, number, shop.bob.approve(SHOP, number))
    assert not merges(shop, number)
    shop.bob.review(SHOP, number, "COMMENT", "Hm")
    assert not merges(shop, number)
    shop.bob.approve(SHOP, number)
    assert merges(shop, number)


def test_an_approval_without_write_access_does_not_count(shop: Shop) -> None:
    number = shop.hotfix()
    shop.alice.protect(
        SHOP, "main", required_pull_request_reviews={"required_approving_review_count": 1}, enforce_admins=True
    )
    shop.carol.approve(SHOP, number)
    assert not merges(shop, number)


@pytest.mark.parametrize("dismissing", [True, False])
def test_a_push_dismisses_approvals_only_where_the_branch_says_so(shop: Shop, dismissing: bool) -> None:
    number = shop.hotfix()
    settings = {"required_approving_review_count": 1, "dismiss_stale_reviews": dismissing}
    shop.alice.protect(SHOP, "main", required_pull_request_reviews=settings, enforce_admins=True)
    shop.bob.approve(SHOP, number)
    before = shop.head(number)
    shop.alice.push(SHOP, "hotfix/crash", {"app.py": "print(3)\n"})
    review = shop.alice.get(f"/repos/{SHOP}/pulls/{number}/reviews")[0]
    assert review["commit_id"] == before
    assert review["state"] == ("DISMISSED" if dismissing else "APPROVED")


def test_nobody_approves_the_own_pull_request(shop: Shop) -> None:
    with pytest.raises(ApiError, match="Can not approve your own pull request"):
        shop.alice.approve(SHOP, shop.hotfix())


def test_a_protected_branch_declines_pushes(shop: Shop) -> None:
    shop.alice.protect(SHOP, "main", required_pull_request_reviews={}, enforce_admins=True)
    with pytest.raises(GitError, match="protected branch hook declined"):
        shop.alice.push(SHOP, "main", {"x": "1"})
    with pytest.raises(GitError, match="Changes must be made through a pull request"):
        shop.alice.push(SHOP, "main", {"x": "1"})


def test_a_protected_branch_takes_no_forced_push(shop: Shop) -> None:
    shop.alice.protect(SHOP, "main", enforce_admins=True)
    sha = shop.alice.commit(SHOP, {"x": "1"}, "Rewritten", [])
    with pytest.raises(GitError, match="Cannot force-push to this branch"):
        shop.alice.push_commit(SHOP, "main", sha, force=True)
    shop.alice.push(SHOP, "main", {"y": "1"})


def test_a_ruleset_blocks_like_a_protection(shop: Shop) -> None:
    number = shop.hotfix()
    required = {"context": "hotfix: main", "integration_id": shop.sandbox.app_id}
    parameters = {"strict_required_status_checks_policy": True, "required_status_checks": [required]}
    ruleset = {
        "name": "gate",
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "rules": [{"type": "required_status_checks", "parameters": parameters}],
    }
    shop.alice.call("POST", f"/repos/{SHOP}/rulesets", ruleset)
    assert shop.alice.get(f"/repos/{SHOP}/rules/branches/main")[0]["type"] == "required_status_checks"
    assert shop.alice.get(f"/repos/{SHOP}/rules/branches/hotfix/crash") == []
    assert not merges(shop, number)
    shop.check(shop.head(number))
    assert merges(shop, number)


def _queue(shop: Shop) -> None:
    parameters = {
        "check_response_timeout_minutes": 60,
        "grouping_strategy": "ALLGREEN",
        "max_entries_to_build": 5,
        "max_entries_to_merge": 5,
        "merge_method": "MERGE",
        "min_entries_to_merge": 1,
        "min_entries_to_merge_wait_minutes": 5,
    }
    check = {"context": "hotfix: main", "integration_id": shop.sandbox.app_id}
    required = {"strict_required_status_checks_policy": False, "required_status_checks": [check]}
    ruleset = {
        "name": "queue",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["refs/heads/main"], "exclude": []}},
        "rules": [
            {"type": "merge_queue", "parameters": parameters},
            {"type": "required_status_checks", "parameters": required},
        ],
    }
    shop.alice.call("POST", f"/repos/{SHOP}/rulesets", ruleset)


def test_the_queue_merges_what_its_checks_pass(shop: Shop) -> None:
    _queue(shop)
    number = shop.hotfix()
    shop.check(shop.head(number))
    with pytest.raises(ApiError, match="merge queue"):
        shop.alice.merge(SHOP, number)
    group = shop.bob.enqueue(SHOP, number)
    assert group["head_ref"].startswith(f"refs/heads/gh-readonly-queue/main/pr-{number}-")
    assert not shop.alice.pull(SHOP, number)["merged"]
    shop.check(group["head_sha"])
    assert shop.alice.pull(SHOP, number)["merged"]
    assert shop.alice.branch(SHOP, "main") == group["head_sha"]


def test_the_queue_throws_out_what_fails_and_tries_the_next_again(shop: Shop) -> None:
    _queue(shop)
    first = shop.hotfix()
    shop.alice.push(SHOP, "hotfix/two", {"two.py": "2\n"})
    second = shop.alice.open_pull(SHOP, "hotfix/two", "main", "Two")
    for number in (first, second):
        shop.check(shop.head(number))
    failing, behind = shop.bob.enqueue(SHOP, first), shop.bob.enqueue(SHOP, second)
    assert behind["base_sha"] == failing["head_sha"]
    shop.check(failing["head_sha"], "failure")
    assert not shop.alice.pull(SHOP, first)["merged"]
    again = shop.alice.get(f"/repos/{SHOP}/queue")[0]
    assert again["base_sha"] == shop.alice.branch(SHOP, "main")
    shop.check(again["head_sha"])
    assert shop.alice.pull(SHOP, second)["merged"]
