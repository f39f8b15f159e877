"""npm's, Yarn's, pnpm's and Bun's lockfiles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.npm import located
from policies.manifests.purls import npm
from policies.manifests.reading import (
    json_object,
    line_at,
    plain,
    strip_comments,
    table,
    text_of,
    yaml_object,
    yaml_objects,
)

_PROTOCOLS = ("git", "ssh:", "file:", "link:")
_MAX_NESTING = 40
#: The path of every tarball on a registry that speaks npm's protocol: `/name/-/name-1.0.0.tgz`.
_REGISTRY_TARBALL = re.compile(r"^https?://[^/]+/(?:.*/)?-/[^/]+\.tgz")
_PNPM_PACKAGE = re.compile(r"/?(@[^/@]+/[^/@]+|[^/@(]+)[@/]([^(_]+)")
_YARN_KEY = re.compile(r'^(?:"?[^\s"#].*"?):\s*$')


def parse_package_lock(text: str) -> Manifest:
    """package-lock.json and npm-shrinkwrap.json, versions 1, 2 and 3 ("package-lock.json" in npm's documentation)."""
    data = json_object(text)
    packages = table(data, "packages")
    if packages:
        return Manifest.of(_npm_packages(packages))
    return Manifest.of(_npm_tree(table(data, "dependencies"), 0))


def parse_yarn_lock(text: str) -> Manifest:
    """yarn.lock of Yarn 1 and of Yarn 2 and later ("berry")."""
    return Manifest.of(_berry(yaml_object(text)) if "__metadata:" in text else _classic(plain(text)))


def parse_pnpm_lock(text: str) -> Manifest:
    """pnpm-lock.yaml, lockfile versions 5 to 9; pnpm may put what it needs itself into a document of its own."""
    keys = [key for document in yaml_objects(text) for key in table(document, "packages")]
    return Manifest.of(one for key in keys for one in _pnpm(key))


def parse_bun_lock(text: str) -> Manifest:
    """bun.lock: JSON with trailing commas."""
    packages = table(json_object(strip_comments(plain(text))), "packages")
    return Manifest.of(one for entry in packages.values() for one in _bun(entry))


def _npm_packages(packages: Mapping[str, Any]) -> Iterator[Dependency]:
    for path, entry in packages.items():
        _, inside, name = path.rpartition("node_modules/")
        if not inside or not isinstance(entry, Mapping) or entry.get("link"):
            continue
        resolved, version = text_of(entry.get("resolved")), text_of(entry.get("version"))
        scope = Scope.DEVELOPMENT if entry.get("dev") else Scope.PRODUCT
        name = text_of(entry.get("name")) or name
        yield _locked(name, version, _place(resolved), scope)


def _npm_tree(packages: Mapping[str, Any], depth: int) -> Iterator[Dependency]:
    if depth > _MAX_NESTING:
        raise UnreadableManifestError("it is nested too deeply")
    for name, entry in packages.items():
        scope = Scope.DEVELOPMENT if isinstance(entry, Mapping) and entry.get("dev") else Scope.PRODUCT
        version = text_of(entry.get("version")) if isinstance(entry, Mapping) else ""
        resolved = text_of(entry.get("resolved")) if isinstance(entry, Mapping) else ""
        identity, plain_version, source = located(name, version)
        yield Dependency(name, identity, plain_version, source or _place(resolved), "", scope, Relation.LOCKED)
        yield from _npm_tree(table(entry, "dependencies"), depth + 1)


def _place(resolved: str) -> str:
    """Where a locked package comes from, "" for a registry."""
    if not resolved or _REGISTRY_TARBALL.match(resolved):
        return ""
    if resolved.startswith(_PROTOCOLS) or "codeload" in resolved or "://" in resolved:
        return resolved.partition("#")[0]
    return ""


def _locked(name: str, version: str, source: str = "", scope: Scope = Scope.PRODUCT) -> Dependency:
    return Dependency(name, npm(name), version, source, "", scope, Relation.LOCKED)


def _classic(text: str) -> Iterator[Dependency]:
    key, fields = "", dict[str, str]()
    position = 0
    for line in text.split("\n"):
        stripped = line.rstrip()
        if _YARN_KEY.match(stripped):
            yield from _classic_entry(key, fields)
            key, fields = stripped.removesuffix(":"), {}
        elif key and stripped[:2] == "  " and stripped[2:3] not in {" ", "\t"}:
            name, _, value = stripped.strip().partition(" ")
            fields[name] = value.strip().strip('"')
        elif stripped and not stripped.startswith("#") and not (key and stripped.startswith("    ")):
            raise UnreadableManifestError("it is no yarn.lock", line_at(text, position))
        position += len(line) + 1
    yield from _classic_entry(key, fields)


def _classic_entry(key: str, fields: Mapping[str, str]) -> Iterator[Dependency]:
    if key:
        name, wanted = _pattern(key.split(",", maxsplit=1)[0].strip().strip('"'))
        identity, _, source = located(name, wanted)
        resolved = _place(fields.get("resolved", ""))
        yield Dependency(
            name, identity, fields.get("version", ""), resolved or source, relation=Relation.LOCKED
        )  # fmt: skip


def _pattern(pattern: str) -> tuple[str, str]:
    at = pattern.find("@", 1)
    return (pattern, "") if at < 0 else (pattern[:at], pattern[at + 1 :])


def _berry(data: Mapping[str, Any]) -> Iterator[Dependency]:
    for key, entry in data.items():
        resolution = text_of(entry.get("resolution")) if isinstance(entry, Mapping) else ""
        if key == "__metadata" or not resolution:
            continue
        name, place = _pattern(resolution)
        if place.startswith("workspace:"):
            continue
        identity, version, source = located(name, place)
        yield Dependency(name, identity, version, source, relation=Relation.LOCKED)


def _pnpm(key: str) -> Iterator[Dependency]:
    if key.startswith(("file:", "link:")):
        return
    match = _PNPM_PACKAGE.match(key)
    if "://" in key or "codeload" in key or not match:
        name, place = _pattern(key)
        yield _locked(name if place else key.rpartition("/")[2], "", place or key)
        return
    version = match.group(2)
    remote = version.startswith(("git", "http", "file:"))
    yield _locked(match.group(1), "" if remote else version, version if remote else "")


def _bun(entry: object) -> Iterator[Dependency]:
    first = text_of(entry[0]) if isinstance(entry, list) and entry else ""
    name, wanted = _pattern(first)
    if name and not wanted.startswith("workspace:"):
        _, version, source = located(name, wanted)
        yield _locked(name, version, source)
