"""Which module reads the test cases of which language. A new language is a module and a row."""

from __future__ import annotations

import functools
import importlib
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import PurePosixPath
from typing import Protocol, cast

from domain.change import ChangedFile
from domain.diff import FileDiff, FileStatus
from policies.source import grammars
from policies.source.cases import Place, Suite
from policies.source.file_types import file_type
from policies.source.grammars import Source
from policies.source.reparsing import reparse
from policies.source.test_paths import is_test_path

#: Folders of the tests whose files are inputs, even where they are named like tests.
_FIXTURE_FOLDERS = frozenset(
    """
    fixtures fixture __fixtures__ testdata test-data test_data __mocks__ __snapshots__ snapshots
    """.split()  # noqa: SIM905
)

#: A test file of 20,000 lines has about 400,000 nodes; walking a million of them in Python takes many seconds.
_MOST_NODES = 600_000


class _Reads(Protocol):
    """A module that reads the test cases of a language."""

    def may_hold(self, place: Place, text: str, /) -> bool:
        """A quick look whether a file is worth parsing."""

    def read(self, source: Source, place: Place, /) -> Suite:
        """From the parsed file to its cases."""


#: language | the module in this room that reads its tests, imported on first use
_ECOSYSTEMS = {
    "Python": "python_cases",
    "JavaScript": "javascript_cases",
    "TypeScript": "javascript_cases",
    "TSX": "javascript_cases",
    "Go": "go_cases",
    "Java": "java_cases",
    "Rust": "rust_cases",
    "Ruby": "ruby_cases",
    "Kotlin": "kotlin_cases",
    "C#": "csharp_cases",
    "PHP": "php_cases",
    "Swift": "swift_cases",
    "Scala": "scala_cases",
    "Elixir": "elixir_cases",
    "Shell": "shell_cases",
    "C": "c_cases",
    "C++": "c_cases",
    "Perl": "script_cases",
}
#: Readers of plain text: they need no syntax tree.
_TEXTS = {"Gherkin": "gherkin_cases", "prose": "prose_cases", "reStructuredText": "prose_cases", "cases": "block_cases"}

#: What configures or shows; a case in it would be a surprise.
_NO_PROGRAMS = frozenset(
    """
    YAML TOML XML HTML CSS SCSS Less Sass INI Properties Makefile CMake Meson Dockerfile Starlark Terraform Nix Jinja
    ERB Handlebars Twig Liquid Pug GraphQL Nginx SQL Razor Dune Assembler
    Blade JSP ASP.NET Astro Bicep FlatBuffers TeX QML HLSL WGSL Kconfig NSIS Caddyfile VCL
    """.split()  # noqa: SIM905
) | {"JSON with comments", "Protocol Buffers", "systemd unit"}


class Unread(Enum):
    """Why a file's test cases can't be told."""

    LANGUAGE = "test cases of this language can't be read yet"
    TOO_LARGE = "its syntax tree is too large"


def holds_code(path: str) -> bool:
    """Whether a path names source code, as opposed to data, documents and pictures."""
    return not _is_fixture(path) and file_type(path).is_parsed


@dataclass(frozen=True)
class _Side:
    """One side of a file; what its tree may be made from doesn't tell it from another."""

    path: str
    text: str
    base: tuple[Suite, FileDiff] | None = field(default=None, compare=False)


def suite_of(path: str, text: str) -> Suite | Unread | None:
    """The test cases that a file holds, None where it can't hold any.

    Args:
        path: repository path: it tells the language, and whether test runners look there.
        text: the whole file.
    """
    return _suite(_Side(path, text))


def suites_of(file: ChangedFile) -> tuple[Suite | Unread | None, Suite | Unread | None]:
    """The test cases of both sides of a changed file. A copy has no base of its own: its cases are new."""
    old = None if file.status is FileStatus.COPIED or file.base is None else file.base.text
    new = None if file.head is None else file.head.text
    before = None if old is None else suite_of(file.diff.base_path, old)
    if new is None or not isinstance(before, Suite):
        return before, None if new is None else suite_of(file.path, new)
    return before, _suite(_Side(file.path, new, (before, file.diff)))


@functools.lru_cache(maxsize=8)
def _suite(side: _Side) -> Suite | Unread | None:
    path, text = side.path, side.text
    kind = file_type(path, text)
    name = "cases" if path.endswith(".test") else kind.name
    place = Place(name, path, is_test_path(path))
    if _is_fixture(path):
        return None
    module = _ECOSYSTEMS.get(name) or _TEXTS.get(name)
    if module is None:
        is_program = kind.is_parsed and kind.name not in _NO_PROGRAMS
        return Unread.LANGUAGE if is_program and place.is_test else None
    reader = _reader(module)
    if not reader.may_hold(place, text):
        return None
    source = _source(name, side)
    if source is None or source.root.descendant_count > _MOST_NODES:
        return Unread.TOO_LARGE
    return reader.read(source, place)


def _source(name: str, side: _Side) -> Source | None:
    """The syntax tree; a reader of plain text is handed a tree of nothing, with the text beside it."""
    if name not in _ECOSYSTEMS:
        return _plain(side.text)
    if side.base is not None and side.base[0].language == name:
        before, diff = side.base
        return reparse(before.source, name, side.text, diff)
    return grammars.parse(name, side.text)


@functools.cache
def _reader(module: str) -> _Reads:
    return cast("_Reads", importlib.import_module(f"policies.source.{module}"))


def _plain(text: str) -> Source | None:
    empty = grammars.parse("Python", "")
    return replace(empty, text=text.encode("utf-8", "replace")) if empty is not None else None


def _is_fixture(path: str) -> bool:
    return any(folder.lower() in _FIXTURE_FOLDERS for folder in PurePosixPath(path).parts[:-1])
