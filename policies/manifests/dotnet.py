"""NuGet: project files, central package management, packages.config, lockfile, local tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from policies.manifests.model import Dependency, Manifest, Relation, Scope
from policies.manifests.purls import purl
from policies.manifests.reading import json_object, strip_comments, table, text_of, xml

_ITEMS = {
    "PackageReference": Relation.DIRECT,
    "GlobalPackageReference": Relation.DIRECT,
    "DotNetCliToolReference": Relation.DIRECT,
    "PackageVersion": Relation.PINNED,
}


def parse_properties(text: str) -> Manifest:
    """A file of MSBuild properties or targets; other programs have files named so, too."""
    return parse_project(text) if "<project" in text.lower() else Manifest()


def parse_project(text: str) -> Manifest:
    """An MSBuild project ("PackageReference in project files" in NuGet's documentation)."""
    return Manifest.of(one for element in xml(text).iter() for one in _reference(element))


def parse_packages_config(text: str) -> Manifest:
    """packages.config."""
    return Manifest.of(
        _package(element.get("id", ""), element.get("version", ""), _development(element))
        for element in xml(text).iter("package")
    )


def parse_nuspec(text: str) -> Manifest:
    """A .nuspec: what the package that is made needs."""
    return Manifest.of(
        _package(element.get("id", ""), element.get("version", ""), Scope.PRODUCT)
        for element in xml(text).iter("dependency")
    )


def parse_lock(text: str) -> Manifest:
    """packages.lock.json."""
    frameworks = table(json_object(text), "dependencies")
    return Manifest.of(
        Dependency(name, _identity(name), text_of(entry.get("resolved")), relation=Relation.LOCKED)
        for framework in frameworks
        for name, entry in table(frameworks, framework).items()
        if isinstance(entry, Mapping) and entry.get("type") != "Project"
    )


def parse_tools(text: str) -> Manifest:
    """.config/dotnet-tools.json."""
    tools = table(json_object(strip_comments(text)), "tools")
    return Manifest.of(
        _package(name, text_of(entry.get("version")) if isinstance(entry, Mapping) else "", Scope.DEVELOPMENT)
        for name, entry in tools.items()
    )


def parse_global(text: str) -> Manifest:
    """global.json: the MSBuild SDKs, which are NuGet packages."""
    sdks = table(json_object(strip_comments(text)), "msbuild-sdks")
    return Manifest.of(_package(name, text_of(version), Scope.DEVELOPMENT) for name, version in sdks.items())


def _reference(element: Element) -> Iterator[Dependency]:
    relation = _ITEMS.get(element.tag if isinstance(element.tag, str) else "")
    if relation is None or element.get("Remove"):
        return
    version = element.get("Version") or element.get("VersionOverride") or (element.findtext("Version") or "").strip()
    for name in (element.get("Include") or "").split(";"):
        if name.strip():
            yield Dependency(name.strip(), _identity(name), version, "", element.tag, _scope(element), relation)
    # `Update` changes what another file brings in.
    for name in (element.get("Update") or "").split(";"):
        if name.strip():
            yield Dependency(name.strip(), _identity(name), version, "", element.tag, relation=Relation.PINNED)


def _scope(element: Element) -> Scope:
    private = element.get("PrivateAssets") or element.findtext("PrivateAssets") or ""
    return Scope.DEVELOPMENT if private.strip().lower() == "all" else Scope.PRODUCT


def _development(element: Element) -> Scope:
    return Scope.DEVELOPMENT if element.get("developmentDependency") == "true" else Scope.PRODUCT


def _package(name: str, version: str, scope: Scope) -> Dependency:
    return Dependency(name, _identity(name), version, "", "", scope)


def _identity(name: str) -> str:
    # NuGet compares ids without regard to case.
    return purl("nuget", name.strip().lower())
