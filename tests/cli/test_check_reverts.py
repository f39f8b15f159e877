"""An exact revert passes at the desk without comment, test or small size; anything more doesn't."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CART, Desk
from tests.cli.program import hotfix

BIG = CART + "".join(f"x{number} = {number}\n" for number in range(30))
EXEMPT = ("diff-size", "hotfix-comment", "regression-test")


@pytest.fixture
def rolled_back(desk: Desk) -> Desk:
    """`main` holds a large change; `fix` takes it back."""
    root = desk.commit({"cart.py": CART, "requirements.txt": "flask==3.0\n"})
    large = desk.commit({"cart.py": BIG, "requirements.txt": "flask==3.0\n"}, root, "Grow")
    desk.branch("main", large)
    message = f'Revert "Grow"\n\nThis reverts commit {large}.'
    desk.branch("fix", desk.commit({"cart.py": CART, "requirements.txt": "flask==3.0\n"}, large, message))
    more = {"cart.py": CART + "y = 1\n", "requirements.txt": "flask==3.0\n"}
    desk.branch("more", desk.commit(more, large, message))
    desk.branch("needy", desk.commit({"cart.py": CART, "requirements.txt": "flask\nleft-pad\n"}, large, message))
    return desk


def test_a_replay_exempts_it_too(rolled_back: Desk) -> None:
    replayed = hotfix("replay", "--from", "main", "--to", "fix", "--format", "jsonl", cwd=rolled_back.path)
    (size,) = (policy for policy in replayed.data["policies"] if policy["name"] == "diff-size")
    assert size["outcome"] == "skip"


def test_an_exact_revert_is_exempt_and_says_so(rolled_back: Desk) -> None:
    done = rolled_back.check()
    assert {name: done.outcomes[name] for name in EXEMPT} == dict.fromkeys(EXEMPT, "skip")
    assert done.policy("diff-size")["summary"].startswith("exempt: the change is the exact revert of ")
    assert done.code == 0


@pytest.mark.parametrize("head", ["more", "needy"])
def test_a_revert_with_anything_added_is_judged_like_any_change(rolled_back: Desk, head: str) -> None:
    done = rolled_back.check(head=head)
    assert {name: done.outcomes[name] for name in EXEMPT} == dict.fromkeys(EXEMPT, "fail")
    assert done.code == 1
