"""The policy `changelog`: whoever installs the fix can read what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar

from pydantic import Field, field_validator

from domain.change import Change, ChangedFile
from domain.diff import FileStatus
from domain.finding import Facts, Finding, Inspection, Level
from policies.attributes import FilePattern, globs
from policies.base import LEVEL, Policy, judged, unreadable
from policies.changelogs import fragments, pages
from policies.description_fields import is_placeholder, named
from policies.file_kinds import FileKind, is_changelog, is_fixture, kind_of
from policies.manifests.model import UnreadableManifestError

_MOST = 20
_ASIDE = frozenset([FileKind.TEST, FileKind.VENDORED])


@dataclass(slots=True)
class _Found:
    """What was found: entries that count as (path, line, heading), what is wrong, what can't be read."""

    entries: list[tuple[str, int, str]] = field(default_factory=list)
    wrong: list[Finding] = field(default_factory=list)
    closed: list[Finding] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def facts(self) -> Facts:
        """`entries` names each added entry with path, line and heading; `files` the changelogs looked at."""
        entries = [{"path": path, "line": line, "heading": heading} for path, line, heading in self.entries]
        return {"entries": entries, "files": list(self.places)}


class Changelog(Policy):
    """Ask for an entry in the changelog, under a heading that isn't released yet.

    Known are changelogs in Markdown (Keep a Changelog and plain), reST and text (CHANGELOG, CHANGES, HISTORY, NEWS),
    Debian's, and news fragments (towncrier, Changesets, reno and the like), where one new or changed fragment that says
    something is an entry. Right is a heading that says so ("Unreleased", "next"), one whose version the change itself
    brings in, or an undated one at the top of a file that dates its releases. A line that only changes the words of an
    old entry is let be.

    Why: whoever is on call next looks there for what changed at night.
    Passes: "- Round half cents once" below "## [Unreleased]" and "### Fixed".
    Fails: no entry, an empty bullet, or an entry below a version that went out last week.
    Remedy: write what was fixed, in one line, where the finding says.
    """

    name: ClassVar[str] = "changelog"

    level: Level = Field(Level.OFF, description=LEVEL)
    files: tuple[FilePattern, ...] = Field(
        (), description="Where the changelog is, as patterns like those of .gitignore; with some, nothing else counts."
    )
    sections: tuple[str, ...] = Field(
        (),
        description="The sections of a release in which an entry may stand, e.g. `Fixed` and `Security`; with none, "
        "anywhere in it.",
    )
    template: str = Field("", description="The text of your fragments' template: what stands in it is no entry.")

    @field_validator("sections")
    @classmethod
    def _are_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(named, value)):
            raise ValueError("expected names of sections such as Fixed")
        return value

    def inspect(self, change: Change) -> Inspection:
        """Look for entries that the change adds, and at the headings above them."""
        found = _Found()
        if change.evidence.diff_problem:
            finding = Finding(change.evidence.diff_problem, remedy="split the pull request, then push again")
            return unreadable((finding,), "the diff can't be judged", found.facts())
        for file in self._changelogs(change):
            self._look_at(file, found)
        if found.closed:
            return unreadable(tuple(found.closed), "a changelog can't be read", found.facts())
        if not found.entries and not found.wrong:
            found.wrong.append(self._missing(found.places))
        where = dict.fromkeys(f"{path} ({heading})" if heading else path for path, _, heading in found.entries)
        summary = f"an entry in {', '.join(list(where)[:3])}" if where else "no entry in the changelog that counts"
        return judged(tuple(found.wrong[:_MOST]), summary, found.facts())

    def _changelogs(self, change: Change) -> Iterator[ChangedFile]:
        own = globs(self.files)
        for file in change.files:
            known = is_changelog(file.path) or (fragments.is_fragment(file.path) and is_prose(file.path))
            aside = kind_of(file.path) in _ASIDE or is_fixture(file.path)
            if own.match_file(file.path) if self.files else known and not aside:
                yield file

    def _look_at(self, file: ChangedFile, found: _Found) -> None:
        if file.status is FileStatus.REMOVED:
            return
        found.places.append(file.path)
        if file.head is None or file.head.text is None:
            why = file.head.unreadable if file.head else "it isn't there"
            found.closed.append(Finding(f"{file.path} can't be read: {why}", file.path, remedy="Mend the file"))
        elif fragments.is_fragment(file.path):
            self._fragment(file, file.head.text, found)
        else:
            self._page(file, file.head.text, found)

    def _fragment(self, file: ChangedFile, text: str, found: _Found) -> None:
        try:
            filled = fragments.says_something(file.path, text, self.template)
        except UnreadableManifestError as error:
            message = f"{file.path} can't be read: {error.why}"
            found.closed.append(Finding(message, file.path, error.line, "Mend the file"))
            return
        if not filled:
            message = f"{file.path} says nothing"
            found.wrong.append(Finding(message, file.path, 1, "Write what was fixed, in one line"))
        elif self.sections and not fragments.stands_in(file.path, text, self.sections):
            message = f"{file.path} is of another kind than {' or '.join(self.sections)}"
            found.wrong.append(Finding(message, file.path, 1, "Give the fragment that kind"))
        else:
            found.entries.append((file.path, 1, ""))

    def _page(self, file: ChangedFile, text: str, found: _Found) -> None:
        page = pages.read(text)
        base = pages.read(file.base.text if file.base is not None and file.base.text is not None else "")
        allowed = page.open_releases(frozenset(one.version for one in base.releases))
        known = frozenset(entry.text for entry in base.entries)
        added, reworded = file.diff.added_lines(), _reworded(file)
        for entry in page.entries:
            # A line that stood there before is only moved.
            if entry.line in added and entry.text not in known:
                self._entry(file.path, entry, (page, allowed, entry.line in reworded), found)

    def _entry(
        self, path: str, entry: pages.Entry, place: tuple[pages.Page, tuple[pages.Heading, ...], bool], found: _Found
    ) -> None:
        page, allowed, is_reworded = place
        release, right = entry.release, self._where(allowed)
        if release not in allowed and page.releases:
            if release is not None and not is_reworded:
                message = f"the entry stands under {release.text}, which is released already"
                found.wrong.append(Finding(message, path, entry.line, f"Move it under {right}"))
        elif is_placeholder(entry.text, self.template):
            remedy = "Write what was fixed, in one line, or take the line out"
            found.wrong.append(Finding("the entry is empty", path, entry.line, remedy))
        elif self.sections and pages.section_name(entry.section) not in set(map(named, self.sections)):
            stands = f"under {entry.section.text}" if entry.section else "under no section"
            message = f"the entry stands {stands}, not under {' or '.join(self.sections)}"
            found.wrong.append(Finding(message, path, entry.line, f"Move it under {right}"))
        else:
            found.entries.append((path, entry.line, release.text if release else ""))

    def _where(self, allowed: tuple[pages.Heading, ...]) -> str:
        release = allowed[0].text if allowed else "a new heading such as [Unreleased] at the top"
        return f"{release}, section {self.sections[0]}" if self.sections else release

    def _missing(self, places: list[str]) -> Finding:
        plain = [path for path in self.files if not set(path) & set("*?[!")]
        where = (*places, *plain, "the changelog")[0]
        section = f", section {self.sections[0]}" if self.sections else ""
        remedy = (
            f"Add a line that says what was fixed to {where}, under [Unreleased] or the version that goes out{section}"
        )
        return Finding("the change adds no entry to a changelog", places[0] if places else "", remedy=remedy)


def is_prose(path: str) -> bool:
    """Whether a file in a folder of fragments may be one: `news/views.py` is the product's."""
    suffixes = {suffix.casefold() for suffix in PurePosixPath(path).suffixes[-2:]}
    return bool(suffixes & {".md", ".rst", ".txt", ".yaml", ".yml"}) and not path.startswith(".github/")


def _reworded(file: ChangedFile) -> frozenset[int]:
    """The added lines of hunks that take lines away as well."""
    hunks = (hunk for hunk in file.diff.hunks if any(line.kind == "-" for line in hunk.lines))
    return frozenset(line.head for hunk in hunks for line in hunk.lines if line.kind == "+")
