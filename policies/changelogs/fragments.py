"""News fragments: one small file a change, put together at the release.

Towncrier ("Creating fragments": `123.bugfix.rst`), Changesets (`.changeset/*.md`), reno (`releasenotes/notes/*.yaml`),
and the like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import re2

from policies.description_fields import is_placeholder, named
from policies.manifests.reading import yaml_object

_FOLDER = re2.compile(
    r"(?i)(?:^|/)(?:\.changesets?|newsfragments|news\.d|news|changes|changes\.d|change[-_]?logs?\.d|change[-_]?logs?"
    r"|releasenotes/notes|release[-_]notes|\.chloggen|unreleased|next-release)/[^/]+\.\w+$"
)
_KEPT = re2.compile(r"(?i)(?:readme.*|template.*|config\..*|_.*|\..*)")
_FRONT = re.compile(r"\A---[ \t]*\n.*?^---[ \t]*$", re.DOTALL | re.MULTILINE)
#: Names of towncrier's and others' types for Keep a Changelog's.
_TYPES: Mapping[str, frozenset[str]] = {
    "fixed": frozenset(["fixed", "fix", "fixes", "bugfix", "bug", "bugs", "bug_fix", "hotfix", "patch"]),
    "security": frozenset(["security"]),
    "changed": frozenset(["changed", "change", "misc", "minor", "enhancement"]),
    "added": frozenset(["added", "feature", "features", "enhancement", "minor"]),
    "removed": frozenset(["removed", "removal", "breaking", "upgrade", "major"]),
    "deprecated": frozenset(["deprecated", "deprecation", "deprecations"]),
}


def is_fragment(path: str) -> bool:
    """Whether a path is a fragment's."""
    return _FOLDER.search(path) is not None and _KEPT.fullmatch(PurePosixPath(path).name) is None


def says_something(path: str, text: str, template: str = "") -> bool:
    """Whether a fragment holds an entry.

    Raises:
        UnreadableManifestError: it is YAML by its name and can't be read.
    """
    if path.endswith((".yaml", ".yml")):
        noted = [
            value
            for key, value in _texts(yaml_object(text))
            if key not in {"component", "author", "type", "change_type"}
        ]
        return any(not is_placeholder(value, template) for value in noted)
    return not is_placeholder(_FRONT.sub("", text), template)


def stands_in(path: str, text: str, sections: tuple[str, ...]) -> bool:
    """Whether a fragment belongs to one of some sections: by its name, or by a word in its head."""
    wanted = {word for section in sections for word in (*_TYPES.get(named(section), ()), named(section))}
    parts = {part.casefold() for part in PurePosixPath(path).name.split(".")[:-1]} | {PurePosixPath(path).suffix[1:]}
    if parts & wanted:
        return True
    front = _FRONT.match(text)
    head = front.group() if front else text if path.endswith((".yaml", ".yml")) else ""
    return any(word.casefold() in wanted for word in re.findall(r"\w+", head))


def _texts(value: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, inner in value.items():
        parts = inner if isinstance(inner, list) else [inner]
        yield from ((str(key), part) for part in parts if isinstance(part, str))
