"""The pick engine over HTTP, against the sandbox's git server and with an installation's token."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.git import Picker
from domain.backport import ConflictKind, Pick, PickOutcome, PickRequest, PickResult
from domain.errors import NotFoundError, NotPermittedError
from domain.pull_request import Signature
from sandbox.scenario import Town, Worker
from sandbox.server import Sandbox
from tests.adapters.git_repositories import BOT

SHOP = "acme/shop"
APP = "".join(f"line {number}\n" for number in range(20))


@dataclass
class Shop:
    sandbox: Sandbox
    alice: Worker
    installation: int

    def pick(self, oid: str, target: str = "develop", **permissions: str) -> PickResult:
        token = self.sandbox.installation_token(self.installation, permissions or None)
        picker = Picker(lambda name: f"{self.sandbox.url}/{name}.git", lambda _: token, Signature(*BOT))
        return picker.cherry_pick(PickRequest(SHOP, target, (Pick(oid),), "backport", 12))

    def git_requests(self) -> list[tuple[str, int]]:
        return [(each.path.rpartition("/")[2], each.status) for each in self.sandbox.exchanges if each.kind == "git"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Sandbox.start(tmp_path / "github") as sandbox:
        town = Town(sandbox)
        alice = town.person("alice")
        town.organization("acme", alice, [])
        alice.create_repository(SHOP, {"app.py": APP, "other.py": "other\n"}, private=True)
        alice.push(SHOP, "develop", {"other.py": "new\n"})
        yield Shop(sandbox, alice, sandbox.install("acme"))


def test_a_pick_reaches_the_server_with_few_requests(shop: Shop) -> None:
    fix = shop.alice.push(SHOP, "main", {"app.py": APP.replace("line 5\n", "fixed\n")}, "Fix it")
    before = len(shop.git_requests())
    result = shop.pick(fix)
    assert (result.outcome, result.pushed) == (PickOutcome.CLEAN, True)
    assert shop.alice.branch(SHOP, "backport") == result.commit
    assert shop.alice.file(SHOP, "app.py", "backport") == APP.replace("line 5\n", "fixed\n")
    assert 0 < result.fetched_bytes < 2000
    posts = [name for name, status in shop.git_requests()[before:] if name != "refs" and status == 200]
    assert len(posts) <= 5


def test_a_conflict_is_pushed_with_its_markers(shop: Shop) -> None:
    shop.alice.push(SHOP, "develop", {"app.py": APP.replace("line 5\n", "theirs\n")})
    result = shop.pick(shop.alice.push(SHOP, "main", {"app.py": APP.replace("line 5\n", "fixed\n")}, "Fix it"))
    assert [(file.path, file.kind) for file in result.conflicts] == [("app.py", ConflictKind.CONTENT)]
    assert ">>>>>>> hotfix #12\n" in shop.alice.file(SHOP, "app.py", "backport")


def test_a_missing_target_is_told_apart(shop: Shop) -> None:
    with pytest.raises(NotFoundError, match="refs/heads/none"):
        shop.pick(shop.alice.branch(SHOP, "main"), "none")


def test_a_token_that_may_only_read_names_the_permission(shop: Shop) -> None:
    fix = shop.alice.push(SHOP, "main", {"app.py": APP + "fixed\n"}, "Fix it")
    with pytest.raises(NotPermittedError, match="contents: write"):
        shop.pick(fix, contents="read")


def test_a_workflow_file_names_the_permission(shop: Shop) -> None:
    fix = shop.alice.push(SHOP, "main", {".github/workflows/ci.yml": "on: push\n"}, "Fix the pipeline")
    shop.alice.push(SHOP, "main", {".github/workflows/ci.yml": None}, "Take it out again")
    with pytest.raises(NotPermittedError, match="workflows: write"):
        shop.pick(fix, contents="write")
