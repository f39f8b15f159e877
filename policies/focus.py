"""The policy that a hotfix does one thing."""

from __future__ import annotations

import os.path
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, ClassVar

from pydantic import Field, NonNegativeInt

from domain.change import Change, ChangedFile
from domain.diff import FileStatus
from domain.finding import Facts, Finding, Inspection, Level
from policies.base import LEVEL, Policy, judged, unreadable
from policies.file_kinds import FileKind, kind_of
from policies.source.churn import Effect, Part, Reading
from policies.source.renaming import Renaming, renamings

_ELSEWHERE = "bring it in a pull request on the development branch"
_MADE_BY_TOOLS = frozenset({FileKind.GENERATED, FileKind.VENDORED, FileKind.LOCKFILE})
_MOST_FINDINGS = 50
#: So much text is read for one change; a hotfix never gets there.
_MOST_CHARACTERS = 3_000_000
_WORDS = {Effect.FORMATTING: "formatting", Effect.COMMENTS: "comments"}


class Focus(Policy):
    """Keep out of a hotfix what doesn't mend the fault: formatting, renamings, moves, comments elsewhere.

    Judged are hunks, by the syntax of the whole file before and after. A hunk counts as formatting or as comments only
    where the program is the same without it; blank lines alone don't count. What belongs to a change of the program
    may come along: layout and comments within 25 lines of it, lines that it nests deeper, comments in or above the
    declaration that it changes. So may comments with the marker, and those that tools obey. A renaming counts where a
    name's declaration and all its uses in the changed files become another name that wasn't there before.

    Not judged are files that are binary, broken, larger than 400,000 characters, or in a language whose whitespace no
    syntax tree tells (markup, templates, SQL and others): other policies deal with those.

    Why: what doesn't mend the fault hides what does, and may break something else.
    Passes: the faulty line changed, with the lines indented anew that a new condition now holds.
    Fails: beside the fix a hunk that a formatter made, or a variable renamed everywhere.
    Remedy: take the named lines out and bring them in a pull request on the development branch.
    """

    name: ClassVar[str] = "focus"
    exempts_reverts: ClassVar[bool] = True

    level: Level = Field(Level.OFF, description=LEVEL)
    formatting: bool = Field(True, description="Whether hunks are refused that change only the layout of code.")
    renaming: bool = Field(True, description="Whether consistent renamings are refused.")
    moves: bool = Field(
        True, description="Whether product files are refused that are renamed or moved without any change."
    )
    comments: bool = Field(True, description="Whether hunks are refused that change only comments.")
    marker: str = Field(
        "HOTFIX", min_length=1, max_length=64, description="The word whose comments may come; see `hotfix-comment`."
    )
    folders: NonNegativeInt = Field(
        4,
        description="How many folders the product files of a hotfix may be in, counted below the deepest folder that "
        "they all share; files in that folder itself count as one more. 0 for any number.",
    )

    def inspect(self, change: Change) -> Inspection:
        """Read every changed file on both sides, and name what could stay out."""
        if change.evidence.diff_problem:
            finding = Finding(change.evidence.diff_problem, remedy="split the pull request, then push again")
            return unreadable((finding,), "the diff can't be judged", _Found().facts())
        found = self._look(change)
        findings = tuple(found.findings(change, self.folders))
        summary = "the change does one thing" if not findings else f"{len(findings)} things could stay out"
        summary = "1 thing could stay out" if len(findings) == 1 else summary
        return judged(findings[:_MOST_FINDINGS], summary, found.facts())

    def _look(self, change: Change) -> _Found:
        readings = tuple(_readings(change))
        wanted = {
            kind for kind, asked in ((Effect.FORMATTING, self.formatting), (Effect.COMMENTS, self.comments)) if asked
        }
        churn = tuple(
            (one.file, part, effect) for one in readings for part, effect in one.churn(self.marker) if effect in wanted
        )
        return _Found(
            churn,
            tuple(renamings(readings)) if self.renaming else (),
            tuple(file for file in change.files if _is_moved(file)) if self.moves else (),
            _folders(change),
        )


