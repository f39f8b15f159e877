"""package.json, and the pnpm workspace's catalogs.

Formats: npm's "package.json", Yarn's "Manifest fields", pnpm's "pnpm-workspace.yaml".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import npm, purl
from policies.manifests.reading import json_object, table, text_of, yaml_object

_GROUPS = {
    "dependencies": Scope.PRODUCT,
    "optionalDependencies": Scope.PRODUCT,
    "peerDependencies": Scope.PRODUCT,
    "devDependencies": Scope.DEVELOPMENT,
}
_LOCAL = ("file:", "link:", "portal:", "workspace:", "./", "../", "/", "~/")
_REMOTE = ("git:", "git+", "http:", "https:", "ssh:", "github:", "gitlab:", "bitbucket:", "gist:", "git@")
_PATCH_LIMIT = 6


def parse_package_json(text: str) -> Manifest:
    """package.json with all its groups, `overrides` and `resolutions`."""
    data = json_object(text)
    pnpm = table(data, "pnpm")
    found = [
        *(one for group, scope in _GROUPS.items() for one in _group(table(data, group), group, scope)),
        *_pins(table(data, "overrides"), "overrides"),
        *_pins(table(data, "resolutions"), "resolutions"),
        *_pins(table(pnpm, "overrides"), "overrides"),
        *_manager(data),
    ]
    name = text_of(data.get("name"))
    return Manifest.of(found, own=[npm(name)] if name.strip("/") else [])


def parse_pnpm_workspace(text: str) -> Manifest:
    """pnpm-workspace.yaml: `catalog`, `catalogs` and `overrides`."""
    data = yaml_object(text)
    catalogs = table(data, "catalogs")
    found = [*_group(table(data, "catalog"), "catalog", Scope.PRODUCT)]
    for name in catalogs:
        found += _group(table(catalogs, name), f"catalog {name}", Scope.PRODUCT)
    return Manifest.of([*found, *_pins(table(data, "overrides"), "overrides")])


def located(name: str, wanted: str) -> tuple[str, str, str]:
    """What an entry means: (purl, version, source).

    Raises:
        UnreadableManifestError: the name can't be a package's.
    """
    wanted = wanted.strip()
    for _ in range(_PATCH_LIMIT):
        if not wanted.startswith("patch:"):  # Yarn: `patch:lodash@npm%3A4.17.21#…`
            break
        inner = wanted.removeprefix("patch:").partition("#")[0].replace("%3A", ":").replace("%40", "@")
        wanted = inner[inner.find("@", 1) + 1 :]
    if wanted.startswith("npm:"):
        alias = wanted.removeprefix("npm:")
        target, _, version = alias.rpartition("@") if "@" in alias[1:] else (alias, "", "")
        return (npm(name), alias, "") if _is_range(alias) else (npm(target or alias), version, "")
    if wanted.startswith("jsr:"):
        return purl("generic", name, "jsr"), wanted.removeprefix("jsr:"), ""
    if wanted.startswith(_LOCAL):
        return npm(name), "", f"path:{wanted}"
    if wanted.startswith(_REMOTE) or _is_shorthand(wanted):
        place, _, revision = wanted.partition("#")
        return npm(name), revision, place
    return npm(name), wanted, ""


def _group(packages: Mapping[str, Any], group: str, scope: Scope) -> Iterator[Dependency]:
    for name, wanted in packages.items():
        if not isinstance(wanted, str | int | float):
            raise UnreadableManifestError(f"{group} gives {name[:60]!r} no version")
        identity, version, source = located(name, text_of(wanted))
        yield Dependency(name, identity, version, source, group, scope)


def _pins(packages: Mapping[str, Any], group: str) -> Iterator[Dependency]:
    """Overrides: by name, by `name@range`, by path (`a/b`, `a>b`), nested as objects."""
    for key, wanted in packages.items():
        if isinstance(wanted, Mapping):
            nested = {inner: value for inner, value in wanted.items() if inner != "."}
            if "." in wanted:
                nested[key] = wanted["."]
            yield from _pins(nested, group)
        elif isinstance(wanted, str) and not wanted.startswith("$"):
            name = _overridden(key)
            identity, version, source = located(name, wanted)
            yield Dependency(name, identity, version, source, group, relation=Relation.PINNED)


def _overridden(key: str) -> str:
    last = key.rpartition(">")[2].strip()
    at = last.rfind("@")
    last = last[:at] if at > 0 and last[at - 1] != "/" else last
    parts = [part for part in last.split("/") if part not in {"", "**"}]
    scoped = len(parts) > 1 and parts[-2].startswith("@")
    return "/".join(parts[-2:] if scoped else parts[-1:])


def _manager(data: Mapping[str, Any]) -> Iterator[Dependency]:
    """`packageManager`, which Corepack downloads: `pnpm@9.1.0+sha512.…`."""
    name, at, version = text_of(data.get("packageManager")).rpartition("@")
    if at and name:
        yield Dependency(name, npm(name), version.partition("+")[0], "", "packageManager", Scope.DEVELOPMENT)


def _is_range(text: str) -> bool:
    return not text or text[0] in "^~<>=*0123456789"


def _is_shorthand(wanted: str) -> bool:
    """`owner/repository#branch`, npm's short form for GitHub."""
    owner, slash, rest = wanted.partition("#")[0].partition("/")
    return bool(slash and owner and rest) and not any(mark in owner + rest for mark in " @:|<>")
