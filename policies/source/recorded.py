"""Markers in files of data: JSON, and the snapshots that test runners write. What isn't surely a string is unsure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from policies.source.contexts import Context, Place, Reading, same_everywhere
from policies.source.file_types import of_language

#: JSON is read to the end; a source map of some megabytes takes a tenth of a second.
_CHARACTERS = 5_000_000
#: Jest "Snapshot Testing" and Vitest "Snapshot": a module of JavaScript that exports template strings.
_SNAPSHOTS = ("// Jest Snapshot v", "// Vitest Snapshot v", "// Bun Snapshot v")


def places(text: str, offsets: Sequence[int], read: Reading) -> tuple[Place, ...]:
    """Where each of some offsets into a file of data, or into one of an unknown type, stands."""
    language = of_language("JavaScript")
    if language is not None and text.removeprefix("\ufeff").startswith(_SNAPSHOTS):
        return read(language, text, offsets)
    # In JSON (RFC 8259) a word with a colon stands in a string, or it isn't JSON.
    return same_everywhere(Context.STRING if _is_json(text) else Context.UNSURE, text, offsets)


def _is_json(text: str) -> bool:
    opening = text.removeprefix("\ufeff").lstrip()
    if not opening.startswith(("{", "[", '"')) or len(text) > _CHARACTERS:
        return False
    try:
        json.loads(opening)
    except (ValueError, RecursionError):
        return False
    return True
