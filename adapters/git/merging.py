"""What `git merge-tree` says of a merge, and which kind of conflict each file has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from domain.backport import ConflictKind

_SUBMODULE = "160000"
_BASE, _OURS, _THEIRS = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Message:
    """One of git's messages on a merge: its stable type ("CONFLICT (binary)") and the paths that it is about."""

    kind: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One side of a conflicted path in the index."""

    mode: str
    oid: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge without a working tree.

    Attributes:
        tree: the result; with markers in it where there are conflicts.
        stages: conflicted paths, and for each the sides in the index: 1 base, 2 ours, 3 theirs.
    """

    tree: str
    clean: bool
    stages: dict[str, dict[int, Stage]]
    messages: tuple[Message, ...]

    @classmethod
    def parse(cls, out: bytes, clean: bool) -> Merged:
        """Read the output of `git merge-tree --write-tree -z --messages` (see "OUTPUT" in git-merge-tree)."""
        tree, *fields = out.decode("utf-8", "surrogateescape").split("\0")
        stages: dict[str, dict[int, Stage]] = defaultdict(dict)
        end = fields.index("") if "" in fields else len(fields)
        for info in fields[:end]:
            head, _, path = info.partition("\t")
            mode, oid, stage = head.split(" ")
            stages[path][int(stage)] = Stage(mode, oid)
        return cls(tree.strip(), clean, dict(stages), tuple(_messages(fields[end + 1 :])))

    def conflicted(self) -> dict[str, ConflictKind]:
        """Every conflicted path and its kind.

        The kinds come from the stages; messages only tell what stages can't (renames, binary files). Some directory
        renames leave no stages at all: then the paths of the messages stand.
        """
        paths: dict[str, None] = dict.fromkeys(self.stages)
        if not self.clean and not paths:
            told = (path for message in self.messages if message.kind.startswith("CONFLICT") for path in message.paths)
            paths = dict.fromkeys(told)
        return {path: self._kind(path) for path in paths}

    def _kind(self, path: str) -> ConflictKind:
        stages = self.stages.get(path, {})
        words = " ".join(message.kind for message in self.messages if path in message.paths).lower()
        if any(stage.mode == _SUBMODULE for stage in stages.values()):
            return ConflictKind.SUBMODULE
        for word, kind in _BY_WORD:
            if word in words:
                return kind
        return _by_stages(stages)


_BY_WORD = (
    ("rename", ConflictKind.RENAME),
    ("conflict (binary)", ConflictKind.BINARY),
    ("conflict (distinct modes)", ConflictKind.MODE),
    ("conflict (file/directory)", ConflictKind.OTHER),
)


def _by_stages(stages: dict[int, Stage]) -> ConflictKind:
    ours, theirs = stages.get(_OURS), stages.get(_THEIRS)
    if ours and theirs and ours.oid == theirs.oid:
        return ConflictKind.MODE
    if ours and theirs:
        return ConflictKind.CONTENT if _BASE in stages else ConflictKind.ADD_ADD
    return ConflictKind.MODIFY_DELETE if _BASE in stages else ConflictKind.OTHER


def _messages(fields: list[str]) -> Iterator[Message]:
    rest = iter(fields)
    for count in rest:
        if not count.isdecimal():
            return
        paths = tuple(next(rest, "") for _ in range(int(count)))
        kind = next(rest, "")
        next(rest, "")
        yield Message(kind, paths)
