"""sbt and Mill: `"org" %% "name" % "version"` and `mvn"org::name:version"` (sbt, "Library dependencies")."""

from __future__ import annotations

import re
from collections.abc import Mapping

import re2

from policies.manifests.model import Dependency, Manifest, Relation, Scope
from policies.manifests.purls import maven, purl
from policies.manifests.reading import plain
from policies.manifests.scanning import C_LIKE, without_comments

_WORD = r'(?:s?"[^"\n]{0,200}"|[A-Za-z_][\w.]{0,100}(?:\([^()\n]{0,80}\))?)'
_MODULE = re.compile(
    rf"(?<![\w.])(?P<org>{_WORD})\s*%{{1,3}}\s*(?P<name>{_WORD})\s*%\s*(?P<version>{_WORD})(?:\s*%\s*(?P<scope>{_WORD}))?"
)
_UNVERSIONED = re.compile(rf'(?P<org>"[\w.-]+")\s*%{{2,3}}\s*(?P<name>{_WORD})(?!\s*%)')
_VALUE = re2.compile(r'(?m)\b(?:val|def|var)\s+(\w+)\s*(?::\s*String)?\s*=\s*"([^"\n]{1,100})"')
_PLUGIN = re.compile(r"addSbtPlugin\s*\(\s*$")
_MILL = re.compile(r'\b(?:ivy|mvn|dep)"([^":\n]+):{1,3}([^":\n]+):{1,3}([^":;\n]+)[^"\n]*"')
_INTERPOLATION = re.compile(r"\$\{?(\w+)\}?")
_DEVELOPMENT = re.compile(r"(?i)\b(?:test|it|integrationtest|scalafix|bench|jmh|scalafixconfig|compiler)\b|plugin")
_PROPERTY = re.compile(r"^[ \t]*sbt\.version[ \t]*[=:][ \t]*(\S+)", re.MULTILINE)


def parse_sbt(text: str) -> Manifest:
    """build.sbt, project/*.sbt and project/*.scala; names kept in values of the same file are read."""
    code = without_comments(plain(text), C_LIKE)
    values = dict(_VALUE.findall(code))
    found = []
    for match in _MODULE.finditer(code):
        plugin = _PLUGIN.search(code, max(0, match.start() - 40), match.start()) is not None
        scope = "plugin" if plugin else _meant(match.group("scope") or "", values)
        found.append(_module(match.group("org"), match.group("name"), match.group("version"), scope, values))
    bare = (match.group("org", "name") for match in _UNVERSIONED.finditer(code))
    found += [_module(organisation, name, "", "", values) for organisation, name in bare]
    return Manifest.of(found)


def parse_mill(text: str) -> Manifest:
    """build.sc and build.mill."""
    code = without_comments(plain(text), C_LIKE)
    return Manifest.of(
        Dependency(f"{organisation}:{name}", maven(organisation, name), version, "", "mvnDeps")
        for organisation, name, version in _MILL.findall(code)
    )


def parse_properties(text: str) -> Manifest:
    """project/build.properties: the version of sbt itself."""
    match = _PROPERTY.search(plain(text))
    if not match:
        return Manifest()
    identity = purl("maven", "sbt", "org.scala-sbt")
    one = Dependency("org.scala-sbt:sbt", identity, match.group(1), "", "sbt", Scope.DEVELOPMENT, Relation.PINNED)
    return Manifest.of([one])


def _module(organisation: str, name: str, version: str, group: str, values: Mapping[str, str]) -> Dependency:
    organisation, name = _meant(organisation, values), _meant(name, values)
    scope = Scope.DEVELOPMENT if group and _DEVELOPMENT.search(group) else Scope.PRODUCT
    return Dependency(
        f"{organisation}:{name}", maven(organisation, name), _meant(version, values), "", group.lower(), scope
    )  # fmt: skip


def _meant(word: str, values: Mapping[str, str]) -> str:
    """A literal's text, or that of the value which a name stands for; else the name itself."""
    if word.endswith('"'):
        text = word.partition('"')[2].removesuffix('"')
        return _INTERPOLATION.sub(lambda match: values.get(match.group(1), match.group()), text)
    return values.get(word.rpartition(".")[2], word)
