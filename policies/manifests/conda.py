"""Conda recipes (meta.yaml, a Jinja template; recipe.yaml of rattler-build) and Pixi's manifests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.manifests.model import Dependency, Manifest, Relation, Scope
from policies.manifests.purls import purl, pypi
from policies.manifests.reading import entries, plain, table, text_of, toml, yaml_object

_SECTIONS = dict.fromkeys(("host", "run", "run_constrained", "run_constraints", "run_exports"), Scope.PRODUCT) | {
    "build": Scope.DEVELOPMENT,
    "requires": Scope.DEVELOPMENT,
}
_KEY = re.compile(r"^(\s*)(?:-\s+)?([\w-]+):\s*(?:#.*)?$")
_ITEM = re.compile(r"^\s*-\s+[\"']?([A-Za-z0-9_][\w.-]*)\s*([^\"'#]*)")
_COMPUTED_ITEM = re.compile(r"^\s*-\s+[\"']?(?:\$?\{\{\s*((?:compiler|stdlib|cdt)\([^)]*\)))")
_PIXI_GROUPS = ("dependencies", "host-dependencies", "build-dependencies", "run-dependencies")
_FILE = re.compile(r"/([^/]+)-([^-/]+)-[^-/]+\.(?:conda|tar\.bz2)$")


def parse_recipe(text: str) -> Manifest:
    """meta.yaml and recipe.yaml: the lists under `requirements` and `test: requires`, line by line."""
    found: list[Dependency] = []
    path: list[tuple[int, str]] = []
    for line in plain(text).splitlines():
        key = _KEY.match(line)
        indent = len(line) - len(line.lstrip())
        if line.strip() and not line.lstrip().startswith(("#", "{%", "-")):
            path = [(at, name) for at, name in path if at < indent]
        if key:
            path = [(at, name) for at, name in path if at < len(key.group(1))]
            path.append((len(key.group(1)), key.group(2)))
            continue
        found += _item(line, [name for _, name in path])
    return Manifest.of(found)


def parse_pixi(text: str) -> Manifest:
    """pixi.toml."""
    return Manifest.of(pixi(toml(text)))


def pixi(data: Mapping[str, Any]) -> Iterator[Dependency]:
    """The packages of a pixi.toml, or of `tool.pixi` in a pyproject.toml."""
    yield from _groups(data, "")
    targets = table(data, "target")
    for name in targets:
        yield from _groups(table(targets, name), f"target {name} ")
    features = table(data, "feature")
    for name in features:
        yield from _groups(table(features, name), f"feature {name} ", Scope.DEVELOPMENT)


def parse_pixi_lock(text: str) -> Manifest:
    """pixi.lock."""
    return Manifest.of(one for entry in entries(yaml_object(text), "packages") for one in _locked(entry))


def _item(line: str, path: list[str]) -> Iterator[Dependency]:
    group = next((name for name in reversed(path) if name in _SECTIONS), "")
    wanted = "requirements" in path or (group == "requires" and "test" in path) or ("tests" in path and bool(group))
    match = _ITEM.match(line)
    if not wanted or not group or not match or _COMPUTED_ITEM.match(line):
        return
    name, version = match.groups()
    if name != "python":
        yield Dependency(name, purl("conda", name.lower()), version.strip(), "", group, _SECTIONS[group])


def _groups(data: Mapping[str, Any], prefix: str, scope: Scope = Scope.PRODUCT) -> Iterator[Dependency]:
    for group in _PIXI_GROUPS:
        for name, value in table(data, group).items():
            if name != "python":
                yield Dependency(
                    name, purl("conda", name.lower()), _version(value), _source(value), prefix + group, scope
                )
    for name, value in table(data, "pypi-dependencies").items():
        yield Dependency(name, pypi(name), _version(value), _source(value), f"{prefix}pypi-dependencies", scope)


def _version(value: object) -> str:
    if isinstance(value, Mapping):
        return next((text_of(value[key]) for key in ("version", "rev", "tag", "branch") if value.get(key)), "")
    return text_of(value)


def _source(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    return next((f"{key}:{text_of(value[key])}" for key in ("git", "path", "url", "channel") if value.get(key)), "")


def _locked(entry: object) -> Iterator[Dependency]:
    if not isinstance(entry, Mapping):
        return
    place = text_of(entry.get("conda"))
    match = _FILE.search(place)
    name = text_of(entry.get("name")) or (match.group(1) if match else "")
    version = text_of(entry.get("version")) or (match.group(2) if match else "")
    if name:
        identity = pypi(name) if "pypi" in entry or entry.get("kind") == "pypi" else purl("conda", name.lower())
        yield Dependency(name, identity, version, relation=Relation.LOCKED)
