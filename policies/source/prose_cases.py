"""Doctests in prose: Python's examples in reStructuredText and plain text, where a project keeps its documentation.

Python's doctest ("Simple Usage: Checking Examples in a Text File"), pytest (`--doctest-glob`) and Sphinx
(`sphinx.ext.doctest`) run them. A README or a changelog shows examples that mostly nobody runs.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from policies.source.cases import Case, Place, Suite, numbered
from policies.source.grammars import Source

_FOLDERS = frozenset(["doc", "docs", "documentation"])
_SUFFIXES = frozenset([".rst", ".txt"])


def may_hold(place: Place, text: str) -> bool:
    """Whether a file is worth reading."""
    path = PurePosixPath(place.path)
    in_docs = place.is_test or any(folder.lower() in _FOLDERS for folder in path.parts[:-1])
    return in_docs and path.suffix in _SUFFIXES and ">>> " in text


def read(source: Source, place: Place) -> Suite:
    """The examples of a text, each a prompt with what it prints."""
    cases: list[Case] = []
    words: list[str] = []
    start = 0
    for number, line in enumerate([*source.text.decode("utf-8", "replace").split("\n"), ""], start=1):
        text = line.strip()
        if words and (not text or text.startswith(">>> ")):
            cases.append(_example(start, words))
            words = []
        if text.startswith(">>> ") or (words and text):
            start = start if words else number
            words.append(text)
    return Suite(place.language, source, numbered(cases))


def _example(start: int, words: list[str]) -> Case:
    prints = any(not word.startswith((">>>", "...")) for word in words)
    return Case(
        f"{words[0][:100]} (doctest)",
        start,
        words=tuple(words),
        skipped="+SKIP" in words[0],
        doctest=True,
        asserts=prints,
    )
