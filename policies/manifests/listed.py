"""Formats that are plain lists or tables of names: one shape of data each, and little besides.

Go's older tools, vcpkg's and Jsonnet's neighbours, conda-lock, Haskell's and Bazel's locks, Unity, Haxe, PureScript,
Lean, Ivy, dev containers, and the files that say which tools a developer has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.manifests.containers import image
from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import golang, maven, purl, pypi, slashed
from policies.manifests.reading import (
    entries,
    json_object,
    plain,
    strip_comments,
    table,
    text_of,
    toml,
    xml,
    yaml_object,
)

_FROZEN = re.compile(r"(?:any\.)?([A-Za-z0-9][\w.-]*)\s*==\s*([\w.]+)")
_HACKAGE = re.compile(r"^([A-Za-z][\w-]*?)-([0-9][0-9.]*)(?:@.*)?$")
_REGISTRY_MODULE = re.compile(r"/modules/([^/]+)/([^/]+)/(?:source\.json|MODULE\.bazel)$")
_PUPPET = re.compile(r"""^\s*(?:mod|cookbook)\s*\(?\s*["']([\w./-]+)["']\s*(?:,\s*(.*))?$""")
_PUPPET_CALL = re.compile(r"^\s*(?:mod|cookbook)\b")
_QUOTED = re.compile(r"""["']([^"']*)["']""")
_PERL_BLOCK = re.compile(r"\b((?:\w+_)?(?:PREREQ_PM|REQUIRES|requires|recommends))\b[\"']?\s*=>\s*\{([^{}]*)")
_PERL_PAIR = re.compile(r"""["']?([A-Za-z][\w:]*)["']?\s*=>\s*["']?([\w.<>=, ]*)["']?""")
_BREW = re.compile(r"""^\s*(tap|brew|cask|mas|vscode)\s+["']([^"']+)["']""")
_TOOL = re.compile(r"^\s*([\w./:@-]+)\s+(\S.*)$")


def parse_gopkg(text: str) -> Manifest:
    """Gopkg.toml and Gopkg.lock of Go's dep."""
    data = toml(text)
    groups = (("constraint", Relation.DIRECT), ("override", Relation.PINNED), ("projects", Relation.LOCKED))
    return Manifest.of(
        Dependency(name, golang(name), _version(one), "", group, relation=relation)
        for group, relation in groups
        for one in entries(data, group)
        for name in [_required(one, "name", group)]
    )


def parse_glide(text: str) -> Manifest:
    """glide.yaml and glide.lock."""
    data = yaml_object(text)
    groups = (("import", "package", Scope.PRODUCT), ("testImport", "package", Scope.DEVELOPMENT),
              ("imports", "name", Scope.PRODUCT), ("testImports", "name", Scope.DEVELOPMENT))  # fmt: skip
    return Manifest.of(
        Dependency(name, golang(name), _version(one), "", group, scope)
        for group, key, scope in groups
        for one in entries(data, group)
        for name in [_required(one, key, group)]
    )


def parse_godeps(text: str) -> Manifest:
    """Godeps/Godeps.json."""
    found = entries(json_object(text), "Deps")
    names = [(_required(one, "ImportPath", "Deps"), one) for one in found]
    return Manifest.of(Dependency(name, golang(name), text_of(one.get("Rev")), "", "Deps") for name, one in names)


def parse_conda_lock(text: str) -> Manifest:
    """conda-lock.yml."""
    return Manifest.of(
        Dependency(
            name,
            pypi(name) if one.get("manager") == "pip" else purl("conda", name.lower()),
            text_of(one.get("version")),
            relation=Relation.LOCKED,
        )
        for one in entries(yaml_object(text), "package")
        for name in [_required(one, "name", "package")]
    )


def parse_cabal_freeze(text: str) -> Manifest:
    """cabal.project.freeze: `constraints: any.text ==2.0`."""
    code = re.sub(r"(?m)^[ \t]*--.*$", "", plain(text))
    return Manifest.of(
        Dependency(name, purl("hackage", name), version, relation=Relation.LOCKED)
        for name, version in _FROZEN.findall(code)
    )


def parse_stack_lock(text: str) -> Manifest:
    """stack.yaml.lock."""
    found = []
    for one in entries(yaml_object(text), "packages"):
        done = table(one, "completed")
        match = _HACKAGE.match(text_of(done.get("hackage")))
        place = "" if match else text_of(done.get("git")) or text_of(done.get("url"))
        name = match.group(1) if match else text_of(done.get("name")) or place
        version = match.group(2) if match else text_of(done.get("version"))
        if not name:
            raise UnreadableManifestError("a package has no name that can be read")
        found.append(Dependency(name, purl("hackage", name), version, place, relation=Relation.LOCKED))
    return Manifest.of(found)


def parse_bazel_lock(text: str) -> Manifest:
    """MODULE.bazel.lock: the modules whose files of the registry were read."""
    data = json_object(text)
    places = [*table(data, "registryFileHashes"), *table(data, "moduleDepGraph")]
    matches = [_REGISTRY_MODULE.search(place) for place in places]
    named = [match.groups() for match in matches if match]
    named += [tuple(key.rpartition("@")[::2]) for key in table(data, "moduleDepGraph") if "@" in key and "/" not in key]
    return Manifest.of(
        Dependency(name, purl("bazel", name), version, relation=Relation.LOCKED) for name, version in named if name
    )


def parse_vcpkg_configuration(text: str) -> Manifest:
    """vcpkg-configuration.json: the registries that packages come from."""
    data = json_object(text)
    found = [table(data, "default-registry"), *entries(data, "registries")]
    names = [text_of(one.get("repository")) or text_of(one.get("path")) for one in found if isinstance(one, Mapping)]
    return Manifest.of(Dependency(name, slashed("generic", name), "", name, "registries") for name in names if name)


def parse_jsonnet(text: str) -> Manifest:
    """jsonnetfile.json and its lockfile, of jsonnet-bundler."""
    found = []
    for one in entries(json_object(text), "dependencies"):
        source = table(one, "source")
        git, local = table(source, "git"), table(source, "local")
        place = text_of(git.get("remote")) or text_of(local.get("directory"))
        if not place:
            raise UnreadableManifestError("a dependency has no source that can be read")
        name = f"{place.partition('://')[2] or place}/{text_of(git.get('subdir'))}".strip("/").replace(".git", "")
        version = text_of(one.get("version")) if isinstance(one, Mapping) else ""
        found.append(Dependency(name, slashed("generic", name.lower()), version, f"path:{place}" if local else ""))
    return Manifest.of(found)


def parse_json_dependencies(text: str) -> Manifest:
    """JSON with a table `dependencies` of names and versions: Unity, Haxe."""
    return Manifest.of(
        Dependency(
            name,
            purl("generic", name),
            text_of(value) or text_of(value.get("version") if isinstance(value, Mapping) else ""),
            "",
            "dependencies",
        )
        for name, value in table(json_object(text), "dependencies").items()
    )


def parse_dub_lock(text: str) -> Manifest:
    """dub.selections.json of D."""
    return Manifest.of(
        Dependency(name, purl("generic", name, "dub"), text_of(value), relation=Relation.LOCKED)
        for name, value in table(json_object(text), "versions").items()
    )


def parse_spago(text: str) -> Manifest:
    """spago.yaml of PureScript."""
    package = table(yaml_object(text), "package")
    groups = ((package, "dependencies", Scope.PRODUCT), (table(package, "test"), "dependencies", Scope.DEVELOPMENT))
    return Manifest.of(
        Dependency(name, purl("generic", name, "purescript"), "", "", "dependencies", scope)
        for data, key, scope in groups
        for one in entries(data, key)
        for name in [next(iter(one), "") if isinstance(one, Mapping) else text_of(one)]
        if name
    )


def parse_lake_manifest(text: str) -> Manifest:
    """lake-manifest.json of Lean."""
    found = entries(json_object(text), "packages")
    names = [(_required(one, "name", "packages"), one) for one in found]
    return Manifest.of(
        Dependency(name, purl("generic", name, "lean"), text_of(one.get("rev")), "", relation=Relation.LOCKED)
        for name, one in names
    )


def parse_ivy(text: str) -> Manifest:
    """ivy.xml of Apache Ivy."""
    found = []
    for element in xml(text).iter("dependency"):
        organisation, name = element.get("org", ""), element.get("name", "")
        development = "test" in element.get("conf", "")
        scope = Scope.DEVELOPMENT if development else Scope.PRODUCT
        found.append(
            Dependency(f"{organisation}:{name}", maven(organisation, name), element.get("rev", ""), "", "", scope)
        )
    return Manifest.of(found)


def parse_puppet(text: str) -> Manifest:
    """Puppetfile and Berksfile: `mod "owner/name", "1.0"` and `cookbook "name"`."""
    found: list[Dependency] = []
    opaque: list[str] = []
    for line in plain(text).splitlines():
        match = _PUPPET.match(line)
        if match:
            name = match.group(1).replace("-", "/", 1) if line.lstrip().startswith("mod") else match.group(1)
            version = next(iter(_QUOTED.findall(match.group(2) or "")), "")
            found.append(Dependency(name, slashed("generic", name.lower()), version))
        elif _PUPPET_CALL.match(line):
            opaque.append(f"the computed dependency {line.strip()[:160]}")
    return Manifest.of(found, opaque)


def parse_perl_build(text: str) -> Manifest:
    """Makefile.PL and Build.PL: what stands in their tables of prerequisites."""
    return Manifest.of(
        Dependency(name, purl("cpan", name), version.strip(), "", group, _perl_scope(group))
        for group, content in _PERL_BLOCK.findall(re.sub(r"(?m)^[ \t]*#.*$", "", plain(text)))
        for name, version in _PERL_PAIR.findall(content)
        if name != "perl"
    )


def parse_brewfile(text: str) -> Manifest:
    """Brewfile: what a developer's machine has."""
    matches = (_BREW.match(line) for line in plain(text).splitlines())
    return Manifest.of(
        Dependency(match.group(2), slashed("generic", f"brew/{match.group(2)}"), "", "", "", Scope.DEVELOPMENT)
        for match in matches
        if match
    )


def parse_tool_versions(text: str) -> Manifest:
    """.tool-versions of asdf: a tool and its versions a line."""
    matches = (_TOOL.match(line.partition("#")[0]) for line in plain(text).splitlines())
    return Manifest.of(_tool(match.group(1), match.group(2).strip()) for match in matches if match)


def parse_mise(text: str) -> Manifest:
    """mise.toml: its table of tools."""
    return Manifest.of(
        _tool(name, text_of(value) or text_of(value.get("version") if isinstance(value, Mapping) else ""))
        for name, value in table(toml(text), "tools").items()
    )


def parse_rust_toolchain(text: str) -> Manifest:
    """rust-toolchain and rust-toolchain.toml: the channel."""
    bare = plain(text).strip()
    if re.fullmatch(r"[\w.-]{1,80}", bare):
        return Manifest.of([_tool("rust", bare)])
    return Manifest.of([_tool("rust", text_of(table(toml(text), "toolchain").get("channel")))])


def parse_one_version(text: str) -> Manifest:
    """.nvmrc, .node-version, .python-version, .ruby-version …: one version of one tool."""
    return Manifest.of([_tool("interpreter", " ".join(plain(text).split())[:80])])


def parse_devcontainer(text: str) -> Manifest:
    """devcontainer.json: its image and its features ("Development Container Specification")."""
    data = json_object(strip_comments(plain(text)))
    found = [image(name, "features", Scope.CONTAINER) for name in table(data, "features") if not name.startswith(".")]
    name = text_of(data.get("image"))
    return Manifest.of([*found, *([image(name, "image", Scope.CONTAINER)] if name else [])])


def parse_helm_values(text: str) -> Manifest:
    """A chart's values.yaml: `image: {registry, repository, tag}`, or an image in one word."""
    return Manifest.of(_images(yaml_object(text), 0))


def _images(value: Any, depth: int) -> Iterator[Dependency]:
    if isinstance(value, Mapping) and depth < 30:  # noqa: PLR2004 - no chart nests deeper
        repository = text_of(value.get("repository"))
        if repository and "tag" in value:
            place = "/".join(part for part in (text_of(value.get("registry")), repository) if part)
            yield image(f"{place}:{text_of(value.get('tag'))}", "image", Scope.CONTAINER)
        elif text_of(value.get("image")):
            yield image(text_of(value.get("image")), "image", Scope.CONTAINER)
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for one in inner if depth < 30 else ():  # noqa: PLR2004 - as above
        yield from _images(one, depth + 1)


def _tool(name: str, version: str) -> Dependency:
    # A tool is no package of the product: it is shown, and adding one is for the people who make it.
    return Dependency(
        name, slashed("generic", f"tool/{name}"), version, "", "tools", Scope.DEVELOPMENT, Relation.PINNED
    )


def _perl_scope(group: str) -> Scope:
    return Scope.DEVELOPMENT if re.match(r"(?i)test|build|configure|author", group) else Scope.PRODUCT


def _version(one: Mapping[str, Any]) -> str:
    return next((text_of(one[key]) for key in ("version", "branch", "revision") if one.get(key)), "")


def _required(one: object, key: str, group: str) -> str:
    name = text_of(one.get(key)) if isinstance(one, Mapping) else ""
    if not name:
        raise UnreadableManifestError(f"an entry of {group} has no {key}")
    return name
