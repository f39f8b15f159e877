"""How often the engine of `hotfix-comment` says of marker lines in real commits where they stand.

The lines are those that a commit adds and that bear a word such as TODO or NOTE; the policy's `marker` is set to that
word. A row's `context` is what people read in the file: comment, string, docstring or prose.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters.git.local import LocalRepository
from policies.hotfix_comment import HotfixComment

LABELS = Path(__file__).with_name("comments.jsonl")


def is_right(row: dict[str, Any], folder: Path) -> bool:
    """Whether the marker on the labelled line is found, and said to stand where it stands."""
    repository = LocalRepository(folder / row["repository"].replace("/", "+") / "repo")
    facts = HotfixComment(marker=row["marker"]).inspect(repository.change(row["base"], row["head"])).facts
    found = {(one["path"], one["line"]): one["context"] for one in facts["markers"]}
    return bool(found.get((row["path"], row["line"])) == row["context"])
