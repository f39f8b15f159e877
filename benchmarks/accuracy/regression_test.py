"""How often `regression-test` says of real commits what people said of them.

Usage: `python -m benchmarks.accuracy.regression_test FOLDER`, where FOLDER/OWNER+NAME/repo is a repository's clone.
From elsewhere: `score(FOLDER)` gives `Scores`, whose `blind` and `seen` are shares of right answers.

A row of `regression_test.jsonl` was labelled by hand, before the policy was asked. `blind` says that nothing had been
improved on it when it was first answered (on the day `on`). Where it was studied afterwards, `first` keeps that first
answer: it alone counts as blind, and today's answer counts among the seen. A blind row without `first` wasn't studied.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.git.local import LocalRepository
from policies.regression_test import RegressionTest

LABELS = Path(__file__).with_name("regression_test.jsonl")


@dataclass(frozen=True)
class Share:
    """Right answers of how many."""

    right: int
    of: int

    def __str__(self) -> str:
        """`42 of 45 right (93.3 %)`."""
        return f"{self.right} of {self.of} right ({100 * self.right / max(self.of, 1):.1f} %)"


@dataclass(frozen=True)
class Answer:
    """What the policy says of one row today.

    Attributes:
        seconds: that the judging took, reading the commit not counted.
    """

    row: dict[str, Any]
    label: str
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether it is what people said."""
        return bool(self.label == self.row["label"])

    @property
    def is_seen(self) -> bool:
        """Whether the policy may have been improved on the row."""
        return not self.row["blind"] or "first" in self.row


@dataclass(frozen=True)
class Scores:
    """The whole result.

    Attributes:
        missing: repositories of which the folder has no clone; their rows count nowhere.
    """

    answers: tuple[Answer, ...]
    missing: frozenset[str]

    @property
    def seen(self) -> Share:
        """Today's answers to rows that were studied: what a change of the readers must not lower."""
        return _share(answer.is_right for answer in self.answers if answer.is_seen)

    @property
    def blind(self) -> Share:
        """First answers to rows that nothing had been improved on: what strangers will find."""
        return _share(
            answer.row.get("first", answer.label) == answer.row["label"]
            for answer in self.answers
            if answer.row["blind"]
        )

    @property
    def wrong(self) -> tuple[Answer, ...]:
        """The rows that are answered wrongly today."""
        return tuple(answer for answer in self.answers if not answer.is_right)


def score(clones: Path) -> Scores:
    """Ask the policy about every labelled commit of which there is a clone.

    Args:
        clones: folder with a clone of each repository as OWNER+NAME/repo.
    """
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    missing = frozenset(row["repository"] for row in rows if not _clone(clones, row).exists())
    answers = tuple(_answer(clones, row) for row in rows if row["repository"] not in missing)
    return Scores(answers, missing)


def _answer(clones: Path, row: dict[str, Any]) -> Answer:
    change = LocalRepository(_clone(clones, row)).change(row["base"], row["head"])
    start = time.perf_counter()
    label = RegressionTest().inspect(change).facts["label"]
    return Answer(row, label, time.perf_counter() - start)


def _clone(clones: Path, row: dict[str, Any]) -> Path:
    return clones / str(row["repository"]).replace("/", "+") / "repo"


def _share(right: Iterator[bool]) -> Share:
    answers = list(right)
    return Share(sum(answers), len(answers))


def lines(scores: Scores) -> Iterator[str]:
    """The result as text."""
    yield f"regression-test, blind: {scores.blind}"
    yield f"regression-test, seen: {scores.seen}"
    pairs = Counter((answer.row["label"], answer.label) for answer in scores.wrong)
    yield from (f"  people {wanted}, policy {got}: {times}" for (wanted, got), times in pairs.most_common())
    seconds = sorted(answer.seconds for answer in scores.answers)
    if seconds:
        yield f"  {1000 * statistics.median(seconds):.0f} ms for a commit in the middle, {seconds[-1]:.1f} s at most"
    if scores.missing:
        yield f"  without clones of {', '.join(sorted(scores.missing))}"


if __name__ == "__main__":
    for one in lines(score(Path(sys.argv[1]))):
        print(one)  # noqa: T201 - a benchmark's answer
