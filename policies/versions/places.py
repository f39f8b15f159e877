"""Where a product's own version is written, format by format.

Every reader takes a text and gives the places with their versions; a place whose version is computed (from a tag, a
property, another file) is no place. What can't be read raises, and is never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import re2

from policies.manifests.ini import sections
from policies.manifests.model import UnreadableManifestError
from policies.manifests.reading import json_object, plain, table, text_of, toml, xml, yaml_object

#: A place in a file ("version", "project.version") with the version that it holds.
Found = dict[str, str]
Reader = Callable[[str], Found]


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file that holds a version.

    Attributes:
        pattern: matches the file's whole name.
        python: whether its versions follow PEP 440 rather than semver.
        follows: for a lockfile the name of the manifest beside it that it has to agree with, else "".
    """

    pattern: str
    read: Reader
    python: bool = False
    follows: str = ""


_QUOTED = r"""["']([^"'\n]{1,100})["']"""
_PLAIN = re2.compile(r"(?m)^[ \t]*v?([0-9][0-9A-Za-z.!+_-]{0,99})[ \t]*\r?$")
_VERSION = re2.compile(r"v?[0-9][0-9A-Za-z.!+_-]{0,99}")
_DUNDER = re2.compile(rf"(?m)^(?:__version__|VERSION|version)(?:[ \t]*:[ \t]*\w+)?[ \t]*=[ \t]*{_QUOTED}")
_SETUP = re2.compile(rf"(?m)(?:^|[\s(,])version[ \t]*=[ \t]*{_QUOTED}")
_GRADLE = re2.compile(rf"(?m)^[ \t]*(version|versionName)[ \t]*(?:=[ \t]*|[ \t(]+){_QUOTED}")
_PROPERTIES = re2.compile(r"(?m)^[ \t]*(version|VERSION_NAME|projectVersion)[ \t]*[=:][ \t]*(\S{1,100})[ \t]*$")
_RUBY = re2.compile(rf"(?m)(?:\bVERSION|\.version)[ \t]*=[ \t]*{_QUOTED}")
_MIX = re2.compile(rf"(?m)^[ \t]*(?:@version[ \t]+|version:[ \t]*){_QUOTED}")
_SBT = re2.compile(
    r'(?m)^[ \t]*(?:ThisBuild[ \t]*/[ \t]*)?version(?:[ \t]+in[ \t]+ThisBuild)?[ \t]*:=[ \t]*"([^"\n]+)"'
)


def _lines(pattern: re2._Regexp[str], group: int = 1) -> Reader:
    """A reader of the first match of a pattern."""

    def read(text: str) -> Found:
        match = pattern.search(plain(text))
        return {"version": str(match.group(group))} if match else {}

    return read


def _version_file(text: str) -> Found:
    written = plain(text).strip()
    if not written:
        raise UnreadableManifestError("it is empty")
    match = _PLAIN.search(written)
    if match is None:
        raise UnreadableManifestError("it holds no version")
    return {"version": str(match.group(1))}


def _json(text: str) -> Found:
    return _named({"version": json_object(text).get("version")})


def _package_lock(text: str) -> Found:
    data = json_object(text)
    return _named({"version": data.get("version"), 'packages[""]': table(table(data, "packages"), "").get("version")})


def _pyproject(text: str) -> Found:
    data = toml(text)
    poetry = table(table(data, "tool"), "poetry")
    return _named({"project": table(data, "project").get("version"), "tool.poetry": poetry.get("version")})


def _setup_cfg(text: str) -> Found:
    version = sections(plain(text)).get("metadata", {}).get("version", "")
    return {} if version.startswith(("attr:", "file:")) else _named({"metadata": version})


def _cargo(text: str) -> Found:
    data = toml(text)
    workspace = table(table(data, "workspace"), "package")
    package = table(data, "package")
    name = f"package {text_of(package.get('name'))}"
    return _named({name: package.get("version"), "workspace.package": workspace.get("version")})


def _cargo_lock(text: str) -> Found:
    packages = toml(text).get("package")
    if packages is not None and not isinstance(packages, list):
        raise UnreadableManifestError("package is no list")
    own = [one for one in packages or [] if isinstance(one, Mapping) and "source" not in one]
    return _named({f"package {text_of(one.get('name'))}": one.get("version") for one in own})


