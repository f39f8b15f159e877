"""pyproject.toml and Pipfile: PEP 621, PEP 735, Poetry, PDM, uv, Pipenv."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies.manifests.conda import pixi
from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import pypi
from policies.manifests.python_requirements import is_for_development, requirement, requirements
from policies.manifests.reading import entries, table, text_of, toml

_LOCATIONS = ("git", "hg", "svn", "url", "path", "file", "index", "source", "registry")


def parse_pyproject(text: str) -> Manifest:
    """pyproject.toml."""
    data = toml(text)
    project, tool = table(data, "project"), table(data, "tool")
    sources = table(table(tool, "uv"), "sources")
    found = [
        *requirements(_strings(project, "dependencies"), "dependencies"),
        *_groups(table(project, "optional-dependencies"), "extra "),
        *_groups(table(data, "dependency-groups"), "group ", Scope.DEVELOPMENT),
        *requirements(_strings(table(data, "build-system"), "requires"), "build-system", Scope.DEVELOPMENT),
        *_uv(table(tool, "uv")),
        *_groups(table(table(tool, "pdm"), "dev-dependencies"), "group ", Scope.DEVELOPMENT),
        *_hatch(table(tool, "hatch")),
        *_poetry(table(tool, "poetry")),
        *pixi(table(tool, "pixi")),
    ]
    names = (text_of(project.get("name")), text_of(table(tool, "poetry").get("name")))
    own = [pypi(name) for name in names if name]
    dynamic = {name for name in _strings(project, "dynamic") if name in {"dependencies", "optional-dependencies"}}
    elsewhere = table(table(tool, "setuptools"), "dynamic")
    opaque = [f"the computed {name}: {elsewhere.get(name)!r}"[:300] for name in dynamic]
    return Manifest.of([_located(dependency, sources) for dependency in found], opaque, own)


def parse_pipfile(text: str) -> Manifest:
    """Pipfile: every table but the settings holds packages ("Pipfile & Pipfile.lock" in Pipenv's documentation)."""
    data = toml(text)
    settings = {"source", "requires", "scripts", "pipenv"}
    found: list[Dependency] = []
    for group in data:
        if group not in settings:
            scope = Scope.DEVELOPMENT if is_for_development(group) else Scope.PRODUCT
            found += _named(table(data, group), group, scope)
    return Manifest.of(found)


def _strings(value: object, key: str) -> list[str]:
    found = entries(value, key)
    if not all(isinstance(item, str) for item in found):
        raise UnreadableManifestError(f"{key} holds something that is no string")
    return found


def _groups(groups: Mapping[str, Any], prefix: str, scope: Scope | None = None) -> Iterator[Dependency]:
    for name in groups:
        wanted = [item for item in entries(groups, name) if not isinstance(item, Mapping)]  # {include-group = "…"}
        if not all(isinstance(item, str) for item in wanted):
            raise UnreadableManifestError(f"{name} holds something that is no string")
        lines = [item.removeprefix("-e ").strip() for item in wanted]  # PDM's editable entries
        own = Scope.DEVELOPMENT if is_for_development(name) else Scope.PRODUCT
        for line in lines:
            if not line.startswith((".", "file:")):
                yield requirement(line, prefix + name, scope or own)


def _uv(uv: Mapping[str, Any]) -> Iterator[Dependency]:
    yield from requirements(_strings(uv, "dev-dependencies"), "group dev", Scope.DEVELOPMENT)
    for key in ("constraint-dependencies", "override-dependencies"):
        for found in requirements(_strings(uv, key), key):
            yield _replaced(found, relation=Relation.PINNED)


def _hatch(hatch: Mapping[str, Any]) -> Iterator[Dependency]:
    environments = table(hatch, "envs")
    for name in environments:
        environment = table(environments, name)
        for key in ("dependencies", "extra-dependencies"):
            lines = [line for line in _strings(environment, key) if "{" not in line]
            yield from requirements(lines, f"environment {name}", Scope.DEVELOPMENT)


def _poetry(poetry: Mapping[str, Any]) -> Iterator[Dependency]:
    yield from _named(table(poetry, "dependencies"), "dependencies", Scope.PRODUCT)
    yield from _named(table(poetry, "dev-dependencies"), "group dev", Scope.DEVELOPMENT)
    groups = table(poetry, "group")
    for name in groups:
        scope = Scope.PRODUCT if name == "main" else Scope.DEVELOPMENT
        yield from _named(table(table(groups, name), "dependencies"), f"group {name}", scope)


def _named(packages: Mapping[str, Any], group: str, scope: Scope) -> Iterator[Dependency]:
    """Poetry's and Pipenv's form: a name and a version, a table, or a list of tables for several markers."""
    for name, value in packages.items():
        if name.lower() == "python":
            continue
        for choice in value if isinstance(value, list) else [value]:
            yield Dependency(name, pypi(name), _version(choice), _source(choice), group, scope)


def _version(choice: object) -> str:
    if isinstance(choice, Mapping):
        keys = ("version", "rev", "ref", "tag", "branch")
        return next((text_of(choice[key]) for key in keys if choice.get(key)), "")
    return text_of(choice)


def _source(choice: object) -> str:
    if not isinstance(choice, Mapping):
        return ""
    for key in _LOCATIONS:
        value = text_of(choice.get(key))
        if value:
            return value if "://" in value else f"{key}:{value}"
    return "workspace" if choice.get("workspace") is True else ""


def _located(dependency: Dependency, sources: Mapping[str, Any]) -> Dependency:
    """Uv keeps the place of a package apart from its requirement (`tool.uv.sources`)."""
    for name, value in sources.items():
        if pypi(name) == dependency.purl:
            choice = value[0] if isinstance(value, list) and value else value
            version = dependency.version or _version(choice)
            return _replaced(dependency, source=_source(choice) or dependency.source, version=version)
    return dependency


def _replaced(
    found: Dependency, *, source: str | None = None, version: str | None = None, relation: Relation | None = None
) -> Dependency:
    return Dependency(
        found.name,
        found.purl,
        found.version if version is None else version,
        found.source if source is None else source,
        found.group,
        found.scope,
        relation or found.relation,
    )
