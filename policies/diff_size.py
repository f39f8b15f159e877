"""How large a hotfix may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field, PositiveInt, field_validator

from domain.change import Change, ChangedFile, Needs
from domain.diff import FileStatus
from domain.finding import Finding, Inspection
from domain.pull_request import Outline
from policies.attributes import Attributes, globs
from policies.base import Policy, judged, unreadable
from policies.file_kinds import kind_of

_ATTRIBUTES = ".gitattributes"
_NAMED_FILES = 5
_REMEDY = "Keep the lines that mend the fault and move the rest to a pull request on the development branch"


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The changed files: those that count, and those left out with the reason."""

    counted: tuple[ChangedFile, ...]
    excluded: tuple[tuple[ChangedFile, str], ...]

    @property
    def additions(self) -> int:
        return sum(file.diff.additions for file in self.counted)

    @property
    def deletions(self) -> int:
        return sum(file.diff.deletions for file in self.counted)

    def facts(self) -> dict[str, Any]:
        """`counted_files` names the paths, `excluded_files` the paths with the reason."""
        return {
            "counted": self.additions + self.deletions,
            "additions": self.additions,
            "deletions": self.deletions,
            "counted_files": [file.path for file in self.counted],
            "excluded_files": [{"path": file.path, "why": why} for file, why in self.excluded],
        }


class DiffSize(Policy):
    """Allow a hotfix only while its diff stays small.

    Counted are additions plus deletions, as git counts them, over all files but tests, documentation, changelogs,
    lockfiles, generated and vendored files; what is left out is named with the reason. A file that is moved counts
    unless both its places are left out. `.gitattributes` marks (`linguist-generated`, `linguist-vendored`,
    `linguist-documentation`, also their negations) count as they stand at base: marks that the change brings along
    itself are not honoured.

    Why: under pressure a short diff is read well and a long one not at all.
    Passes: 6 changed lines in one module, and its test.
    Fails: 90 changed lines, because a clean-up came along.
    Remedy: move the clean-up to a pull request on the development branch.
    """

    name: ClassVar[str] = "diff-size"

    fewer_than: PositiveInt = Field(10, description="A hotfix must change fewer lines than this.")
    exclude: tuple[str, ...] = Field(
        (), description='Further files that don\'t count, as patterns like those of .gitignore, e.g. `"*.snap"`.'
    )

    @field_validator("exclude")
    @classmethod
    def _are_patterns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            if not pattern.strip() or pattern.startswith("#"):
                raise ValueError(f"{pattern!r} matches nothing")
            try:
                globs((pattern,))
            except ValueError as error:
                raise ValueError(f"{pattern!r} is no pattern as in .gitignore") from error
        return value

    def needs(self, outline: Outline) -> Needs:  # noqa: ARG002 - the same for every pull request
        """The files, and the attributes that say which are generated."""
        return Needs(files=True, other_paths=frozenset([_ATTRIBUTES]))

    def inspect(self, change: Change) -> Inspection:
        """Count, and name what can't be counted."""
        if change.evidence.diff_problem:
            return self._uncountable(change.evidence.diff_problem)
        found = self._sort(change)
        mismatch = _mismatch(change)
        if mismatch is not None:
            return unreadable((mismatch,), "the diff isn't complete", found.facts())
        findings = (*self._too_long(found), *(one for file in found.counted for one in _odd(file)))
        return judged(findings, self._summary(found, findings), found.facts())

    def _uncountable(self, problem: str) -> Inspection:
        # Whatever keeps a diff from being read (too many files, too many lines), a hotfix never gets near it.
        finding = Finding(f"The diff can't be counted: {problem}", remedy=_REMEDY)
        return judged((finding,), "the diff can't be counted", _Sorted((), ()).facts())

    def _sort(self, change: Change) -> _Sorted:
        own = globs(self.exclude)
        attributes = _attributes(change)
        counted: list[ChangedFile] = []
        excluded: list[tuple[ChangedFile, str]] = []
        for file in change.files:
            # Moving product code to tests/ is a change of the product: both places must be left out.
            whys = [
                "excluded by the policy file" if own.match_file(path) else _why(path, attributes)
                for path in (file.path, file.diff.base_path)
            ]
            if all(whys):
                excluded.append((file, whys[0]))
            else:
                counted.append(file)
        return _Sorted(tuple(counted), tuple(excluded))

    def _too_long(self, found: _Sorted) -> tuple[Finding, ...]:
        total = found.additions + found.deletions
        if total < self.fewer_than:
            return ()
        biggest = sorted(found.counted, key=lambda file: -(file.diff.additions + file.diff.deletions))[:_NAMED_FILES]
        return tuple(_large(file) for file in biggest if file.diff.additions + file.diff.deletions)

    def _summary(self, found: _Sorted, findings: tuple[Finding, ...]) -> str:
        total = found.additions + found.deletions
        lines = f"{_lines(total)} changed, fewer than {self.fewer_than} allowed"
        odd = len([one for one in findings if one.line == 0])
        if total < self.fewer_than and odd:
            lines += f"; {odd} {'change' if odd == 1 else 'changes'} can't be counted in lines"
        if found.excluded:
            lines += f"; {len(found.excluded)} {'file' if len(found.excluded) == 1 else 'files'} left out"
        return lines


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _large(file: ChangedFile) -> Finding:
    added, removed = file.diff.additions, file.diff.deletions
    first = next((hunk.head_start for hunk in file.diff.hunks), 0)
    message = f"{file.path} changes {_lines(added + removed)} ({added} added, {removed} removed)"
    return Finding(message, file.path, max(first, 1), _REMEDY)


