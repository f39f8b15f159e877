"""How often `focus` says of real commits what people said of them.

Usage: `python -m benchmarks.accuracy.focus FOLDER`, where FOLDER/OWNER+NAME/repo is a clone of each repository. A row's
`focus` names what of the commit a reader would take out of a hotfix: formatting, renamed, moved, comments.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from adapters.git.local import LocalRepository
from policies.focus import Focus

LABELS = Path(__file__).with_name("focus.jsonl")
_KINDS = ("formatting", "renamed", "moved", "comments")


def found(row: dict[str, Any], folder: Path) -> set[str]:
    """What the policy would take out of a labelled commit."""
    repository = LocalRepository(folder / row["repository"].replace("/", "+") / "repo")
    facts = Focus().inspect(repository.change(row["base"], row["head"])).facts
    return {kind for kind in _KINDS if facts[kind]}


def main(folder: Path) -> None:
    """Print, for each half, the rows answered exactly, and precision and recall over what is to be taken out."""
    rows = [json.loads(line) for line in LABELS.read_text().splitlines()]
    for half in ("improve", "report"):
        pairs = [(set(row["focus"]), found(row, folder)) for row in rows if row["half"] == half]
        exact = sum(wanted == got for wanted, got in pairs)
        both = sum(len(wanted & got) for wanted, got in pairs)
        named, labelled = sum(len(got) for _, got in pairs), sum(len(wanted) for wanted, _ in pairs)
        print(f"{half}: {exact} of {len(pairs)} right; {both} of {named} named are right, {both} of {labelled} found")  # noqa: T201 - a benchmark's answer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
