"""pom.xml and .mvn/extensions.xml.

Format: Maven's "POM Reference"; properties and coordinates are interpolated from the file itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import maven
from policies.manifests.reading import xml

_PROPERTY = re.compile(r"\$\{([^${}]+)\}")
_MAX_STEPS = 20
_OWN_VERSIONS = frozenset(
    [
        "${project.version}",
        "${pom.version}",
        "${version}",
        "${project.parent.version}",
        "${parent.version}",
        "${revision}",
    ]
)
_PLUGIN_GROUP = "org.apache.maven.plugins"
#: Where dependencies stand, with the group's word and how they are meant.
_PLACES = (
    ("dependencies/dependency", "", Relation.DIRECT),
    ("dependencyManagement/dependencies/dependency", "dependencyManagement", Relation.PINNED),
    ("build/plugins/plugin", "plugin", Relation.DIRECT),
    ("build/pluginManagement/plugins/plugin", "pluginManagement", Relation.PINNED),
    ("build/extensions/extension", "extension", Relation.DIRECT),
    ("reporting/plugins/plugin", "plugin", Relation.DIRECT),
)


def parse_pom(text: str) -> Manifest:
    """pom.xml: dependencies, management, plugins and their dependencies, parent, profiles."""
    root = xml(text)
    if root.tag != "project":
        raise UnreadableManifestError("it is no POM: its top element is no project")
    properties = _properties(root)
    found = list(_parent(root, properties))
    for model in (root, *root.findall("profiles/profile")):
        for path, group, relation in _PLACES:
            for element in model.findall(path):
                found.append(_dependency(element, properties, group, relation))
                inner = element.findall("dependencies/dependency") if "plugin" in path else []
                found += [_dependency(one, properties, f"{group} dependency", relation) for one in inner]
    organisation, artifact = (
        properties.get("project.groupId", ""),
        _resolved(_text(root.find("artifactId")), properties),
    )
    return Manifest.of(found, own=[maven(organisation, artifact)] if organisation and artifact else [])


def parse_extensions(text: str) -> Manifest:
    """.mvn/extensions.xml: what Maven loads into itself."""
    root = xml(text)
    found = [_dependency(one, {}, "extension", Relation.DIRECT) for one in root.findall("extension")]
    return Manifest.of(found)


def _properties(root: Element) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for container in (*root.findall("profiles/profile/properties"), *root.findall("properties")):
        found |= {one.tag: _text(one) for one in container if isinstance(one.tag, str)}
    for name in ("groupId", "version", "artifactId"):
        value = _text(root.find(name)) or _text(root.find(f"parent/{name}"))
        found |= {f"project.{name}": value, f"pom.{name}": value, name: value}
    for name in ("groupId", "version", "artifactId"):
        found[f"project.parent.{name}"] = _text(root.find(f"parent/{name}"))
    return {name: value for name, value in found.items() if value}


def _parent(root: Element, properties: Mapping[str, str]) -> Iterator[Dependency]:
    parent = root.find("parent")
    if parent is not None:
        yield _dependency(parent, properties, "parent", Relation.DIRECT)


def _dependency(element: Element, properties: Mapping[str, str], group: str, relation: Relation) -> Dependency:
    plugin = "lugin" in group and not group.endswith("dependency")
    organisation = _value(element, "groupId", properties) or (_PLUGIN_GROUP if plugin else "")
    artifact = _value(element, "artifactId", properties)
    if not organisation or not artifact:
        raise UnreadableManifestError("a dependency lacks its groupId or artifactId")
    kind = _value(element, "scope", properties)
    system = _value(element, "systemPath", properties)
    return Dependency(
        name=f"{organisation}:{artifact}",
        purl=maven(organisation, artifact),
        version=_value(element, "version", properties),
        source=f"path:{system}" if system else _sibling(element, organisation, properties),
        group=group or kind or "compile",
        scope=Scope.DEVELOPMENT if kind == "test" or plugin or "lugin" in group else Scope.PRODUCT,
        # A BOM that is imported isn't only a pin: it is fetched and decides about many.
        relation=Relation.DIRECT if kind == "import" else relation,
    )


def _sibling(element: Element, organisation: str, properties: Mapping[str, str]) -> str:
    """A module of the same build: the build's own group and version, by reference."""
    wanted = _text(element.find("version"))
    same = organisation == properties.get("project.groupId") and wanted in _OWN_VERSIONS
    return "workspace" if same else ""


def _value(element: Element, name: str, properties: Mapping[str, str]) -> str:
    return _resolved(_text(element.find(name)), properties)


def _resolved(value: str, properties: Mapping[str, str]) -> str:
    for _ in range(_MAX_STEPS):
        known = _PROPERTY.sub(lambda match: properties.get(match.group(1), match.group()), value)
        if known == value or len(known) > 1000:  # noqa: PLR2004 - no coordinate is that long
            return value
        value = known
    return value


def _text(element: Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""
