"""How often `diff-size` counts what people would count of real commits, by the kinds that its page names.

A row's `counted_files` are the files that people counted; `counted` is git's own `--numstat` over these.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters.git.local import LocalRepository
from policies import desk_needs
from policies.diff_size import DiffSize

LABELS = Path(__file__).with_name("diff_size.jsonl")


def is_right(row: dict[str, Any], folder: Path) -> bool:
    """Whether the very files are counted that people count, and as many lines as git counts."""
    repository = LocalRepository(folder / row["repository"].replace("/", "+") / "repo")
    policy = DiffSize()
    facts = policy.inspect(repository.change(row["base"], row["head"], desk_needs((policy,)))).facts
    return bool(sorted(facts["counted_files"]) == row["counted_files"] and facts["counted"] == row["counted"])
