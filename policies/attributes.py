"""What .gitattributes says of generated, vendored and documentation files.

See "Overrides" in the documentation of GitHub's Linguist (github-linguist/linguist) and gitattributes(5).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated

import re2
from pathspec import GitIgnoreSpec
from pydantic import AfterValidator

from policies.file_kinds import FileKind

_MEANINGS = {
    "linguist-generated": FileKind.GENERATED,
    "linguist-vendored": FileKind.VENDORED,
    "linguist-documentation": FileKind.DOCS,
}
_FALSE = frozenset(["false", "0", "no"])
_MAX_LINES = 2_000
#: Paths are at most 4,096 bytes long where Linux reads them; RE2 refuses patterns of some hundred thousand.
_LONGEST = 4_096


def globs(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    """Gitignore-style patterns. Linear in time: pathspec's other backends hang on `*a*a*a…b`.

    Raises:
        ValueError: one of them is no pattern.
    """
    if any(len(pattern) > _LONGEST for pattern in patterns):
        raise ValueError(f"a pattern is longer than {_LONGEST} characters")
    try:
        return GitIgnoreSpec.from_lines(patterns, backend="re2")
    except re2.error as error:
        raise ValueError("a pattern is too large") from error


def _is_pattern(pattern: str) -> str:
    if not pattern.strip() or pattern.startswith("#"):
        raise ValueError(f"{pattern!r} matches nothing")
    try:
        globs((pattern,))
    except ValueError as error:
        raise ValueError(f"{pattern!r} is no pattern as in .gitignore") from error
    return pattern


#: For settings: a pattern for files, checked where it is written.
FilePattern = Annotated[str, AfterValidator(_is_pattern)]


@dataclass(frozen=True, slots=True)
class _Line:
    matches: GitIgnoreSpec
    whole_folders: bool
    marks: tuple[tuple[FileKind, bool], ...]

    def meant(self, path: str) -> bool:
        if not self.matches.match_file(path):
            return False
        # Unlike .gitignore, a pattern that fits a folder says nothing of the files in it.
        parents = [f"{parent}/" for parent in PurePosixPath(path).parents if str(parent) != "."]
        return self.whole_folders or not any(self.matches.match_file(parent) for parent in parents)


@dataclass(frozen=True, slots=True)
class Attributes:
    """The marks of one .gitattributes; paths are relative to its folder."""

    lines: tuple[_Line, ...] = ()

    @classmethod
    @functools.lru_cache(maxsize=16)
    def read(cls, text: str) -> Attributes:
        """Read the marks; lines that can't be read mark nothing."""
        found = (_line(line) for line in text.splitlines()[:_MAX_LINES])
        return cls(tuple(line for line in found if line is not None))

    def marks(self, path: str) -> dict[FileKind, bool]:
        """What is said of a path: True for a mark set, False for one taken away; the last line counts."""
        return {kind: value for line in self.lines if line.meant(path) for kind, value in line.marks}


@dataclass(frozen=True, slots=True)
class AttributeTree:
    """The .gitattributes of a repository's folders; "" is its root."""

    folders: Mapping[str, Attributes]

    def marks(self, path: str) -> dict[FileKind, bool]:
        """What is said of a path, from the root downwards: the file nearest to the path has the last word."""
        found: dict[FileKind, bool] = {}
        for parent in reversed(PurePosixPath(path).parents):
            folder = "" if str(parent) == "." else str(parent)
            if folder in self.folders:
                found |= self.folders[folder].marks(path.removeprefix(f"{folder}/") if folder else path)
        return found


def _line(text: str) -> _Line | None:
    words = text.split()
    if len(words) < 2 or words[0].startswith(("#", "!", "[attr]", '"')):  # noqa: PLR2004 - pattern and attribute
        return None
    marks = tuple(mark for mark in map(_mark, words[1:]) if mark is not None)
    if not marks:
        return None
    try:
        return _Line(globs((words[0],)), words[0].endswith("/**"), marks)
    except ValueError:
        return None


def _mark(word: str) -> tuple[FileKind, bool] | None:
    name, _, value = word.lstrip("-!").partition("=")
    kind = _MEANINGS.get(name)
    return None if kind is None else (kind, not word.startswith(("-", "!")) and value.lower() not in _FALSE)
