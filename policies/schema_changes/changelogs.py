"""Liquibase's changelogs: which change sets are new, and which of them can't be rolled back.

Format: Liquibase's documentation, "Changelog formats" and "Automatic and custom rollbacks".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, tostring

import re2

from policies.manifests.model import UnreadableManifestError
from policies.manifests.reading import json_object, xml, yaml_object
from policies.schema_changes.losses import losses, without_comments

#: Changes that Liquibase can't turn around by itself.
_ONE_WAY = {
    "dropTable": "drops a table",
    "dropColumn": "drops a column",
    "delete": "deletes rows",
    "dropProcedure": "drops a procedure",
    "sql": "runs SQL without a rollback",
    "sqlFile": "runs SQL without a rollback",
    "customChange": "runs code without a rollback",
    "update": "overwrites rows without a rollback",
    "modifyDataType": "changes a type without a rollback",
    "mergeColumns": "merges columns",
}
_LOSING = frozenset(["dropTable", "dropColumn", "delete"])
_MARK = re2.compile(r"(?im)^[ \t]*--[ \t]*changeset\s+(\S+)")
_ROLLBACK = re2.compile(r"(?im)^[ \t]*--[ \t]*rollback\b[ \t]*(\S?)")

#: A change set's identity, with its changes by name, its text and whether it says how to roll back.
_Sets = dict[str, tuple[list[str], str, bool]]


def irreversible_sets(path: str, base: str | None, head: str) -> Iterator[tuple[str, str]]:
    """The change sets that head has and base hasn't in the same words, and what about them can't be taken back.

    Raises:
        UnreadableManifestError: one side can't be read.
    """
    before = _sets(path, base) if base is not None else {}
    for name, found in _sets(path, head).items():
        if before.get(name) != found:
            yield from ((name, what) for what in dict.fromkeys(_wrong(found)))


def _wrong(found: tuple[list[str], str, bool]) -> Iterator[str]:
    changes, text, has_rollback = found
    for change in changes:
        if change in _ONE_WAY and (change in _LOSING or not has_rollback):
            yield _ONE_WAY[change]
    yield from (what for _, what in losses(text))
    if not changes and not has_rollback:
        yield "has no rollback"


def _sets(path: str, text: str) -> _Sets:
    if path.endswith(".sql"):
        return _of_sql(path, text)
    if path.endswith(".xml"):
        return dict(_of_xml(xml(text)))
    data = json_object(text) if path.endswith(".json") else yaml_object(text)
    return dict(_of_data(data.get("databaseChangeLog")))


def _of_sql(path: str, text: str) -> _Sets:
    marks = list(_MARK.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    found: _Sets = {}
    for mark, end in zip(marks, ends, strict=True):
        part = text[mark.end() : end]
        rollback = _ROLLBACK.search(part)
        found[mark.group(1)] = ([], without_comments(path, part), bool(rollback and rollback.group(1)))
    return found


def _of_xml(root: Element) -> Iterator[tuple[str, tuple[list[str], str, bool]]]:
    for element in root.iter("changeSet"):
        parts = [one for one in element if isinstance(one.tag, str) and one.tag not in {"comment", "preConditions"}]
        rollback = any(one.tag == "rollback" and _is_filled(one) for one in parts)
        forward = [one for one in parts if one.tag != "rollback"]
        text = "\n".join(tostring(one, encoding="unicode") for one in forward)
        name = f"{element.get('author', '')}:{element.get('id', '')}"
        yield name, ([one.tag for one in forward], text, rollback)


def _is_filled(element: Element) -> bool:
    return bool(len(element) or (element.text or "").strip() or element.attrib)


def _of_data(log: object) -> Iterator[tuple[str, tuple[list[str], str, bool]]]:
    if log is not None and not isinstance(log, list):
        raise UnreadableManifestError("databaseChangeLog is no list")
    for entry in log or []:
        one = entry.get("changeSet") if isinstance(entry, Mapping) else None
        if isinstance(one, Mapping):
            changes = one.get("changes")
            listed = [change for change in changes if isinstance(change, Mapping)] if isinstance(changes, list) else []
            names = [str(name) for change in listed for name in change]
            rollback = bool(one.get("rollback")) or any(bool(change.get("rollback")) for change in listed)
            yield f"{one.get('author', '')}:{one.get('id', '')}", (names, _written(listed), rollback)


def _written(changes: list[Mapping[str, object]]) -> str:
    return "\n".join(f"{name}: {value}" for change in changes for name, value in change.items())
