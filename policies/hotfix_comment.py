"""The policy that a hotfix says in its code why it exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field, field_validator

from domain.change import Change, ChangedFile
from domain.finding import Finding, Inspection, Outcome
from policies.base import Policy, judged, unreadable
from policies.source import markers
from policies.source.comments import Context
from policies.source.file_types import FileType, Reader
from policies.source.markers import Marker
from policies.source.test_paths import is_test_path

#: Contents that hold no text on purpose; any other closed content might have held the comment.
_NEVER_TEXT = frozenset({"binary", "submodule", "symbolic link"})

_WHERE = {
    Context.STRING: "stands in a string, not in a comment",
    Context.DOCSTRING: "stands in a docstring, which is a string and not a comment",
    Context.PROSE: "stands in a text file, not in the code",
    Context.CODE: "is code, not a comment",
}


class HotfixComment(Policy):
    """Ask for a comment that says why the hotfix is there.

    The comment has to stand in a changed file that is neither a test nor documentation, wherever one of them can hold
    a comment. Where none can (JSON, binary files, lines only removed), a commit message or the description may hold it.

    Why: whoever meets the line next year must know that it was made in a hurry, and for what.
    Passes: an added line `# HOTFIX: half cents were rounded up twice` beside the change.
    Fails: the marker in a string, without a reason, in a line that was there before, or only in a test.
    Remedy: write `HOTFIX: ` and the reason in a comment beside the changed lines.
    """

    name: ClassVar[str] = "hotfix-comment"

    marker: str = Field(
        "HOTFIX",
        min_length=1,
        max_length=64,
        description="The word that a colon and the reason follow; upper and lower case matter.",
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
        found = _Found.of(change, self.marker)
        if found.valid:
            first = found.valid[0]
            return judged((), f"{self.marker} comment at {first.path}:{first.line}", found.facts)
        elsewhere = "" if found.candidates else _in_words(change, self.marker)
        if elsewhere:
            return judged((), f"{self.marker} reason in {elsewhere}; no changed file can hold a comment", found.facts)
        return self._missing(change, found)

    def _missing(self, change: Change, found: _Found) -> Inspection:
        findings = (*(self._near_miss(marker) for marker in found.markers), *self._step(found))
        closed = tuple(_closed(change.files)) if not found.candidates else ()
        summary = f"no {self.marker} comment on an added line"
        if any(marker.context is Context.UNSURE for marker in found.markers):
            summary = f"unsure whether a {self.marker} stands in a comment"
        if closed:
            return unreadable((*closed, *findings), "a changed file can't be read", found.facts)
        return Inspection(Outcome.FAIL, summary, findings, found.facts)

    def _near_miss(self, marker: Marker) -> Finding:
        remedy = f"write it in a comment: {self.marker}: and the reason"
        if marker.context is Context.UNSURE:
            message = f"unsure whether {self.marker}: stands in a comment here; the file can't be read for certain"
        elif marker.context is not Context.COMMENT:
            message = f"{self.marker}: {_WHERE[marker.context]}"
        elif not marker.reason:
            message, remedy = f"{self.marker}: gives no reason", f"write the reason after {self.marker}: on its line"
        else:
            message = f"{self.marker}: stands only in a test"
            remedy = "move it to the code that the hotfix changes"
        return Finding(message, marker.path, marker.line, remedy)

    def _step(self, found: _Found) -> Iterator[Finding]:
        if not found.candidates:
            remedy = f"write a line `{self.marker}: ` and the reason in the description or in a commit message"
            yield Finding("no changed file can hold a comment that can be read", remedy=remedy)
            return
        file = found.candidates[0]
        line = min(file.diff.added_lines())
        example = markers.type_of(file).comment % f"{self.marker}: why this can't wait"
        message = f"the change doesn't say why it is a hotfix: no added comment with {self.marker}: and a reason"
        yield Finding(message, file.path, line, f"add a comment here, such as: {example}")


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
    def of(cls, change: Change, word: str) -> _Found:
        """Look through every changed file."""
        candidates = tuple(file for file in change.files if markers.can_hold_a_comment(file) and _is_product(file))
        found = tuple(marker for file in change.files for marker in markers.in_file(word, file))
        places = {file.path for file in candidates} or {file.path for file in change.files}
        real = (one for one in found if one.context is Context.COMMENT and one.reason and one.path in places)
        return cls(candidates, found, tuple(real))

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
    return not is_test_path(file.path)


def _in_words(change: Change, word: str) -> str:
    for commit in change.commits:
        if markers.in_text(word, commit.message):
            return f"the message of commit {commit.oid[:7]}"
    return "the description" if markers.in_text(word, _shown(change.body)) else ""


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
