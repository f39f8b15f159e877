"""What people ask of the bot: commands, buttons, re-runs, merge groups."""

from __future__ import annotations

from tests.handlers.conftest import CART, FIX, POLICY_FILE, Shop, until

BIG = {"cart.py": CART + "".join(f"RATE_{number} = {number}\n" for number in range(30))}


def answers(shop: Shop, number: int) -> list[str]:
    found = shop.alice.comments(shop.name, number)
    return [comment["body"] for comment in found if comment["user"]["login"] == "hotfix-guard[bot]"]


def reactions(shop: Shop, comment: int) -> list[str]:
    found = shop.alice.get(f"/repos/{shop.name}/issues/comments/{comment}/reactions")
    return [reaction["content"] for reaction in found]


def test_an_administrator_releases_for_this_head_alone(shop: Shop) -> None:
    number = shop.hotfix(files=BIG)
    shop.concluded(number, "failure")
    shop.alice.comment(shop.name, number, "/hotfix release it isn't urgent any more")
    run = shop.concluded(number, "skipped")
    assert "isn't urgent any more" in run["output"]["summary"]
    shop.bob.push(shop.name, "fix/cents", {"cart.py": BIG["cart.py"] + "x = 1\n"}, "More")
    shop.concluded(number, "failure")


def test_once_released_and_unlabelled_a_pull_request_is_nobodys_hotfix(shop: Shop) -> None:
    number = shop.hotfix(files=BIG)
    shop.concluded(number, "failure")
    shop.alice.comment(shop.name, number, "/hotfix release wrong lane")
    shop.concluded(number, "skipped")
    shop.bob.unlabel(shop.name, number, "hotfix")
    shop.bob.push(shop.name, "fix/cents", {"cart.py": BIG["cart.py"] + "x = 1\n"}, "More")
    run = shop.concluded(number, "skipped")
    assert "No trigger" in run["output"]["summary"]


def test_who_has_an_approving_role_may_release_the_change_of_somebody_else(shop: Shop) -> None:
    lenient = POLICY_FILE.replace("[alice]", "[carol]")
    shop.alice.protect(shop.name, "main", enforce_admins=False)
    shop.alice.push(shop.name, "main", {".github/hotfix.yml": lenient}, "Let carol lead")
    number = shop.hotfix(files=BIG)
    shop.concluded(number, "failure")
    shop.carol.comment(shop.name, number, "/hotfix release it is no emergency")
    run = shop.concluded(number, "skipped")
    assert "hotfix lane by carol: it is no emergency" in run["output"]["summary"]


def test_the_author_may_not_release_and_is_told_who_may(shop: Shop) -> None:
    number = shop.hotfix(files=BIG)
    shop.concluded(number, "failure")
    comment = shop.bob.comment(shop.name, number, "/hotfix release because I say so")
    until("the refusal", lambda: answers(shop, number))
    assert reactions(shop, comment["id"]) == ["confused"]
    assert "@bob Only somebody with the role tech-lead" in answers(shop, number)[0]
    shop.settled()
    assert shop.run(number)["conclusion"] == "failure"


def test_a_release_without_a_reason_is_no_release(shop: Shop) -> None:
    number = shop.hotfix(files=BIG)
    shop.concluded(number, "failure")
    shop.alice.comment(shop.name, number, "/hotfix release")
    until("the answer", lambda: answers(shop, number))
    assert "Say why" in answers(shop, number)[0]


def test_an_unknown_command_is_answered_with_those_that_exist(shop: Shop) -> None:
    number = shop.hotfix()
    shop.bob.comment(shop.name, number, "/hotfix dance")
    until("the answer", lambda: answers(shop, number))
    assert "There is no command `/hotfix dance`" in answers(shop, number)[0]
    assert "`/hotfix recheck`" in answers(shop, number)[0]


def test_recheck_with_nothing_new_writes_nothing(shop: Shop) -> None:
    number = shop.hotfix()
    run = shop.concluded(number, "action_required")
    comment = shop.bob.comment(shop.name, number, "/hotfix recheck")
    until("the reaction", lambda: reactions(shop, comment["id"]) == ["+1"])
    shop.settled()
    assert shop.runs(run["head_sha"], "hotfix: main") == [run]


