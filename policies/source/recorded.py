"""Markers in files of data: JSON, and the snapshots that test runners write. What isn't surely a string is unsure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from policies.source.contexts import Context, Place, Reading, same_everywhere
from policies.source.file_types import FileType, of_language

#: JSON is read to the end; a source map of some megabytes takes a tenth of a second.
_CHARACTERS = 5_000_000
#: Jest "Snapshot Testing" and Vitest "Snapshot": a module of JavaScript that exports template strings.
_LANGUAGES = {"minified script": "JavaScript", "minified style": "CSS"}
_SNAPSHOTS = ("// Jest Snapshot v", "// Vitest Snapshot v", "// Bun Snapshot v")


def places(kind: FileType, text: str, offsets: Sequence[int], read: Reading) -> tuple[Place, ...]:
    """Where each of some offsets into a file of data, or into one of an unknown type, stands."""
    name = "JavaScript" if text.removeprefix("\ufeff").startswith(_SNAPSHOTS) else _LANGUAGES.get(kind.name, "")
    language = of_language(name) if name else None
    if language is not None:
        return read(language, text, offsets)
    if kind.name == "catalogue":
        return tuple(_in_catalogue(text, offset) for offset in offsets)
    # In JSON (RFC 8259) a word with a colon stands in a string, or it isn't JSON.
    return same_everywhere(Context.STRING if _is_json(text) else Context.UNSURE, text, offsets)


def _in_catalogue(text: str, offset: int) -> Place:
    """GNU gettext, "The Format of PO Files": comments begin with a number sign, the rest are quoted messages."""
    is_comment = text[text.rfind("\n", 0, offset) + 1 : offset].removeprefix("\ufeff").startswith("#")
    end = text.find("\n", offset)
    return Place(Context.COMMENT if is_comment else Context.STRING, end if end >= 0 else len(text))


def _is_json(text: str) -> bool:
    opening = text.removeprefix("\ufeff").lstrip()
    if not opening.startswith(("{", "[", '"')) or len(text) > _CHARACTERS:
        return False
    try:
        json.loads(opening)
    except (ValueError, RecursionError):
        return False
    return True
