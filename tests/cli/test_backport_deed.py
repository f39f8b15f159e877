"""`hotfix backport OWNER/REPO#N` as the installed command, against a GitHub with a merged hotfix on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.scenario import Town
from sandbox.server import Sandbox
from tests.cli.program import Done, hotfix, is_refused

SHOP = "alice/shop"
CART = "def total(prices):\n    return sum(prices)\n"
FIXED = CART.replace("sum(prices)", "round(sum(prices), 2)")
OTHER = CART.replace("sum(prices)", "sum(price.amount for price in prices)")


class Stage:
    """Alice's shop with a develop, an old branch that conflicts, and a merged hotfix."""

    def __init__(self, sandbox: Sandbox) -> None:
        town = Town(sandbox)
        self.alice, self.bob = town.person("alice"), town.person("bob")
        self.sandbox = sandbox
        self.alice.create_repository(SHOP, {"cart.py": CART})
        self.alice.collaborate(SHOP, "bob")
        self.alice.create_branch(SHOP, "develop", "main")
        self.alice.create_branch(SHOP, "next", "main")
        self.alice.write(SHOP, "old", {"cart.py": OTHER}, "Prices with currencies", base="main")
        self.bob.write(SHOP, "fix", {"cart.py": FIXED}, "Keep the cents", base="main")
        self.number = self.bob.open_pull(SHOP, "fix", "main", "Keep the cents", labels=["hotfix"])
        self.alice.merge(SHOP, self.number)

    def backport(self, *arguments: str, cwd: Path, login: str = "alice") -> Done:
        variables = {"GITHUB_TOKEN": self.sandbox.store.user_token(login), "GITHUB_API_URL": self.sandbox.api}
        return hotfix("backport", *arguments, cwd=cwd, variables=variables)

    def state(self) -> object:
        """What anybody could have changed."""
        refs = self.alice.get(f"/repos/{SHOP}/git/matching-refs/heads")
        return refs, self.alice.get(f"/repos/{SHOP}/pulls?state=all"), self.alice.comments(SHOP, self.number)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Sandbox.start(tmp_path_factory.mktemp("github")) as sandbox:
        yield Stage(sandbox)


def test_a_dry_run_shows_every_outcome_and_text_and_changes_nothing(stage: Stage, tmp_path: Path) -> None:
    before = stage.state()
    named = [word for branch in ("develop", "old", "nowhere") for word in ("--to", branch)]
    done = stage.backport(f"{SHOP}#{stage.number}", *named, "--dry-run", "--format", "json", cwd=tmp_path)
    clean, conflict, missing = done.data["targets"]
    assert (done.code, done.data["dry_run"]) == (1, True), done
    assert [each["outcome"] for each in (clean, conflict, missing)] == ["opened", "conflict", "target missing"]
    assert missing["detail"].startswith("There is no such branch. Create it and comment")
    assert clean["title"] == "[develop] Keep the cents"
    assert conflict["conflicts"] == [{"path": "cart.py", "kind": "content", "has_markers": True}]
    assert "git add --all" in conflict["body"]
    assert stage.state() == before


def test_it_is_done_once_whoever_does_it(stage: Stage, tmp_path: Path) -> None:
    numbers = set()
    for login in ("alice", "bob"):
        where = (f"{SHOP}#{stage.number}", "--to", "next", "--format", "json")
        done = stage.backport(*where, cwd=tmp_path, login=login)
        (told,) = [each for each in done.data["targets"] if each["target"] == "next"]
        assert (done.code, told["outcome"]) == (0, "opened"), done
        numbers.add(told["number"])
    (number,) = numbers
    assert stage.alice.pull(SHOP, number)["base"]["ref"] == "next"
    another = stage.backport(f"{SHOP}#{stage.number}", "--to", "develop", cwd=tmp_path)
    assert f"next: already opened, {SHOP}#{number}" in another.out
    missing = stage.backport(f"{SHOP}#{stage.number}", "--to", "nowhere", "--dry-run", cwd=tmp_path)
    assert missing.out.startswith("nowhere: target missing\n  There is no such branch.")
    assert stage.alice.file(SHOP, "cart.py", f"hotfix-guard/backport-{stage.number}-to-next") == FIXED


def test_without_a_branch_it_goes_where_the_settings_say(stage: Stage, tmp_path: Path) -> None:
    done = stage.backport(f"{SHOP}#{stage.number}", cwd=tmp_path)
    assert done.code == 0, done
    assert f"develop: opened, {SHOP}#" in done.out


def test_conflicts_are_a_draft_and_exit_1(stage: Stage, tmp_path: Path) -> None:
    done = stage.backport(f"{SHOP}#{stage.number}", "--to", "old", cwd=tmp_path)
    assert done.code == 1
    assert "content: cart.py" in done.out


def test_what_isnt_merged_is_refused_in_one_sentence(stage: Stage, tmp_path: Path) -> None:
    stage.bob.write(SHOP, "open", {"x.py": "x = 1\n"}, "Open", base="main")
    number = stage.bob.open_pull(SHOP, "open", "main", "Open")
    assert is_refused(stage.backport(f"{SHOP}#{number}", "--to", "develop", cwd=tmp_path), "isn't merged")


@pytest.mark.parametrize(
    "arguments",
    [[], ["alice/shop#1", "--onto", "main"], ["--repo-url", "x", "--onto", "y", "--commit", "z", "--to", "a"]],
)
def test_the_two_ways_of_calling_arent_mixed(stage: Stage, tmp_path: Path, arguments: list[str]) -> None:
    done = stage.backport(*arguments, cwd=tmp_path)
    assert done.code == 2
    assert "Traceback" not in done.err
