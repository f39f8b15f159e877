"""A release holds for the head and the base that it was given for, and nobody releases what they had a part in."""

from __future__ import annotations

from tests.handlers.conftest import CART, Shop, until

BIG = {"cart.py": CART + "".join(f"RATE_{number} = {number}\n" for number in range(30))}
#: What somebody with write access can make of a branch of their own: a policy file that gives them every role.
MINE = """\
version: 1
roles:
  boss: {users: [carol]}
policies:
  approvals: {required: [boss]}
"""


def test_a_release_towards_a_branch_of_ones_own_opens_nothing_towards_main(shop: Shop) -> None:
    shop.carol.push(shop.name, "mine", {".github/hotfix.yml": MINE}, "My own roles", base="main")
    number = shop.hotfix(files=BIG)
    shop.concluded(number, "failure")
    shop.bob.edit_pull(shop.name, number, base="mine")
    shop.concluded(number, "failure", base="mine")
    shop.carol.comment(shop.name, number, "/hotfix release I am the boss here")
    shop.concluded(number, "skipped", base="mine")
    shop.bob.unlabel(shop.name, number, "hotfix")
    shop.bob.edit_pull(shop.name, number, base="main")
    shop.settled()
    assert shop.run(number)["conclusion"] == "failure"


def test_who_committed_somebody_elses_change_may_not_release_it(shop: Shop) -> None:
    roles = "version: 1\nroles: {boss: {users: [carol]}}\npolicies: {approvals: {required: [boss]}}\n"
    shop.alice.push(shop.name, "next", {".github/hotfix.yml": roles}, "Carol leads here", base="main")
    tip = shop.carol.branch(shop.name, "next")
    shop.carol.fetch(shop.name)
    author = "bob <bob@users.noreply.github.com>"
    sha = shop.carol.commit(shop.name, BIG, "Keep the cents", [tip], author=author)
    shop.carol.push_commit(shop.name, "fix/cents", sha)
    number = shop.bob.open_pull(shop.name, "fix/cents", "next", "[HOTFIX] Keep the cents")
    shop.concluded(number, "failure", base="next")
    shop.carol.comment(shop.name, number, "/hotfix release I wrote it, I know it")

    def answers() -> list[str]:
        found = shop.alice.comments(shop.name, number)
        return [each["body"] for each in found if each["user"]["login"] == "hotfix-guard[bot]"]

    until("the refusal", answers)
    assert "no part in the change" in answers()[0]
    shop.settled()
    assert shop.run(number, "next")["conclusion"] == "failure"
