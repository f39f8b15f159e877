"""Patterns over package URLs, matched in linear time."""

from __future__ import annotations

import functools
import re
from typing import Any
from urllib.parse import unquote

import re2

_MAX_LENGTH = 300


class PurlGlob:
    """One pattern: `*` stands for any run of characters, `?` for one."""

    def __init__(self, pattern: str) -> None:
        parts = {"*": ".*", "?": "."}
        self._regex: Any = re2.compile("".join(parts.get(one, re2.escape(one)) for one in _normal(pattern)))

    def fullmatch(self, purl: str) -> object | None:
        """Whether the pattern fits a package URL, None where not."""
        found: object | None = self._regex.fullmatch(_normal(purl))
        return found


@functools.lru_cache(maxsize=256)
def compiled(pattern: str) -> PurlGlob:
    """Read a pattern.

    Raises:
        ValueError: it can't match any package URL without a version.
    """
    kind, _, rest = pattern.removeprefix("pkg:").partition("/")
    if not pattern.startswith("pkg:") or not kind or not rest or len(pattern) > _MAX_LENGTH:
        raise ValueError(f"{pattern!r} is no package URL: expected the like of pkg:pypi/requests or pkg:npm/@acme/*")
    if "@" in unquote(rest).removeprefix("@"):
        raise ValueError(f"{pattern!r} names a version: an allowed package is allowed in every version")
    return PurlGlob(pattern)


def _normal(purl: str) -> str:
    """Scopes are written as `@acme` by people and as `%40acme` by the specification; names differ by habit."""
    plain = unquote(purl).lower()
    return re.sub(r"[-_.]+", "-", plain) if plain.startswith("pkg:pypi/") else plain
