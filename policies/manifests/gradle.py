"""build.gradle, settings.gradle (Groovy and Kotlin), version catalogs and gradle.lockfile.

Formats: Gradle's "Declaring dependencies", "Using plugins", "Version catalogs", "Locking dependencies". Build files
are programs: what is written out is read, what is computed stays opaque.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import re2

from policies.manifests.gradle_blocks import Statement, statements
from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import maven, purl
from policies.manifests.reading import plain, table, text_of, toml
from policies.manifests.scanning import C_LIKE, without_comments

_NOTATION = re.compile(r"""(["'])([^"'\s:@/]+):([^"'\s:@/]+)(?::([^"'\s:@]*))?(?::[^"'\s@]*)?(?:@\w+)?\1""")
_MAP = re.compile(r"""\b(group|name|version)\s*[:=]\s*(["'])([^"']*)\2""")
#: A package's short name, kept in a catalog (`libs.guava`) or in a map of the build's own (`libraries.guava`).
_ACCESSOR = re.compile(r"(?<![\w.])([A-Za-z]\w*)((?:\.[A-Za-z]\w*)+)(?![\w(])")
_NO_PACKAGES = frozenset(
    [
        "project",
        "projects",
        "rootProject",
        "configurations",
        "sourceSets",
        "gradle",
        "layout",
        "ext",
        "this",
        "it",
        "tasks",
    ]
)
_PINNED_NOTATION = re.compile(r"""[=:]\s*(["'])([^"'\s:@/]+):([^"'\s:@/]+):([^"'\s:@]+)\1""")
_LITERAL_NOTATION = re.compile(r'"([\w.-]{1,200}):([\w.-]{1,200})(?::([^"\s:]{1,100}))?"')
_KOTLIN = re.compile(r"""\bkotlin\(\s*["']([\w-]+)["'](?:\s*,\s*["']([^"']*)["'])?\s*\)""")
_FILES = re.compile(r"""\b(?:files|fileTree)\s*\(?[^"'\n]*["']([^"']+)["']""")
#: A task's output (`files(bundle)`) is the build's own, whatever it is called.
_OUTPUTS = re.compile(r"""\b(?:files|fileTree)\s*\([^"']*$""")
#: A call of the build's own with a literal: `library("okio")`, `libs.findLibrary("okio").get()`.
_CALL = re.compile(r"""\b(\w+)\s*\(\s*(["'])([\w.:-]{1,100})\2""")
_ROOT = re.compile(r"\b(?:rootProject|project)\.(?=libs\b|libraries\b|deps\b)")
_PLUGIN = re.compile(r"""\bid\s*\(?\s*["']([\w.-]+)["']\s*\)?\s*\.?version\s*\(?\s*["']?([^"'\s)]+)""")
_KOTLIN_PLUGIN = re.compile(r"""\bkotlin\(\s*["']([\w.-]+)["']\s*\)\s*\.?version\s*\(?\s*["']?([^"'\s)]+)""")
#: In linear time: files are full of lines that start like one.
_VARIABLE = re2.compile(
    r"""(?m)^[ \t]*(?:(?:def|val|var|const|private|final|String|ext\.|set)[ \t]*)*"""
    r"""\(?["']?(\w+)["']?[ \t]*[=,][ \t]*["']([^"'$\n]{1,80})["']"""
)
_INTERPOLATION = re.compile(r"\$\{?(?:\w+\.)*(\w+)\}?(?:\(\))?")
_DEVELOPMENT = re.compile(
    r"test|classpath|detekt|ktlint|checkstyle|spotbugs|pmd|jmh|jacoco|developmentonly|lint|debug|benchmark|dokka",
    re.IGNORECASE,
)
#: Statements inside a dependencies block that name packages without depending on them.
_NO_DEPENDENCY = frozenset(
    """
    exclude because version strictly require prefer reject if else for attributes capabilities requireCapability
    requireCapabilities val var def transitive isTransitive force changing isChanging artifact components modules
    return while throw assert error check require logger tasks
    substitute import println apply when repositories configurations setTransitive setForce resolutionStrategy
    """.split()  # noqa: SIM905
)
#: Blocks whose statements are dependencies; a closure behind one (`{ transitive = false }`) only describes it.
_OPEN_BLOCKS = (("dependencies",), ("if",), ("else",))
#: Calls that name a part of the build itself.
_OWN_CALLS = frozenset(["project", "testFixtures", "files", "fileTree", "named", "getByName", "task", "because"])
#: What a catalog's alias is called until the catalog is known.
_ALIAS = "pkg:generic/gradle-catalog/"


def parse_build(text: str) -> Manifest:
    """build.gradle(.kts), settings.gradle(.kts) and script plugins."""
    text = plain(text)
    found: list[Dependency] = []
    opaque: list[str] = []
    variables = dict(_VARIABLE.findall(text))
    for statement in statements(text):
        if "dependencies" in statement.blocks or statement.word == "mavenBom":
            found += _dependencies(statement, variables, opaque)
        elif "plugins" in statement.blocks:
            found += _plugins(statement, variables)
        else:
            found += _kept(statement, variables)
    return Manifest.of(found, opaque)


def parse_build_code(text: str) -> Manifest:
    """The classes under buildSrc: notations of packages (`"group:name:version"`) that build files refer to."""
    code = without_comments(plain(text), C_LIKE)
    return Manifest.of(
        Dependency(f"{group}:{name}", maven(group, name), version, "", "buildSrc", relation=Relation.PINNED)
        for group, name, version in _LITERAL_NOTATION.findall(code)
    )


def parse_catalog(text: str) -> Manifest:
    """A version catalog: gradle/libs.versions.toml."""
    data = toml(text)
    found = list(aliases_in(data).values())
    libraries = table(data, "libraries")
    for bundle, members in table(data, "bundles").items():
        for member in members if isinstance(members, list) else []:
            if member in libraries:
                one = _library(libraries[member], table(data, "versions"))
                found.append(Dependency(one.name, one.purl, one.version, "", f"bundle {bundle}"))
    return Manifest.of(found)


def parse_lock(text: str) -> Manifest:
    """gradle.lockfile: `group:name:version=configurations`."""
    found: list[Dependency] = []
    for number, line in enumerate(plain(text).splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith(("#", "empty=")):
            continue
        parts = stripped.partition("=")[0].split(":")
        if len(parts) != 3:  # noqa: PLR2004 - group, name, version
            raise UnreadableManifestError("a line names no group, name and version", number)
        identity = maven(parts[0], parts[1])
        found.append(Dependency(":".join(parts[:2]), identity, parts[2], relation=Relation.LOCKED))
    return Manifest.of(found)


def aliases(text: str) -> dict[str, Dependency]:
    """A catalog's packages by the purl that `parse_build` gives to their accessors."""
    return {_ALIAS + "libs." + _dotted(name): one for name, one in aliases_in(toml(text)).items()}


def aliases_in(data: Mapping[str, Any]) -> dict[str, Dependency]:
    """The catalog's packages by alias; plugins as "plugins.alias"."""
    versions = table(data, "versions")
    found = {name: _library(value, versions) for name, value in table(data, "libraries").items()}
    for name, value in table(data, "plugins").items():
        found[f"plugins.{name}"] = _catalog_plugin(value, versions)
    return found


def _dotted(alias: str) -> str:
    return re.sub(r"[-_.]", ".", alias)


def _library(value: object, versions: Mapping[str, Any]) -> Dependency:
    if isinstance(value, str):
        group, _, rest = value.partition(":")
        name, _, version = rest.partition(":")
    elif isinstance(value, Mapping):
        module = text_of(value.get("module"))
        group, _, name = module.partition(":")
        group, name = group or text_of(value.get("group")), name or text_of(value.get("name"))
        version = _catalog_version(value.get("version"), versions)
    else:
        raise UnreadableManifestError("a library of the catalog has no module")
    if not group or not name:
        raise UnreadableManifestError("a library of the catalog has no group or name")
    return Dependency(f"{group}:{name}", maven(group, name), version, "", "libraries")


def _catalog_plugin(value: object, versions: Mapping[str, Any]) -> Dependency:
    if isinstance(value, str):
        name, _, version = value.partition(":")
    else:
        name = text_of(value.get("id")) if isinstance(value, Mapping) else ""
        version = _catalog_version(value.get("version"), versions) if isinstance(value, Mapping) else ""
    return _plugin(name, version)


def _catalog_version(value: object, versions: Mapping[str, Any]) -> str:
    if isinstance(value, Mapping):
        if "ref" in value:
            return _catalog_version(versions.get(text_of(value["ref"])), {})
        keys = ("strictly", "require", "prefer")
        return next((text_of(value[key]) for key in keys if key in value), "")
    return text_of(value)


def _plugin(name: str, version: str) -> Dependency:
    # A plugin is resolved through its marker artifact ("Plugin Marker Artifacts" in Gradle's documentation).
    return Dependency(name, maven(name, f"{name}.gradle.plugin"), version, "", "plugin", Scope.DEVELOPMENT)


def _plugins(statement: Statement, variables: Mapping[str, str]) -> Iterator[Dependency]:
    for name, version in _PLUGIN.findall(statement.text):
        yield _plugin(name, _value(version, variables))
    for name, version in _KOTLIN_PLUGIN.findall(statement.text):
        yield _plugin(f"org.jetbrains.kotlin.{name}", _value(version, variables))
    if statement.word == "alias":
        for catalog, path in _ACCESSOR.findall(statement.text):
            yield _alias(catalog, path, "plugin", Relation.DIRECT)


def _kept(statement: Statement, variables: Mapping[str, str]) -> Iterator[Dependency]:
    """A notation that the build keeps for later: `libraries.junit = "junit:junit:4.13"`."""
    for _, organisation, name, version in _PINNED_NOTATION.findall(statement.text):
        yield _module(organisation, name, version, "ext", Relation.PINNED, variables)


def _dependencies(statement: Statement, variables: Mapping[str, str], opaque: list[str]) -> Iterator[Dependency]:
    word = statement.word
    if word in _NO_DEPENDENCY or not word or word in {"project", "add"}:
        return
    managed = "constraints" in statement.blocks or ("dependencyManagement" in statement.blocks and word != "mavenBom")
    relation = Relation.PINNED if managed else Relation.DIRECT
    found = list(_named(statement.text, word, relation, variables))
    if not found and not managed:
        found = list(_called(statement.text, word, relation))
    yield from found
    if not found and not managed and statement.blocks[-1:] in _OPEN_BLOCKS and _is_computed(statement):
        opaque.append(f"the computed dependency {statement.text[:160]}")


def _named(text: str, group: str, relation: Relation, variables: Mapping[str, str]) -> Iterator[Dependency]:
    for _, organisation, name, version in _NOTATION.findall(text):
        yield _module(organisation, name, version, group, relation, variables)
    parts = {key: value for key, _, value in _MAP.findall(text)}
    if "name" in parts and "group" in parts:
        yield _module(parts["group"], parts["name"], parts.get("version", ""), group, relation, variables)
    accessors = _ROOT.sub("", re.sub(r"""(["'])[^"'\n]*\1""", "''", text.partition("{")[0]))
    for catalog, path in _ACCESSOR.findall(accessors):
        if catalog not in _NO_PACKAGES:
            yield _alias(catalog, path, group, relation)
    for name, version in _KOTLIN.findall(text):
        yield _module("org.jetbrains.kotlin", f"kotlin-{name}", version, group, relation, variables)
    for path in _FILES.findall(text):
        name = path.rpartition("/")[2] or path
        yield Dependency(name, purl("generic", name), "", f"path:{path}", group, _scope(group), relation)


def _called(text: str, group: str, relation: Relation) -> Iterator[Dependency]:
    """What a call of the build's own names: the package stays unknown, the name of it doesn't."""
    for verb, _, literal in _CALL.findall(text.removeprefix(group)):
        if verb in {"findLibrary", "findPlugin", "findBundle"}:
            path = _dotted(literal) if verb == "findLibrary" else f"{verb[4:].lower()}s.{_dotted(literal)}"
            yield _alias("libs", f".{path}", group, relation)
        elif verb not in _OWN_CALLS:
            yield Dependency(f"{verb}({literal})", _ALIAS + f"{verb}.{literal}", "", "", group, _scope(group), relation)


def _module(  # noqa: PLR0913, PLR0917 - the three coordinates, and where they stand
    organisation: str, name: str, version: str, group: str, relation: Relation, variables: Mapping[str, str]
) -> Dependency:
    organisation, name = _value(organisation, variables), _value(name, variables)
    version = _value(version, variables)
    return Dependency(
        f"{organisation}:{name}", maven(organisation, name), version, "", group, _scope(group), relation
    )  # fmt: skip


def _alias(catalog: str, path: str, group: str, relation: Relation) -> Dependency:
    # An accessor may end in a provider's call: `libs.guava.get()`.
    path = re.sub(r"\.(?:get|asProvider|map|orNull)$", "", path)
    scope = Scope.DEVELOPMENT if group == "plugin" else _scope(group)
    return Dependency(f"{catalog}{path}", f"{_ALIAS}{catalog}{path}", "", "", group, scope, relation)


def _scope(group: str) -> Scope:
    return Scope.DEVELOPMENT if _DEVELOPMENT.search(group) else Scope.PRODUCT


def _value(text: str, variables: Mapping[str, str]) -> str:
    if text in variables:
        return variables[text]
    return _INTERPOLATION.sub(lambda match: variables.get(match.group(1), match.group()), text)


def _is_computed(statement: Statement) -> bool:
    """Whether a statement depends on something that isn't written out; the build's own parts are no dependency."""
    rest = statement.text.removeprefix(statement.word).strip(" (\t")
    own = (
        "configurations",
        "project",
        "projects.",
        "gradleApi",
        "localGroovy",
        "gradleKotlinDsl",
        "gradleTestKit",
        "testFixtures(project",
    )
    return (
        bool(rest)
        and rest[0] not in "{})="
        and not rest.startswith(own)
        and "project(" not in rest
        and "projects." not in rest
        and not _OUTPUTS.search(rest)
    )
