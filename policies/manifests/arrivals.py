"""Dependencies that come without a manifest: submodules, vendored packages, built archives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import re2

from domain.change import ChangedFile
from domain.diff import SUBMODULE_MODE, FileDiff, FileStatus
from policies.file_kinds import is_example, is_fixture
from policies.manifests.comparison import DependencyChange, Happening
from policies.manifests.model import Scope, UnreadableManifestError
from policies.manifests.purls import npm, slashed

_ARCHIVE = re2.compile(
    r"(?i).*\.(?:jar|aar|war|whl|egg|gem|nupkg|dll|so(?:\.[0-9.]+)?|dylib|a|lib|framework|xcframework|phar)"
)
_WRAPPER = re2.compile(r"(?:^|/)(?:gradle|\.mvn)/wrapper/[^/]+\.jar$")
_NODE_MODULE = re2.compile(r"(?:^|.*/)node_modules/((?:@[^/]+/)?[^/@.][^/]*)/package\.json$")


def arrivals(files: tuple[ChangedFile, ...]) -> Iterator[DependencyChange]:
    """What the changed files bring along by themselves."""
    for file in files:
        try:
            yield from _arrival(file.diff)
        except UnreadableManifestError:
            # A path that can't be a package URL's name still is an arrival.
            yield DependencyChange(Happening.ADDED, file.path, "pkg:generic/unnamed", file.path, Scope.PRODUCT)


def _arrival(diff: FileDiff) -> Iterator[DependencyChange]:
    scope = Scope.FIXTURE if is_fixture(diff.path) else Scope.EXAMPLE if is_example(diff.path) else Scope.PRODUCT
    if diff.is_submodule:
        yield _submodule(diff, scope)
        return
    if diff.status is not FileStatus.ADDED:
        return
    module = _NODE_MODULE.search(diff.path)
    if module:
        yield DependencyChange(Happening.ADDED, module.group(1), npm(module.group(1)), diff.path, scope)
    elif diff.binary and _ARCHIVE.fullmatch(diff.path) and not _WRAPPER.search(diff.path):
        name = PurePosixPath(diff.path).name
        yield DependencyChange(Happening.ADDED, name, slashed("generic", name), diff.path, scope)


def _submodule(diff: FileDiff, scope: Scope) -> DependencyChange:
    commits = {line.kind: line.text.strip().rpartition(" ")[2] for line in diff.lines()}
    before, after = commits.get("-", ""), commits.get("+", "")
    happening = Happening.BUMPED
    if diff.head_mode != SUBMODULE_MODE:
        happening = Happening.REMOVED
    elif diff.base_mode != SUBMODULE_MODE:
        happening = Happening.ADDED
    return DependencyChange(happening, diff.path, slashed("generic", diff.path), diff.path, scope, before, after)
