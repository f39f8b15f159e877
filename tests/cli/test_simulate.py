"""`hotfix simulate` as the installed command, against a GitHub with a pull request on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.scenario import Town
from sandbox.server import Sandbox
from tests.cli.program import Done, hotfix, is_refused

CART = "def total(prices):\n    return sum(prices)\n"
FIX = {
    "cart.py": CART.replace(
        "    return sum(prices)", "    # HOTFIX: rounding lost cents\n    return round(sum(prices), 2)"
    ),
    "tests/test_cart.py": "from cart import total\n\n\ndef test_cents():\n    assert total([0.1, 0.2]) == 0.3\n",
}
LAX = "version: 1\npolicies:\n  approvals: {level: 'off'}\n"


class Stage:
    """Alice's shop, in which bob opens hotfixes."""

    def __init__(self, sandbox: Sandbox) -> None:
        town = Town(sandbox)
        self.alice, self.bob = town.person("alice"), town.person("bob")
        self.sandbox = sandbox
        self.alice.create_repository("alice/shop", {"cart.py": CART})
        self.alice.collaborate("alice/shop", "bob")

    def hotfix(self, branch: str) -> int:
        """A good one that nobody has approved."""
        self.bob.push("alice/shop", branch, FIX, "Keep the cents", base="main")
        return self.bob.open_pull("alice/shop", branch, "main", "Keep the cents", labels=["hotfix"])

    def simulate(self, *arguments: str, cwd: Path) -> Done:
        token = self.sandbox.store.user_token("alice")
        variables = {"GITHUB_TOKEN": token, "GITHUB_API_URL": self.sandbox.api}
        return hotfix("simulate", *arguments, cwd=cwd, variables=variables)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Sandbox.start(tmp_path_factory.mktemp("github")) as sandbox:
        yield Stage(sandbox)


def test_the_verdict_is_the_one_that_the_check_run_would_tell_and_github_knows_nothing_of_it(
    stage: Stage, tmp_path: Path
) -> None:
    number = stage.hotfix("fix/cents")
    before = stage.alice.pull("alice/shop", number)
    done = stage.simulate(f"alice/shop#{number}", "--format", "json", cwd=tmp_path)
    assert (done.code, done.data["conclusion"]) == (3, "action_required"), done
    assert done.data["head"] == before["head"]["sha"]
    assert done.outcomes["approvals"] == "wait"
    assert stage.alice.pull("alice/shop", number) == before
    assert stage.alice.comments("alice/shop", number) == []
    assert stage.alice.check_runs("alice/shop", before["head"]["sha"]) == []
    stage.alice.approve("alice/shop", number)
    approved = stage.simulate(f"alice/shop#{number}", cwd=tmp_path)
    last = approved.out.splitlines()[-1]
    assert (approved.code, last) == (0, "success: 5 policies satisfied (a hotfix by its label hotfix)")


def test_another_policy_file_is_tried_on_a_pull_request_named_by_its_address(stage: Stage, tmp_path: Path) -> None:
    number = stage.hotfix("fix/more-cents")
    (tmp_path / "lax.yml").write_text(LAX)
    address = f"{stage.sandbox.url}/alice/shop/pull/{number}/files"
    done = stage.simulate(address, "--policy-file", "lax.yml", "--format", "json", cwd=tmp_path)
    assert done.code == 0, done
    assert "approvals" not in done.outcomes


def test_what_cannot_be_judged_is_told_in_a_sentence(stage: Stage, tmp_path: Path) -> None:
    assert is_refused(stage.simulate("alice/shop", cwd=tmp_path), "OWNER/REPO#NUMBER")
    assert is_refused(stage.simulate("alice/shop#99", cwd=tmp_path), "alice/shop has no pull request 99")
    assert is_refused(stage.simulate("alice/nope#1", cwd=tmp_path), "there is no repository alice/nope")
    elsewhere = stage.simulate("https://ghe.example.com/alice/shop/pull/1", cwd=tmp_path)
    assert is_refused(elsewhere, "ghe.example.com", stage.sandbox.url, "GITHUB_API_URL")
    assert is_refused(hotfix("simulate", "alice/shop#1", cwd=tmp_path), "GITHUB_TOKEN")
