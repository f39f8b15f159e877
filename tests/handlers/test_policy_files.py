"""Which policy file counts: the base's own, one that it extends, or the owner's default."""

from __future__ import annotations

import pytest

from cli.service import ServiceProcess
from sandbox.scenario import Town
from sandbox.server import Sandbox
from tests.handlers.conftest import CART, FIX, POLICY_FILE, Shop, until

FILE = ".github/hotfix.yml"
LENIENT = "version: 1\npolicies: {approvals: {level: off}}\n"


@pytest.fixture
def followed(house: tuple[Sandbox, ServiceProcess, Town], shop: Shop) -> Shop:
    """A shop without a file, in an organisation of its own with a default: nobody has to approve."""
    sandbox, service, town = house
    owner = f"org-{shop.name.rpartition('-')[2]}"
    town.organization(owner, shop.alice, [shop.bob, shop.carol])
    sandbox.install(owner)
    shop.alice.create_repository(f"{owner}/.github", {FILE: LENIENT})
    shop.alice.create_repository(f"{owner}/shop", {"cart.py": CART})
    for person in (shop.bob, shop.carol):
        shop.alice.collaborate(f"{owner}/shop", person.login, "push")
    return Shop(sandbox, service, f"{owner}/shop", shop.alice, shop.bob, shop.carol)


def defaults(shop: Shop) -> str:
    """The repository with the owner's defaults."""
    return f"{shop.name.partition('/')[0]}/.github"


def test_a_repository_without_a_file_follows_its_owners_default(followed: Shop) -> None:
    followed.concluded(followed.hotfix(), "success")


def test_a_changed_default_judges_open_hotfixes_anew(followed: Shop) -> None:
    number = followed.hotfix()
    followed.concluded(number, "success")
    followed.alice.push(defaults(followed), "main", {FILE: POLICY_FILE}, "Ask alice")
    followed.concluded(number, "action_required")


def test_a_broken_default_blocks_hotfixes_and_nobody_else(followed: Shop) -> None:
    followed.alice.push(defaults(followed), "main", {FILE: "version: 1\npolices: {}\n"}, "Break it")
    run = followed.concluded(followed.hotfix(), "failure")
    said = run["output"]["summary"] + run["output"]["text"]
    assert f"{defaults(followed)}:{FILE}" in said
    assert "ine 2, column 1" in said
    assert "owner's default" in said
    followed.bob.push(followed.name, "feature", {"cart.py": CART + "x = 1\n"}, "Grow")
    followed.concluded(followed.bob.open_pull(followed.name, "feature", "main", "Grow"), "skipped")


def extending(shop: Shop, named: str, own: str = "") -> Shop:
    """The shop with a file that extends another."""
    shop.alice.protect(shop.name, "main", enforce_admins=False)
    shop.alice.push(shop.name, "main", {FILE: f"version: 1\nextends: {named}\n{own}"}, "Extend")
    return shop


def test_a_file_builds_on_one_of_another_repository_at_a_ref(shop: Shop) -> None:
    shop.alice.create_repository(
        f"{shop.name}-policies", {"strict.yml": "version: 1\npolicies: {diff-size: {fewer_than: 2}}\n"}
    )
    extending(shop, f"{shop.name}-policies:strict.yml@main", "policies: {approvals: {level: off}}\n")
    run = shop.concluded(shop.hotfix(), "failure")
    assert "fewer than 2" in run["output"]["summary"] + run["output"]["text"]


def test_a_file_that_cant_be_read_blocks_and_says_what_to_install(shop: Shop) -> None:
    extending(shop, "acme/nowhere:strict.yml@main")
    run = shop.concluded(shop.hotfix(), "failure")
    said = run["output"]["summary"] + run["output"]["text"]
    assert "acme/nowhere:strict.yml" in said
    assert "isn't installed on acme/nowhere" in said


def test_a_private_file_of_another_owner_is_told_as_one_that_isnt_there(
    house: tuple[Sandbox, ServiceProcess, Town], shop: Shop
) -> None:
    sandbox, _service, town = house
    owner = f"other-{shop.name.rpartition('-')[2]}"
    town.organization(owner, shop.alice, [])
    sandbox.install(owner)
    shop.alice.create_repository(f"{owner}/rules", {FILE: LENIENT})
    extending(shop, f"{owner}/rules")
    number = shop.hotfix()
    shop.concluded(number, "success")
    shop.alice.call("PATCH", f"/repos/{owner}/rules", {"private": True})
    shop.alice.push(f"{owner}/rules", "main", {"README.md": "ours\n"}, "Say so")
    shop.settled()
    shop.alice.comment(shop.name, number, "/hotfix recheck")
    run = shop.concluded(number, "failure")
    assert "another owner's" in run["output"]["summary"] + run["output"]["text"]


def test_a_fork_chooses_no_file_that_we_would_read(shop: Shop) -> None:
    shop.alice.create_repository(f"{shop.name}-secrets", {FILE: "password: hunter2\n"})
    fork = shop.carol.fork(shop.name)
    shop.carol.push(fork, "peek", {FILE: f"version: 1\nextends: {shop.name}-secrets\n"}, "Peek")
    number = shop.carol.open_pull(shop.name, "carol:peek", "main", "Peek")
    run = shop.concluded(number, "failure")
    assert "isn't read for a pull request from a fork" in run["output"]["summary"] + run["output"]["text"]


def test_only_hotfixes_go_into_production_where_the_file_says_so(shop: Shop) -> None:
    shop.alice.protect(shop.name, "main", enforce_admins=False)
    only = POLICY_FILE + "production: {branches: ['ma*'], only_hotfixes: true}\n"
    shop.alice.push(shop.name, "main", {FILE: only}, "Hotfixes alone")
    shop.bob.push(shop.name, "feature", FIX, "Grow")
    number = shop.bob.open_pull(shop.name, "feature", "main", "Grow")
    run = shop.concluded(number, "failure")
    assert "Label it 'hotfix'" in run["output"]["summary"] + run["output"]["text"]
    shop.alice.comment(shop.name, number, "/hotfix release the yearly release")
    shop.concluded(number, "skipped")
    shop.alice.create_branch(shop.name, "develop", "main")
    other = shop.bob.open_pull(shop.name, "feature", "develop", "Grow")
    until("develop takes it", lambda: (run := shop.run(other, "develop")) and run["conclusion"] == "skipped")