def test_the_recheck_button_judges_afresh(shop: Shop) -> None:
    number = shop.hotfix()
    run = shop.concluded(number, "action_required")
    shop.bob.press(shop.name, run["id"], "recheck")
    shop.settled()
    assert shop.run(number) == run


def test_a_rerequested_run_is_written_even_when_nothing_changed(shop: Shop) -> None:
    number = shop.hotfix()
    run = shop.concluded(number, "action_required")
    shop.bob.press(shop.name, run["id"], "rerequest")
    until("a new run", lambda: len(shop.runs(run["head_sha"], "hotfix: main")) == 2)
    shop.settled()
    assert shop.run(number)["conclusion"] == "action_required"
    assert len(shop.runs(run["head_sha"], "hotfix: main")) == 2


def test_a_rerequested_suite_is_answered_with_a_new_run(shop: Shop) -> None:
    number = shop.hotfix()
    run = shop.concluded(number, "action_required")
    shop.alice.call("POST", f"/repos/{shop.name}/check-suites/{run['check_suite']['id']}/rerequest", {})
    until("a new run", lambda: len(shop.runs(run["head_sha"], "hotfix: main")) == 2)


def test_a_merge_group_is_judged_and_answered_again_when_somebody_asks(shop: Shop) -> None:
    queue = {
        "check_response_timeout_minutes": 60,
        "grouping_strategy": "ALLGREEN",
        "max_entries_to_build": 5,
        "max_entries_to_merge": 5,
        "merge_method": "SQUASH",
        "min_entries_to_merge": 1,
        "min_entries_to_merge_wait_minutes": 0,
    }
    shop.alice.call(
        "POST",
        f"/repos/{shop.name}/rulesets",
        {
            "name": "queue",
            "target": "branch",
            "enforcement": "active",
            "conditions": {"ref_name": {"include": ["refs/heads/main"], "exclude": []}},
            "rules": [{"type": "merge_queue", "parameters": queue}],
        },
    )
    number = shop.hotfix()
    shop.alice.approve(shop.name, number)
    shop.concluded(number, "success")
    shop.alice.enqueue(shop.name, number)
    until("the queue merged it", lambda: shop.alice.pull(shop.name, number)["merged"])
    tip = shop.alice.branch(shop.name, "main")
    (run,) = shop.runs(tip, "hotfix: main")
    shop.bob.press(shop.name, run["id"], "rerequest")
    until("an answer for the group", lambda: len(shop.runs(tip, "hotfix: main")) == 2)
    shop.alice.call("POST", f"/repos/{shop.name}/check-suites/{run['check_suite']['id']}/rerequest", {})
    until("an answer for its suite", lambda: len(shop.runs(tip, "hotfix: main")) == 3)
    assert {each["conclusion"] for each in shop.runs(tip, "hotfix: main")} == {"success"}


def test_a_backport_of_a_label_in_another_case_carries_no_trigger(shop: Shop) -> None:
    shop.alice.create_branch(shop.name, "develop", "main")
    number = shop.hotfix(labels=["HotFix", "area/cart"])
    shop.alice.approve(shop.name, number)
    shop.concluded(number, "success")
    shop.alice.merge(shop.name, number, "rebase")

    def look() -> list[dict[str, object]]:
        head = f"acme:hotfix-guard/backport-{number}-to-develop"
        return list(shop.alice.get(f"/repos/{shop.name}/pulls?state=all&head={head}"))

    until("the backport", look)
    shop.settled()
    (backport,) = look()
    skipped = shop.concluded(int(str(backport["number"])), "skipped", base="develop")
    assert "backport by Hotfix Guard" in skipped["output"]["summary"]
    assert {label["name"] for label in backport["labels"]} == {"area/cart", "backport"}
    assert [assignee["login"] for assignee in backport["assignees"]] == ["bob"]
    assert FIX["cart.py"] == shop.alice.file(shop.name, "cart.py", f"hotfix-guard/backport-{number}-to-develop")
