"""How often `dependencies` says of real commits what people said of them.

Usage: `python -m benchmarks.accuracy.dependencies FOLDER`, where FOLDER/OWNER+NAME/repo is a clone of each repository.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from adapters.git.local import LocalRepository
from policies import desk_needs
from policies.dependencies import Dependencies

LABELS = Path(__file__).with_name("dependencies.jsonl")


def is_right(row: dict[str, Any], folder: Path) -> bool:
    """Whether all that is labelled was found, nothing else is called new, and every manifest was read."""
    repository = LocalRepository(folder / row["repository"].replace("/", "+") / "repo")
    policy = Dependencies()
    facts = policy.inspect(repository.change(row["base"], row["head"], desk_needs((policy,)))).facts
    counted = [one for one in facts["changes"] if one["scope"] in {"product", "development"}]
    found = {
        kind: {one["name"] for one in counted if one["change"] == kind} for kind in row if isinstance(row[kind], list)
    }
    exact = all(found[kind] == set(row[kind]) for kind in ("added", "source_changed"))
    return exact and all(set(row[kind]) <= found[kind] for kind in ("removed", "bumped")) and not facts["unreadable"]


def main(folder: Path) -> None:
    """Print the share of right answers: of the half that was used to improve, and of the other."""
    rows = [json.loads(line) for line in LABELS.read_text().splitlines()]
    for half in ("improve", "report"):
        answers = [is_right(row, folder) for row in rows if row["half"] == half]
        print(f"{half}: {sum(answers)} of {len(answers)} right")  # noqa: T201 - a benchmark's answer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
