"""Test cases of `.test` files: jq's, SQLite's, LLVM's and sqllogictest's are rows of input and expected output.

Their languages differ; that blank lines keep the cases apart doesn't.
"""

from __future__ import annotations

import itertools

from policies.source.cases import Case, Place, Suite, numbered
from policies.source.grammars import Source

_COMMENTS = ("#", "//", ";")


def may_hold(place: Place, _text: str) -> bool:
    """Whether a file is worth reading: one of the tests, not a shell script that happens to end so."""
    return place.is_test


def read(source: Source, place: Place) -> Suite:
    """The blocks of a file; one that shrinks to nothing but comments is no case."""
    lines = enumerate(source.text.decode("utf-8", "replace").split("\n"), start=1)
    cases: list[Case] = []
    for blank, block in itertools.groupby(lines, key=lambda line: not line[1].strip()):
        rows = [(number, line.strip()) for number, line in block if not line.lstrip().startswith(_COMMENTS)]
        if not blank and rows:
            words = tuple(text for _, text in rows)
            cases.append(Case(words[0][:100], rows[0][0], words=words, asserts=True))
    return Suite(place.language, source, numbered(cases))
