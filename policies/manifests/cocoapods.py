"""Podfile and podspecs (CocoaPods' "Podfile Syntax Reference" and "Podspec Syntax Reference")."""

from __future__ import annotations

import re

from policies.manifests.model import Dependency, Manifest, Scope
from policies.manifests.purls import slashed
from policies.manifests.reading import json_object, plain, table, text_of
from policies.manifests.scanning import RUBY, one_line, without_comments

_POD = re.compile(r"""^\s*pod\b\s*\(?\s*(.*)$""")
_NEEDS = re.compile(r"""^\s*\w+\.(?:\w+\.)?(test_)?dependency\b\s*\(?\s*(.*)$""")
_NAME = re.compile(r"""^["']([\w.+/-]+)["']""")
_STRINGS = re.compile(r"""^\s*,\s*((?:["'][^"'\n]*["'](?:\s*,\s*)?)+)(?!\s*=>)""")
_OPTION = re.compile(
    r"""(?::(git|path|podspec|http|svn|hg)\s*=>|\b(git|path|podspec|http|svn|hg):)\s*["']([^"'\n]+)["']"""
)
_JOINED = re.compile(r",[ \t]*\n\s*")


def parse_podfile(text: str) -> Manifest:
    """Podfile: the literal `pod` calls."""
    found: list[Dependency] = []
    opaque: list[str] = []
    for line in _lines(text):
        match = _POD.match(line)
        name = _NAME.match(match.group(1)) if match else None
        if match and name:
            found.append(_pod(name.group(1), match.group(1)[name.end() :], "pod", Scope.PRODUCT))
        elif match:
            opaque.append(f"the computed dependency {one_line(line)}")
    return Manifest.of(found, opaque)


def parse_podspec(text: str) -> Manifest:
    """A .podspec: what the pod that is made needs."""
    found: list[Dependency] = []
    opaque: list[str] = []
    for line in _lines(text):
        match = _NEEDS.match(line)
        name = _NAME.match(match.group(2)) if match else None
        if match and name:
            scope = Scope.DEVELOPMENT if match.group(1) else Scope.PRODUCT
            found.append(_pod(name.group(1), match.group(2)[name.end() :], "dependency", scope))
        elif match and not match.group(2).startswith(("|", "=")):
            opaque.append(f"the computed dependency {one_line(line)}")
    return Manifest.of(found, opaque)


def parse_podspec_json(text: str) -> Manifest:
    """A .podspec.json."""
    packages = table(json_object(text), "dependencies")
    versions = {name: value if isinstance(value, list) else [] for name, value in packages.items()}
    return Manifest.of(
        Dependency(name, identity(name), ", ".join(map(text_of, wanted)), "", "dependency")
        for name, wanted in versions.items()
    )


def identity(name: str) -> str:
    """The purl of a pod; a subspec (`Firebase/Core`) is a part of it."""
    return slashed("cocoapods", name.partition("/")[0])


def _lines(text: str) -> list[str]:
    return _JOINED.sub(", ", without_comments(plain(text), RUBY)).splitlines()


def _pod(name: str, rest: str, group: str, scope: Scope) -> Dependency:
    version = _STRINGS.match(rest)
    options = [(first or second, place) for first, second, place in _OPTION.findall(rest)]
    source = next((f"{key}:{place}" for key, place in options), "")
    versions = re.findall(r"""["']([^"']*)["']""", version.group(1)) if version else []
    return Dependency(name, identity(name), ", ".join(versions), source, group, scope)
