"""What `make bench-backport` rests on: the set of real backports, and that a difference would be seen."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.backports.collecting import rows_of
from benchmarks.backports.comparing import Score, compare_all, difference
from benchmarks.backports.rows import Row, load, save
from benchmarks.backports.world import objects
from domain.picks import PickOutcome, PickResult
from tests.adapters.git_repositories import Content, Repository

TEXT = "".join(f"line {number}\n" for number in range(20))
Files = dict[str, Content]


@pytest.fixture
def clone(tmp_path: Path) -> Repository:
    """A clone in which a release branch has one clean backport, and a fix that conflicts there."""
    made = Repository.create(tmp_path / "repo", "--bare")
    base: Files = {"app.py": TEXT, "other.py": "other\n"}
    root = made.commit(base)
    fix = made.commit(base | {"app.py": TEXT.replace("line 5\n", "fixed\n")}, root, "Fix it")
    hard = made.commit(base | {"app.py": TEXT.replace("line 5\n", "again\n")}, fix, "Fix it again")
    made.branch("main", hard)
    onto = made.commit(base | {"other.py": "released\n"}, root, "Release")
    landed = made.commit(
        base | {"app.py": TEXT.replace("line 5\n", "fixed\n"), "other.py": "released\n"},
        onto,
        f"Fix it\n\n(cherry picked from commit {fix})\n",
    )
    made.branch("release", made.commit(base, landed, f"By hand\n\n(cherry picked from commit {'e' * 40})\n"))
    return made


def test_the_set_is_large_and_of_many_languages() -> None:
    rows = load()
    assert len(rows) >= 300
    assert len({row.repository for row in rows}) >= 5
    assert len({row.language for row in rows}) >= 4
    assert Counter(len(row.commits) for row in rows)[2] >= 20
    oids = [oid for row in rows for oid in (row.onto, *row.commits)]
    assert all(re.fullmatch(r"[0-9a-f]{40}", oid) for oid in oids)


def test_backports_are_collected_by_their_trailers(clone: Repository, tmp_path: Path) -> None:
    rows = list(rows_of(clone.path, "acme/shop", "Python"))
    fix, onto = clone.git("rev-parse", "main^"), clone.git("rev-parse", "release^^")
    assert rows == [Row("acme/shop", "Python", onto, (fix,), 0)]
    save(rows, tmp_path / "rows.jsonl")
    assert load(tmp_path / "rows.jsonl") == rows


def test_clean_and_conflicting_picks_compare_equal(clone: Repository) -> None:
    onto = clone.git("rev-parse", "release^^")
    row = Row("acme/shop", "Python", onto, (clone.git("rev-parse", "main^"),), 0)
    score = Score()
    compare_all([row, replace(row, commits=(clone.git("rev-parse", "main"),))], clone.path, score)
    assert (score.ends, score.differences, score.false_clean) == ({"clean": 1, "conflict": 1}, [], 0)


def test_a_wrong_tree_or_end_is_a_difference(clone: Repository) -> None:
    ours = PickResult(PickOutcome.CLEAN, "a" * 40, "b" * 40, "c" * 40)
    clone.git("symbolic-ref", "HEAD", "refs/heads/main")
    assert "tree cccc" in difference(ours, "", clone, clone)
    assert "stopped at nothing" in difference(ours, "d" * 40, clone, clone)


def test_objects_are_counted_wherever_they_lie(clone: Repository) -> None:
    before = objects(clone)
    clone.git("repack", "-adq")
    assert objects(clone) == before > 10
