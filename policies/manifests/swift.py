"""Package.swift and Carthage's files (PackageDescription's "Package.Dependency", Carthage's "Artifacts")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.manifests.model import Dependency, Manifest, Relation
from policies.manifests.purls import slashed
from policies.manifests.reading import plain
from policies.manifests.scanning import C_LIKE, inside, literals, one_line, without_comments

_PACKAGE = re.compile(r"\.[pP]ackage\s*\(")
_PLACE = re.compile(r'\b(url|path|id)\s*:\s*"([^"\n]*)"')
_COMPUTED = re.compile(r"\b(?:url|path|id)\s*:")
_SCHEME = re.compile(r"^(?:[a-z+]+://)?(?:[^@/]+@)?")
_CARTHAGE = re.compile(r'^\s*(github|git|binary)\s+"([^"]+)"\s*(.*)$')


def parse_package(text: str) -> Manifest:
    """Package.swift: the packages that `.package(…)` names, those of one's own repository by their path."""
    code = without_comments(plain(text), C_LIKE)
    found: list[Dependency] = []
    opaque: list[str] = []
    for _, arguments in inside(code, _PACKAGE):
        place = _PLACE.search(arguments)
        if place:
            found.append(_package(place.group(1), place.group(2), arguments[place.end() :]))
        elif _COMPUTED.search(arguments):
            opaque.append(f"the computed dependency .package({one_line(arguments)})")
    return Manifest.of(found, opaque)


def parse_cartfile(text: str) -> Manifest:
    """Cartfile and Cartfile.private."""
    return Manifest.of(_carthage(text, Relation.DIRECT))


def parse_cartfile_lock(text: str) -> Manifest:
    """Cartfile.resolved."""
    return Manifest.of(_carthage(text, Relation.LOCKED))


def repository(url: str) -> str:
    """A repository's name without scheme, user and ending: `github.com/vapor/vapor`."""
    bare = _SCHEME.sub("", url.strip(), count=1)
    return re.sub(r"^([\w.-]+):(?!\d)", r"\1/", bare).rstrip("/").removesuffix(".git")


def _package(kind: str, place: str, rest: str) -> Dependency:
    version = " ".join([*re.findall(r"\b(branch|revision)\b", rest), *literals(rest)]) or one_line(rest.strip(" ,"))
    if kind == "path":
        name = place.rstrip("/").rpartition("/")[2] or place
        return Dependency(name, slashed("swift", f"local/{name.lower()}"), "", f"path:{place}", "dependencies")
    name = repository(place) if kind == "url" else place
    return Dependency(name, slashed("swift", name.lower()), version, "", "dependencies")


def _carthage(text: str, relation: Relation) -> Iterator[Dependency]:
    for line in plain(text).splitlines():
        match = _CARTHAGE.match(line.partition("#")[0])
        if match:
            kind, place, version = match.groups()
            short = kind == "github" and "://" not in place
            name = f"github.com/{place}" if short else repository(place)
            yield Dependency(
                name, slashed("swift", name.lower()), version.strip(' "'), "", "Cartfile", relation=relation
            )
