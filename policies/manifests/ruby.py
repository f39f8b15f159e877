"""Gemfile, gemspecs and Gemfile.lock (Bundler's "Gemfiles" and "Gemfile.lock").

A Gemfile is a program: literal `gem` calls are read, computed ones stay opaque.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import purl
from policies.manifests.python_requirements import is_for_development
from policies.manifests.reading import plain

_CALL = re.compile(
    r"""^\s*(gem|git|github|path|source|group|gemspec|eval_gemfile|install_if|platforms?)\b\s*\(?\s*(.*)$"""
)
_GEMSPEC_CALL = re.compile(
    r"""\b\w+\.(add_(?:runtime_|development_)?dependency)\b\s*\(?\s*(?:%q[<({\[]|["'])?([\w.-]+)["'>)}\]]?(.*)$"""
)
_LITERAL = re.compile(r"""^["']([\w./-]+)["']""")
_STRING = re.compile(r"""["']([^"']*)["']""")
_OPTION = re.compile(r""":?["']?\b(git|github|gitlab|bitbucket|gist|path|source)["']?\s*(?:=>|:)\s*["']([^"']+)["']""")
_GROUP_OPTION = re.compile(r"""\bgroups?(?:\s*=>|:)\s*(\[[^\]]*\]|:?\w+)""")
_VERSION = re.compile(r"""^\s*,\s*((?:["'][^"']*["'][\s,]*)+)""")
_LOCKED = re.compile(r"^([ \t]*)(\S+) \(([^)]+)\)\s*$")
_PACKAGE_INDENT, _NEED_INDENT = "    ", "      "


def parse_gemfile(text: str) -> Manifest:
    """Gemfile and gems.rb."""
    found: list[Dependency] = []
    opaque: list[str] = []
    blocks: list[tuple[str, str]] = []
    for line in _logical(plain(text)):
        match = _CALL.match(line)
        if match:
            verb, rest = match.groups()
            if verb == "gem":
                _gem(rest, blocks, found, opaque)
            elif verb == "eval_gemfile":
                opaque.append(f"the included file {rest[:120]}")
        if re.search(r"\bdo\b(?:\s*\|[^|]*\|)?\s*$", line) or re.match(
            r"^\s*(?:if|unless|case|begin|def|while)\b", line
        ):
            blocks.append(match.groups() if match else ("", ""))  # type: ignore[arg-type]
        elif re.match(r"^\s*end\b", line) and blocks:
            blocks.pop()
    return Manifest.of(found, opaque)


def parse_gemspec(text: str) -> Manifest:
    """A .gemspec: what the gem that is made needs."""
    found: list[Dependency] = []
    opaque: list[str] = []
    for line in _logical(plain(text)):
        match = _GEMSPEC_CALL.search(line)
        if match:
            verb, name, rest = match.groups()
            scope = Scope.DEVELOPMENT if "development" in verb else Scope.PRODUCT
            found.append(Dependency(name, purl("gem", name), ", ".join(_STRING.findall(rest)), "", verb, scope))
        elif re.search(r"\.add_(?:runtime_|development_)?dependency\b", line):
            opaque.append(f"the computed dependency {line.strip()[:160]}")
    return Manifest.of(found, opaque)


def parse_lock(text: str) -> Manifest:
    """Gemfile.lock and gems.locked: the sections of sources, and `DEPENDENCIES` for what is wanted directly."""
    found: list[Dependency] = []
    section = remote = ""
    for number, line in enumerate(plain(text).splitlines(), 1):
        if line.startswith("\t"):
            raise UnreadableManifestError("it isn't indented as Bundler does", number)
        if line and not line.startswith(" "):
            section, remote = line.strip(), ""
        elif line.startswith("  remote: "):
            remote = line.removeprefix("  remote: ").strip()
        elif section in {"GEM", "GIT", "PATH", "PLUGIN SOURCE"}:
            found += _locked(line, section, remote)
        elif line.startswith("    ") and not section:
            raise UnreadableManifestError("it is no Gemfile.lock", number)
    return Manifest.of(found)


def _locked(line: str, section: str, remote: str) -> Iterator[Dependency]:
    match = _LOCKED.match(line)
    if match and match.group(1) not in {_PACKAGE_INDENT, _NEED_INDENT}:
        raise UnreadableManifestError("it isn't indented as Bundler does")
    if match and match.group(1) == _PACKAGE_INDENT and not (section == "PATH" and remote in {".", "./"}):
        _, name, version = match.groups()
        source = {"GEM": "", "PATH": f"path:{remote}"}.get(section, remote)
        yield Dependency(name, purl("gem", name), version, source, relation=Relation.LOCKED)


def _gem(rest: str, blocks: list[tuple[str, str]], found: list[Dependency], opaque: list[str]) -> None:
    literal = _LITERAL.match(rest)
    if not literal:
        opaque.append(f"the computed dependency gem {rest[:140]}")
        return
    after = rest[literal.end() :]
    version = _VERSION.match(after)
    options = dict(_OPTION.findall(after))
    group = " ".join([*_GROUP_OPTION.findall(after), *(inner for verb, inner in blocks if verb == "group")])
    group = " ".join(re.findall(r"\w+", re.sub(r"\bdo\b.*$", "", group)))
    place = next((f"{key}:{value}" for key, value in options.items() if key != "source"), "")
    outer = next((f"{verb}:{inner[:120]}" for verb, inner in blocks if verb in {"git", "github", "path"}), "")
    development = bool(group) and all(is_for_development(word) for word in group.split())
    found.append(
        Dependency(
            literal.group(1),
            purl("gem", literal.group(1)),
            ", ".join(_STRING.findall(version.group(1))) if version else "",
            place or outer,
            group,
            Scope.DEVELOPMENT if development else Scope.PRODUCT,
        )
    )


def _logical(text: str) -> Iterator[str]:
    pending = ""
    for raw in text.splitlines():
        line = pending + re.sub(r"(^|\s)#(?!\{).*$", "", raw)
        if line.rstrip().endswith((",", "(", "\\")) and len(line) < 2000:  # noqa: PLR2004 - no call is that long
            pending = line.rstrip().removesuffix("\\") + " "
            continue
        pending = ""
        yield line
    if pending:
        yield pending
