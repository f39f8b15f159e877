from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.scenario import Files, Town
from sandbox.server import Sandbox
from tests.action.runner import WORKFLOWS, Ran, Runner

SHOP = "alice/shop"
CART = "def total(prices):\n    return sum(prices)\n"
FIXED = CART.replace("    return sum(prices)", "    # HOTFIX: rounding lost cents\n    return round(sum(prices), 2)")
TEST = "from cart import total\n\n\ndef test_cents():\n    assert total([0.1, 0.2]) == 0.3\n"
GOOD: Files = {"cart.py": FIXED, "tests/test_cart.py": TEST}
LAX = "version: 1\npolicies:\n  approvals: {level: 'off'}\n"


class Stage:
    """Alice's shop, whose workflows run with tokens of the App `github-actions`, as on github.com."""

    def __init__(self, sandbox: Sandbox, place: Path) -> None:
        town = Town(sandbox)
        self.alice, self.bob, self.eve = town.person("alice"), town.person("bob"), town.person("eve")
        self.sandbox = sandbox
        self.runner = Runner.at(place, sandbox.api)
        self.alice.create_repository(SHOP, {"cart.py": CART, "other.yml": LAX})
        self.alice.collaborate(SHOP, "bob")
        self.alice.create_branch(SHOP, "develop", "main")
        permissions = {"checks": "write", "contents": "write", "pull_requests": "write", "metadata": "read"}
        self.app = sandbox.create_app("github-actions", permissions, ())
        self._installed: dict[str, int] = {}

    def token(self, permissions: Mapping[str, str], account: str = "alice") -> str:
        """GITHUB_TOKEN as a workflow's `permissions` make it, in a repository of an account's."""
        if account not in self._installed:
            self._installed[account] = self.sandbox.install(account, app_id=self.app.app_id)
        return self.sandbox.installation_token(self._installed[account], {"metadata": "read", **permissions})

    def pull(self, branch: str, files: Files, *labels: str, approved: bool = False) -> Any:
        """A pull request of bob's into main, as GitHub shows it."""
        self.bob.write(SHOP, branch, files, "Keep the cents", base="main")
        number = self.bob.open_pull(SHOP, branch, "main", "Keep the cents", labels=labels)
        if approved:
            self.alice.approve(SHOP, number)
        return self.alice.pull(SHOP, number)

    def published(self, name: str) -> tuple[str, Mapping[str, str]]:
        """A published workflow's text, and the permissions that it asks for."""
        text = (WORKFLOWS / f"{name}.yml").read_text()
        (one,) = yaml.safe_load(text)["jobs"].values()
        return text, {key.replace("-", "_"): level for key, level in one["permissions"].items()}

    def run(self, name: str, event: str, payload: Any, folder: Path | None = None, *, reads_alone: bool = False) -> Ran:
        """Run a published workflow on an event, with the token that it asks for and no more."""
        text, permissions = self.published(name)
        if reads_alone:
            permissions = dict.fromkeys(permissions, "read")
        return self.runner.run(event, payload, text, self.token(permissions), folder)

    def check_runs(self, oid: str) -> dict[str, Any]:
        return {each["name"]: each for each in self.alice.check_runs(SHOP, oid)}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Sandbox.start(tmp_path_factory.mktemp("github")) as sandbox:
        yield Stage(sandbox, tmp_path_factory.mktemp("runner"))


def on(pull: Any, action: str = "synchronize") -> dict[str, Any]:
    """The event that GitHub sends of a pull request."""
    return {"action": action, "number": pull["number"], "pull_request": pull}
