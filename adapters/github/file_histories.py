"""What changed some files lately on two sides, read by one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.github.client import RepositoryClient
from adapters.github.reading import reading
from domain.prerequisites import FileHistories, Touch

#: A pick that conflicts in more files than this has grown apart from its target; the first ones tell enough.
_MOST_FILES = 10
_COMMITS_A_FILE = 30
_SIDES = ("grown_from", "target")


@dataclass(frozen=True, slots=True)
class HistoryReader:
    """Reads the histories of one repository's files."""

    client: RepositoryClient

    def of(self, grown_from: str, target: str, paths: Sequence[str]) -> Mapping[str, FileHistories]:
        """The commits below two that changed files, newest first; for ten files at most."""
        asked = [path for path in paths if path.isprintable()][:_MOST_FILES]
        if not asked:
            return {}
        variables = {f"p{number}": path for number, path in enumerate(asked)}
        told = self.client.ask(_query(len(asked)), **variables, grown_from=grown_from, target=target)
        with reading(f"the files' history in {self.client.name}"):
            sides = [told[side] or {} for side in _SIDES]
            return {path: FileHistories(*(_touches(side, f"f{n}") for side in sides)) for n, path in enumerate(asked)}


def _touches(side: Mapping[str, Any], alias: str) -> tuple[Touch, ...]:
    nodes = side[alias]["nodes"] if alias in side else []
    return tuple(Touch(node["oid"], node["message"], datetime.fromisoformat(node["committedDate"])) for node in nodes)


def _query(count: int) -> str:
    variables = "".join(f", $p{number}: String!" for number in range(count))
    files = " ".join(
        f"f{number}: history(path: $p{number}, first: {_COMMITS_A_FILE}) {{ nodes {{ oid message committedDate }} }}"
        for number in range(count)
    )
    sides = " ".join(f"{side}: object(oid: ${side}) {{ ... on Commit {{ {files} }} }}" for side in _SIDES)
    return (
        "query FileHistories($owner: String!, $name: String!, $grown_from: GitObjectID!, $target: GitObjectID!"
        f"{variables}) {{ repository(owner: $owner, name: $name) {{ {sides} }} }}"
    )
