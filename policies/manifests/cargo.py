"""Cargo.toml and Cargo.lock (The Cargo Book, "Specifying Dependencies")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import purl
from policies.manifests.reading import entries, table, text_of, toml

_GROUPS = {
    "dependencies": Scope.PRODUCT,
    "build-dependencies": Scope.PRODUCT,
    "dev-dependencies": Scope.DEVELOPMENT,
    "build_dependencies": Scope.PRODUCT,
    "dev_dependencies": Scope.DEVELOPMENT,
}


def parse_manifest(text: str) -> Manifest:
    """Cargo.toml: the crate's, its targets' and the workspace's dependencies, patches."""
    data = toml(text)
    targets = table(data, "target")
    found = [*_groups(data, ""), *_groups(table(data, "workspace"), "workspace ")]
    for name in targets:
        found += _groups(table(targets, name), f"target {name} ")
    patches = table(data, "patch")
    for registry in patches:
        found += _packages(table(patches, registry), "patch", Scope.PRODUCT, Relation.PINNED)
    found += _packages(table(data, "replace"), "replace", Scope.PRODUCT, Relation.PINNED)
    name = text_of(table(data, "package").get("name"))
    return Manifest.of(found, own=[purl("cargo", name)] if name else [])


def parse_lock(text: str) -> Manifest:
    """Cargo.lock: a package without a source belongs to the workspace."""
    return Manifest.of(one for package in entries(toml(text), "package") for one in _locked(package))


def _groups(data: Mapping[str, Any], prefix: str) -> Iterator[Dependency]:
    for group, scope in _GROUPS.items():
        yield from _packages(table(data, group), prefix + group, scope, Relation.DIRECT)


def _packages(packages: Mapping[str, Any], group: str, scope: Scope, relation: Relation) -> Iterator[Dependency]:
    for key, value in packages.items():
        name = (text_of(value.get("package")) if isinstance(value, Mapping) else "") or key.partition(":")[0]
        yield Dependency(name, purl("cargo", name), _version(value), _source(value), group, scope, relation)


def _version(value: object) -> str:
    if isinstance(value, Mapping):
        keys = ("version", "rev", "tag", "branch")
        return next((text_of(value[key]) for key in keys if value.get(key)), "")
    if not isinstance(value, str):
        raise UnreadableManifestError("a dependency has no version that can be read")
    return value


def _source(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    if value.get("workspace") is True:
        return ""  # the workspace's own table says where it comes from
    for key in ("git", "path", "registry", "registry-index"):
        place = text_of(value.get(key))
        if place:
            return place if "://" in place else f"{key}:{place}"
    return ""


def _locked(package: object) -> Iterator[Dependency]:
    if not isinstance(package, Mapping):
        raise UnreadableManifestError("package holds something that is no table")
    source = text_of(package.get("source"))
    if source:
        name, version = text_of(package.get("name")), text_of(package.get("version"))
        place = "" if source.startswith(("registry+", "sparse+")) else source.partition("#")[0].partition("?")[0]
        yield Dependency(name, purl("cargo", name), version, place, relation=Relation.LOCKED)
