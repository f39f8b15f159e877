"""What a target probably lacks where a pick conflicts: earlier changes to the same files, told from two histories."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.picks import Prerequisite

#: Longer lists help nobody; a target that lacks more than this has grown apart.
MOST_PREREQUISITES = 10

#: GitHub's own subjects: "Fix it (#12)" for a squash, "Merge pull request #12 from …" for a merge.
_NUMBERED = re.compile(r"\(#(\d{1,9})\)$|^Merge pull request #(\d{1,9}) ")
_SUFFIX = re.compile(r"(?:\s*\(#\d{1,9}\))+$")
_ORIGIN = re.compile(r"\(cherry picked from commit ([0-9a-f]{40,64})\)")


@dataclass(frozen=True, slots=True)
class Touch:
    """A commit that changed a file."""

    oid: str
    message: str
    committed: datetime

    @property
    def subject(self) -> str:
        """The first line of its message."""
        return self.message.strip().partition("\n")[0].strip()


@dataclass(frozen=True, slots=True)
class FileHistories:
    """What changed one file lately, newest first.

    Attributes:
        grown_from: below the commit that the hotfix grew from.
        target: below the target's tip.
    """

    grown_from: Sequence[Touch]
    target: Sequence[Touch]


def prerequisites(files: Mapping[str, FileHistories]) -> tuple[Prerequisite, ...]:
    """The commits that the target probably lacks, oldest first; the newest ones where there are many.

    Args:
        files: the histories of each conflicted file.
    """
    touches: dict[str, Touch] = {}
    paths: dict[str, list[str]] = {}
    for path, histories in files.items():
        for touch in _lacking(histories):
            touches[touch.oid] = touch
            paths.setdefault(touch.oid, []).append(path)
    newest = sorted(touches.values(), key=lambda touch: touch.committed)[-MOST_PREREQUISITES:]
    return tuple(Prerequisite(each.oid, number(each.subject), each.subject, tuple(paths[each.oid])) for each in newest)


def number(subject: str) -> int:
    """The pull request that a commit's subject names, 0 where it names none."""
    found = _NUMBERED.search(subject)
    return int(found[1] or found[2]) if found else 0


def _lacking(histories: FileHistories) -> Iterator[Touch]:
    there = {touch.oid for touch in histories.target}
    carried = {oid for touch in histories.target for oid in _ORIGIN.findall(touch.message)}
    subjects = {_bare(touch.subject) for touch in histories.target}
    for touch in histories.grown_from:
        if touch.oid in there:
            return  # From here on both histories are one.
        if touch.oid not in carried and _bare(touch.subject) not in subjects:
            yield touch


def _bare(subject: str) -> str:
    return _SUFFIX.sub("", subject)
