"""go.mod, go.work and vendor/modules.txt. go.sum is a list of checksums and never of dependencies.

Format: the Go Modules Reference, "go.mod files" and "Vendoring".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import golang, purl
from policies.manifests.reading import plain

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|=>|[()]|[^\s()"`]+')
_KNOWN = {"module", "go", "toolchain", "godebug", "require", "replace", "exclude", "retract", "tool", "use", "ignore"}


def parse_go_mod(text: str) -> Manifest:
    """go.mod, and go.work, which shares its form."""
    found: list[Dependency] = []
    for number, verb, words, comment in _directives(plain(text)):
        try:
            found += _dependency(verb, words, comment)
        except UnreadableManifestError as error:
            raise UnreadableManifestError(error.why, number) from error
    own = [golang(path) for path in re.findall(r"(?m)^module\s+\"?([^\s\"]+)", text)]
    return Manifest.of(_replaced(found), own=own)


def parse_vendor_modules(text: str) -> Manifest:
    """vendor/modules.txt: `# path version`, and `## explicit` where go.mod names it."""
    found: list[Dependency] = []
    for number, line in enumerate(plain(text).splitlines(), 1):
        words = line.split()
        if line.startswith("# ") and len(words) >= 3:  # noqa: PLR2004 - "#", path, version
            found.append(Dependency(words[1], golang(words[1]), words[2], relation=Relation.LOCKED))
        elif words and not re.match(r"## |[\w~]", line):
            raise UnreadableManifestError("it is none that Go wrote", number)
    return Manifest.of(found)


def _directives(text: str) -> Iterator[tuple[int, str, list[str], str]]:
    """Every directive as (line, verb, words, comment), blocks written out."""
    block = ""
    for number, raw in enumerate(text.splitlines(), 1):
        code, _, comment = raw.partition("//")
        words = [word.strip('"`') for word in _TOKEN.findall(code)]
        if not words:
            continue
        if block and words == [")"]:
            block = ""
        elif block:
            yield number, block, words, comment
        elif words[-1] == "(" and len(words) == 2:  # noqa: PLR2004 - verb and bracket
            block = _verb(words[0], number)
        else:
            yield number, _verb(words[0], number), words[1:], comment
    if block:
        raise UnreadableManifestError(f"the block of {block} has no end")


def _verb(word: str, number: int) -> str:
    if word not in _KNOWN:
        raise UnreadableManifestError(f"{word[:40]!r} is no directive of a go.mod", number)
    return word


def _dependency(verb: str, words: list[str], comment: str) -> Iterator[Dependency]:
    if verb == "require":
        if len(words) != 2:  # noqa: PLR2004 - path and version
            raise UnreadableManifestError("a require needs a path and a version")
        indirect = re.split(r"[\s;]", comment.strip())[0] == "indirect"
        relation = Relation.LOCKED if indirect else Relation.DIRECT
        yield Dependency(words[0], golang(words[0]), words[1], "", "require", relation=relation)
    elif verb == "replace":
        yield _replacement(words)
    elif verb == "toolchain" and words:
        yield Dependency("toolchain", purl("generic", "go"), words[0], "", verb, Scope.DEVELOPMENT, Relation.PINNED)


def _replacement(words: list[str]) -> Dependency:
    if "=>" not in words:
        raise UnreadableManifestError("a replace needs an arrow")
    at = words.index("=>")
    old, new = words[:at], words[at + 1 :]
    if not old or not new:
        raise UnreadableManifestError("a replace needs two sides")
    version = new[1] if len(new) > 1 else ""
    local = new[0].startswith((".", "/"))
    source = f"path:{new[0]}" if local else "" if golang(new[0]) == golang(old[0]) else new[0]
    return Dependency(old[0], golang(old[0]), version, source, "replace", relation=Relation.PINNED)


def _replaced(found: list[Dependency]) -> Iterator[Dependency]:
    """The requirements with their replacements' sources; replacements of what isn't required stay by themselves."""
    replacements = {one.purl: one for one in found if one.group == "replace"}
    required = {one.purl for one in found if one.group == "require"}
    for one in found:
        new = replacements.get(one.purl)
        if one.group == "require" and new:
            version = new.version or one.version
            yield Dependency(one.name, one.purl, version, new.source, one.group, one.scope, one.relation)
        elif one.group != "replace" or one.purl not in required:
            yield one
