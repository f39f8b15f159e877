"""The policy `description`: the pull request says what people need to know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar

import re2
from pydantic import AfterValidator, Field

from domain.change import Change, Needs
from domain.finding import Finding, Inspection, Level
from domain.pull_request import Outline
from policies.base import LEVEL, Policy, judged, needs_github, unreadable
from policies.description_fields import Described, is_placeholder, named, read

#: What parts a check box's name from a word on how it was done.
_BEHIND = re2.compile(":|[(]| [-\u2013\u2014] ")

_MOST = 50
_LONGEST = 80


def _plain(name: str) -> str:
    if not name.isprintable() or name != name.strip() or not 0 < len(name) <= _LONGEST or not named(name):
        raise ValueError(f"{name[:_LONGEST]!r} is no name: expected 1 to {_LONGEST} visible characters")
    if "<" in name or ">" in name:
        raise ValueError(f"{name!r} holds an angle bracket, which Markdown takes for HTML")
    return name


def _section(name: str) -> str:
    found = read(_heading(name) + "\nfilled").section(_plain(name))
    if found is None or found.text != "filled":
        raise ValueError(f"{name!r} can't be a heading in Markdown")
    return name


def _field(name: str) -> str:
    found = read(f"{_line(name)} filled").field(_plain(name))
    if found is None or found.value != "filled":
        raise ValueError(f"{name!r} can't be a field's name: write it without a colon and without marks of Markdown")
    return name


def _box(text: str) -> str:
    found = read(_unticked(text)).boxes
    if len(found) != 1 or named(found[0].text) != named(_plain(text)):
        raise ValueError(f"{text!r} can't be a check box's text")
    return text


def _heading(name: str) -> str:
    return f"## {name}\n"


def _line(name: str) -> str:
    return f"**{name}:**"


def _unticked(text: str) -> str:
    return f"- [ ] {text}"


class Description(Policy):
    """Ask for a description that is filled in.

    A section is what stands below a heading, a field what stands behind its name and a colon (or in a table beside it).
    Names are compared without case, numbering and punctuation, and a check box may say more behind a colon, a dash or
    a bracket. HTML comments, quotes, words such as `TBD`, and
    whatever stands in the pull request template word for word say nothing.

    Why: at night the description is the hand-over, and in the review afterwards the record.
    Passes: `**Impact:** no customer can pay`, a section on how to roll back, and `- [x] Tested on staging`.
    Fails: the template as it came, `**Impact:** TBD`, or an open check box.
    Remedy: edit the description: fill in what the findings name, and tick what is done.
    """

    name: ClassVar[str] = "description"

    level: Level = Field(Level.OFF, description=LEVEL)
    sections: tuple[Annotated[str, AfterValidator(_section)], ...] = Field(
        (), max_length=_MOST, description="Headings below which something must stand."
    )
    fields: tuple[Annotated[str, AfterValidator(_field)], ...] = Field(
        (), max_length=_MOST, description="Names that a value must follow, like `**Impact:** …`."
    )
    checked: tuple[Annotated[str, AfterValidator(_box)], ...] = Field(
        (), max_length=_MOST, description="Texts of check boxes that must be ticked, like `- [x] Tested on staging`."
    )
    not_applicable: bool = Field(False, description='Whether "N/A" and "none" fill in a field or a section.')
    template: str = Field(
        ".github/pull_request_template.md",
        max_length=500,
        description="The path of the pull request template on the base branch; what stands there says nothing.",
    )

    def needs(self, outline: Outline) -> Needs:  # noqa: ARG002 - the same for every pull request
        """The template as it stands at base."""
        return Needs(base_paths=frozenset({self.template} - {""}))

    def inspect(self, change: Change) -> Inspection:
        """Look for everything that is asked for."""
        if change.outline is None and not change.body.strip():
            return needs_github("descriptions")
        content = change.evidence.at_base.get(self.template)
        if content is not None and content.text is None:
            message = f"the template {self.template} can't be read at base ({content.unreadable})"
            finding = Finding(message, remedy="make it UTF-8 text below 1 MB on the base branch")
            return unreadable((finding,), "the pull request template can't be read", {})
        found = _Reading(read(change.body), content.text or "" if content else "", self.not_applicable)
        missing = {
            "sections": [name for name in self.sections if not found.has_section(name)],
            "fields": [name for name in self.fields if not found.has_field(name)],
            "checked": [text for text in self.checked if not found.is_ticked(text)],
        }
        findings = (*_to_fill(missing["sections"], missing["fields"], found), *_to_tick(missing["checked"], found))
        return judged(findings, self._summary(len(findings)), _facts(missing))

    def _summary(self, missing: int) -> str:
        asked = len(self.sections) + len(self.fields) + len(self.checked)
        if not asked:
            return "nothing is asked of the description"
        return f"{asked - missing} of {asked} parts of the description are filled in"


class _Reading:
    """A description beside the template that it began as."""

    def __init__(self, described: Described, template: str, not_applicable: bool) -> None:
        self._described = described
        self._template = template
        self._not_applicable = not_applicable

    def names(self, name: str) -> bool:
        """Whether there is a section or a field of that name, filled in or not."""
        return bool(self._described.fields(name)) or self._described.section(name) is not None

    def has_section(self, name: str) -> bool:
        section = self._described.section(name)
        return section is not None and self._says(f"{section.text}\n{section.code}")

    def has_field(self, name: str) -> bool:
        return any(self._says(field.value) for field in self._described.fields(name))

    def box(self, text: str) -> bool | None:
        """Whether the check box of that text is ticked, None where there is none; one open among several counts."""
        ticked = [box.ticked for box in self._described.boxes if named(text) in {named(box.text), _label(box.text)}]
        return all(ticked) if ticked else None

    def is_ticked(self, text: str) -> bool:
        return self.box(text) is True

    def _says(self, text: str) -> bool:
        return not is_placeholder(text, self._template, not_applicable=not self._not_applicable)


def _label(text: str) -> str:
    """The name of a check box without what people write behind it: "Rollback plan: revert it", "Monitoring (ok)"."""
    return named(_BEHIND.split(text, maxsplit=1)[0])


def _to_fill(sections: Iterable[str], fields: Iterable[str], found: _Reading) -> Iterator[Finding]:
    for name in sections:
        what = "says nothing yet" if found.names(name) else "is missing"
        yield Finding(f"the section {name} {what}", remedy=f"write it below a heading `## {name}`")
    for name in fields:
        what = "is empty" if found.names(name) else "is missing"
        yield Finding(f"the field {name} {what}", remedy=f"write `{_line(name)} ` and the value on a line of its own")


def _to_tick(boxes: Iterable[str], found: _Reading) -> Iterator[Finding]:
    for text in boxes:
        what = "isn't ticked" if found.box(text) is False else "is missing"
        yield Finding(f"the check box {text} {what}", remedy=f"once it is done, write `- [x] {text}`")


def _facts(missing: dict[str, list[str]]) -> dict[str, Any]:
    return {"missing": missing}


def template(policy: Description) -> str:
    """The pull request template that a policy expects: untouched it fails, filled in it passes.

    Fields and check boxes come before the sections: below a heading they would belong to it, and fill it in.
    """
    parts = ["\n".join(f"{_line(name)} <!-- fill in -->" for name in policy.fields)]
    parts += ["\n".join(_unticked(text) for text in policy.checked)]
    parts += [f"{_heading(name)}\n<!-- write here -->" for name in policy.sections]
    return "\n\n".join(part for part in parts if part) + "\n"
