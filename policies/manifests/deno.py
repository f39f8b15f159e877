"""deno.json(c), JSR's jsr.json and deno.lock ("Modules and dependencies" in Deno's documentation)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.manifests.model import Dependency, Manifest, Relation
from policies.manifests.npm import located
from policies.manifests.purls import npm, purl, slashed
from policies.manifests.reading import json_object, plain, strip_comments, table, text_of

_SPECIFIER = re.compile(r"^(npm|jsr):/?(@[^/@]+/[^/@]+|[^/@]+)(?:@([^/]*))?")
_URL = re.compile(r"^https?://([^@?#]+?)(?:@(v?[\w.+-]+))?(?:/[^@]*)?$")


def parse_manifest(text: str) -> Manifest:
    """deno.json and deno.jsonc: the import map; imports of the repository's own files are none."""
    data = json_object(strip_comments(plain(text)))
    return Manifest.of(one for key, value in table(data, "imports").items() for one in _import(key, text_of(value)))


def parse_lock(text: str) -> Manifest:
    """deno.lock, versions 2 to 5."""
    data = json_object(text)
    packages = table(data, "packages")
    npm_names = [*table(packages, "npm"), *table(data, "npm")]
    jsr_names = [*table(packages, "jsr"), *table(data, "jsr")]
    named = [_locked("npm", key) for key in npm_names if "@" in key[1:]] + [_locked("jsr", key) for key in jsr_names]
    return Manifest.of(named)


def _import(key: str, place: str) -> Iterator[Dependency]:
    match = _SPECIFIER.match(place)
    if match:
        kind, name, version = match.groups()
        if kind == "npm":
            identity, _, _ = located(name, version or "")
            yield Dependency(name, identity, version or "", "", "imports")
        else:
            yield Dependency(name, _jsr(name), version or "", "", "imports")
    elif place.startswith(("https://", "http://")):
        url = _URL.match(place)
        name, version = (url.group(1).rstrip("/"), url.group(2)) if url else (key, "")
        yield Dependency(name, slashed("generic", name), version or "", "", "imports")


def _locked(kind: str, key: str) -> Dependency:
    name, _, version = key[1:].partition("@")
    name = key[0] + name
    identity = npm(name) if kind == "npm" else _jsr(name)
    return Dependency(name, identity, version.partition("_")[0], relation=Relation.LOCKED)


def _jsr(name: str) -> str:
    return purl("generic", name, "jsr")