def _odd(file: ChangedFile) -> tuple[Finding, ...]:
    """The changes of a counted file that lines don't tell."""
    diff = file.diff
    if diff.is_submodule:
        what = f"{file.path} moves a submodule, whose changes nobody sees here"
        return (Finding(what, file.path, remedy="Bring the submodule's change in a pull request of its own"),)
    found: list[Finding] = []
    if diff.binary:
        what = f"{file.path} is binary: its change can't be counted or reviewed"
        found.append(
            Finding(what, file.path, remedy="Leave binary files out of a hotfix, or exclude them by the policy file")
        )
    if diff.mode_changed:
        what = f"{file.path} changes its mode from {diff.base_mode} to {diff.head_mode}"
        found.append(Finding(what, file.path, remedy="Take the change of mode out of the hotfix"))
    if diff.status in {FileStatus.RENAMED, FileStatus.COPIED}:
        verb = "renamed" if diff.status is FileStatus.RENAMED else "copied"
        what = f"{file.path} is {verb} from {diff.previous_path}"
        found.append(Finding(what, file.path, remedy="Move files in a pull request on the development branch"))
    return tuple(found)


def _why(path: str, attributes: Attributes) -> str:
    """Why a path doesn't count, "" where it does."""
    marks = attributes.marks(path)
    marked = next((kind for kind, value in marks.items() if value), None)
    if marked is not None:
        return f"{marked} (.gitattributes)"
    kind = kind_of(path)
    return "" if kind is None or marks.get(kind) is False else str(kind)


def _attributes(change: Change) -> Attributes:
    """The marks at base: where the change touches the file, the base's side; else the head's, which is the same."""
    touched = next((file for file in change.files if _ATTRIBUTES in {file.path, file.diff.base_path}), None)
    if touched is None:
        content = change.evidence.others.get(_ATTRIBUTES)
    else:
        content = touched.base if touched.diff.base_path == _ATTRIBUTES else None
    return Attributes.read(content.text) if content is not None and content.text is not None else Attributes()


def _mismatch(change: Change) -> Finding | None:
    """Whether GitHub's own totals say otherwise: it has been seen to list files without their lines."""
    if change.outline is None:
        return None
    pull_request = change.outline.pull_request
    ours = (
        sum(file.diff.additions for file in change.files),
        sum(file.diff.deletions for file in change.files),
        len(change.files),
    )
    theirs = (pull_request.additions, pull_request.deletions, pull_request.changed_files)
    if ours == theirs:
        return None
    return Finding(
        "GitHub counts {} added and {} removed lines in {} files, but the diff that it gave has {}, {} and {}".format(
            *theirs, *ours
        ),
        remedy="Nothing is wrong with your change as such: re-check in a minute, and split it should this stay",
    )
