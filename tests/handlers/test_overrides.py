"""The way out that leaves a record: red, overridden, confirmed, green, ended by a push, reviewed after the merge."""

from __future__ import annotations

from typing import Any

from tests.handlers.conftest import CART, FIX, Shop, until
from tests.handlers.test_answers import answers

RULES = """\
version: 1
roles:
  lead: {users: [alice, carol]}
  author: {users: [bob]}
policies:
  approvals: {level: off}
"""
TWO = f"{RULES}override: {{roles: [lead, author], confirmed: true, expires: 4h, except: [dependencies]}}\n"

#: Too large, but otherwise as it has to be.
BIG = {**FIX, "cart.py": FIX["cart.py"] + "".join(f"RATE_{number} = {number}\n" for number in range(30))}


def under(shop: Shop, rules: str, files: object = None) -> int:
    """A hotfix that is too large, judged by these rules."""
    shop.alice.push(shop.name, "next", {".github/hotfix.yml": rules}, "Rules", base="main")
    number = shop.hotfix(base="next", files=BIG if files is None else files)
    shop.concluded(number, "failure", base="next")
    return number


def test_an_override_from_red_to_green_and_red_again(shop: Shop) -> None:
    number = under(shop, TWO)
    shop.bob.comment(shop.name, number, '/hotfix override diff-size --reason "customers can\'t pay"')
    run = until("bob's override is told", lambda: _telling(shop, number, "bob's override"))
    assert run["conclusion"] == "failure"
    assert "doesn't count yet: a second person" in run["output"]["summary"]
    shop.bob.comment(shop.name, number, "/hotfix confirm")
    assert "takes a second person" in until("the refusal", lambda: answers(shop, number))[0]
    shop.carol.comment(shop.name, number, "/hotfix confirm")
    run = shop.concluded(number, "success", base="next")
    assert run["output"]["title"] == "3 policies satisfied, 1 overridden"
    assert "### Overrides" in run["output"]["summary"]
    assert "`diff-size`: overridden by bob, confirmed by carol, until " in run["output"]["summary"]
    assert "customers can't pay" in run["output"]["summary"]
    assert "changes" in run["output"]["text"]
    shop.bob.push(shop.name, "fix/cents", {"cart.py": BIG["cart.py"] + "x = 1\n"}, "More")
    run = shop.concluded(number, "failure", base="next")
    assert "and ended with it" in run["output"]["summary"]
    shop.alice.comment(shop.name, number, "/hotfix override diff-size --reason “still down”")
    shop.bob.comment(shop.name, number, "/hotfix confirm")
    shop.concluded(number, "success", base="next")
    shop.alice.merge(shop.name, number)
    (issue,) = until("the issue for the review afterwards", lambda: reviews(shop))
    assert issue["title"] == f"Look again at the override in #{number}: diff-size"
    assert [label["name"] for label in issue["labels"]] == ["hotfix-override"]
    assert "`diff-size`: overridden by @alice, confirmed by @bob at " in issue["body"]
    assert "still down" in issue["body"]
    assert "customers" not in issue["body"]
    assert "- `cart.py" in issue["body"]
    assert "- [ ] `diff-size`: what stood is mended" in issue["body"]


def reviews(shop: Shop) -> list[Any]:
    found = shop.alice.get(f"/repos/{shop.name}/issues?state=all&per_page=100")
    return [issue for issue in found if "pull_request" not in issue]


def _telling(shop: Shop, number: int, words: str) -> object:
    run = shop.run(number, "next")
    return run if run and words in run["output"]["summary"] else None


def test_everything_but_the_exceptions_is_overridden_by_all(shop: Shop) -> None:
    number = under(shop, TWO, {"cart.py": CART + "x = 1\n" * 30, "requirements.txt": "flask\nleft-pad\n"})
    shop.alice.comment(shop.name, number, "/hotfix override all —reason “the shop is down”")
    shop.carol.comment(shop.name, number, "/hotfix confirm")
    run = until("what is overridden", lambda: _telling(shop, number, "overridden by alice, confirmed by carol"))
    assert run["conclusion"] == "failure"
    assert "`diff-size`, `hotfix-comment`, `regression-test`: overridden" in run["output"]["summary"]
    assert "| `dependencies` | ❌ fail |" in run["output"]["summary"]
    shop.alice.comment(shop.name, number, "/hotfix override dependencies --reason please")
    until(
        "the refusal", lambda: any("`dependencies` can't be overridden here" in said for said in answers(shop, number))
    )