def _pom(text: str) -> Found:
    root = xml(text)
    if root.tag != "project":
        raise UnreadableManifestError("it is no POM: its top element is no project")
    # A module without a version has its parent's, and the parent's is bumped where the parent is.
    found = {"project": root.findtext("version"), "revision": root.findtext("properties/revision")}
    return {name: value for name, value in _named(found).items() if "${" not in value}


def _dotnet(text: str) -> Found:
    root = xml(text)
    names = ("Version", "VersionPrefix", "PackageVersion")
    found = {name: root.findtext(f"PropertyGroup/{name}") for name in names}
    return {name: value for name, value in _named(found).items() if "$(" not in value}


def _yaml(text: str) -> Found:
    # Read as text: a chart's `version: 1.10` would be a number.
    data = yaml_object(text)
    match = _YAML_VERSION.search(plain(text))
    return _named({"version": str(match.group(1))}) if match and data.get("version") is not None else {}


_YAML_VERSION = re2.compile(r"""(?m)^version[ \t]*:[ \t]*["']?([^\s"'#]{1,100})""")


def _named(found: Mapping[str, Any]) -> Found:
    texts = {name: text_of(value) for name, value in found.items()}
    return {name: value for name, value in texts.items() if value}


FORMATS: tuple[Format, ...] = (
    Format(r"VERSION(?:\.txt)?|version\.txt|\.version", _version_file),
    Format(r"package\.json|composer\.json|manifest\.json|version\.json|bower\.json|elm\.json|deno\.jsonc?", _json),
    Format(r"package-lock\.json|npm-shrinkwrap\.json", _package_lock, follows="package.json"),
    Format(r"pyproject\.toml", _pyproject, python=True),
    Format(r"setup\.cfg", _setup_cfg, python=True),
    Format(r"setup\.py", _lines(_SETUP), python=True),
    Format(r"__init__\.py|__version__\.py|__about__\.py|_?version\.py", _lines(_DUNDER), python=True),
    Format(r"Cargo\.toml", _cargo),
    Format(r"Cargo\.lock", _cargo_lock, follows="Cargo.toml"),
    Format(r"pom\.xml", _pom),
    Format(r"build\.gradle(?:\.kts)?", _lines(_GRADLE, 2)),
    Format(r"gradle\.properties", _lines(_PROPERTIES, 2)),
    Format(r".*\.gemspec|version\.rb", _lines(_RUBY)),
    Format(r"mix\.exs", _lines(_MIX)),
    Format(r"(?:.*\.)?(?:cs|fs|vb)proj|Directory\.Build\.props|Version\.props", _dotnet),
    Format(r"Chart\.yaml|pubspec\.yaml|shard\.yml|galaxy\.yml|snapcraft\.yaml", _yaml),
    Format(r"build\.sbt|version\.sbt", _lines(_SBT)),
)
_PATTERNS = tuple((re2.compile(one.pattern), one) for one in FORMATS)


def format_of(path: str) -> Format | None:
    """The format that a path's name stands for, None for a file that holds no version that we know."""
    name = PurePosixPath(path).name
    return next((one for pattern, one in _PATTERNS if pattern.fullmatch(name)), None)


def any_version(text: str) -> Found:
    """The version in a file that a setting names and that has no format of its own: alone on a line, or assigned."""
    for pattern in (_DUNDER, _GRADLE, _RUBY, _PROPERTIES, _PLAIN, _ASSIGNED):
        match = pattern.search(plain(text))
        if match:
            return {"version": str(match.group(match.re.groups))}
    return {}


_ASSIGNED = re2.compile(r"""(?i)version[\w]*["']?[ \t]*(?::=|[:=])?[ \t]*["']?(v?[0-9]+\.[0-9][0-9A-Za-z.+-]{0,80})""")


def line_of(text: str, version: str) -> int:
    """The 1-based line where a version stands first, 0 where it isn't written like that."""
    at = text.find(version)
    return text.count("\n", 0, at) + 1 if at >= 0 else 0
