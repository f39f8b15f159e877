"""What a change between two commits is, gathered from git: the same whether one change is read, or a whole history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from adapters.git.contents import Blobs, read_blobs
from adapters.git.diffing import Compared, Side, read, show
from adapters.git.run import Git
from domain.change import ChangedFile, Evidence
from domain.diff import SUBMODULE_MODE, FileDiff
from domain.errors import UnreadableInputError
from domain.folders import beside


class Reading(Protocol):
    """How git is asked."""

    def sides(self, commit: str, paths: Sequence[str]) -> dict[str, Side]:
        """What lies at some paths of a commit; paths with nothing are left out."""

    def show(self, base: str, head: str) -> str:
        """What git says of the change between two commits."""

    def show_as_text(self, base: str, head: str, paths: Sequence[str]) -> str:
        """The same for some paths, compared line by line whatever attributes call binary."""

    def blobs(self, sides: Iterable[Side]) -> Blobs:
        """The contents of files."""


@dataclass(frozen=True, slots=True)
class OneShot:
    """git asked by a process for each question: best for one change."""

    git: Git

    def sides(self, commit: str, paths: Sequence[str]) -> dict[str, Side]:
        """What lies at some paths of a commit; paths with nothing are left out."""
        if not paths:
            return {}
        out = self.git.run("ls-tree", "-z", "--full-tree", commit, "--", *paths).stdout
        lines = [line.partition("\t") for line in out.decode("utf-8", "surrogateescape").split("\0") if line]
        found = {path: Side(head.split(" ")[0], head.split(" ")[2]) for head, _, path in lines}
        return {path: side for path, side in found.items() if path in paths}

    def show(self, base: str, head: str) -> str:
        """What git says of the change between two commits."""
        return show(self.git, base, head)

    def show_as_text(self, base: str, head: str, paths: Sequence[str]) -> str:
        """The same for some paths, compared line by line whatever attributes call binary."""
        return show(self.git, base, head, as_text=True, paths=paths)

    def blobs(self, sides: Iterable[Side]) -> Blobs:
        """The contents of files."""
        return read_blobs(self.git, sides)


def gather(reading: Reading, base: str, head: str, other_paths: Sequence[str]) -> Evidence:
    """The files that differ between two commits with both their sides, and further files at head.

    Args:
        reading: how git is asked.
        base: the commit that the change grew from.
        head: the commit under judgement.
        other_paths: further files to read at head.

    Raises:
        UnreadableInputError: the repository lacks contents.
        GitError: git failed, or passed a limit.
    """
    shown = reading.show(base, head)
    try:
        files, problem = read(shown), ""
    except UnreadableInputError as error:
        files, problem = [], str(error)
    nested = beside(other_paths, (path for file in files for path in (file.file.path, file.file.base_path)))
    sides = reading.sides(head, (*other_paths, *nested))
    blobs = reading.blobs([*(side for file in files for side in file.sides), *sides.values()])
    others = {path: blobs.content(sides.get(path)) for path in (*other_paths, *nested)}
    hidden = [file for file in files if file.file.binary and _is_text(file, blobs)]
    told = _as_text(reading, (base, head), hidden)
    changed = tuple(_changed(told.get(_key(file), file), blobs) for file in files)
    return Evidence(changed, problem, others=MappingProxyType(others), merge_base=base)


_Key = tuple[Side | None, Side | None, str]


def _as_text(reading: Reading, ends: tuple[str, str], hidden: Sequence[Compared]) -> dict[_Key, Compared]:
    """Files that only an attribute calls binary: the change's own attributes could hide lines."""
    paths = [path for file in hidden for path in (file.file.base_path, file.file.path)]
    shown = read(reading.show_as_text(*ends, paths)) if paths else []
    return {_key(file): file for file in shown}


def _is_text(file: Compared, blobs: Blobs) -> bool:
    sides = [side for side in file.sides if side.mode != SUBMODULE_MODE]
    return bool(sides) and not any(blobs.is_binary(side) for side in sides)


def _changed(file: Compared, blobs: Blobs) -> ChangedFile:
    return ChangedFile(_told(file, blobs), blobs.content(file.base), blobs.content(file.head))


def _told(file: Compared, blobs: Blobs) -> FileDiff:
    """The diff of a file; noise that an attribute made of a binary file is taken out."""
    read = [side for side in file.sides if blobs.was_read(side)]
    if any(blobs.is_binary(side) for side in read):
        return replace(file.file, binary=True, hunks=())
    return file.file


def _key(file: Compared) -> _Key:
    return file.base, file.head, file.file.path
