"""Changelogs as people keep them in one file: Markdown, reST, plain text, Debian's.

Headings are told by their look, not by a parser for each markup: `## [1.4.2] - 2026-01-05`, a title with a line below
it, a line that begins with a version, or Debian's `shop (1.4.2-1) unstable; …` ("Debian Policy", 4.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import re2

from policies.description_fields import named

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_HASHES = re2.compile(r"\s{0,3}(#{1,6}|={2,6})\s+(.*?)\s*#*")
_UNDERLINE = re2.compile(r"(?:={3,}|-{3,}|~{3,}|\^{3,}|\*{3,}|\+{3,}|#{3,}|`{3,}|\"{3,})\s*")
_DEBIAN = re2.compile(r"[a-z0-9][a-z0-9.+-]* \(([^()]+)\) [\w -]+;.*")
_LEADING = re2.compile(
    r"(?i)(?:version\s+|release\s+)?\[?v?([0-9]+\.[0-9][\w.+-]*)\]?:?"
    r"(?:\s*[-\x{2013}\x{2014}(:/,]?\s*(?:[\d./-]{6,}|unreleased|tbd|released.*|\w+ \d.*)\)?.*)?"
)
_STARTS = re2.compile(r"(?i)(?:version\s+|release\s+)?\[?v?[0-9]+\.[0-9]")
_VERSION = re2.compile(
    r"(?:^|[^\w.])v?([0-9]+(?:\.[0-9]+)+(?:[-+.]?[A-Za-z0-9][\w.+-]*)?|[0-9]{4}[.-][0-9]{2}(?:[.-][0-9]+)*)"
)
_OPEN = re2.compile(
    r"(?i)\b(?:unreleased|upcoming|next(?: release| version)?|not (?:yet )?released|in (?:progress|development)"
    r"|development|master|main|head|tbd|tba|to be released|future|pending)\b|\bXX+\b|\?\?"
)
#: What makes a heading that names no version one of a release: nothing else may stand in it.
_ONLY_OPEN = re2.compile(
    r"(?i)[\W_]*(?:unreleased|upcoming|next|not (?:yet )?released|in (?:progress|development)|development|master|main"
    r"|head|tbd|tba|to be released|future|pending)(?: (?:release|version|changes|branch))?[\W_]*(?:\(.*\))?"
)
_DATE = re2.compile(
    r"(?i)[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2,4}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+[0-9]"
)
_NO_ENTRY = re2.compile(r"\s*(?:\[[^\]]+\]:\s*\S+.*|[-=*_~^+#]{3,}\s*|--\s.*<.*>.*|\.\.\s.*)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a release or of a section in one.

    Attributes:
        text: as written, without its marks.
        version: the version that it names, "" where it names none.
        is_open: whether it says that it isn't released yet.
        is_dated: whether it bears a date.
        line: 1-based.
        level: 1 for the topmost kind of heading of the file's markup, 0 where the markup has no levels.
    """

    text: str
    version: str
    is_open: bool
    is_dated: bool
    line: int
    level: int = 0

    @property
    def is_release(self) -> bool:
        """Whether it begins a release, released or not."""
        return bool(self.version) or self.is_open


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that is no heading, with the headings that it stands under; `release` is None before the first."""

    text: str
    line: int
    release: Heading | None
    section: Heading | None


@dataclass(frozen=True, slots=True)
class Page:
    """A changelog, read."""

    headings: tuple[Heading, ...]
    entries: tuple[Entry, ...]

    @property
    def releases(self) -> tuple[Heading, ...]:
        """The headings of releases, in the file's order."""
        return tuple(one for one in self.headings if one.is_release)

    def open_releases(self, before: frozenset[str]) -> tuple[Heading, ...]:
        """Where an entry may be added: what isn't released yet, and what the change itself releases.

        Args:
            before: the versions that have a heading at base.
        """
        releases = self.releases
        dated = any(one.is_dated for one in releases[1:])
        return tuple(
            one
            for index, one in enumerate(releases)
            if one.is_open or one.version not in before or (index == 0 and dated and not one.is_dated)
        )


def read(text: str) -> Page:
    """Read a changelog. Never fails, and takes time linear in the text."""
    lines = _COMMENT.sub(_blank, text).split("\n")
    headings: list[Heading] = []
    entries: list[Entry] = []
    release: Heading | None = None
    section: Heading | None = None
    for line, found in _parts(lines):
        if isinstance(found, str):
            entries.append(Entry(found, line, release, section))
        else:
            headings.append(_as_section(found) if _is_below(found, release) else found)
            release, section = (found, None) if headings[-1].is_release else (release, found)
    return Page(tuple(headings), tuple(entries))


def section_name(heading: Heading | None) -> str:
    """A section's name made comparable, "" for none."""
    return named(heading.text) if heading else ""


def _is_below(heading: Heading, release: Heading | None) -> bool:
    """Whether a heading belongs to a release: "Support for Python 3.12" names a version and is none."""
    deeper = release is not None and 0 < release.level < heading.level
    return deeper and not _STARTS.match(heading.text)


def _as_section(heading: Heading) -> Heading:
    return replace(heading, version="", is_open=False)


def _parts(lines: list[str]) -> Iterator[tuple[int, Heading | str]]:
    fenced = False
    lines_below: dict[str, int] = {}
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip()
        if _FENCE.match(line):
            fenced = not fenced
        following = lines[number].rstrip() if number < len(lines) else ""
        title, mark = ("", "") if fenced else _title(line, following)
        if title:
            # reST's titles get their levels in the order in which the lines below them first appear.
            below = mark.startswith("_")
            level = lines_below.setdefault(mark, len(lines_below) + 1) if below else len(mark)
            yield number, _heading(title, number, level)
        elif line.strip() and not _NO_ENTRY.fullmatch(line):
            yield number, line.strip()


def _title(line: str, following: str) -> tuple[str, str]:
    """A heading's text with its marks ("##", "_-" for a line of dashes below), twice "" for any other line."""
    marked = _HASHES.fullmatch(line)
    if marked:
        return str(marked.group(2)) or line, str(marked.group(1))
    if _DEBIAN.fullmatch(line):
        return line, ""
    text = line.strip()
    under = len(following) >= min(len(text), 3) and _UNDERLINE.fullmatch(following) is not None
    starts_plainly = bool(text) and not line.startswith((" ", "\t", "- ", "* ", "+ "))
    if not starts_plainly or _UNDERLINE.fullmatch(text) or not (under or _LEADING.fullmatch(text)):
        return "", ""
    return text, f"_{following[0]}" if under else ""


def _heading(title: str, line: int, level: int) -> Heading:
    debian = _DEBIAN.fullmatch(title)
    version = debian or _VERSION.search(title)
    is_open = (
        "UNRELEASED" in title if debian else (_OPEN.search if version else _ONLY_OPEN.fullmatch)(title) is not None
    )
    found = str(version.group(1)) if version else ""
    return Heading(title, found, is_open, _DATE.search(title) is not None, line, level)


def _blank(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")
