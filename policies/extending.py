"""A policy file on top of a preset: what it says itself counts, the preset says the rest."""

from __future__ import annotations

from dataclasses import replace

from policies import presets, yaml_text
from policies.yaml_text import Entry, Items, Node, Place, Scalar, Section

EXTENDS = "extends"

#: How deep sections are merged key by key; below, what the file says replaces what the preset says.
_DEPTHS = {"triggers": 1, "roles": 1, "severities": 2, "policies": 2, "backport": 1}


def extended(document: Section) -> Section:
    """The document with what its preset adds; as it is where it names none, or none that exists.

    A fault in what the preset adds (a role that it asks for and nobody defines) is told at the line of `extends`.
    """
    entry = document.entry(EXTENDS)
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.value not in presets.names():
        return document
    preset, problems = yaml_text.parse(presets.text(str(entry.value.value)))
    assert isinstance(preset, Section) and not problems  # noqa: S101, PT018 - a test reads every preset
    return _merged(document, _moved(preset, entry.value.place), None)


def _merged(own: Section, added: Section, depth: int | None) -> Section:
    """Both sections' keys, those of `added` first, so that severities keep the preset's order."""
    kept = [_one(own.entry(entry.key), entry, depth) for entry in added.entries]
    known = {entry.key for entry in added.entries}
    return replace(own, entries=(*kept, *(entry for entry in own.entries if entry.key not in known)))


def _one(own: Entry | None, added: Entry, depth: int | None) -> Entry:
    if own is None or _is_empty(own.value):
        return added
    below = _DEPTHS.get(added.key, 0) if depth is None else depth - 1
    both_are_sections = isinstance(own.value, Section) and isinstance(added.value, Section)
    if below <= 0 or not both_are_sections:
        return own
    assert isinstance(own.value, Section) and isinstance(added.value, Section)  # noqa: S101, PT018 - said just above
    return replace(own, value=_merged(own.value, added.value, below))


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _moved(node: Section, place: Place) -> Section:
    moved = _placed(node, place)
    assert isinstance(moved, Section)  # noqa: S101 - a section stays one
    return moved


def _placed(node: Node, place: Place) -> Node:
    match node:
        case Scalar():
            return replace(node, place=place)
        case Items():
            return replace(node, place=place, items=tuple(_placed(item, place) for item in node.items))
        case Section():
            entries = (Entry(entry.key, place, _placed(entry.value, place)) for entry in node.entries)
            return Section(place, tuple(entries))
