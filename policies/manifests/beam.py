"""Elixir's, Erlang's and Gleam's manifests: Mix ("Mix.Tasks.Deps"), Rebar ("Dependencies"), gleam.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import purl
from policies.manifests.reading import entries, plain, table, text_of, toml
from policies.manifests.scanning import HASH, PERCENT, brackets, inside, literals, without_comments

_TUPLE = re.compile(r"\{\s*:(\w+|\"[^\"]+\")\s*,\s*")
_REQUIREMENT = re.compile(r"""^["']\s*(?:~>|>=|<=|==|!=|>|<)?\s*v?[0-9][^"'\n]*["']|^["']["']""")
_OPTIONS = re.compile(
    r"\b(git|github|path|hex|in_umbrella|only|branch|ref|tag|runtime|override|optional|organization):"
)
_OPTION = re.compile(r"""\b(git|github|path|hex|branch|ref|tag):\s*(?:["']([^"'\n]*)["']|:(\w+))""")
_ONLY = re.compile(r"\bonly:\s*(\[[^\]]*\]|:\w+)")
_DEPENDENCIES = re.compile(r"\bdefp?\s+\w*deps\w*\b[^\n]*(?:\bdo\b|do:)")
_NEXT_FUNCTION = re.compile(r"^[ \t]*defp?\s", re.MULTILINE)
_LOCKED = re.compile(
    r"""^\s*"?(\w+)"?\s*(?::|=>)\s*\{:(hex|git|path|package),\s*(?::"?(\w+)"?|"([^"]*)")\s*,\s*"([^"]*)\""""
)
_GLEAM_GROUPS = ("dependencies", "dev-dependencies", "dev_dependencies")
_REBAR_DEPS = re.compile(r"\{\s*deps\s*,\s*\[")
_REBAR_NAME = re.compile(r"""\s*\{?\s*('[^']+'|[a-z]\w*)""")
_REBAR_LOCKED = re.compile(
    r"""<<"(\w+)">>\s*,\s*\{(pkg|git|hg)\s*,\s*(?:<<)?"([^"]*)"(?:>>)?\s*,\s*(?:<<"([^"]*)">>)?"""
)


def parse_mix(text: str) -> Manifest:
    """mix.exs: tuples that read like dependencies, wherever the project keeps them."""
    code = without_comments(plain(text), HASH)
    functions = _spans(code)
    found: list[Dependency] = []
    for match, rest in _tuples(code):
        if _REQUIREMENT.match(rest) or _OPTIONS.search(rest) or any(a < match.start() < b for a, b in functions):
            found += _mix(match.group(1).strip('"'), rest)
    return Manifest.of(found, own=[purl("hex", name) for name in re.findall(r"\bapp:\s*:(\w+)", code)])


def parse_mix_lock(text: str) -> Manifest:
    """mix.lock: one package a line."""
    found = []
    for line in plain(text).splitlines():
        match = _LOCKED.match(line)
        if match:
            name, kind, package, place, version = match.groups()
            source = f"{kind}:{place}" if kind in {"git", "path"} else ""
            identity = package or name
            found.append(Dependency(name, purl("hex", identity), version, source, relation=Relation.LOCKED))
    return Manifest.of(found)


def parse_rebar(text: str) -> Manifest:
    """rebar.config: `deps`, also those of profiles, which are for development."""
    code = without_comments(plain(text), PERCENT)
    profiles = code.find("{profiles")
    found = []
    for match, content in inside(code, _REBAR_DEPS):
        scope = Scope.DEVELOPMENT if 0 <= profiles < match.start() else Scope.PRODUCT
        found += [_rebar(part, scope) for part in _elements(content)]
    return Manifest.of(found)


def parse_rebar_lock(text: str) -> Manifest:
    """rebar.lock."""
    found = []
    for name, kind, place, version in _REBAR_LOCKED.findall(plain(text)):
        source = "" if kind == "pkg" else f"{kind}:{place}"
        found.append(Dependency(name, purl("hex", name), version, source, relation=Relation.LOCKED))
    return Manifest.of(found)


def parse_gleam(text: str) -> Manifest:
    """gleam.toml."""
    data = toml(text)
    groups = {key: Scope.DEVELOPMENT if "dev" in key else Scope.PRODUCT for key in _GLEAM_GROUPS}
    return Manifest.of(
        Dependency(name, purl("hex", name), _version(value), _place(value), group, scope)
        for group, scope in groups.items()
        for name, value in table(data, group).items()
    )


def parse_gleam_lock(text: str) -> Manifest:
    """manifest.toml of Gleam; a file of that name without packages is somebody else's."""
    packages = [one for one in entries(toml(text), "packages") if isinstance(one, Mapping) and one.get("name")]
    named = [(text_of(one.get("name")), text_of(one.get("version"))) for one in packages]
    return Manifest.of(
        Dependency(name, purl("hex", name), version, relation=Relation.LOCKED) for name, version in named
    )


def _spans(code: str) -> list[tuple[int, int]]:
    """Where functions named like `deps` stand."""
    spans = []
    for match in _DEPENDENCIES.finditer(code):
        after = _NEXT_FUNCTION.search(code, match.end())
        spans.append((match.start(), after.start() if after else len(code)))
    return spans


def _tuples(code: str) -> Iterator[tuple[re.Match[str], str]]:
    pairs = _lenient_brackets(code)
    for match in _TUPLE.finditer(code):
        end = pairs.get(match.start())
        if end is not None:
            yield match, code[match.end() : end]


def _lenient_brackets(code: str) -> dict[int, int]:
    try:
        return brackets(code)
    except UnreadableManifestError:
        # Sigils and character literals hold single brackets; a dependency's tuple stands on few lines of its own.
        return {match.start(): match.end() - 1 for match in re.finditer(r"\{[^{}]*\}", code)}


def _mix(name: str, rest: str) -> Iterator[Dependency]:
    options = {key: text or atom for key, text, atom in _OPTION.findall(rest)}
    version = (literals(rest) or [""])[0] if _REQUIREMENT.match(rest) else ""
    version = version or next((options[key] for key in ("tag", "ref", "branch") if key in options), "")
    source = next((f"{key}:{options[key]}" for key in ("git", "github", "path") if key in options), "")
    if "in_umbrella: true" in rest:
        source = f"path:../{name}"
    only = _ONLY.search(rest)
    scope = Scope.DEVELOPMENT if only and ":prod" not in only.group(1) else Scope.PRODUCT
    group = only.group(1) if only else ""
    yield Dependency(name, purl("hex", options.get("hex") or name), version, source, group, scope)


def _elements(content: str) -> Iterator[str]:
    """The elements of an Erlang list."""
    depth = start = 0
    for position, mark in enumerate(content):
        depth += (mark in "{[(") - (mark in "}])")
        if mark == "," and depth == 0:
            yield content[start:position]
            start = position + 1
    if content[start:].strip():
        yield content[start:]


def _rebar(part: str, scope: Scope) -> Dependency:
    match = _REBAR_NAME.match(part)
    if not match:
        raise UnreadableManifestError(f"{part.strip()[:60]!r} is no dependency")
    name = match.group(1).strip("'")
    places = literals(part)
    remote = re.search(r"\{\s*(git|hg|git_subdir)\s*,", part)
    source = f"{remote.group(1)}:{places[0]}" if remote and places else ""
    version = places[-1] if places and (not source or len(places) > 1) else ""
    return Dependency(name, purl("hex", name), version, source, "deps", scope)


def _version(value: object) -> str:
    return "" if isinstance(value, Mapping) else text_of(value)


def _place(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    return next((f"{key}:{text_of(value[key])}" for key in ("git", "path") if value.get(key)), "")
