"""How branches are called: from any title, in the form of any example, never twice."""

from __future__ import annotations

import re
from datetime import date

import pytest

from domain.branch_form import BranchForm, incident_id, slug

DAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("payment timeout", "payment-timeout"),
        ("  Größe/ÜBER; naïve!  ", "grosse-uber-naive"),
        ("支払い", "fix"),
        ("../../.git; rm -rf ~ $(x) `y` --force @{u}.lock", "git-rm-rf-x-y-force-u-lock"),
        ("x" * 200, "x" * 50),
        ("\x00\u202e", "fix"),
    ],
)
def test_a_slug_is_safe_whatever_the_title_holds(title: str, expected: str) -> None:
    assert slug(title) == expected
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(f"{title} {title}"))


@pytest.mark.parametrize(
    ("example", "name"),
    [
        ("hotfix/001-payment-timeout", "hotfix/001-cart"),
        ("hotfix/20260101-payment", "hotfix/20260131-cart"),
        ("hotfix/round-the-total-once", "hotfix/cart"),
        ("team/hotfix/HF-0001_x", "team/hotfix/HF-0001_cart"),
        ("hotfix/a2z", "hotfix/cart"),
        ("hotfix", "cart"),
    ],
)
def test_an_example_gives_the_form(example: str, name: str) -> None:
    assert BranchForm.like(example).name("cart", DAY, ()) == name


def test_numbers_count_up_over_names_and_ids_and_days_get_a_number_only_when_they_must() -> None:
    numbered, dated = BranchForm.like("hotfix/001-x"), BranchForm.like("hotfix/20260101-x")
    taken = ["hotfix/004-other", "hotfix/009", "HOTFIX/011-shout", "hotfix/20260131-cart", "hotfix/20260131-cart-2"]
    assert numbered.name("cart", DAY, [*taken[:3], "fix/100-x"]) == "hotfix/012-cart"
    assert numbered.id_of("hotfix/012-cart") == "hotfix/012"
    assert dated.name("cart", DAY, taken) == "hotfix/20260131-cart-3"
    assert incident_id(DAY, ["HOTFIX-20260131-001", "HOTFIX-20260131-007", "HOTFIX-20260130-050", "x"]) == (
        "HOTFIX-20260131-008"
    )


@pytest.mark.parametrize("name", ["hotfix/20260131-cart", "hotfix/007-cart", "hotfix/cart", "hotfix/20260131-cart-2"])
def test_a_name_says_its_title_whatever_its_number(name: str) -> None:
    assert BranchForm().is_for(name, "Cart!")
    assert not BranchForm().is_for(name, "Cart breaks")
    assert not BranchForm("fix/").is_for(name, "Cart!")
