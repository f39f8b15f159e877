"""Every preset on a real pull request: one that does what it asks for passes, a careless one fails."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from policies import presets
from tests.handlers.conftest import CART, FIX, Shop

ROLES = {
    "alice": ("engineering-lead", "senior-engineer", "tech-lead", "reviewer", "incident-commander"),
    "carol": ("on-call-manager", "product-manager", "on-call", "security"),
}
TICKED = "- [x] Rollback plan\n- [x] Monitoring\n- [x] Stakeholders\n"
LONG = "".join(
    f"## {heading}\n\nThe cart rounds once more.\n\n"
    for heading in ("Impact", "Root cause", "Fix", "Testing", "Rollback plan")
)


@dataclass(frozen=True)
class Way:
    """What a careful engineer does under a preset, beyond the good fix itself."""

    labels: tuple[str, ...] = ("hotfix", "P0")
    branch: str = "hotfix/001-cents"
    title: str = "[HOTFIX] Keep the cents"
    body: str = "Cents were lost."
    files: dict[str, str] = field(default_factory=dict)
    base: str = "main"
    only_hotfixes: bool = False


WAYS = {
    "default": Way(labels=("hotfix",)),
    "git-flow": Way(files={"VERSION": "1.4.2\n"}),
    "github-flow": Way(),
    "trunk": Way(body="**Rollback flag:** cents-off"),
    "kars": Way(body="Mends HOTFIX-20260114-001.", base="kars-prod", only_hotfixes=True),
    "kilo-emergency": Way(body=TICKED),
    "spec-kit": Way(labels=("hotfix", "P1"), body="## Rollback plan\n\nRevert it.\n"),
    "two-hour": Way(body=LONG),
}


def test_every_preset_is_tried() -> None:
    assert tuple(sorted(WAYS)) == presets.names()


@pytest.fixture(params=sorted(WAYS))
def under(shop: Shop, request: pytest.FixtureRequest) -> tuple[Shop, Way]:
    """A repository whose policy file extends the preset."""
    preset: str = request.param
    lines = ["version: 1", f"extends: {preset}", "roles:"]
    lines += [f"  {role}: {{users: [{login}]}}" for login, roles in ROLES.items() for role in roles]
    name = f"acme/{preset}"
    files = {"cart.py": CART, "VERSION": "1.4.1\n", ".github/hotfix.yml": "\n".join(lines) + "\n"}
    shop.alice.create_repository(name, files)
    if WAYS[preset].base != "main":
        shop.alice.create_branch(name, WAYS[preset].base, "main")
    for person in (shop.bob, shop.carol):
        shop.alice.collaborate(name, person.login, "push")
    shop.alice.call("POST", f"/repos/{name}/issues", {"title": "HOTFIX-20260114-001: cents are lost"})
    return Shop(shop.sandbox, shop.service, name, shop.alice, shop.bob, shop.carol), WAYS[preset]


def test_a_preset_lets_the_careful_hotfix_through_and_stops_the_careless_one(under: tuple[Shop, Way]) -> None:
    shop, way = under
    base = way.base
    careless = shop.hotfix("quick", base, files={"cart.py": CART + "x = 1\n"})
    more = {"labels": list(way.labels), "body": way.body, "title": way.title}
    shop.bob.push(shop.name, way.branch, {**FIX, **way.files}, "Keep the cents", base=base)
    careful = shop.bob.open_pull(shop.name, way.branch, base, **more)
    shop.bob.push(shop.name, "feature", {"README.md": "Hello\n"}, "Say hello", base=base)
    ordinary = shop.bob.open_pull(shop.name, "feature", base, "Say hello")
    shop.concluded(careless, "failure", base)
    shop.concluded(careful, "action_required", base)
    shop.concluded(ordinary, "failure" if way.only_hotfixes else "skipped", base)
    shop.alice.approve(shop.name, careful)
    shop.carol.approve(shop.name, careful)
    shop.concluded(careful, "success", base)
