"""Haskell, OCaml, Clojure, Perl, R: lines and lists of names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import maven, purl
from policies.manifests.reading import entries, json_object, plain, table, text_of, yaml_object
from policies.manifests.scanning import DASHES, HASH, RUBY, SEMICOLON, brackets, inside, one_line, without_comments

_SECTION = re.compile(r"^(library|executable|test-suite|benchmark|common|foreign-library)\b\s*([\w.-]*)", re.IGNORECASE)
_CABAL_FIELD = re.compile(r"^(\s*)(build-depends|build-tool-depends|setup-depends)\s*:(.*)$", re.IGNORECASE)
_CABAL_NAME = re.compile(r"^([A-Za-z0-9][\w.-]*)(?::[\w{},. -]+)?\s*(.*)$")
_PERL = re.compile(
    r"^\s*(requires|recommends|suggests|test_requires|build_requires|configure_requires|author_requires|on)\b"
    r"""\s*\(?\s*["']?([\w:-]+)["']?\s*(?:(?:=>|,)\s*["']?([^"';)]*))?"""
)
_LEIN = re.compile(r"\[\s*([A-Za-z][\w.*+!?<>=-]*(?:/[\w.*+!?<>=-]+)?)\s+\"([^\"]+)\"")
_EDN = re.compile(
    r"(?<![\w.*+!?/-])([A-Za-z][\w.*+!?-]{0,200}/[\w.*+!?-]+|[A-Za-z][\w.-]+)\s+\{\s*"
    r":(mvn/version|git/(?:url|sha|tag)|local/root|sha|tag|deps/root|exclusions)\b"
)
_EDN_VALUE = re.compile(r":(?:mvn/version|git/tag|git/sha|sha|tag)\s+\"([^\"]+)\"")
_OPAM_FIELD = re.compile(r"^[ \t]*(depends|depopts)\s*:\s*\[", re.MULTILINE)
_OPAM_NAME = re.compile(r'"([\w+.-]+)"\s*(\{[^{}]*\})?')
_DUNE = re.compile(r"\((depends|depopts)\b")
_DUNE_NAME = re.compile(r"\(\s*([\w+.-]+)((?:[^()]|\([^()]*\))*)\)|([\w+.-]+)")
_R_FIELDS = {
    "Depends": Scope.PRODUCT,
    "Imports": Scope.PRODUCT,
    "LinkingTo": Scope.PRODUCT,
    "Suggests": Scope.DEVELOPMENT,
    "Enhances": Scope.DEVELOPMENT,
}
#: An indented line goes on with the field above ("Debian control files", the form that R's DESCRIPTION has).
_R_STRAY = re.compile(rf"(?:\A|\n[ \t]*\n)[ \t]+\S|\n[ \t]+(?:{'|'.join(_R_FIELDS)}):")
_R_NAME = re.compile(r"^\s*([A-Za-z][\w.]*)\s*(?:\(([^)]*)\))?\s*$")


def parse_cabal(text: str) -> Manifest:
    """A .cabal file: `build-depends` of all its components ("Package Description" in Cabal's guide)."""
    code = re.sub(r"(?m)^[ \t]*--.*$", "", plain(text)).expandtabs(8)
    found: list[Dependency] = []
    section, field, indent = "", "", 0
    for line in code.splitlines():
        head, start = _SECTION.match(line), _CABAL_FIELD.match(line)
        if head:
            section, field = head.group(1).lower(), ""
        if start:
            indent, field = len(start.group(1)), start.group(2).lower()
            found += _cabal(start.group(3), field, section)
        elif field and line.strip() and len(line) - len(line.lstrip()) > indent:
            found += _cabal(line, field, section)
        elif line.strip():
            field = ""
    return Manifest.of(found)


def parse_stack(text: str) -> Manifest:
    """stack.yaml: `extra-deps`, and the resolver."""
    data = yaml_object(text)
    found = []
    for one in entries(data, "extra-deps"):
        plain_name = text_of(one).partition("@")[0]
        name, _, version = plain_name.rpartition("-")
        git = text_of(one.get("git")) or text_of(one.get("github")) if isinstance(one, dict) else ""
        if name and version[:1].isdigit():
            found.append(Dependency(name, purl("hackage", name), version, "", "extra-deps", relation=Relation.PINNED))
        elif git:
            short = git.removesuffix(".git").rpartition("/")[2]
            revision = text_of(one.get("commit"))
            found.append(
                Dependency(short, purl("hackage", short), revision, git, "extra-deps", relation=Relation.PINNED)
            )
    resolver = text_of(data.get("resolver")) or text_of(data.get("snapshot"))
    if resolver:
        found.append(
            Dependency("resolver", purl("generic", "stackage"), resolver, "", "resolver", relation=Relation.PINNED)
        )
    return Manifest.of(found)


def parse_hpack(text: str) -> Manifest:
    """package.yaml of hpack."""
    data = yaml_object(text)
    found = list(_hpack(data.get("dependencies"), Scope.PRODUCT))
    for key, scope in (("library", Scope.PRODUCT), ("tests", Scope.DEVELOPMENT), ("benchmarks", Scope.DEVELOPMENT),
                       ("executables", Scope.PRODUCT)):  # fmt: skip
        part = table(data, key)
        for one in [part, *(table(part, name) for name in part if isinstance(part[name], dict))]:
            found += _hpack(one.get("dependencies"), scope)
    return Manifest.of(found)


def parse_cabal_project(text: str) -> Manifest:
    """cabal.project: the repositories of source packages."""
    lines = [line.strip() for line in without_comments(plain(text), DASHES).splitlines()]
    starts = [at for at, line in enumerate(lines) if line.startswith("source-repository-package")]
    blocks = [lines[at:end] for at, end in zip(starts, [*starts[1:], len(lines)], strict=False)]
    return Manifest.of(one for block in blocks for one in _source_package(block))


def parse_opam(text: str) -> Manifest:
    """A .opam file ("opam file format", depends)."""
    code = without_comments(plain(text), HASH)
    found = []
    for match, content in inside(code, _OPAM_FIELD):
        for name, filters in _OPAM_NAME.findall(re.sub(r"\{[^{}]*\}", lambda one: one.group(), content)):
            development = any(word in filters for word in ("with-test", "with-doc", "with-dev-setup"))
            scope = Scope.DEVELOPMENT if development else Scope.PRODUCT
            if name != "ocaml":
                found.append(Dependency(name, purl("opam", name), filters.strip("{} "), "", match.group(1), scope))
    return Manifest.of(found)


def parse_dune(text: str) -> Manifest:
    """dune-project: the packages that it generates opam files for."""
    code = without_comments(plain(text), SEMICOLON)
    pairs = brackets(code)
    found = []
    for match in _DUNE.finditer(code):
        content = code[match.end() : pairs.get(match.start(), match.end())]
        for name, filters, bare in _DUNE_NAME.findall(content):
            development = any(word in filters for word in (":with-test", ":with-doc", ":with-dev-setup"))
            scope = Scope.DEVELOPMENT if development else Scope.PRODUCT
            if (name or bare) != "ocaml":
                found.append(
                    Dependency(name or bare, purl("opam", name or bare), filters.strip(), "", match.group(1), scope)
                )
    return Manifest.of(found)


def parse_lein(text: str) -> Manifest:
    """project.clj of Leiningen, and Boot's build.boot: vectors of a name and a version."""
    code = without_comments(plain(text), SEMICOLON)
    development = code.find(":profiles")
    return Manifest.of(
        _clojure(
            match.group(1), match.group(2), Scope.DEVELOPMENT if 0 <= development < match.start() else Scope.PRODUCT
        )
        for match in _LEIN.finditer(code)
    )


def parse_deps_edn(text: str) -> Manifest:
    """deps.edn and bb.edn."""
    code = without_comments(plain(text), SEMICOLON)
    aliases = code.find(":aliases")
    found = []
    for match in _EDN.finditer(code):
        rest = code[match.start() : code.find("}", match.end()) + 1 or len(code)]
        version = _EDN_VALUE.search(rest)
        place = re.search(r":(?:git/url|local/root)\s+\"([^\"]+)\"", rest)
        local = ":local/root" in rest
        source = ("path:" if local else "") + place.group(1) if place else ""
        scope = Scope.DEVELOPMENT if 0 <= aliases < match.start() else Scope.PRODUCT
        one = _clojure(match.group(1), version.group(1) if version else "", scope)
        found.append(Dependency(one.name, one.purl, one.version, source, "deps", scope))
    return Manifest.of(found)


def parse_cpanfile(text: str) -> Manifest:
    """Perl's cpanfile."""
    found, scope, depth = [], Scope.PRODUCT, 0
    for line in without_comments(plain(text), RUBY).splitlines():
        match = _PERL.match(line)
        if match and match.group(1) == "on":
            scope = Scope.PRODUCT if match.group(2) == "runtime" else Scope.DEVELOPMENT
        elif match and match.group(2) != "perl":
            verb, name, version = match.groups()
            own = Scope.DEVELOPMENT if verb.startswith(("test_", "build_", "author_", "configure_")) else scope
            found.append(Dependency(name, purl("cpan", name), (version or "").strip(), "", verb, own))
        depth += line.count("{") - line.count("}")
        scope = scope if depth > 0 else Scope.PRODUCT
    return Manifest.of(found)


def parse_r_description(text: str) -> Manifest:
    """DESCRIPTION of an R package; other files of that name hold no `Package` field."""
    text = plain(text)
    if not re.search(r"(?m)^[ \t]*(?:Package|Imports|Depends):", text):
        return Manifest()
    if _R_STRAY.search(text):
        raise UnreadableManifestError("a field or what begins a paragraph is indented")
    found = []
    for field, written in re.findall(r"(?m)^([A-Za-z]+):((?:[^\n]*(?:\n[ \t]+[^\n]*)*))", text):
        scope = _R_FIELDS.get(field)
        for part in filter(str.strip, written.split(",")) if scope else ():
            match = _R_NAME.match(part)
            if match is None or scope is None:
                raise UnreadableManifestError(f"{one_line(part, 60)!r} under {field} can't be the name of a package")
            if match.group(1) != "R":
                found.append(
                    Dependency(match.group(1), purl("cran", match.group(1)), match.group(2) or "", "", field, scope)
                )
    return Manifest.of(found)


def parse_renv_lock(text: str) -> Manifest:
    """renv.lock."""
    packages = table(json_object(text), "Packages")
    return Manifest.of(
        Dependency(name, purl("cran", name), text_of(table(packages, name).get("Version")), relation=Relation.LOCKED)
        for name in packages
    )


def _cabal(text: str, field: str, section: str) -> Iterator[Dependency]:
    scope = Scope.DEVELOPMENT if section in {"test-suite", "benchmark"} or field != "build-depends" else Scope.PRODUCT
    for part in text.split(","):
        match = _CABAL_NAME.match(part.strip())
        if match and match.group(1) != "base":
            yield Dependency(
                match.group(1), purl("hackage", match.group(1)), match.group(2).strip(), "", section, scope
            )


def _source_package(block: list[str]) -> Iterator[Dependency]:
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in reversed(block))}
    place = fields.get("location", "").removesuffix(".git")
    name = place.rstrip("/").rpartition("/")[2]
    if name:
        yield Dependency(name, purl("hackage", name), fields.get("tag", ""), place, "source-repository-package")


def _hpack(value: object, scope: Scope) -> Iterator[Dependency]:
    names = [f"{name} {text_of(one)}" for name, one in value.items()] if isinstance(value, dict) else value
    for one in names if isinstance(names, list) else [names]:
        match = _CABAL_NAME.match(text_of(one))
        if match and match.group(1) != "base":
            yield Dependency(match.group(1), purl("hackage", match.group(1)), match.group(2), "", "dependencies", scope)


def _clojure(name: str, version: str, scope: Scope) -> Dependency:
    group, _, artifact = name.rpartition("/")
    return Dependency(name, maven(group or artifact, artifact), version, "", "dependencies", scope)
