"""The set of real backports: which commits people carried onto which commit of a release branch."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

ROWS = Path(__file__).with_name("backports.jsonl")


@dataclass(frozen=True)
class Row:
    """A backport that somebody landed.

    Attributes:
        repository: "owner/name" on GitHub.
        language: what the repository is mostly written in.
        onto: the commit of the release branch that the backport was made on.
        commits: what was picked, oldest first, as the trailers tell it.
        mainline: for merge commits the parent to tell them from, 0 where none is a merge.
    """

    repository: str
    language: str
    onto: str
    commits: tuple[str, ...]
    mainline: int


def load(path: Path = ROWS) -> list[Row]:
    """The rows of a file."""
    told = [json.loads(line) for line in path.read_text().splitlines()]
    return [Row(**{**row, "commits": tuple(row["commits"])}) for row in told]


def save(rows: list[Row], path: Path = ROWS) -> None:
    """Write the rows, ordered so that the file changes little when the set does."""
    ordered = sorted(rows, key=lambda row: (row.repository, row.onto, row.commits))
    path.write_text("".join(json.dumps(asdict(row)) + "\n" for row in ordered))
