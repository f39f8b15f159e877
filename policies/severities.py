"""The severities of a policy file, and which of them a pull request tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

import re2
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from domain.entry import Entry, EntryKind
from domain.severity import Assessment, Severity
from policies.description_fields import Described, read
from policies.durations import Duration
from policies.yaml_faults import quoted

#: The key beside the severities' names under which a setting says what holds for the others.
DEFAULT = "default"

#: The field, heading or task list of the description that tells the severity.
FIELD = "Severity"

#: More than any procedure has; the file is read once for each.
MOST = 10

_NAME = re2.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,30}")
_WORD = re2.compile(r"[A-Za-z0-9_.-]+")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text) or text.casefold() == DEFAULT:
        context = {"name": quoted(text), "remedy": "use letters, digits, `.`, `_` and `-`, like `P0` or `SEV-1`"}
        raise PydanticCustomError("severity_name", "{name} can't name a severity", context)
    return text


SeverityName = Annotated[str, AfterValidator(_name)]


class SeveritySettings(BaseModel):
    """What a severity means here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str = Field("", description='When it applies, e.g. "production is down".')
    labels: tuple[str, ...] | None = Field(
        None, description="Labels that tell it; its name where left out. Letter case doesn't count."
    )
    within: Duration | None = Field(None, description="From the report to production at most this long, like `2h`.")
    hotfix: bool = Field(True, description="Whether a fix of this severity may be a hotfix.")
    instead: str = Field("", description='Where a fix goes that may be none, e.g. "the next release".')


def _distinct(severities: dict[str, SeveritySettings]) -> dict[str, SeveritySettings]:
    """Refuse what would leave open which severity counts."""
    if len(severities) > MOST:
        raise ValueError(f"{len(severities)} severities are defined, and {MOST} at most can be")
    if severities and not any(settings.hotfix for settings in severities.values()):
        raise ValueError("none of these severities may be a hotfix, so no hotfix could ever be merged")
    meanings: dict[str, str] = {}
    for name, settings in severities.items():
        for label in severity_of(name, settings).labels:
            other = meanings.setdefault(label.casefold(), name)
            if other != name:
                raise ValueError(f"the label {quoted(label)} tells both {other} and {name}")
    return severities


Severities = Annotated[dict[SeverityName, SeveritySettings], AfterValidator(_distinct)]


def severity_of(name: str, settings: SeveritySettings) -> Severity:
    """The severity that these settings describe."""
    labels = (name,) if settings.labels is None else settings.labels
    return Severity(name, settings.description, labels, settings.within, settings.hotfix, settings.instead)


def assess(
    severities: Mapping[str, Severity], labels: tuple[str, ...], body: str, entries: Iterable[Entry] = ()
) -> Assessment:
    """Which severity a pull request tells.

    What somebody said by command counts, for it is a person's decision with a name to it. Without one, of what labels
    and description tell the gravest counts.

    Args:
        severities: those of the policy file by name, gravest first.
        labels: the pull request's labels.
        body: its description.
        entries: what was said by commands; of severities the newest alone.
    """
    if not severities:
        return Assessment()
    told = tuple(dict.fromkeys((*_by_labels(severities, labels), *_by_description(severities, read(body)))))
    names = {name for _, name in told}
    gravest = next((severity for name, severity in severities.items() if name in names), None)
    command = _command(severities, entries)
    if command is None:
        return Assessment(tuple(severities.values()), told, gravest)
    settled = severities[command.subjects[0]]
    lowered = gravest if gravest is not None and _graver(gravest, settled, severities) else None
    said = (*told, (f"{command.login}'s command", settled.name))
    return Assessment(tuple(severities.values()), said, settled, command, lowered)


def named(severities: Mapping[str, Severity], name: str) -> Severity | None:
    """The severity of that name, in whatever letter case; None where there is none."""
    return next((severity for known, severity in severities.items() if known.casefold() == name.casefold()), None)


def _command(severities: Mapping[str, Severity], entries: Iterable[Entry]) -> Entry | None:
    """The command that tells a severity; None without one, or where the policy file no longer defines its severity."""
    told = [entry for entry in entries if entry.kind is EntryKind.SEVERITY]
    return told[-1] if told and told[-1].subjects[0] in severities else None


def _graver(one: Severity, other: Severity, severities: Mapping[str, Severity]) -> bool:
    order = list(severities)
    return order.index(one.name) < order.index(other.name)


def _by_labels(severities: Mapping[str, Severity], labels: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    meanings = {label.casefold(): severity.name for severity in severities.values() for label in severity.labels}
    for label in labels:
        if label.casefold() in meanings:
            yield f"label {label}", meanings[label.casefold()]


def _by_description(severities: Mapping[str, Severity], described: Described) -> Iterator[tuple[str, str]]:
    """What the description's fields and ticked boxes tell; one that names several is a template left as it was."""
    ticked = [box.text for box in described.boxes if box.ticked and box.section == FIELD.casefold()]
    values = ticked or [found.value for found in described.fields(FIELD)]
    for value in values:
        words = {str(word).casefold() for word in _WORD.findall(value)}
        named = [name for name in severities if name.casefold() in words]
        if len(named) == 1:
            yield "the description", named[0]
