"""What kind of file a changed file is, told by its path: which ones carry the product, and which don't.

The names follow GitHub's Linguist (`lib/linguist/vendor.yml`, `documentation.yml`, `generated.rb`), narrowed where
a broad one would let product code pass for something else.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath

import re2

from policies.manifests import format_of
from policies.source.test_paths import is_test_path


class FileKind(StrEnum):
    """Why a file isn't product code; the words stand in messages and facts."""

    TEST = "test"
    DOCS = "documentation"
    CHANGELOG = "changelog"
    LOCKFILE = "lockfile"
    GENERATED = "generated"
    VENDORED = "vendored"


_LOCKFILES = re2.compile(
    r"go\.sum|go\.work\.sum|mix\.lock|rebar\.lock|flake\.lock|deno\.lock|bun\.lockb|MODULE\.bazel\.lock"
    r"|maven_install\.json|\.terraform\.lock\.hcl|pixi\.lock|conda-lock\.ya?ml|conan\.lock|paket\.lock|Chart\.lock"
    r"|gradle\.lockfile|verification-metadata\.xml|elm-stuff|stack\.yaml\.lock|cabal\.project\.freeze|Manifest\.toml"
    r"|Cartfile\.resolved|Podfile\.lock|Package\.resolved|pubspec\.lock|jsonnetfile\.lock\.json"
)
_CHANGELOG_NAME = re2.compile(
    r"(?i)(?:change[-_]?logs?|changes|history|news|releases?|release[-_]?notes|whats[-_]?new)(?:[-_.][\w.-]*)?"
)
_CHANGELOG_FOLDER = re2.compile(
    r"(?i)(?:^|/)(?:\.?change[-_]?logs?(?:\.d)?|\.?changesets?|newsfragments|news\.d|changes\.d|release[-_]?notes"
    r"|releasenotes|\.chloggen|unreleased)/"
)
_DOCS_SUFFIXES = frozenset([".md", ".mdx", ".markdown", ".rst", ".adoc", ".asciidoc", ".textile", ".org", ".pod"])
_PROSE_SUFFIXES = _DOCS_SUFFIXES | {".txt", "", ".html", ".yml", ".yaml", ".json", ".toml"}
#: towncrier's default types ("Configuration Reference", `type`), and Keep a Changelog's.
_FRAGMENT_SUFFIXES = frozenset(
    """
    .feature .bugfix .doc .removal .misc .deprecation .breaking .change .added .changed .deprecated .removed .fixed
    .security .enhancement
    """.split()  # noqa: SIM905
)
_DOCS_NAME = re2.compile(
    r"(?i)(?:readme|licen[cs]e|copying|notice|authors|contributors|contributing|maintainers|security|code_of_conduct"
    r"|support|governance|codeowners|owners|thanks|credits|acknowledgments)(?:[-_.][\w.-]*)?"
)
#: Folders of documentation at the repository's root or at a package's; inside source folders the word means anything.
_DOCS_FOLDER = re2.compile(
    r"(?i)^(?:(?:packages|crates|modules|libs|projects)/[^/]+/)?(?:docs?|documentation|man|javadoc)/"
)
_CODE_SUFFIXES = frozenset(
    [".py", ".go", ".java", ".kt", ".rb", ".rs", ".php", ".cs", ".swift", ".scala", ".ex", ".c", ".cc", ".cpp", ".sql"]
)
_GENERATED = re2.compile(
    r".*[.-]min\.(?:js|mjs|css)|.*\.(?:js|css|mjs|cjs|ts)\.map|.*\.pb(?:\.gw|\.validate)?\.(?:go|cc|h|swift|dart)"
    r"|.*_pb2(?:_grpc)?\.pyi?|.*_(?:pb|grpc_pb|pb_service)\.(?:js|d\.ts|rb|ts)|.*_(?:grpc_)?pb\.(?:js|ts)"
    r"|.*\.(?:g|freezed|gr|config)\.dart|.*\.(?:d|D)esigner\.(?:cs|vb)|.*\.g\.(?:i\.)?cs|.*\.generated\.\w+"
    r"|zz_generated\.[\w.]+\.go|.*\.snap|.*_string\.go|.*\.gen\.(?:go|ts)|mock_.*\.go|.*_mock\.go"
)
_GENERATED_FOLDER = re2.compile(r"(?:^|/)(?:__generated__|\.generated|generated-sources)/")
_VENDORED_FOLDER = re2.compile(
    r"(?:^|/)(?:node_modules|bower_components|jspm_packages|third[-_]party|3rdparty|Godeps/_workspace|Carthage/Build"
    r"|Pods|_vendor|\.yarn/(?:releases|plugins|sdks|versions|cache|patches))/|(?:^|/)gradlew(?:\.bat)?$"
    r"|(?:^|/)gradle/wrapper/|(?:^|/)mvnw(?:\.cmd)?$|(?:^|/)\.mvn/wrapper/|(?:^|/)\.pnp\.c?js$"
)
#: "vendor" below source folders is as likely a seller as somebody else's code.
_VENDOR = re2.compile(r"^(?:(?:packages|crates|modules|libs|projects|services|cmd)/[^/]+/|[^/]+/)?vendor/")
_SOURCE_FOLDER = re2.compile(r"^(?:src|app|apps|lib|source|internal|pkg|main|core|backend|frontend|web)/vendor/")
_FIXTURE = re2.compile(
    r"(?i)(?:^|/)(?:fixtures?|testdata|test[-_]data|__fixtures__|testfixtures|mocks?|__mocks__|templates?|template-[^/]+|skeletons?"
    r"|boilerplates?|scaffolds?|cookiecutter[^/]*|\{\{[^/]*\}\}|testcases|corpus|snapshots?)/"
)
_EXAMPLE = re2.compile(
    r"(?i)(?:^|/)(?:examples?|samples?|demos?|playgrounds?|tutorials?|sandbox(?:es)?|quickstarts?|showcase|starters?)/"
)


