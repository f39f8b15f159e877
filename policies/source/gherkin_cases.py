"""Test cases of Gherkin: the scenarios of Cucumber, Behat, SpecFlow, behave and others.

Words from Cucumber's "Gherkin Reference".
"""

from __future__ import annotations

import re2

from policies.source.cases import Case, Place, Suite, numbered
from policies.source.grammars import Source

_OPENS = re2.compile(r"^\s*(?:Scenario(?: Outline| Template)?|Example)\s*:\s*(.*)$")
_ENDS = re2.compile(r"^\s*(?:Feature|Rule|Background)\s*:")
_TAGS = re2.compile(r"^\s*@\w")
#: What people tag a scenario with to run it alone; cypress-cucumber-preprocessor "Tags" for both.
_FOCUSED = frozenset(["@only", "@focus"])
_SKIPS = frozenset(["@skip", "@ignore", "@wip", "@pending", "@disabled", "@todo"])


def may_hold(_place: Place, text: str) -> bool:
    """Whether a file is worth reading."""
    return "Scenario" in text or "Example" in text


def read(source: Source, place: Place) -> Suite:
    """The scenarios of a feature; their steps are what makes them up."""
    cases: list[Case] = []
    tags: list[str] = []
    current: tuple[str, int, frozenset[str], list[str]] | None = None
    for number, line in enumerate(source.text.decode("utf-8", "replace").split("\n"), start=1):
        opens = _OPENS.match(line[:2000])
        if opens or _TAGS.match(line) or _ENDS.match(line):
            cases += [_case(*current)] if current else []
            current = None
        if opens:
            current = (opens.group(1).strip()[:120], number, frozenset(tags), [])
            tags = []
        elif _TAGS.match(line):
            tags += line.lower().split()
        elif current and line.strip() and not line.lstrip().startswith("#"):
            current[3].append(" ".join(line.split()))
    cases += [_case(*current)] if current else []
    return Suite(place.language, source, numbered(cases))


def _case(name: str, line: int, tags: frozenset[str], steps: list[str]) -> Case:
    skipped, focused = bool(_SKIPS & tags), bool(_FOCUSED & tags)
    asserts = any(step[:1].isalpha() for step in steps)
    return Case(name, line, words=tuple(steps), skipped=skipped, focused=focused, asserts=asserts)
