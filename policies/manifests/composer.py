"""composer.json and composer.lock (Composer's "The composer.json schema")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import slashed
from policies.manifests.reading import entries, json_object, table, text_of

_GROUPS = {"require": Scope.PRODUCT, "require-dev": Scope.DEVELOPMENT}


def parse_manifest(text: str) -> Manifest:
    """composer.json: `require` and `require-dev` without the platform's own packages."""
    data = json_object(text)
    found = [
        Dependency(name, slashed("composer", name.lower()), text_of(version), "", group, scope)
        for group, scope in _GROUPS.items()
        for name, version in _group(data, group)
    ]
    # A monorepo's own packages: what it describes, and what it says to contain (`replace` with `self.version`).
    replaced = [key for key, value in table(data, "replace").items() if text_of(value) == "self.version"]
    names = [name.lower() for name in (text_of(data.get("name")), *replaced) if "/" in name.strip("/")]
    return Manifest.of(found, own=[slashed("composer", name) for name in names])


def parse_lock(text: str) -> Manifest:
    """composer.lock: what is installed, from where."""
    data = json_object(text)
    groups = (("packages", Scope.PRODUCT), ("packages-dev", Scope.DEVELOPMENT))
    return Manifest.of(_locked(one, scope) for group, scope in groups for one in entries(data, group))


def _group(data: Mapping[str, object], group: str) -> Iterator[tuple[str, object]]:
    # PHP writes an empty table as an empty list.
    packages = {} if data.get(group) == [] else table(data, group)
    for name, version in packages.items():
        # Platform packages (php, ext-json, lib-icu, composer-runtime-api) have no vendor.
        if "/" in name:
            yield name, version


def _locked(package: object, scope: Scope) -> Dependency:
    if not isinstance(package, Mapping):
        raise UnreadableManifestError("packages holds something that is no object")
    name = text_of(package.get("name"))
    kind = text_of(table(package, "dist").get("type")) or text_of(table(package, "source").get("type"))
    source = f"path:{text_of(table(package, 'dist').get('url'))}" if kind == "path" else ""
    version = text_of(package.get("version"))
    return Dependency(name, slashed("composer", name.lower()), version, source, "", scope, Relation.LOCKED)
