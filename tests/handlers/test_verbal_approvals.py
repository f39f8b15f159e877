"""An approval by word of mouth: passed on by a command, counted where allowed, confirmed by a review."""

from __future__ import annotations

from tests.handlers.conftest import Shop, until
from tests.handlers.test_answers import answers

ALLOWED = """\
version: 1
roles:
  lead: {users: [alice]}
policies:
  approvals: {required: [lead], verbal: true}
"""


def test_what_was_said_lets_through_until_a_push_and_is_confirmed_by_a_review(shop: Shop) -> None:
    shop.alice.push(shop.name, "next", {".github/hotfix.yml": ALLOWED}, "Allow it", base="main")
    number = shop.hotfix(base="next")
    shop.concluded(number, "action_required", base="next")
    shop.carol.comment(shop.name, number, "/hotfix approved-by @alice on the telephone at 3:12")
    run = shop.concluded(number, "success", base="next")
    assert "approved by alice for lead by word of mouth" in run["output"]["summary"]
    assert "says carol: on the telephone at 3:12" in run["output"]["text"]
    shop.alice.approve(shop.name, number)
    until(
        "it is confirmed", lambda: "word of mouth" not in shop.concluded(number, "success", "next")["output"]["summary"]
    )
    shop.bob.push(shop.name, "fix/cents", {"cart.py": "def total(prices):\n    return 0  # HOTFIX: shut\n"}, "More")
    run = shop.concluded(number, "action_required", base="next")
    assert "word of mouth" not in run["output"]["summary"]


def test_what_does_not_count_is_refused_with_the_reason(shop: Shop) -> None:
    shop.alice.push(shop.name, "next", {".github/hotfix.yml": ALLOWED}, "Allow it", base="main")
    number, elsewhere = shop.hotfix(base="next"), shop.hotfix(branch="fix/other")
    shop.carol.comment(shop.name, number, "/hotfix approved-by @bob at lunch")
    shop.carol.comment(shop.name, number, "/hotfix approved-by @carol at lunch")
    shop.carol.comment(shop.name, number, "/hotfix approved-by @alice")
    shop.alice.comment(shop.name, number, "/hotfix approved-by @carol at lunch")
    found = until("four answers", lambda: told if len(told := answers(shop, number)) == 4 else [])
    for words in ("no part in the change", "approve with a review", "how and when", "none of the roles"):
        assert [answer for answer in found if words in answer], words
    shop.carol.comment(shop.name, elsewhere, "/hotfix approved-by @alice at lunch")
    assert "don't count here" in until("the answer", lambda: answers(shop, elsewhere))[0]
