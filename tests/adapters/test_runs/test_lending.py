from pathlib import Path

import pytest

from adapters.test_runs.lending import installed_modules, lend
from domain.errors import UnreadableInputError


@pytest.fixture
def roots(tmp_path: Path) -> tuple[Path, Path]:
    checkout, place = tmp_path / "checkout", tmp_path / "place"
    for folder in ("node_modules/left-pad", "node_modules/@acme/web", "node_modules/.cache", "packages/cart", "deps"):
        (checkout / folder).mkdir(parents=True)
    (checkout / "node_modules" / "@acme" / "cart").symlink_to("../../packages/cart")
    (checkout / "node_modules" / ".bin").mkdir()
    (place / "packages" / "cart").mkdir(parents=True)
    (place / "package.json").write_text("{}")
    return checkout, place


def test_packages_are_linked_one_by_one_and_caches_stay_behind(roots: tuple[Path, Path]) -> None:
    checkout, place = roots
    lend(checkout, place, "node_modules")
    lent = place / "node_modules"
    assert not lent.is_symlink()
    assert (lent / "left-pad").resolve() == checkout / "node_modules" / "left-pad"
    assert (lent / ".bin").is_symlink()
    assert not (lent / ".cache").exists()


def test_a_workspaces_link_leads_to_the_worktrees_package(roots: tuple[Path, Path]) -> None:
    checkout, place = roots
    lend(checkout, place, "node_modules")
    assert (place / "node_modules" / "@acme" / "cart").resolve() == place / "packages" / "cart"
    assert (place / "node_modules" / "@acme" / "web").resolve() == checkout / "node_modules" / "@acme" / "web"


def test_installed_modules_are_found_beside_each_package(roots: tuple[Path, Path]) -> None:
    checkout, place = roots
    assert [*installed_modules(checkout, place)] == ["node_modules"]
    lend(checkout, place, "node_modules")
    assert [*installed_modules(checkout, place)] == []


@pytest.mark.parametrize("path", ["/etc", "../other", "a/../../b", "", ".git/config", "missing", "packages/cart"])
def test_a_link_that_leads_outside_or_to_nothing_is_refused(roots: tuple[Path, Path], path: str) -> None:
    with pytest.raises(UnreadableInputError, match="--link"):
        lend(*roots, path)


def test_a_link_through_a_link_of_the_worktree_is_refused(roots: tuple[Path, Path]) -> None:
    checkout, place = roots
    (checkout / "out" / "deps").mkdir(parents=True)
    (place / "out").symlink_to(place.parent)
    with pytest.raises(UnreadableInputError, match="outside"):
        lend(checkout, place, "out/deps")
