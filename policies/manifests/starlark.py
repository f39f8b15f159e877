"""Bazel's MODULE.bazel, WORKSPACE and their .bzl files ("External dependencies overview" in Bazel's documentation).

Starlark's syntax is a part of Python's: the files are parsed, never run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import golang, maven, purl, slashed
from policies.manifests.reading import json_object, plain, table, text_of

_ARCHIVES = frozenset(
    "http_archive http_file http_jar git_repository new_git_repository remote_import github_archive".split()  # noqa: SIM905
)
_OVERRIDES = frozenset(["git_override", "archive_override", "local_path_override", "single_version_override"])
_GO = frozenset(["go_repository", "module"])
_MOST = 2_000_000


def parse_bazel(text: str) -> Manifest:
    """Modules, archives, Go and Maven packages that are named by literals."""
    found: list[Dependency] = []
    opaque: list[str] = []
    for node in ast.walk(_tree(text)):
        if isinstance(node, ast.Call):
            found += _call(_name(node), _literals(node), node, opaque)
    return Manifest.of(found, opaque)


def parse_maven_install(text: str) -> Manifest:
    """maven_install.json, which rules_jvm_external writes."""
    data = json_object(text)
    artifacts = table(data, "artifacts")
    return Manifest.of(
        Dependency(
            ":".join(key.split(":")[:2]),
            maven(*key.split(":")[:2]),
            text_of(table(artifacts, key).get("version")),
            relation=Relation.LOCKED,
        )
        for key in artifacts
        if ":" in key
    )


def _tree(text: str) -> ast.Module:
    text = plain(text)
    if "(" not in text:
        return ast.Module([], [])  # some program's WORKSPACE, or an empty one
    if len(text) > _MOST:
        raise UnreadableManifestError("it is too long for a build file")
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise UnreadableManifestError(f"it is no valid Starlark: {error.msg}", error.lineno or 0) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadableManifestError("it is no valid Starlark") from error


def _name(node: ast.Call) -> str:
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _literals(node: ast.Call) -> dict[str, str]:
    return {
        word.arg: str(word.value.value)
        for word in node.keywords
        if word.arg and isinstance(word.value, ast.Constant) and word.value.value is not None
    }


def _call(verb: str, given: dict[str, str], node: ast.Call, opaque: list[str]) -> Iterator[Dependency]:
    if verb == "bazel_dep":
        yield from _module(given, opaque)
    elif verb in _OVERRIDES and "module_name" in given:
        name = given["module_name"]
        place = given.get("remote") or given.get("url") or (f"path:{given['path']}" if "path" in given else "")
        yield Dependency(name, purl("bazel", name), given.get("version", ""), place, verb, relation=Relation.PINNED)
    elif verb in _GO and given.get("importpath" if verb == "go_repository" else "path"):
        path = given["importpath" if verb == "go_repository" else "path"]
        yield Dependency(path, golang(path), given.get("version") or given.get("commit", ""), "", verb)
    elif verb in _ARCHIVES and given.get("name"):
        yield _archive(verb, given, node)
    elif verb in {"maven_install", "install", "artifact"}:
        yield from _maven(given, node)


def _module(given: dict[str, str], opaque: list[str]) -> Iterator[Dependency]:
    if "name" not in given:
        opaque.append("a computed bazel_dep")
        return
    scope = Scope.DEVELOPMENT if given.get("dev_dependency") == "True" else Scope.PRODUCT
    yield Dependency(given["name"], purl("bazel", given["name"]), given.get("version", ""), "", "bazel_dep", scope)


def _archive(verb: str, given: dict[str, str], node: ast.Call) -> Dependency:
    urls = [
        item.value
        for word in node.keywords
        if word.arg == "urls" and isinstance(word.value, ast.List)
        for item in word.value.elts
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]
    keys = ("tag", "commit", "version", "sha256", "integrity")
    version = next((given[key] for key in keys if key in given), urls[0] if urls else given.get("url", ""))
    return Dependency(given["name"], slashed("generic", given["name"]), version, "", verb)


def _maven(given: dict[str, str], node: ast.Call) -> Iterator[Dependency]:
    if "group" in given and "artifact" in given:
        yield _coordinate(given["group"], given["artifact"], given.get("version", ""))
    for word in node.keywords:
        if word.arg == "artifacts" and isinstance(word.value, ast.List):
            for item in word.value.elts:
                text = item.value if isinstance(item, ast.Constant) and isinstance(item.value, str) else ""
                parts = text.split(":")
                if len(parts) > 1:
                    yield _coordinate(parts[0], parts[1], parts[-1] if len(parts) > 2 else "")  # noqa: PLR2004


def _coordinate(group: str, artifact: str, version: str) -> Dependency:
    return Dependency(f"{group}:{artifact}", maven(group, artifact), version, "", "artifacts")
