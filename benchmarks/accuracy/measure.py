"""`make accuracy`: how often the policies say of real commits what people said of them.

Every `*.jsonl` beside this file holds rows {repository, base, head, half, …}: what people read in the difference, and
whether the row served to improve the policy or only to report on it. Each further key is an answer of one policy
(`label` of regression-test, `comment` of hotfix-comment, `diff_size`, …); rows without a key are left out of its table.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from adapters.git.local import LocalRepository
from domain.change import Change
from policies.diff_size import DiffSize
from policies.hotfix_comment import HotfixComment
from policies.regression_test import RegressionTest

Row = dict[str, Any]

#: Which key of a row is answered by what of a change.
QUESTIONS: dict[str, Callable[[Change], object]] = {
    "label": lambda change: RegressionTest().inspect(change).facts["label"],
    "comment": lambda change: HotfixComment().inspect(change).outcome.value,
    "diff_size": lambda change: DiffSize().inspect(change).facts["changed_lines"],
}


@click.command()
@click.option("--clones", type=click.Path(path_type=Path), default=Path(".cache/clones"), show_default=True)
@click.option("--fetch/--no-fetch", default=True, help="Clone what the folder lacks from github.com.")
@click.option("--wrong", is_flag=True, help="Name every row that was answered wrongly.")
def main(clones: Path, fetch: bool, wrong: bool) -> None:
    """Print a table of right answers for each key, the half that served to improve apart from the other."""
    for key, question in QUESTIONS.items():
        for half in ("improve", "report"):
            rows = [row for row in _rows() if key in row and row["half"] == half and _clone(row, clones, fetch=fetch)]
            answers = [(row, question(_repository(row, clones).change(row["base"], row["head"]))) for row in rows]
            if answers:
                _tell(key, half, answers, wrong=wrong)


def _rows() -> Iterator[Row]:
    for file in sorted(Path(__file__).parent.glob("*.jsonl")):
        yield from (json.loads(line) for line in file.read_text().splitlines())


def _place(row: Row, clones: Path) -> Path:
    name = str(row["repository"]).replace("/", "+")
    return clones / name / "repo"


def _repository(row: Row, clones: Path) -> LocalRepository:
    return LocalRepository(_place(row, clones))


def _clone(row: Row, clones: Path, *, fetch: bool) -> bool:
    place = _place(row, clones)
    if not place.exists() and fetch:
        place.parent.mkdir(parents=True, exist_ok=True)
        address = f"https://github.com/{row['repository']}"
        subprocess.run(["git", "clone", "--quiet", "--bare", "--", address, str(place)], check=True)  # noqa: S603, S607
    return place.exists()


def _tell(key: str, half: str, answers: list[tuple[Row, object]], *, wrong: bool) -> None:
    right = sum(row[key] == answer for row, answer in answers)
    click.echo(f"{key}, {half}: {right} of {len(answers)} right ({100 * right / len(answers):.1f} %)")
    pairs = Counter((str(row[key]), str(answer)) for row, answer in answers if row[key] != answer)
    for (wanted, got), times in sorted(pairs.items(), key=lambda one: -one[1]):
        click.echo(f"  people {wanted}, policy {got}: {times}")
    for row, answer in answers if wrong else []:
        if row[key] != answer:
            click.echo(f"  {row['repository']} {row['head'][:10]}: people {row[key]}, policy {answer}")


if __name__ == "__main__":
    main()
