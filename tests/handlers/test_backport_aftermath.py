"""What follows once backports are merged or closed: branches go where nobody needs them, and reverts are proposed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.backport import branch_name
from sandbox.scenario import ApiError
from tests.handlers.conftest import CART, FIX
from tests.handlers.office import Building, Office, a_building


@pytest.fixture(scope="module")
def building(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Building]:
    with a_building(tmp_path_factory.mktemp("aftermath")) as made:
        yield made


@pytest.fixture
def office(building: Building) -> Office:
    return building.office()


def exists(office: Office, branch: str) -> bool:
    try:
        return bool(office.alice.branch(office.name, branch))
    except ApiError:
        return False


def carried(office: Office) -> tuple[int, int]:
    """A hotfix and its backport, still open."""
    number = office.merged()
    office.carry(number)
    return number, office.backport(number)["number"]


def test_the_branches_go_when_the_backport_is_merged(office: Office) -> None:
    number, backport = carried(office)
    assert exists(office, "fix/cents")
    office.alice.merge(office.name, backport)
    office.carry(backport)
    assert not exists(office, branch_name(number, "develop"))
    assert ("backport", str(office.ref(number))) in office.desk.wanted.found
    office.carry(number)
    assert "is merged" in office.row(number)
    assert not exists(office, "fix/cents")


def test_a_closed_backports_branch_goes_and_the_hotfixs_stays(office: Office) -> None:
    number, backport = carried(office)
    office.alice.edit_pull(office.name, backport, state="closed")
    office.carry(backport)
    office.carry(number)
    assert not exists(office, branch_name(number, "develop"))
    assert "closed without a merge" in office.row(number)
    assert exists(office, "fix/cents")


def test_the_hotfix_branch_stays_until_every_backport_is_merged(office: Office) -> None:
    office.alice.create_branch(office.name, "next", "main")
    office.settle("{targets: [develop, next]}")
    number, backport = carried(office)
    office.alice.merge(office.name, backport)
    office.carry(number)
    assert exists(office, "fix/cents")


@pytest.mark.parametrize("why", ["moved", "another pull request", "switched off"])
def test_a_branch_that_somebody_may_miss_stays(office: Office, why: str) -> None:
    if why == "switched off":
        office.settle("{delete_hotfix_branch: false}")
    number, backport = carried(office)
    office.alice.merge(office.name, backport)
    if why == "moved":
        office.bob.write(office.name, "fix/cents", {"more.py": "x = 1\n"}, "More")
    elif why == "another pull request":
        office.bob.open_pull(office.name, "fix/cents", "develop", "The same by hand")
    office.carry(number)
    assert exists(office, "fix/cents")


def test_a_lasting_branch_never_goes(office: Office) -> None:
    office.alice.create_branch(office.name, "next", "main")
    office.settle("{targets: [next]}")
    office.bob.write(office.name, "develop", FIX, "Keep the cents")
    number = office.bob.open_pull(office.name, "develop", "main", "Keep the cents", labels=["hotfix"])
    office.alice.merge(office.name, number)
    office.carry(number)
    office.alice.merge(office.name, office.backport(number, "next")["number"])
    office.carry(number)
    assert "is merged" in office.row(number, "next")
    assert exists(office, "develop")


def test_a_reverted_hotfix_is_told_where_its_backports_still_stand(office: Office) -> None:
    number, backport = carried(office)
    office.alice.merge(office.name, backport)
    undone = {"cart.py": CART, "tests/test_cart.py": None}
    office.bob.write(office.name, "revert-1", undone, 'Revert "Keep the cents"', base="main")
    body = f"Reverts {office.name}#{number}"
    revert = office.bob.open_pull(office.name, "revert-1", "main", 'Revert "Keep the cents"', body=body)
    office.alice.merge(office.name, revert)
    office.carry(revert)
    (told,) = office.ours(revert)
    assert f"- #{backport} into `develop`: merged" in told
    assert "`/hotfix backport develop`" in told
    office.bob.comment(office.name, revert, "/hotfix backport develop")
    office.carry(revert)
    assert office.alice.file(office.name, "cart.py", branch_name(revert, "develop")) == CART


def test_a_revert_that_git_wrote_is_told_too(office: Office) -> None:
    number = office.merged("squash")
    office.carry(number)
    backport = office.backport(number)["number"]
    landed = office.alice.branch(office.name, "main")
    undone = {"cart.py": CART, "tests/test_cart.py": None}
    title = f'Revert "Keep the cents (#{number})"'
    office.bob.write(office.name, "undo", undone, f"{title}\n\nThis reverts commit {landed}.", base="main")
    revert = office.bob.open_pull(office.name, "undo", "main", title)
    office.alice.merge(office.name, revert)
    office.carry(revert)
    (told,) = office.ours(revert)
    assert f"- #{backport} into `develop`: open; close it" in told


def test_what_only_says_that_it_reverts_is_told_nothing(office: Office) -> None:
    number, _ = carried(office)
    office.bob.write(office.name, "other", {"else.py": "x = 1\n"}, "Something else", base="main")
    other = office.bob.open_pull(office.name, "other", "main", "Else", body=f"Reverts {office.name}#{number}")
    office.alice.merge(office.name, other)
    office.carry(other)
    assert office.ours(other) == []
