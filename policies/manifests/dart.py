"""pubspec.yaml and pubspec.lock (Dart's "The pubspec file")."""

from __future__ import annotations

from collections.abc import Mapping

from policies.manifests.model import Dependency, Manifest, Relation, Scope
from policies.manifests.purls import purl
from policies.manifests.reading import table, text_of, yaml_object

_GROUPS = {
    "dependencies": (Scope.PRODUCT, Relation.DIRECT),
    "dev_dependencies": (Scope.DEVELOPMENT, Relation.DIRECT),
    "dependency_overrides": (Scope.PRODUCT, Relation.PINNED),
}


def parse_manifest(text: str) -> Manifest:
    """pubspec.yaml; `sdk: flutter` is the platform's own."""
    data = yaml_object(text)
    return Manifest.of(
        Dependency(name, purl("pub", name), _version(value), _source(value), group, scope, relation)
        for group, (scope, relation) in _GROUPS.items()
        for name, value in table(data, group).items()
        if not (isinstance(value, Mapping) and "sdk" in value)
    )


def parse_lock(text: str) -> Manifest:
    """pubspec.lock."""
    found = []
    for name, entry in table(yaml_object(text), "packages").items():
        kind = text_of(entry.get("source")) if isinstance(entry, Mapping) else ""
        if kind == "sdk":
            continue
        place = "" if kind in {"hosted", ""} else _source({kind: entry.get("description")})
        version = text_of(entry.get("version")) if isinstance(entry, Mapping) else ""
        found.append(Dependency(name, purl("pub", name), version, place, relation=Relation.LOCKED))
    return Manifest.of(found)


def _version(value: object) -> str:
    return text_of(value.get("version")) if isinstance(value, Mapping) else text_of(value)


def _source(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    for key in ("git", "path", "hosted"):
        place = value.get(key)
        url = text_of(place) or text_of(place.get("url") or place.get("path")) if place else ""
        if url:
            return url if "://" in url else f"{key}:{url}"
    return ""
