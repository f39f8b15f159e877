"""The policy that a hotfix says in its code why it exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic import Field, field_validator

from domain.change import Change, ChangedFile
from domain.finding import Finding, Inspection, Outcome
from domain.wording import shortened
from policies.base import Policy, judged, unreadable
from policies.file_kinds import FileKind, kind_of
from policies.source import markers
from policies.source.comments import Context
from policies.source.file_types import FileType, Reader
from policies.source.markers import Marker
from policies.source.reasons import is_placeholder, says_nothing

#: Contents that hold no text on purpose; any other closed content might have held the comment.
_NEVER_TEXT = frozenset({"binary", "submodule", "symbolic link"})

_WHERE = {
    Context.STRING: "stands in a string, not in a comment",
    Context.DOCSTRING: "stands in a docstring, which is a string and not a comment",
    Context.PROSE: "stands in a text file, not in the code",
    Context.CODE: "is code, not a comment",
}

_KINDS = MappingProxyType(
    {
        FileKind.TEST: "a test",
        FileKind.DOCS: "documentation",
        FileKind.CHANGELOG: "a changelog",
        FileKind.LOCKFILE: "a lockfile",
        FileKind.GENERATED: "a generated file",
        FileKind.VENDORED: "a vendored file",
    }
)

#: So many places are named; whoever mends these has understood.
_MOST = 50


class Scope(StrEnum):
    """How many comments are asked for."""

    PULL_REQUEST = "pull-request"
    FILE = "file"
    HUNK = "hunk"


_SCOPES = MappingProxyType(
    {
        Scope.PULL_REQUEST: "the change doesn't say why it is a hotfix",
        Scope.FILE: "this file doesn't say why it is in a hotfix",
        Scope.HUNK: "these lines don't say why they are in a hotfix",
    }
)


class HotfixComment(Policy):
    """Ask for a comment that says why the hotfix is there.

    The comment has to stand on an added line of a product file: no test, documentation, changelog, lockfile, generated
    or vendored file. Where no changed product file can hold a comment (JSON, binary files, lines only removed), a
    commit message or the description may hold it. A text in a string isn't a comment, and what a template puts in the
    place of a reason (`TODO`, `reason`, `<why>`) isn't a reason, nor is `fix` or `see above`. Where a file is broken
    and two readers disagree on it, the policy says `unsure` and blocks.

    Why: whoever meets the line next year must know that it was made in a hurry, and for what.
    Passes: an added line `# HOTFIX: half cents were rounded up twice` beside the change.
    Fails: the marker in a string, without a reason, in a line that was there before, or only in a test.
    Remedy: write `HOTFIX: ` and the reason in a comment beside the changed lines.
    """

    name: ClassVar[str] = "hotfix-comment"
    exempts_reverts: ClassVar[bool] = True

    marker: str = Field(
        "HOTFIX",
        min_length=1,
        max_length=64,
        description="The word that a colon and the reason follow; upper and lower case matter.",
    )

    scope: Scope = Field(
        Scope.PULL_REQUEST,
        description="Where a comment is asked for: one in the whole `pull-request`, one in each changed `file`, or one "
        "in each changed `hunk`; files and hunks that can hold none are left out.",
    )
    docstrings: bool = Field(False, description="Whether a docstring counts as a comment (Python, Starlark, Elixir).")
    placeholders: tuple[str, ...] = Field(
        (),
        description="Further texts that are no reason, such as your template's; letter case and punctuation around "
        "them don't count.",
    )

    @field_validator("marker")
    @classmethod
    def _one_plain_phrase(cls, marker: str) -> str:
        if marker != marker.strip() or ":" in marker or not marker.isprintable():
            raise ValueError("expected a word such as HOTFIX, without a colon and without spaces around it")
        return marker

    def inspect(self, change: Change) -> Inspection:
        """Look for the marker on the lines that the change adds."""
        if change.evidence.diff_problem:
            finding = Finding(change.evidence.diff_problem, remedy="split the pull request, then push again")
            return unreadable((finding,), "the diff can't be judged", {"markers": []})
        found = _Found.of(change, self)
        lacking = found.lacking(self.scope)
        if found.valid and not lacking:
            return judged((), self._summary(found), found.facts)
        elsewhere = "" if found.candidates else self._in_words(change)
        if elsewhere:
            return judged((), f"{self.marker} reason in {elsewhere}; no changed file can hold a comment", found.facts)
        return self._missing(change, found, lacking)

    def is_reason(self, text: str) -> bool:
        """Whether a text after the marker gives a reason."""
        return bool(text) and not is_placeholder(text, self.placeholders) and not says_nothing(text, self.marker)

    def _summary(self, found: _Found) -> str:
        first = found.valid[0]
        count = len(found.wanted(self.scope))
        if self.scope is Scope.PULL_REQUEST or count < 2:  # noqa: PLR2004
            return f"{self.marker} comment at {first.path}:{first.line}"
        return f"a {self.marker} comment in each of {count} {self.scope}s"

    def _in_words(self, change: Change) -> str:
        for commit in change.commits:
            if any(map(self.is_reason, markers.in_text(self.marker, commit.message))):
                return f"the message of commit {commit.oid[:7]}"
        shown = markers.in_text(self.marker, _shown(change.body))
        return "the description" if any(map(self.is_reason, shown)) else ""

    def _missing(self, change: Change, found: _Found, lacking: tuple[_Spot, ...]) -> Inspection:
        useless = (marker for marker in found.markers if marker not in found.valid)
        findings = (*(self._near_miss(marker) for marker in useless), *self._steps(found, lacking))
        closed = tuple(_closed(change.files)) if not found.candidates else ()
        summary = f"no {self.marker} comment on an added line"
        if any(marker.context is Context.UNSURE for marker in found.markers):
            summary = f"unsure whether a {self.marker} stands in a comment"
        elif found.valid:
            summary = f"no {self.marker} comment in {len(lacking)} of {len(found.wanted(self.scope))} {self.scope}s"
        if closed:
            return unreadable((*closed, *findings), "a changed file can't be read", found.facts)
        return Inspection(Outcome.FAIL, summary, findings, found.facts)

    def _near_miss(self, marker: Marker) -> Finding:
        remedy = f"write it in a comment: {self.marker}: and the reason"
        if marker.context is Context.UNSURE:
            message = f"unsure whether {self.marker}: stands in a comment here; the file can't be read for certain"
        elif not self.is_comment(marker):
            message = f"{self.marker}: {_WHERE[marker.context]}"
        elif not marker.reason:
            message, remedy = f"{self.marker}: gives no reason", f"write the reason after {self.marker}: on its line"
        elif not self.is_reason(marker.reason):
            message = f"{self.marker}: holds the place of a reason: {shortened(marker.reason, 80)}"
            remedy = f"write after {self.marker}: why this can't wait for the next release"
        else:
            message = f"{self.marker}: stands only in {_where(marker.path)}"
            remedy = "move it to the code that the hotfix changes"
        return Finding(message, marker.path, marker.line, remedy)

    def is_comment(self, marker: Marker) -> bool:
        """Whether a marker stands where the settings allow."""
        return marker.context is Context.COMMENT or (self.docstrings and marker.context is Context.DOCSTRING)

    def _steps(self, found: _Found, lacking: tuple[_Spot, ...]) -> Iterator[Finding]:
        if not found.candidates:
            remedy = f"write a line `{self.marker}: ` and the reason in the description or in a commit message"
            yield Finding("no changed file can hold a comment that can be read", remedy=remedy)
        for spot in lacking[:_MOST]:
            example = markers.type_of(spot.file).comment % f"{self.marker}: why this can't wait"
            message = f"{_SCOPES[self.scope]}: no added comment with {self.marker}: and a reason"
            yield Finding(message, spot.file.path, min(spot.lines), f"add a comment here, such as: {example}")


@dataclass(frozen=True)
class _Spot:
    """Added lines of which one must bear a marker."""

    file: ChangedFile
    lines: frozenset[int]


@dataclass(frozen=True)
class _Found:
    """The markers of a change, and where one would count.

    Attributes:
        candidates: the product files that can hold a comment.
        markers: all markers on added lines, whatever stands around them.
        valid: those that satisfy the policy.
    """

    candidates: tuple[ChangedFile, ...]
    markers: tuple[Marker, ...]
    valid: tuple[Marker, ...]

    @classmethod
    def of(cls, change: Change, policy: HotfixComment) -> _Found:
        """Look through every changed file."""
        candidates = tuple(file for file in change.files if markers.can_hold_a_comment(file) and _is_product(file))
        found = tuple(marker for file in change.files for marker in markers.in_file(policy.marker, file))
        places = {file.path for file in candidates} or {file.path for file in change.files}
        real = (one for one in found if policy.is_comment(one) and policy.is_reason(one.reason) and one.path in places)
        return cls(candidates, found, tuple(real))

    def wanted(self, scope: Scope) -> tuple[_Spot, ...]:
        """Where the scope asks for a marker; for the whole pull request the first place where it could stand."""
        if scope is Scope.HUNK:
            hunks = ((file, hunk) for file in self.candidates for hunk in file.diff.hunks)
            added = ((file, frozenset(line.head for line in hunk.lines if line.kind == "+")) for file, hunk in hunks)
            return tuple(_Spot(file, lines) for file, lines in added if lines)
        files = self.candidates if scope is Scope.FILE else self.candidates[:1]
        return tuple(_Spot(file, file.diff.added_lines()) for file in files)

    def lacking(self, scope: Scope) -> tuple[_Spot, ...]:
        """The places that have no valid marker."""
        if scope is Scope.PULL_REQUEST:
            return () if self.valid else self.wanted(scope)
        at = {(one.path, one.line) for one in self.valid}
        return tuple(
            spot for spot in self.wanted(scope) if not any((spot.file.path, line) in at for line in spot.lines)
        )

    @property
    def facts(self) -> dict[str, Any]:
        """The markers as JSON; code that merely looks like one (a label, an annotation) is none."""
        return {
            "markers": [
                {"path": one.path, "line": one.line, "text": one.text, "context": one.context.value}
                for one in self.markers
                if one.context is not Context.CODE
            ]
        }


def _is_product(file: ChangedFile) -> bool:
    return kind_of(file.path) is None


def _where(path: str) -> str:
    kind = kind_of(path)
    return _KINDS[kind] if kind else "a file that can't hold a comment"


def _shown(body: str) -> str:
    """A description without its HTML comments: a template's instructions are no reason."""
    kept, rest = "", body
    while rest:
        before, opened, rest = rest.partition("<!--")
        kept += before
        rest = rest.partition("-->")[2] if opened else ""
    return kept


def _closed(files: tuple[ChangedFile, ...]) -> Iterator[Finding]:
    for file in files:
        if file.head and file.head.text is None and file.head.unreadable not in _NEVER_TEXT and _may_hold(file):
            message = f"the file can't be read ({file.head.unreadable}), so its comments can't be seen"
            yield Finding(message, file.path, remedy="make it UTF-8 text below 1 MB, or give the reason in a commit")


def _may_hold(file: ChangedFile) -> bool:
    kind: FileType = markers.type_of(file)
    return _is_product(file) and kind.reader not in (Reader.NOTHING, Reader.PROSE)
