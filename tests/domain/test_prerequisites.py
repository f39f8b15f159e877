from datetime import UTC, datetime, timedelta

import pytest

from domain.picks import Prerequisite
from domain.prerequisites import MOST_PREREQUISITES, FileHistories, Touch, number, prerequisites

START = datetime(2024, 3, 1, tzinfo=UTC)


def touch(place: int, message: str) -> Touch:
    return Touch(f"{place:040x}", message, START + timedelta(days=place))


def found(grown_from: list[Touch], target: list[Touch], path: str = "app.py") -> tuple[Prerequisite, ...]:
    return prerequisites({path: FileHistories(grown_from, target)})


def test_what_only_the_hotfixs_base_has_is_a_prerequisite() -> None:
    shared, new = touch(1, "Begin"), touch(2, "Rename the tax (#7)\n\nLong story\n")
    assert found([new, shared], [shared]) == (Prerequisite(new.oid, 7, "Rename the tax (#7)", ("app.py",)),)


def test_what_lies_below_a_commit_of_both_is_on_both() -> None:
    shared, older = touch(2, "Begin"), touch(1, "Older than what was read of the target")
    assert found([shared, older], [shared]) == ()


@pytest.mark.parametrize(
    "there", ["Rename the tax (#9)", "Other words\n\n(cherry picked from commit " + "0" * 39 + "2)", "Rename the tax"]
)
def test_what_was_carried_over_already_is_none(there: str) -> None:
    assert found([touch(2, "Rename the tax (#7)")], [touch(3, there)]) == ()


def test_one_commit_to_several_files_is_one_prerequisite() -> None:
    new = touch(2, "Move things")
    files = {path: FileHistories([new], []) for path in ("a.py", "b.py")}
    assert [each.paths for each in prerequisites(files)] == [("a.py", "b.py")]


def test_the_newest_ten_are_told_oldest_first() -> None:
    many = [touch(place, f"Change {place}") for place in reversed(range(30))]
    told = found(many, [])
    assert [each.subject for each in told] == [f"Change {place}" for place in range(30 - MOST_PREREQUISITES, 30)]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Fix it (#12)", 12),
        ("Merge pull request #34 from acme/fix", 34),
        ("Fix #12", 0),
        ("Backport (#3) of it", 0),
        ("[1.2] Fix (#12) (#14)", 14),
    ],
)
def test_a_pull_request_is_named_as_github_names_it(subject: str, expected: int) -> None:
    assert number(subject) == expected
