"""Python's lockfiles: poetry.lock, Pipfile.lock, pdm.lock, uv.lock, pylock.toml (PEP 751)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import pypi
from policies.manifests.reading import entries, json_object, table, text_of, toml

_LOCAL = ("path", "directory", "editable", "virtual", "workspace")


def parse_packages(text: str) -> Manifest:
    """poetry.lock, pdm.lock and uv.lock: `[[package]]` tables; pylock.toml names them `packages`."""
    data = toml(text)
    found = [_package(package) for key in ("package", "packages") for package in _tables(data, key)]
    return Manifest.of(package for package in found if package.source != "path:.")  # the project itself


def parse_pipfile_lock(text: str) -> Manifest:
    """Pipfile.lock: `default` and `develop` of packages with their pins."""
    data = json_object(text)
    return Manifest.of(
        Dependency(name, pypi(name), _pin(entry), _place(entry), group, scope, Relation.LOCKED)
        for group, scope in (("default", Scope.PRODUCT), ("develop", Scope.DEVELOPMENT))
        for name, entry in table(data, group).items()
    )


def _tables(data: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    for package in entries(data, key):
        if not isinstance(package, Mapping):
            raise UnreadableManifestError(f"{key} holds something that is no table")
        yield package


def _package(package: Mapping[str, Any]) -> Dependency:
    name = text_of(package.get("name"))
    source = _place(package.get("source")) or _place(package)
    return Dependency(name, pypi(name), text_of(package.get("version")), source, relation=Relation.LOCKED)


def _pin(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return text_of(entry)
    return text_of(entry.get("version")) or text_of(entry.get("ref"))


def _place(entry: object) -> str:
    """Where a locked package comes from, "" for an index."""
    if not isinstance(entry, Mapping):
        return ""
    for key in ("git", "vcs", "url", "archive", "file"):
        value = entry.get(key)
        place = text_of(value) or (text_of(value.get("url")) if isinstance(value, Mapping) else "")
        if place and entry.get("type") != "legacy":
            return place.split("#")[0].split("?")[0]
    return next((f"path:{text_of(entry[key])}" for key in _LOCAL if entry.get(key)), "")