def kind_of(path: str) -> FileKind | None:
    """What a path that isn't product code is; None for product code and whatever isn't known.

    The order is that of trust: what others made, then what tools made, then tests and words.
    """
    name = PurePosixPath(path).name
    if _is_vendored(path):
        return FileKind.VENDORED
    if _is_lockfile(path, name):
        return FileKind.LOCKFILE
    if is_test_path(path):
        return FileKind.TEST
    if _GENERATED.fullmatch(name) or _GENERATED_FOLDER.search(path):
        return FileKind.GENERATED
    if is_changelog(path):
        return FileKind.CHANGELOG
    return FileKind.DOCS if _is_documentation(path, name) else None


def is_changelog(path: str) -> bool:
    """Whether a path names a changelog or one of its fragments."""
    name = PurePosixPath(path)
    if path == "debian/changelog":
        return True
    if name.suffix.lower() in _PROSE_SUFFIXES | _FRAGMENT_SUFFIXES and _CHANGELOG_FOLDER.search(path):
        return True
    prose = name.suffix.lower() in _DOCS_SUFFIXES | {".txt", "", ".html"}
    return prose and _CHANGELOG_NAME.fullmatch(name.name) is not None


def is_fixture(path: str) -> bool:
    """Whether a manifest at this path belongs to test data or to a template, not to the project."""
    return bool(_FIXTURE.search(path)) or is_test_path(path)


def has_fixture_folder(path: str) -> bool:
    """Whether a folder on the way says that what it holds is test data or a template."""
    return bool(_FIXTURE.search(path))


def is_example(path: str) -> bool:
    """Whether a manifest at this path belongs to an example."""
    return bool(_EXAMPLE.search(path))


def _is_vendored(path: str) -> bool:
    if _VENDORED_FOLDER.search(path):
        return True
    return bool(_VENDOR.search(path)) and not _SOURCE_FOLDER.search(path)


def _is_lockfile(path: str, name: str) -> bool:
    known = format_of(path)
    return bool(known and known.lock) or _LOCKFILES.fullmatch(name) is not None


def _is_documentation(path: str, name: str) -> bool:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _DOCS_SUFFIXES:
        return True
    if suffix in {"", ".txt", ".html"} and _DOCS_NAME.fullmatch(name):
        return True
    return bool(_DOCS_FOLDER.search(path)) and suffix not in _CODE_SUFFIXES and format_of(path) is None
