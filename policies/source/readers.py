"""Which module reads the test cases of which language. A new language is a module and a row."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

from policies.source import go_cases, grammars, java_cases, javascript_cases, python_cases
from policies.source.cases import Place, Suite
from policies.source.file_types import Reader, file_type
from policies.source.grammars import Source
from policies.source.test_paths import is_test_path

#: Folders of the tests whose files are inputs, even where they are named like tests.
_FIXTURE_FOLDERS = frozenset(
    """
    fixtures fixture __fixtures__ testdata test-data test_data __mocks__ __snapshots__ snapshots
    """.split()  # noqa: SIM905
)

#: A test file of 20,000 lines has about 400,000 nodes; walking a million of them in Python takes many seconds.
_MOST_NODES = 600_000


@dataclass(frozen=True)
class _Ecosystem:
    """How one language's tests are read.

    Attributes:
        may_hold: a quick look whether a file is worth parsing.
        read: from the parsed file to its cases.
    """

    may_hold: Callable[[Place, str], bool]
    read: Callable[[Source, Place], Suite]


_ECMASCRIPT = _Ecosystem(javascript_cases.may_hold, javascript_cases.read)
_ECOSYSTEMS = {
    "Python": _Ecosystem(python_cases.may_hold, python_cases.read),
    "JavaScript": _ECMASCRIPT,
    "TypeScript": _ECMASCRIPT,
    "TSX": _ECMASCRIPT,
    "Go": _Ecosystem(go_cases.may_hold, go_cases.read),
    "Java": _Ecosystem(java_cases.may_hold, java_cases.read),
}


class Unread(Enum):
    """Why a file's test cases can't be told."""

    LANGUAGE = "test cases of this language can't be read yet"
    TOO_LARGE = "its syntax tree is too large"


def holds_code(path: str) -> bool:
    """Whether a path names source code, as opposed to data, documents and pictures."""
    return not _is_fixture(path) and file_type(path).reader in (Reader.GRAMMAR, Reader.LEXER)


@functools.lru_cache(maxsize=32)
def suite_of(path: str, text: str) -> Suite | Unread | None:
    """The test cases that a file holds, None where it can't hold any.

    Args:
        path: repository path: it tells the language, and whether test runners look there.
        text: the whole file.
    """
    kind = file_type(path, text)
    ecosystem = _ECOSYSTEMS.get(kind.name)
    if ecosystem is None:
        is_code = kind.reader is Reader.LEXER and is_test_path(path) and not _is_fixture(path)
        return Unread.LANGUAGE if is_code else None
    place = Place(kind.name, path, is_test_path(path))
    if _is_fixture(path) or not ecosystem.may_hold(place, text):
        return None
    source = grammars.parse(kind.name, text)
    if source is None or source.root.descendant_count > _MOST_NODES:
        return Unread.TOO_LARGE
    return ecosystem.read(source, place)


def _is_fixture(path: str) -> bool:
    return any(folder.lower() in _FIXTURE_FOLDERS for folder in PurePosixPath(path).parts[:-1])
