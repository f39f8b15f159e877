"""Small formats: git submodules, conda, Swift, CocoaPods' lockfile, Helm, Elm, vcpkg, Nix, Julia."""

from __future__ import annotations

import re
from collections.abc import Mapping

from policies.manifests.ini import sections
from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import purl, slashed
from policies.manifests.python_requirements import requirements
from policies.manifests.reading import entries, json_object, plain, table, text_of, toml, yaml_object

_POD = re.compile(r"([^()\s]+)(?: \(([^()]*|from .*)\))?")


def parse_gitmodules(text: str) -> Manifest:
    """.gitmodules: a submodule's identity is its path, its source the repository."""
    unindented = "\n".join(line.strip() for line in plain(text).splitlines())
    found = []
    for options in sections(unindented, repeats=True).values():
        path = options.get("path", "").strip('"')
        if path:
            found.append(Dependency(path, submodule(path), "", options.get("url", "").strip('"'), "submodule"))
    return Manifest.of(found)


def submodule(path: str) -> str:
    """The purl of a submodule, told by its path alone."""
    return slashed("generic", path)


def parse_package_resolved(text: str) -> Manifest:
    """Package.resolved of Swift packages, versions 1 to 3."""
    data = json_object(text)
    pins = entries(data, "pins") or entries(table(data, "object"), "pins")
    return Manifest.of(_pin(pin) for pin in pins)


def parse_podfile_lock(text: str) -> Manifest:
    """Podfile.lock: `PODS`, and `DEPENDENCIES` for what is wanted directly."""
    data = yaml_object(text)
    wanted = {_pod(one)[0] for one in entries(data, "DEPENDENCIES")}
    pods = [_pod(next(iter(one)) if isinstance(one, Mapping) and one else one) for one in entries(data, "PODS")]
    return Manifest.of(
        Dependency(
            name,
            slashed("cocoapods", name.partition("/")[0]),
            version,
            relation=Relation.DIRECT if name in wanted else Relation.LOCKED,
        )
        for name, version in pods
        if name
    )


def parse_helm(text: str) -> Manifest:
    """Chart.yaml, Chart.lock and the older requirements.yaml."""
    return Manifest.of(
        Dependency(
            text_of(one.get("name")),
            purl("helm", text_of(one.get("name"))),
            text_of(one.get("version")),
            _chart_source(text_of(one.get("repository"))),
            "dependencies",
        )
        for one in entries(yaml_object(text), "dependencies")
        if isinstance(one, Mapping)
    )


def parse_elm(text: str) -> Manifest:
    """elm.json of an application (direct and indirect) or a package."""
    data = json_object(text)
    found: list[Dependency] = []
    for group, scope in (("dependencies", Scope.PRODUCT), ("test-dependencies", Scope.DEVELOPMENT)):
        packages = table(data, group)
        direct = packages if all(isinstance(value, str) for value in packages.values()) else table(packages, "direct")
        indirect = {} if direct is packages else table(packages, "indirect")
        for relation, names in ((Relation.DIRECT, direct), (Relation.LOCKED, indirect)):
            found += [
                Dependency(name, slashed("elm", name), text_of(version), "", group, scope, relation)
                for name, version in names.items()
            ]
    return Manifest.of(found)


def parse_vcpkg(text: str) -> Manifest:
    """vcpkg.json."""
    found = []
    for one in entries(json_object(text), "dependencies"):
        name = text_of(one.get("name")) if isinstance(one, Mapping) else text_of(one)
        version = text_of(one.get("version>=")) if isinstance(one, Mapping) else ""
        found.append(Dependency(name, purl("vcpkg", name), version, "", "dependencies"))
    return Manifest.of(found)


def parse_flake_lock(text: str) -> Manifest:
    """flake.lock of Nix: its root names the direct inputs."""
    data = json_object(text)
    nodes = table(data, "nodes")
    root = text_of(data.get("root")) or "root"
    direct = table(table(nodes, root), "inputs")
    return Manifest.of(
        Dependency(
            name,
            purl("generic", name),
            text_of(table(table(nodes, name), "locked").get("rev")),
            "",
            "inputs",
            relation=Relation.DIRECT if name in direct else Relation.LOCKED,
        )
        for name in nodes
        if name != root
    )


def parse_julia(text: str) -> Manifest:
    """Project.toml of Julia."""
    data = toml(text)
    compat = table(data, "compat")
    return Manifest.of(
        Dependency(name, purl("julia", name), text_of(compat.get(name)), "", group, scope)
        for group, scope in (("deps", Scope.PRODUCT), ("weakdeps", Scope.PRODUCT), ("extras", Scope.DEVELOPMENT))
        for name in table(data, group)
    )


def parse_conda(text: str) -> Manifest:
    """environment.yml of conda; a file of that name without a list of dependencies is somebody else's."""
    data = yaml_object(text)
    wanted = data.get("dependencies")
    found: list[Dependency] = []
    for one in wanted if isinstance(wanted, list) else []:
        if isinstance(one, Mapping):
            found += requirements([text_of(line) for line in entries(one, "pip")], "pip")
        elif text_of(one).partition("=")[0] != "python":
            channel, _, match = text_of(one).rpartition("::")
            name = re.split(r"[\s=<>!~\[]", match.strip(), maxsplit=1)[0]
            version = match.strip()[len(name) :].strip()
            found.append(Dependency(name, purl("conda", name), version, channel, "dependencies"))
    return Manifest.of(found)


def _pin(pin: object) -> Dependency:
    if not isinstance(pin, Mapping):
        raise UnreadableManifestError("pins holds something that is no object")
    location = text_of(pin.get("location")) or text_of(pin.get("repositoryURL"))
    state = table(pin, "state")
    name = location.partition("://")[2].removesuffix(".git") or text_of(pin.get("identity")) or location
    version = text_of(state.get("version")) or text_of(state.get("revision"))
    return Dependency(name, slashed("swift", name.lower()), version, relation=Relation.LOCKED)


def _pod(entry: object) -> tuple[str, str]:
    match = _POD.fullmatch(text_of(entry))
    if match is None:
        raise UnreadableManifestError(f"{text_of(entry)[:60]!r} is no pod with its version")
    return match.group(1), match.group(2) or ""


def _chart_source(repository: str) -> str:
    return f"path:{repository}" if repository.startswith("file:") else repository
