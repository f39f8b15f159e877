"""Other people's code that comes as files: a new folder of `vendor/` or `third_party/`, a new `jquery.min.js`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

import re2

from domain.change import ChangedFile
from domain.diff import FileStatus
from policies.file_kinds import FileKind, is_example, is_fixture, is_program, kinds_of
from policies.manifests.comparison import DependencyChange, Happening
from policies.manifests.model import Scope, UnreadableManifestError
from policies.manifests.purls import slashed

#: What stands in the place of a version, which nothing tells.
VENDORED = "vendored"

#: The folder may hold others that only sort: `vendor/assets/javascripts/`.
_FOLDER = re2.compile(
    r"(?:^|.*?/)(?:vendor|_vendor|third[-_]party|3rdparty|bower_components|jspm_packages|Pods)/"
    r"(?:(?:assets|javascripts?|js|src|lib|libs|static|bundle|cache)/)*"
)
_HOST = re2.compile(r"(?:[\w-]+\.)+[a-z]{2,}")
_MINIFIED = re2.compile(r".*[.-]min\.m?js")
#: Where a repository keeps what it built from its own sources.
_BUILT = re2.compile(r"(?:^|/)(?:dist|build|out|bundles?|compiled|generated)/")
_DOCS = re2.compile(r"(?:docs?|documentation|site|website)/")
_VERSION = re2.compile(r"[-_.@]?v?\d[\w.]*(?:[-.](?:min|slim))*$|(?:[-.](?:min|slim))+$")
#: Tools fill these folders by what the files beside them say, which are judged by themselves.
_FILLED_BY = {
    "vendor": frozenset("go.mod go.sum go.work composer.json composer.lock Gemfile Gemfile.lock Cargo.lock".split()),  # noqa: SIM905
    "bower_components": frozenset(["bower.json"]),
    "Pods": frozenset(["Podfile", "Podfile.lock"]),
}


def vendored(files: tuple[ChangedFile, ...]) -> Iterator[DependencyChange]:
    """What the changed files bring along of other people's code, each package once.

    A package of which anything was there before only changes. One that a tool put there, with the tool's own file
    changed beside the folder, counts as what a lockfile names anew.
    """
    known = {_package(file.diff.base_path) for file in files if file.status is not FileStatus.ADDED}
    paths = frozenset(file.path for file in files)
    for file in files:
        package = _package(file.path) if file.status is FileStatus.ADDED else ""
        if package and package not in known and not _is_built(file.path, paths):
            known.add(package)
            yield _arrived(package, file.path, paths)


def _package(path: str) -> str:
    """The folder, or the file without its version, that a file of other people's belongs to; "" for one's own."""
    if not is_program(path):
        return ""
    folder = _FOLDER.match(path) if FileKind.VENDORED in kinds_of(path) else None
    if folder is None:
        return _unversioned(path) if _MINIFIED.fullmatch(path) and not _BUILT.search(path) else ""
    root, rest = str(folder.group()), path[folder.end() :].split("/")
    depth = 3 if _HOST.fullmatch(rest[0]) and len(rest) > 3 else 1  # noqa: PLR2004 - github.com/owner/name
    return root + _unversioned("/".join(rest[:depth]))


def _unversioned(path: str) -> str:
    """A path by which two versions are the same: `jquery-3.7.1.min.js` is `jquery`."""
    folder, _, name = path.rpartition("/")
    stem = name.removesuffix(posixpath.splitext(name)[1]) if is_program(name) else name
    bare = _VERSION.sub("", stem) or stem
    return f"{folder}/{bare}" if folder else bare


def _is_built(path: str, paths: frozenset[str]) -> bool:
    """Whether a minified file is made from one that the change holds as well."""
    if not _MINIFIED.fullmatch(path):
        return False
    stem = _unversioned(path).rpartition("/")[2]
    others = {posixpath.splitext(posixpath.basename(one))[0] for one in paths if one != path}
    return stem in others


def _arrived(package: str, path: str, paths: frozenset[str]) -> DependencyChange:
    # A package's own tests don't make it one of ours: what counts is where it lies.
    place = posixpath.join(posixpath.dirname(package), "library.js")
    is_aside = is_example(place) or _DOCS.match(place)
    scope = Scope.FIXTURE if is_fixture(place) else Scope.EXAMPLE if is_aside else Scope.PRODUCT
    happening = Happening.TRANSITIVE if _is_filled(path, paths) else Happening.ADDED
    try:
        identity = slashed("generic", package)
    except UnreadableManifestError:
        identity = "pkg:generic/unnamed"
    return DependencyChange(happening, package, identity, path, scope, "", VENDORED)


def _is_filled(path: str, paths: frozenset[str]) -> bool:
    """Whether the file that a tool fills the folder from changes as well."""
    parts = path.split("/")
    for index, part in enumerate(parts):
        if part in _FILLED_BY:
            return any("/".join([*parts[:index], name]) in paths for name in _FILLED_BY[part])
    return False
