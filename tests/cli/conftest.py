from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.git_repositories import Content, Repository
from tests.cli.program import Done, hotfix

CART = '"""The cart."""\n\n\ndef total(prices):\n    return sum(prices)\n'
FIXED = CART.replace("    return sum(prices)", "    # HOTFIX: rounding lost cents\n    return round(sum(prices), 2)")
TEST = "from cart import total\n\n\ndef test_cents_are_kept():\n    assert total([0.1, 0.2]) == 0.3\n"


class Desk(Repository):
    """A repository in which somebody makes a hotfix, and asks what it is worth."""

    def hotfix(self, base: dict[str, Content], head: dict[str, Content]) -> None:
        """Let `main` hold the one, and `fix`, grown from it, the other."""
        root = self.commit(base)
        self.branch("main", root)
        self.branch("fix", self.commit(head, root, "Keep the cents"))

    def check(self, *arguments: str, head: str = "fix", form: str = "json") -> Done:
        return hotfix("check", "--base", "main", "--head", head, "--format", form, *arguments, cwd=self.path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A repository without a commit."""
    made = Desk(tmp_path / "shop")
    made.path.mkdir()
    made.git("init", "-q", "-b", "main")
    return made


@pytest.fixture
def good(desk: Desk) -> Desk:
    """A repository with a good hotfix."""
    desk.hotfix({"cart.py": CART}, {"cart.py": FIXED, "tests/test_cart.py": TEST})
    return desk
