"""Formats of a few lines: Paket, Zig, Nim, Lua, Crystal, D, Julia's lockfile, Helm's and Ansible's requirements.yml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from policies.manifests import yaml_reading
from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import purl, slashed
from policies.manifests.reading import (
    bounded,
    entries,
    json_object,
    plain,
    strip_comments,
    table,
    text_of,
    toml,
    yaml_object,
)
from policies.manifests.scanning import C_LIKE, DASHES, HASH, inside, literals, without_comments

_PAKET = re.compile(r"^\s*(nuget|clitool|github|gist|git|http)\s+(\S+)\s*(.*)$", re.IGNORECASE)
_PAKET_LOCKED = re.compile(r"^    (\S+) \(([^)]+)\)")
_PAKET_ODD = re.compile(r"(?: {0,3}| {5})\S+ \(|(?: ?| {3,})remote:| *\t")
_ZIG_DEPENDENCIES = re.compile(r"\.dependencies\s*=\s*\.\{")
_ZIG_ENTRY = re.compile(r'\.(@"[^"]+"|\w+)\s*=\s*\.\{')
_ZIG_FIELD = re.compile(r'\.(url|path|hash)\s*=\s*"([^"]*)"')
_NIM = re.compile(r"^[ \t]*(?:requires|taskRequires)\b[ \t]*\(?(.*(?:,[ \t]*\n.*)*)", re.MULTILINE)
_LUA = re.compile(r"\b(dependencies|test_dependencies|build_dependencies)\s*=\s*\{")
_NAME = re.compile(r"^\s*([A-Za-z][\w./:@-]*)\s*(.*)$")


def parse_paket(text: str) -> Manifest:
    """paket.dependencies."""
    found: list[Dependency] = []
    group = ""
    for line in plain(text).splitlines():
        match = _PAKET.match(line.partition("//")[0])
        if line.startswith("group "):
            group = line.removeprefix("group ").strip()
        elif match:
            kind, name, version = match.groups()
            development = bool(re.search(r"(?i)test|build|dev|docs?", group))
            found.append(_paket(kind.lower(), name, version.strip(), group, development))
    return Manifest.of(found)


def parse_paket_lock(text: str) -> Manifest:
    """paket.lock."""
    found: list[Dependency] = []
    for number, line in enumerate(plain(text).splitlines(), 1):
        match = _PAKET_LOCKED.match(line)
        if match:
            name, version = match.groups()
            found.append(Dependency(name, purl("nuget", name.lower()), version, relation=Relation.LOCKED))
        elif _PAKET_ODD.match(line):
            raise UnreadableManifestError("it isn't indented as Paket does", number)
    return Manifest.of(found)


def parse_paket_references(text: str) -> Manifest:
    """paket.references: which of the packages of paket.dependencies a project takes."""
    lines = [line for line in plain(text).splitlines() if line.strip()]
    names = [line.split()[0] for line in lines if not line.startswith(("group", "File:", "#", "//"))]
    return Manifest.of(Dependency(name, purl("nuget", name.lower()), relation=Relation.LOCKED) for name in names)


def parse_zig(text: str) -> Manifest:
    """build.zig.zon."""
    code = without_comments(plain(text), C_LIKE)
    found = []
    for _, content in inside(code, _ZIG_DEPENDENCIES):
        for match, inner in inside(content, _ZIG_ENTRY):
            name = match.group(1).removeprefix("@").strip('"')
            fields = dict(_ZIG_FIELD.findall(inner))
            place = f"path:{fields['path']}" if "path" in fields else ""
            found.append(
                Dependency(
                    name, purl("generic", name), fields.get("url") or fields.get("hash", ""), place, "dependencies"
                )
            )
    return Manifest.of(found)


def parse_nimble(text: str) -> Manifest:
    """A .nimble file."""
    code = without_comments(plain(text), HASH)
    wanted = [part for call in _NIM.findall(code) for one in literals(call) for part in one.split(",")]
    return Manifest.of(_named(one, "nimble", "requires") for one in wanted if _is_package(one, "nim"))


def parse_rockspec(text: str) -> Manifest:
    """A .rockspec of LuaRocks."""
    code = without_comments(plain(text), DASHES)
    found = []
    for match, content in inside(code, _LUA):
        scope = Scope.PRODUCT if match.group(1) == "dependencies" else Scope.DEVELOPMENT
        found += [
            _named(one[1:-1], "luarocks", match.group(1), scope)
            for one in re.findall(r"\"[^\"\n]*\"|'[^'\n]*'", content)
            if _is_package(one[1:-1], "lua")
        ]
    return Manifest.of(found)


def parse_shard(text: str) -> Manifest:
    """shard.yml of Crystal."""
    data = yaml_object(text)
    groups = (("dependencies", Scope.PRODUCT), ("development_dependencies", Scope.DEVELOPMENT))
    return Manifest.of(
        _shard(name, table(table(data, group), name), group, scope)
        for group, scope in groups
        for name in table(data, group)
    )


def parse_shard_lock(text: str) -> Manifest:
    """shard.lock."""
    shards = table(yaml_object(text), "shards")
    return Manifest.of(
        Dependency(
            name, purl("generic", name, "shard"), text_of(table(shards, name).get("version")), relation=Relation.LOCKED
        )
        for name in shards
    )


def parse_dub(text: str) -> Manifest:
    """dub.json of D."""
    packages = table(json_object(strip_comments(plain(text))), "dependencies")
    return Manifest.of(
        Dependency(name, purl("generic", name.replace(":", "-"), "dub"), text_of(value), "", "dependencies")
        for name, value in packages.items()
    )


def parse_julia_lock(text: str) -> Manifest:
    """Manifest.toml of Julia, both of its forms."""
    data = toml(text)
    packages = table(data, "deps") or {name: value for name, value in data.items() if isinstance(value, list)}
    return Manifest.of(
        Dependency(name, purl("julia", name), text_of(one.get("version")), relation=Relation.LOCKED)
        for name, ones in packages.items()
        for one in (ones if isinstance(ones, list) else [])
        if isinstance(one, Mapping)
    )


def parse_requirements_yaml(text: str) -> Manifest:
    """requirements.yaml of Helm 2 or requirements.yml of Ansible Galaxy, told apart by what is in it."""
    found = [one for one in yaml_reading.read(bounded(text)) if one is not None]
    if len(found) > 1 or not all(isinstance(one, dict | list) for one in found):
        raise UnreadableManifestError("it is no one list or mapping")
    data = {"roles": found[0]} if found and isinstance(found[0], list) else found[0] if found else {}
    if "dependencies" in data:
        return Manifest.of(_chart(one) for one in entries(data, "dependencies") if isinstance(one, Mapping))
    return Manifest.of(one for key in ("roles", "collections") for one in _galaxy(entries(data, key), key))


def _paket(kind: str, name: str, version: str, group: str, development: bool) -> Dependency:
    scope = Scope.DEVELOPMENT if development else Scope.PRODUCT
    if kind in {"nuget", "clitool"}:
        return Dependency(name, purl("nuget", name.lower()), version, "", group, scope)
    bare = name.partition(":")[0] if kind == "github" else name.rpartition("://")[2]
    return Dependency(
        bare, slashed("github" if kind == "github" else "generic", bare.lower()), version, "", group, scope
    )


def _is_package(text: str, language: str) -> bool:
    match = _NAME.match(text)
    return bool(match) and (match.group(1) if match else "").lower() != language


def _named(text: str, kind: str, group: str, scope: Scope = Scope.PRODUCT) -> Dependency:
    match = _NAME.match(text)
    if not match:
        raise UnreadableManifestError(f"{text[:60]!r} is no dependency")
    name = match.group(1).rpartition("://")[2]
    return Dependency(name, slashed("generic", f"{kind}/{name.lower()}"), match.group(2).strip(), "", group, scope)


def _shard(name: str, fields: Mapping[str, object], group: str, scope: Scope) -> Dependency:
    version = next((text_of(fields[key]) for key in ("version", "tag", "branch", "commit") if fields.get(key)), "")
    place = f"path:{text_of(fields['path'])}" if fields.get("path") else ""
    return Dependency(name, purl("generic", name, "shard"), version, place, group, scope)


def _chart(one: Mapping[str, object]) -> Dependency:
    return Dependency(
        text_of(one.get("name")),
        purl("helm", text_of(one.get("name"))),
        text_of(one.get("version")),
        "",
        "dependencies",
    )


def _galaxy(found: list[object], group: str) -> Iterator[Dependency]:
    for one in found:
        fields = one if isinstance(one, Mapping) else {"name": one}
        name = text_of(fields.get("name")) or text_of(fields.get("src")) or text_of(fields.get("role"))
        if name:
            yield Dependency(name, slashed("generic", f"galaxy/{name}"), text_of(fields.get("version")), "", group)
