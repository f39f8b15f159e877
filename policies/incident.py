"""The policy `incident`: a hotfix names what it mends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, ClassVar, Self

import re2
from pydantic import Field, model_validator

from domain.change import Change, Needs
from domain.finding import Finding, Inspection, Level, Outcome
from domain.pull_request import Outline
from domain.surroundings import IssueState
from policies import description_fields
from policies.base import LEVEL, Policy, judged, needs_github, unreadable
from policies.patterns import Pattern, occurrences

#: So many are looked up; a hotfix mends one incident, or two.
_MOST = 10

#: GitHub's own ways to name an issue ("Autolinked references and URLs"). The number alone may not be part of a word, of
#: a path or of an HTML entity.
_URL = re2.compile(r"https?://[A-Za-z0-9.-]+/([A-Za-z0-9-]+/[A-Za-z0-9_.-]+)/issues/([0-9]{1,9})\b")
_LONG = re2.compile(r"(?:^|[^\pL\pN_/.-])([A-Za-z0-9-]+/[A-Za-z0-9_.-]+)#([0-9]{1,9})\b")
_SHORT = re2.compile(r"(?:^|[^\pL\pN_/&.-])(?:#|GH-)([0-9]{1,9})\b")


class Where(StrEnum):
    """Where an incident may be named."""

    TITLE = "title"
    DESCRIPTION = "description"
    BRANCH = "branch"


class Tracker(StrEnum):
    """Where incidents are kept."""

    GITHUB = "github"
    EXTERNAL = "external"


class Incident(Policy):
    """Ask for the incident that a hotfix belongs to.

    With incidents on GitHub an issue is named as `#12`, as `owner/repository#12`, by its URL, or by an id that its
    title holds; it has to exist where we may read it, and to be open. Incidents of an external tracker can't be looked
    up: only the form of the id is judged, and the summary says so. Code blocks, quotes and HTML comments of the
    description name nothing.

    Why: without its incident nobody can tell afterwards what was broken, since when, and whom to ask.
    Passes: `Incident: #12` in the description, where issue 12 is open.
    Fails: no incident is named, or the issue is closed, or is a pull request.
    Remedy: open an issue for the incident and name it where the finding says.
    """

    name: ClassVar[str] = "incident"

    level: Level = Field(Level.OFF, description=LEVEL)
    tracker: Tracker = Field(
        Tracker.GITHUB,
        description="`github` looks the issue up; with `external` only the id's form is judged.",
    )
    patterns: tuple[Pattern, ...] = Field(
        ("HOTFIX-[0-9]{8}-[0-9]{3}", "INC-[0-9]+"),
        description="Regular expressions (RE2) for ids. On GitHub an id has to stand in the issue's title.",
    )
    where: tuple[Where, ...] = Field(
        (Where.TITLE, Where.DESCRIPTION, Where.BRANCH),
        description="Where the incident may be named: `title`, `description`, `branch`.",
    )
    field: str = Field(
        "",
        max_length=80,
        description="The description's field or section that names it, e.g. `Incident`; left out, any place of it.",
    )
    must_be_open: bool = Field(True, description="Whether the issue must be open.")
    label: str = Field("", max_length=50, description="A label that the issue must have, e.g. `incident`.")

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if not self.where:
            raise ValueError("no place is given where the incident could be named: write `where: [description]`")
        if self.tracker is Tracker.EXTERNAL and not self.patterns:
            raise ValueError("an external incident needs a pattern that its id has: add one under `patterns`")
        return self

    def needs(self, outline: Outline) -> Needs:
        """The issues that the pull request names."""
        if self.tracker is Tracker.EXTERNAL:
            return Needs()
        pull_request = outline.pull_request
        return Needs(issues=frozenset(self._named(pull_request.title, pull_request.body, pull_request.head)))

    def inspect(self, change: Change) -> Inspection:
        """Look for an incident, and at how it stands."""
        branch = change.outline.pull_request.head if change.outline else ""
        named = self._named(change.title, change.body, branch)
        facts: dict[str, Any] = {"named": list(named), "incident": None}
        if change.outline is None:
            return self._at_the_desk(named, facts)
        if not named:
            return judged((Finding("no incident is named", remedy=self._remedy()),), "no incident is named", facts)
        if self.tracker is Tracker.EXTERNAL:
            summary = f"names {named[0]}; only its form was judged, for its tracker isn't on GitHub"
            return judged((), summary, facts | {"incident": named[0]})
        return self._looked_up(named, change.evidence.issues, facts)

    def _at_the_desk(self, named: tuple[str, ...], facts: dict[str, Any]) -> Inspection:
        if not named:
            return needs_github("titles, descriptions and branches")
        return judged((), f"names {named[0]}; how it stands is known to GitHub alone", facts)

    def _looked_up(
        self, named: tuple[str, ...], issues: Mapping[str, IssueState | None], facts: dict[str, Any]
    ) -> Inspection:
        for one in named:
            issue = issues.get(one)
            if issue is not None and not self._why_not(issue):
                shown = one if one.endswith(f"#{issue.number}") else f"{one} (#{issue.number})"
                return judged((), f"names {shown}, which is {issue.state}", facts | {"incident": one})
        unasked = [one for one in named if one not in issues]
        findings = tuple(self._wrong(one, issues[one]) for one in named if one in issues)
        if unasked:
            finding = Finding(f"GitHub didn't say how {unasked[0]} stands", remedy="re-check in a minute")
            return unreadable((finding, *findings), "an incident couldn't be looked up", facts)
        return Inspection(Outcome.FAIL, f"{named[0]} is no incident that counts", findings, facts)

    def _wrong(self, one: str, issue: IssueState | None) -> Finding:
        if issue is None:
            return Finding(f"there is no issue {one} that can be read here", remedy=self._remedy())
        return Finding(f"{one} {self._why_not(issue)}", remedy=self._remedy())

    def _why_not(self, issue: IssueState) -> str:
        """What is wrong with an issue, "" where it counts."""
        if issue.is_pull_request:
            return "is a pull request, no issue"
        if self.must_be_open and issue.state != "open":
            return f"is {issue.state}"
        if self.label and self.label.casefold() not in {label.casefold() for label in issue.labels}:
            return f"hasn't the label {self.label}"
        return ""

    def _remedy(self) -> str:
        form = "its id" if self.tracker is Tracker.EXTERNAL else "#NUMBER"
        described = f"the description, as `{self.field}: {form}`" if self.field else "the description"
        places = [described if place is Where.DESCRIPTION else f"the {place}" for place in self.where]
        if self.tracker is Tracker.EXTERNAL:
            return f"name the incident in {' or '.join(places)}, in the form {' or '.join(self.patterns)}"
        labelled = f" with the label {self.label}" if self.label else ""
        return f"open an issue{labelled} for the incident and name it in {' or '.join(places)}"

    def _named(self, title: str, body: str, branch: str) -> tuple[str, ...]:
        """What is named, once each and in order of the places; the first ten."""
        texts = {Where.TITLE: [title], Where.DESCRIPTION: self._described(body), Where.BRANCH: [branch]}
        found = (one for place in self.where for text in texts[place] for one in self._in(text))
        return tuple(dict.fromkeys(found))[:_MOST]

    def _described(self, body: str) -> list[str]:
        if Where.DESCRIPTION not in self.where or not body:
            return []
        described = description_fields.read(body)
        if not self.field:
            return [f"{section.heading}\n{section.text}" for section in described.sections]
        return [field.value for field in described.fields(self.field)]

    def _in(self, text: str) -> Iterator[str]:
        for pattern in self.patterns:
            yield from occurrences(pattern, text)
        if self.tracker is Tracker.GITHUB:
            yield from (f"{match.group(1)}#{int(match.group(2))}" for match in _URL.finditer(text))
            yield from (f"{match.group(1)}#{int(match.group(2))}" for match in _LONG.finditer(text))
            yield from (f"#{int(match.group(1))}" for match in _SHORT.finditer(text))
