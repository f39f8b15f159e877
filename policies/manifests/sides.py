"""The changed manifests of a change, parsed at base and head."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import re2

from domain.change import ChangedFile, Content
from policies.file_kinds import FileKind, has_fixture_folder, is_example, is_fixture, kind_of
from policies.manifests import Format, format_of
from policies.manifests.comparison import Sides
from policies.manifests.model import Dependency, Manifest, Scope, UnreadableManifestError
from policies.source.test_paths import is_test_path

CATALOG = "gradle/libs.versions.toml"
_CATALOG_SUFFIX = ".versions.toml"
_WORDS = re2.compile(r"[\w@/.-]+")
_INCLUDED = "the included file "
#: The test projects of .NET and the JVM are parts of the build wherever they lie (`test/Acme.Tests/Acme.Tests.csproj`).
_PROJECT = re2.compile(r"(?:proj|\.props|\.targets|packages\.config|pom\.xml|\.gradle|\.gradle\.kts|\.sbt)$")


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A changed manifest that can't be judged.

    Attributes:
        line: 1-based line at head, 0 where unknown.
    """

    path: str
    why: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """All changed manifests: those that were read, and those that couldn't be."""

    sides: tuple[Sides, ...]
    unreadable: tuple[UnreadableFile, ...]


def read(files: tuple[ChangedFile, ...], others: Mapping[str, Content | None]) -> Reading:
    """Parse every changed manifest at base and head.

    Fixtures and examples that can't be read are left out: many are broken on purpose.
    """
    sides: list[Sides] = []
    unreadable: list[UnreadableFile] = []
    changed = {file.path for file in files}
    for file in files:
        if not _is_manifest(file):
            continue
        scope = scope_of(file.path)
        try:
            found = _sides(file, scope)
        except UnreadableManifestError as error:
            if scope not in {Scope.FIXTURE, Scope.EXAMPLE}:
                unreadable.append(UnreadableFile(file.path, error.why, error.line))
            continue
        sides.append(found)
        unreadable += [UnreadableFile(file.path, why) for why in _new_opaque(found, changed)]
    return Reading(_with_catalogs(sides, files, others), tuple(unreadable))


def scope_of(path: str) -> Scope | None:
    """What a manifest's place says of everything in it, None where nothing."""
    name = PurePosixPath(path)
    if _is_aside(path):
        return Scope.FIXTURE
    if is_example(path):
        return Scope.EXAMPLE
    if path.startswith(".github/") or name.name in {"action.yml", "action.yaml"}:
        return Scope.CI
    if name.name.lower().startswith(("dockerfile", "containerfile")) or name.suffix.lower() == ".dockerfile":
        return Scope.CONTAINER
    if is_test_path(path):
        return Scope.DEVELOPMENT
    return Scope.DEVELOPMENT if name.suffix in {".txt", ".in", ".pip"} and _is_for_development(path) else None


def _is_for_development(path: str) -> bool:
    from policies.manifests.python_requirements import scope_of_file  # noqa: PLC0415 - it takes long to load

    return scope_of_file(path) is Scope.DEVELOPMENT


def _is_aside(path: str) -> bool:
    """A fixture lies in a folder named so, or deeper in the tests than a manifest of the tests themselves."""
    if not is_fixture(path):
        return False
    if is_test_path(path) and _PROJECT.search(path) and not has_fixture_folder(path):
        return False
    parent = posixpath.dirname(path)
    own = is_test_path(path) and not is_fixture(parent) and "/" not in posixpath.dirname(parent)
    return not own


def _is_manifest(file: ChangedFile) -> bool:
    if file.diff.is_submodule:
        return False
    paths = {file.path, file.diff.base_path}
    return any(format_of(path) is not None and not _is_copy(path) for path in paths)


def _is_copy(path: str) -> bool:
    """The manifest of a vendored package says what that package needs, not what this repository does."""
    return kind_of(path) is FileKind.VENDORED and not path.endswith("vendor/modules.txt")


