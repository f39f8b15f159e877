"""flake.nix: the inputs of a flake ("Nix Reference Manual", nix flake, "Flake inputs")."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from policies.manifests.model import Dependency, Manifest, UnreadableManifestError
from policies.manifests.purls import purl
from policies.manifests.reading import plain

#: Comments fall away; a text keeps its quotes, and one with a computed part in it comes as several pieces.
_TOKEN = re2.compile(
    r"#[^\n]*|/\*(?:[^*]|\*+[^*/])*\*+/"
    r"|\"(?:[^\"\\]|\\(?s:.))*\"|''(?:[^']|'[^']|''['$\\])*''|[\w-]+|[{}()\[\];=.:]|\S"
)
_COMMENT = ("#", "/*")
_OPENING, _CLOSING = frozenset("{(["), frozenset("})]")
_UNCLOSED = "a bracket isn't closed"
#: Inputs nest two deep (`inputs.a.inputs.b.follows`).
_DEEPEST = 20
#: What says nothing of where an input comes from.
_SETTINGS = frozenset(["follows", "flake"])


def parse_flake(text: str) -> Manifest:
    """The inputs that are written out; one that is given otherwise than by a `url` is opaque.

    The rest of the file, which builds the outputs, brings nothing that isn't an input.
    """
    reader = _Reader(plain(text))
    found: list[Dependency] = []
    opaque: list[str] = []
    for path, value in reader.attributes():
        if path[0] != "inputs" or (len(path) > 2 and path[-1] in _SETTINGS):  # noqa: PLR2004 - inputs.NAME.flake
            continue
        if len(path) == 3 and path[2] == "url" and _is_literal(value):  # noqa: PLR2004 - inputs.NAME.url
            found.append(_input(path[1], value[0].strip('"')))
        else:
            opaque.append(f"the flake's {'.'.join(path)} = {' '.join(value)}"[:500])
    return Manifest.of(found, opaque)


def _is_literal(value: list[str]) -> bool:
    return len(value) == 1 and value[0].startswith('"') and "${" not in value[0]


def _input(name: str, url: str) -> Dependency:
    """An input: `github:owner/name/ref?dir=x`, of which the ref is the version."""
    place, _, query = url.partition("?")
    scheme, _, rest = place.partition(":")
    parts = rest.split("/")
    if scheme in ("github", "gitlab", "sourcehut"):
        return Dependency(name, purl("generic", name), "/".join(parts[2:]), f"{scheme}:{'/'.join(parts[:2])}", "inputs")
    return Dependency(name, purl("generic", name), query, place, "inputs")


class _Reader:
    """The attributes of a flake, which has to be a set that is written out."""

    def __init__(self, text: str) -> None:
        words = (word for word in _TOKEN.findall(text) if not word.startswith(_COMMENT))
        self._words = list(reversed(list(words)))

    def attributes(self) -> Iterator[tuple[tuple[str, ...], list[str]]]:
        """Paths with their values; sets in `inputs` are taken apart.

        Raises:
            UnreadableManifestError: the file is no set of attributes, or a bracket isn't closed.
        """
        if self._next() != "{":
            raise UnreadableManifestError("a flake begins with {")
        yield from self._set(())
        if self._words:
            raise UnreadableManifestError("something follows the flake's last }")

    def _set(self, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
        if len(above) > _DEEPEST:
            raise UnreadableManifestError("it is nested too deeply")
        while self._words[-1:] != ["}"]:
            path = (*above, *self._path())
            if path[0] == "inputs" and self._words[-1:] == ["{"]:
                self._next()
                yield from self._set(path)
                value = self._value()
                if value:
                    yield path, ["{", "…", "}", *value]
            else:
                yield path, self._value()
        self._next()

    def _path(self) -> list[str]:
        found: list[str] = []
        while (word := self._next()) != "=":
            if word == "inherit":
                return ["inputs", word] if not found else [*found, word]
            if word != ".":
                found.append(word.strip('"'))
        if not found:
            raise UnreadableManifestError("a name is missing")
        return found

    def _value(self) -> list[str]:
        """The tokens up to the semicolon that ends a value; those of `let … in`, `with x;` and `assert x;` don't."""
        found: list[str] = []
        depth = owed = 0
        while True:
            word = self._next()
            if word in _CLOSING or word == "in":
                depth -= 1
            if depth < 0:
                raise UnreadableManifestError("a semicolon is missing")
            if depth == 0 and word == ";":
                if not owed:
                    return found
                owed -= 1
            if depth == 0 and word in ("with", "assert"):
                owed += 1
            if word in _OPENING or word == "let":
                depth += 1
            found.append(word)

    def _next(self) -> str:
        if not self._words:
            raise UnreadableManifestError(_UNCLOSED)
        return str(self._words.pop())