@dataclass(frozen=True)
class _Found:
    """What of a change doesn't mend anything."""

    churn: tuple[tuple[ChangedFile, Part, Effect], ...] = ()
    renamed: tuple[Renaming, ...] = ()
    moved: tuple[ChangedFile, ...] = ()
    folders: tuple[str, ...] = ()

    def facts(self) -> Facts:
        """The evidence as data."""
        return {
            "formatting": self._places(Effect.FORMATTING),
            "comments": self._places(Effect.COMMENTS),
            "renamed": [{"from": one.old, "to": one.new, "occurrences": one.occurrences} for one in self.renamed],
            "moved": [{"from": file.diff.base_path, "to": file.path} for file in self.moved],
            "folders": list(self.folders),
        }

    def findings(self, change: Change, allowed: int) -> Iterator[Finding]:
        """What is wrong, in the order of the files."""
        base = (change.evidence.merge_base or change.base)[:12]
        for file, part, effect in self.churn:
            lines = _lines(part)
            verb = "changes" if lines.startswith("line ") else "change"
            message = f"{lines} of {file.path} only {verb} {_WORDS[effect]}"
            yield Finding(message, file.path, part.start, _restore(file, base))
        for one in self.renamed:
            reading, part = one.parts[0]
            places = ", ".join(f"{each.file.path}:{where.start}" for each, where in one.parts[:5])
            message = f"{one.old} is renamed to {one.new} in {one.occurrences} places ({places})"
            yield Finding(
                message, reading.file.path, part.start, f"keep the name {one.old}; to rename it, {_ELSEWHERE}"
            )
        for file in self.moved:
            message = f"{file.path} is only moved from {file.diff.base_path}"
            yield Finding(message, file.path, 1, f"leave the file where it was; to move it, {_ELSEWHERE}")
        if allowed and len(self.folders) > allowed:
            names = ", ".join(self.folders[:10])
            message = f"the change reaches into {len(self.folders)} folders ({names}), at most {allowed} are allowed"
            yield Finding(message, remedy="keep what mends the fault, and split the rest off")

    def _places(self, wanted: Effect) -> list[dict[str, Any]]:
        return [
            {"path": file.path, "start": part.start, "end": part.end}
            for file, part, effect in self.churn
            if effect is wanted
        ]


def _readings(change: Change) -> Iterator[Reading]:
    left = _MOST_CHARACTERS
    for file in change.files:
        left -= sum(len(side.text) for side in (file.base, file.head) if side and side.text)
        if left < 0:
            return
        reading = None if kind_of(file.path) in _MADE_BY_TOOLS else Reading.of(file)
        if reading:
            yield reading


def _is_moved(file: ChangedFile) -> bool:
    renamed = file.status is FileStatus.RENAMED and not file.diff.hunks and not file.diff.binary
    return renamed and kind_of(file.path) is None and kind_of(file.diff.base_path) is None


def _folders(change: Change) -> tuple[str, ...]:
    """The first folders below the one that all product files share."""
    inside = [str(PurePosixPath(file.path).parent) for file in change.files if kind_of(file.path) is None]
    if not inside:
        return ()
    shared = os.path.commonpath(inside) if all(inside) else ""
    depth = len(PurePosixPath(shared).parts)
    return tuple(sorted({"/".join(PurePosixPath(folder).parts[: depth + 1]) or "." for folder in inside}))


def _lines(part: Part) -> str:
    if not any(block.added for block, _ in part.blocks):
        return f"the lines removed before line {part.start}"
    return f"line {part.start}" if part.start == part.end else f"lines {part.start}-{part.end}"


def _restore(file: ChangedFile, base: str) -> str:
    return f"take them out, e.g. with git checkout -p {base} -- {shlex.quote(file.diff.base_path)}"