def _sides(file: ChangedFile, scope: Scope | None) -> Sides:
    head = _parsed(file.path, file.head)
    if file.head is None:
        base = _parsed_or_nothing(file.diff.base_path, file.base)
    elif scope_of(file.diff.base_path) in {Scope.FIXTURE, Scope.EXAMPLE} and scope is not scope_of(file.diff.base_path):
        base = Manifest()  # a fixture that becomes a manifest of the product brings all of it along
    else:
        base = _base(file, head)
    found = format_of(file.path) or format_of(file.diff.base_path)
    return Sides(file.path, base, head, scope, lock=found is not None and found.lock)


def _base(file: ChangedFile, head: Manifest) -> Manifest:
    try:
        return _parsed(file.diff.base_path, file.base)
    except UnreadableManifestError as error:
        text = file.base.text if file.base is not None else None
        if text is None:
            raise UnreadableManifestError(f"at base {error.why}") from error
        return _named_in(text, head)


def _named_in(text: str, head: Manifest) -> Manifest:
    """What a broken manifest that is repaired held as far as its words tell: the repair itself adds nothing."""
    words = set(_WORDS.findall(text))
    known = (one for one in head.dependencies if set(_WORDS.findall(one.name.rpartition(":")[2])) <= words)
    return replace(head, dependencies=tuple(known))


def _parsed(path: str, content: Content | None) -> Manifest:
    found = _own_format(path)
    if content is None or found is None:
        return Manifest()
    if content.text is None:
        raise UnreadableManifestError(f"it is {content.unreadable or 'no text'}")
    return found.parse(content.text)


def _own_format(path: str) -> Format | None:
    return None if _is_copy(path) else format_of(path)


def _parsed_or_nothing(path: str, content: Content | None) -> Manifest:
    """What is removed can't add anything, whether it could be read or not."""
    try:
        return _parsed(path, content)
    except UnreadableManifestError:
        return Manifest()


def _new_opaque(sides: Sides, changed: set[str]) -> list[str]:
    """What only running the build would tell, and what base doesn't hold: files that are changed, too, are read."""
    if sides.scope in {Scope.FIXTURE, Scope.EXAMPLE}:
        return []
    return [
        f"it can't be told what it brings: {part}"
        for part in sorted(sides.head.opaque - sides.base.opaque)
        if not _is_read_anyway(part, sides.path, changed)
    ]


def _is_read_anyway(part: str, path: str, changed: set[str]) -> bool:
    if not part.startswith(_INCLUDED):
        return False
    place = posixpath.normpath(posixpath.join(posixpath.dirname(path), part.removeprefix(_INCLUDED)))
    return place in changed and format_of(place) is not None


def _with_catalogs(
    sides: list[Sides], files: Iterable[ChangedFile], others: Mapping[str, Content | None]
) -> tuple[Sides, ...]:
    """Gradle's accessors (`libs.guava`) made the packages that the version catalog means, on each side."""
    catalogs = [file for file in files if file.path.endswith(_CATALOG_SUFFIX)]
    unchanged = others.get(CATALOG) if not any(file.path == CATALOG for file in catalogs) else None
    base = _aliases([unchanged, *(file.base for file in catalogs)])
    head = _aliases([unchanged, *(file.head for file in catalogs)])
    return tuple(replace(one, base=_meant(one.base, base), head=_meant(one.head, head)) for one in sides)


def _aliases(contents: Iterable[Content | None]) -> dict[str, Dependency]:
    found: dict[str, Dependency] = {}
    for content in contents:
        try:
            found |= _catalog(content.text) if content is not None and content.text is not None else {}
        except UnreadableManifestError:
            continue  # named as unreadable where it is changed
    return found


def _catalog(text: str) -> Mapping[str, Dependency]:
    from policies.manifests import gradle  # noqa: PLC0415 - few repositories need it

    return gradle.aliases(text)


def _meant(manifest: Manifest, aliases: Mapping[str, Dependency]) -> Manifest:
    if not aliases:
        return manifest
    return replace(manifest, dependencies=tuple(_resolved(one, aliases) for one in manifest.dependencies))


def _resolved(one: Dependency, aliases: Mapping[str, Dependency]) -> Dependency:
    target = aliases.get(one.purl)
    # The catalog itself says which version: a bump of it is none of the build file.
    return one if target is None else replace(one, name=target.name, purl=target.purl)
