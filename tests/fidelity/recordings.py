"""Exchanges with the real GitHub, as PyGithub recorded them for its own tests (`tests/ReplayData` of its sdist)."""

import ast
import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fidelity import materials

_LINES = 10


@dataclass(frozen=True)
class Recording:
    """One recorded exchange; `name` is the recording's file, by which tests refer to it."""

    name: str
    method: str
    path: str
    request: str
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> Any:
        """The answer's body, parsed."""
        return json.loads(self.body)


@functools.cache
def recordings() -> tuple[Recording, ...]:
    """All of them, in the order of their files.

    Raises:
        materials.MaterialUnavailableError: PyGithub's sdist can't be fetched here.
    """
    folder = materials.fetched(materials.RECORDINGS) / "tests" / "ReplayData"
    return tuple(each for path in sorted(folder.glob("*.txt")) for each in _read(path))


def recorded(name: str, status: int, path: str = "") -> Recording:
    """The first exchange of a recording that was answered with a status, its path containing `path`."""
    found = [each for each in recordings() if each.name == name and each.status == status and path in each.path]
    assert found, f"{name} holds no answer {status} for {path!r}"
    return found[0]


def form_of(message: str) -> str:
    """A message with what it names left out: numbers, quoted words, branches and SHAs."""
    message = re.sub(r"\b[0-9a-f]{7,40}\b|\d+", "#", message)
    message = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`", "'…'", message)
    return re.sub(r"\S+:\S+", "…", message)


def _read(path: Path) -> Iterator[Recording]:
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    while len(lines) >= _LINES:
        part, lines = lines[:_LINES], lines[_LINES:]
        while lines and not lines[0].startswith("http"):
            lines = lines[1:]
        if part[7].isdecimal():
            headers = {str(key).lower(): str(value) for key, value in ast.literal_eval(part[8])}
            yield Recording(path.stem, part[1], part[4], part[6], int(part[7]), headers, part[9])
