"""Requirement lines: pip's requirements files, constraints, and the strings that pyproject.toml and setup.py hold.

Formats: pip's "Requirements File Format", PEP 508 (packaging reads it), PEP 610's `name @ url`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import purl, pypi
from policies.manifests.reading import plain

#: packaging takes seconds over a hundred thousand versions that are excluded.
_LONGEST = 20_000
_COMMENT = re.compile(r"(^|\s)#.*$")
_PER_LINE_OPTION = re.compile(r"\s--?[A-Za-z][A-Za-z-]*\b.*$")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)")
_OPTION = re.compile(r"(--?[A-Za-z][A-Za-z-]*)(?:\s*[= ]\s*|(?<=-[ercif])(?=\S))?(.*)")
_INCLUDES = {"-r", "--requirement", "--requirements"}
_CONSTRAINTS = {"-c", "--constraint", "--constraints"}
_EDITABLE = {"-e", "--editable"}
_SOURCES = {"-i", "--index-url", "--pypi-url", "--extra-index-url", "-f", "--find-links"}
_URL = re.compile(r"(?:(?:git|hg|svn|bzr)\+)?[A-Za-z][A-Za-z0-9+.-]*:")
_DEVELOPMENT = re.compile(
    r"(?:^|[-_./])(?:dev|devel|develop|development|test|tests|testing|lint|linting|docs?|typing|mypy|ci|build|qa|local"
    r"|benchmarks?|tox|release|pre-?commit|debug)(?:[-_./]|$)"
)


def parse(text: str) -> Manifest:
    """A requirements file; its place tells what it is for."""
    return _parse(text, Scope.PRODUCT, Relation.DIRECT)


def parse_constraints(text: str) -> Manifest:
    """A constraints file: it installs nothing."""
    return _parse(text, Scope.PRODUCT, Relation.PINNED)


def scope_of_file(path: str) -> Scope:
    """What a requirements file is for, by its name: `requirements/dev.txt`, `requirements-test.txt`, `docs/…`."""
    return Scope.DEVELOPMENT if is_for_development(str(PurePosixPath(path).with_suffix(""))) else Scope.PRODUCT


def is_for_development(group: str) -> bool:
    """Whether the name of a group or file says that it's for the people who make the product."""
    return bool(_DEVELOPMENT.search(group.lower()))


def requirement(text: str, group: str = "", scope: Scope = Scope.PRODUCT) -> Dependency:
    """One PEP 508 requirement.

    Raises:
        UnreadableManifestError: it is none.
    """
    if len(text) > _LONGEST:
        raise UnreadableManifestError(f"a requirement is longer than {_LONGEST:,} characters")
    try:
        found = Requirement(text)
    except (InvalidRequirement, RecursionError) as error:
        raise UnreadableManifestError(f"{text.strip()[:80]!r} is no requirement that can be read") from error
    version = str(found.specifier)
    return Dependency(found.name, pypi(found.name), version, _without_revision(found.url or ""), group, scope)


def requirements(texts: Iterable[str], group: str = "", scope: Scope = Scope.PRODUCT) -> Iterator[Dependency]:
    """Several PEP 508 requirements of one group."""
    for text in texts:
        yield requirement(text, group, scope)


def _parse(text: str, scope: Scope, relation: Relation) -> Manifest:
    dependencies: list[Dependency] = []
    opaque: list[str] = []
    for number, line in _logical_lines(plain(text)):
        try:
            dependency = _line(line, scope, opaque)
        except UnreadableManifestError as error:
            raise UnreadableManifestError(error.why, number) from error
        if dependency:
            dependencies.append(_with(dependency, relation))
    return Manifest.of(dependencies, opaque)


def _with(dependency: Dependency, relation: Relation) -> Dependency:
    return Dependency(
        dependency.name, dependency.purl, dependency.version, dependency.source, scope=dependency.scope,
        relation=relation,
    )  # fmt: skip


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    pending, start = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        start = start if pending else number
        line = pending + _COMMENT.sub("", raw)
        if line.rstrip().endswith("\\") and not raw.lstrip().startswith("#"):
            pending = line.rstrip()[:-1] + " "
            continue
        pending = ""
        if line.strip():
            yield start, line.strip()
    if pending.strip():
        yield start, pending.strip()


def _line(line: str, scope: Scope, opaque: list[str]) -> Dependency | None:
    if line.startswith("-"):
        return _option(line, scope, opaque)
    line = _PER_LINE_OPTION.sub("", line).strip()
    if _is_location(line):
        return _location(line, scope)
    return requirement(line, scope=scope)


def _option(line: str, scope: Scope, opaque: list[str]) -> Dependency | None:
    match = _OPTION.fullmatch(line)
    option, value = (match.group(1), match.group(2).strip()) if match else (line, "")
    if option in _INCLUDES:
        opaque.append(f"the included file {value[:120]}")
    elif option in _SOURCES:
        opaque.append(f"the package index {value[:120]}")
    elif option in _EDITABLE:
        return _location(value, scope)
    elif option in _CONSTRAINTS:
        return None
    return None


def _is_location(line: str) -> bool:
    head = line.split("[", maxsplit=1)[0]
    if " @ " in line:
        return False
    return bool(_URL.match(line)) or head.startswith((".", "/", "~")) or line.endswith((".whl", ".zip", ".tar.gz"))


def _location(value: str, scope: Scope) -> Dependency | None:
    """A URL or a folder in place of a name. The project itself (`-e .`) is no dependency."""
    value = value.strip("\"'")
    folder = value.split("[")[0].split(";")[0].strip()
    if folder in {".", "./", ""}:
        return None
    egg = _EGG.search(value)
    bare = _without_revision(value.split("#")[0].split(";")[0].strip())
    name = egg.group(1) if egg else _name_in(bare)
    source = bare if _URL.match(bare) else f"path:{folder}"
    return Dependency(name, pypi(name) if egg else _located(name), _revision(value), source, scope=scope)


def _located(name: str) -> str:
    try:
        return pypi(name)
    except UnreadableManifestError:
        return purl("generic", "unnamed")


def _name_in(location: str) -> str:
    """The best guess at a package's name from where it lies: the last folder, or the file up to its version."""
    last = location.rstrip("/").rpartition("/")[2].removesuffix(".git")
    return re.split(r"-[0-9]|\.(?:whl|zip|tar\.gz)$", last)[0] or location


def _without_revision(url: str) -> str:
    url = url.split("#", maxsplit=1)[0]
    before, at, after = url.rpartition("@")
    return before if at and "/" not in after and "://" in before else url


def _revision(url: str) -> str:
    url = url.split("#", maxsplit=1)[0]
    before, at, after = url.rpartition("@")
    return after if at and "/" not in after and "://" in before else ""
