import time

import pytest

from domain.revert import MAX_CLAIMED, OnBase, claimed, claimed_pull_requests, orders
from tests.builders import a_commit

ONE, TWO, THREE = "1" * 40, "2" * 40, "3" * 64


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'Revert "Fix it"\n\nThis reverts commit {ONE}.\n', (ONE,)),
        (f'Revert "Merge x"\n\nThis reverts commit {ONE}, reversing\nchanges made to {TWO}.\n', (ONE,)),
        (f"This reverts commit {ONE}.\nThis reverts commit {THREE}.", (ONE, THREE)),
        (f"This reverts commits {ONE} and\n{TWO}.", (ONE, TWO)),
        (f"Reverts:\n\n- {TWO}\n- `{ONE}`\n", (TWO, ONE)),
        (f"Reverting commit {ONE.replace('1', 'A')}", ("a" * 40,)),
        (f"Fixes what {ONE} broke", ()),
        (f"This reverts commit {ONE}1.", ()),
        ("This reverts commit 1234567.", ()),
        (f"Irreverts {ONE}", ()),
    ],
)
def test_what_a_change_says_it_reverts_is_read_from_its_words(text: str, expected: tuple[str, ...]) -> None:
    assert claimed([a_commit(text)], "", "") == expected
    assert claimed([], "", text) == expected


def test_claims_come_in_the_order_of_the_commits_and_once() -> None:
    commits = [a_commit(f"This reverts commit {oid}.") for oid in (TWO, ONE)]
    assert claimed(commits, "Revert two", f"Reverts {ONE}, {TWO}") == (TWO, ONE)


def test_of_too_many_claims_none_is_named() -> None:
    oids = [f"{number:040x}" for number in range(MAX_CLAIMED + 1)]
    assert claimed([], "", "Reverts " + ", ".join(oids)) == ()
    assert len(claimed([], "", "Reverts " + ", ".join(oids[1:]))) == MAX_CLAIMED


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Reverts acme/shop#12", (12,)),
        ("reverts #12\nReverts Acme/Shop#9 because", (12, 9)),
        ("Reverts other/shop#12", ()),
        ("It reverts nothing of #12", ()),
        ("Reverts acme/shop#" + "9" * 30, ()),
    ],
)
def test_the_revert_button_names_a_pull_request(body: str, expected: tuple[int, ...]) -> None:
    assert claimed_pull_requests("acme/shop", 'Revert "Fix it"', body) == expected


def test_commits_are_taken_back_as_told_and_newest_first() -> None:
    old, new = OnBase(ONE, "", 5), OnBase(TWO, ONE, 0)
    assert orders([old, new]) == ((old, new), (new, old))
    assert orders([new, old]) == ((new, old),)


@pytest.mark.parametrize(
    "piece", ["revert ", "revert -", "reverts commit " + "a" * 39 + " ", "reverts the and commits "]
)
def test_a_long_text_is_read_in_no_time(piece: str) -> None:
    started = time.process_time()
    claimed([], "", piece * (200_000 // len(piece)))
    claimed_pull_requests("acme/shop", "", piece * (200_000 // len(piece)))
    assert time.process_time() - started < 2
