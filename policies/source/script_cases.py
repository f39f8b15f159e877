"""Test scripts of languages whose files are one case each: Perl's `.t` files."""

from __future__ import annotations

from policies.source.cases import Place, Suite
from policies.source.grammars import Source
from policies.source.scopes import as_script


def may_hold(place: Place, _text: str) -> bool:
    """Whether a file is worth parsing."""
    return place.is_test


def read(source: Source, place: Place) -> Suite:
    """The whole file as one case, where it is named like a test and asserts."""
    return as_script(Suite(place.language, source), place, anyhow=place.path.endswith(".t"))
