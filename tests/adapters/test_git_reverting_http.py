"""Exact reverts of pull requests on a served repository: ancestry by GitHub's comparison, the proof by one fetch."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.git import Picker
from domain.pull_request import Signature
from domain.revert import Ancestry, RevertProof
from handlers.prove_revert import prove_revert
from sandbox.server import Sandbox
from tests.adapters.git_repositories import BOT
from tests.adapters.github.shop import Change
from tests.adapters.github.shop import Shop as Town

APP = b"".join(b"line %d\n" % number for number in range(20))
BROKEN = APP.replace(b"line 5\n", b"broken\n")
NO_PROOF = RevertProof()


@dataclass
class Shop:
    """The shop, and what proving costs there."""

    town: Town

    def prove(self, number: int) -> RevertProof:
        outline = self.town.github.outline(number)
        picker = Picker(self.town.app.clone_url, self.town.app.clone_token, Signature(*BOT))
        return prove_revert(outline.pull_request, self.town.github, picker)

    def land(self, method: str, *states: dict[str, Change]) -> tuple[int, str]:
        """Merge a pull request; its number, and the tip of main after it."""
        pull = self.town.pull(states[0], "topic", title="Break it")
        for state in states[1:]:
            self.town.commit("topic", state, "Break it more")
        return pull.number, self.town.merge(pull, method)

    def propose(self, files: dict[str, Change], title: str) -> int:
        return self.town.pull(files, "hotfix/back", title=title).number

    def git_requests(self) -> list[str]:
        return [each.path.rpartition("/")[2] for each in self.town.sandbox.exchanges if each.kind == "git"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Sandbox.start(tmp_path / "github") as sandbox:
        town = Town.on(sandbox)
        town.commit("main", {"app.py": APP, "other.py": b"other\n"}, "More files")
        yield Shop(town)


def test_an_exact_revert_is_proven_with_few_requests(shop: Shop) -> None:
    bad = shop.town.commit("main", {"app.py": BROKEN}, "Break it")
    shop.town.commit("main", {"other.py": b"new\n"}, "Meanwhile")
    number = shop.propose({"app.py": APP}, f'Revert "Break it"\n\nThis reverts commit {bad}.')
    shop.town.commit("main", {"other.py": b"newer\n"}, "And on")
    shop.prove(number)
    sent, git = shop.town.sent, len(shop.git_requests())
    assert shop.prove(number) == RevertProof((bad,))
    # The outline, where the change left base, and the commit.
    assert shop.town.sent - sent == 3
    assert shop.git_requests()[git:].count("git-upload-pack") <= 3


def test_a_revert_with_anything_added_is_none_and_says_where(shop: Shop) -> None:
    bad = shop.town.commit("main", {"app.py": BROKEN}, "Break it")
    number = shop.propose({"app.py": APP, "other.py": b"added\n"}, f"This reverts commit {bad}.")
    assert shop.prove(number).why_not == f"it isn't the exact inverse of {bad[:7]}: other.py would differ"


def test_a_commit_that_only_another_branch_has_justifies_nothing(shop: Shop) -> None:
    start = shop.town.git.branch("main")
    shop.town.branch("bait", "main")
    shop.town.commit("bait", {"app.py": BROKEN}, "Evil")
    bait = shop.town.commit("bait", {"app.py": APP}, "Good again")
    number = shop.propose({"app.py": BROKEN}, f"This reverts commit {bait}.")
    assert shop.prove(number) == RevertProof(
        why_not=f"it says that it reverts {bait[:7]}, which base didn't hold where the change left it"
    )
    found = shop.town.github.ancestry(start or "", start or "", [bait, "e" * 40])
    assert found == Ancestry(start or "", (), (bait, "e" * 40))


def test_what_says_nothing_of_a_revert_costs_nothing(shop: Shop) -> None:
    number = shop.propose({"app.py": BROKEN}, "Fix it")
    outline = shop.town.github.outline(number)
    sent, git = shop.town.sent, len(shop.git_requests())
    picker = Picker(shop.town.app.clone_url, shop.town.app.clone_token, Signature(*BOT))
    assert prove_revert(outline.pull_request, shop.town.github, picker) == NO_PROOF
    assert (shop.town.sent, len(shop.git_requests())) == (sent, git)


@pytest.mark.parametrize(("method", "count"), [("merge", 1), ("squash", 1), ("rebase", 2)])
def test_the_revert_button_names_a_pull_request_whose_commits_are_found(shop: Shop, method: str, count: int) -> None:
    shop.town.commit("main", {"x.py": b"x\n"}, "Before")
    twice = BROKEN.replace(b"broken\n", b"broken twice\n")
    landed, tip = shop.land(method, {"app.py": BROKEN}, {"app.py": twice})
    number = shop.propose({"app.py": APP}, f"Revert #{landed}")
    proof = shop.prove(number)
    assert (proof.why_not, len(proof.reverted), proof.reverted[0]) == ("", count, tip)


def test_a_pull_request_that_was_never_merged_is_no_claim(shop: Shop) -> None:
    open_one = shop.town.pull({"app.py": BROKEN}, "topic").number
    for named in (open_one, 4711):
        shop.town.branch(f"hotfix/{named}", "main")
        number = shop.town.pull({"app.py": BROKEN}, f"hotfix/back-{named}", title=f"Revert #{named}").number
        assert shop.prove(number) == NO_PROOF


def test_the_comparison_carries_no_lists(shop: Shop) -> None:
    town = shop.town
    bad = town.commit("main", {"other.py": b"new\n"}, "Break it")
    tip = town.commit("main", {f"file{number}": b"x\n" * 200 for number in range(60)}, "Much")
    found = town.github.ancestry(tip, tip, [bad])
    assert [(each.oid, each.newer) for each in found.on_base] == [(bad, 1)]
    asked = [each for each in town.sandbox.exchanges if "/compare/" in each.path]
    assert len(asked) == 2
    assert max(len(each.response_body) for each in asked) < 20_000
