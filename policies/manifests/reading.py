"""Reading untrusted JSON, TOML, YAML and XML: bounded, without surprises, one error for everything that's wrong."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import re2
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from policies.manifests import yaml_reading
from policies.manifests.model import UnreadableManifestError
from policies.manifests.yaml_reading import MAX_DEPTH

#: A lockfile of 40,000 packages has some 10 MB.
MAX_CHARACTERS = 12_000_000

_MERGE_MARKER = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)
_INVISIBLE = re.compile(
    r"[\w\"'./@-][\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]|(?:\A|\n)[ \t]*[\u00a0\u200b\ufeff]", re.ASCII
)
_LONG_KEY = re2.compile(r"(?:[A-Za-z0-9_'\"-]+[ \t]*\.[ \t]*){40}")
_TOML_LINE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)")


def plain(text: str) -> str:
    """The text of a manifest that is read piece by piece, as `bounded` gives it.

    Raises:
        UnreadableManifestError: as for `bounded`, or a character that nobody sees stands beside a word: the pieces
            that are looked for would not be found, and a person would wonder why.
    """
    text = bounded(text)
    hidden = _INVISIBLE.search(text)
    if hidden:
        code = ord(hidden.group()[-1])
        raise UnreadableManifestError(f"it holds the invisible character U+{code:04X}", line_at(text, hidden.start()))
    return text


def bounded(text: str) -> str:
    """The text without a byte order mark, its lines ended by a line feed.

    Raises:
        UnreadableManifestError: it is too large or holds the marks of an unfinished merge.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableManifestError(f"it is larger than {MAX_CHARACTERS:,} characters")
    marker = _MERGE_MARKER.search(text)
    if marker:
        raise UnreadableManifestError("it holds the marks of an unfinished merge", line_at(text, marker.start()))
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def line_at(text: str, position: int) -> int:
    """The 1-based line of a position in a text."""
    return text.count("\n", 0, position) + 1


def json_object(text: str) -> dict[str, Any]:
    """Read JSON whose top is an object; a key given twice is an error, because tools differ in which one they take."""
    try:
        value = json.loads(bounded(text), object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise UnreadableManifestError(f"it is no valid JSON: {error.msg}", error.lineno) from error
    except RecursionError as error:
        raise UnreadableManifestError("it is nested too deeply") from error
    except ValueError as error:
        raise UnreadableManifestError("it holds a number that is too long") from error
    return _bounded(value, "JSON")


def toml(text: str) -> dict[str, Any]:
    """Read TOML."""
    text = bounded(text)
    # tomllib takes quadratic time over a long dotted key (5 s for 200 kB).
    if _LONG_KEY.search(text):
        raise UnreadableManifestError("it holds a key that is too long")
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _TOML_LINE.search(str(error))
        what = _TOML_LINE.sub("", str(error)).strip()
        raise UnreadableManifestError(f"it is no valid TOML: {what}", int(at.group(1)) if at else 0) from error
    except RecursionError as error:
        raise UnreadableManifestError("it is nested too deeply") from error
    except ValueError as error:
        raise UnreadableManifestError("it holds a value that is out of range") from error
    return _bounded(value, "TOML")


def yaml_object(text: str) -> dict[str, Any]:
    """Read one YAML document whose top is a mapping; an empty one counts as an empty mapping."""
    found = yaml_objects(text)
    if len(found) > 1:
        raise UnreadableManifestError("it holds more than one YAML document")
    return found[0] if found else {}


def yaml_objects(text: str) -> list[dict[str, Any]]:
    """Read YAML documents whose tops are mappings; empty ones are left out."""
    found = [value for value in yaml_reading.read(bounded(text)) if value is not None]
    if not all(isinstance(value, dict) for value in found):
        raise UnreadableManifestError("its top is no YAML object")
    return found


def xml(text: str) -> Element:
    """Read XML without entities, DTDs or anything fetched; namespaces are dropped from the tags."""
    try:
        # A declared encoding is about bytes; the text is decoded already, and bytes let the declaration stand.
        root = fromstring(_without_declaration(bounded(text)), forbid_dtd=True)
    except ParseError as error:
        raise UnreadableManifestError("it is no valid XML", error.position[0]) from error
    except DefusedXmlException as error:
        raise UnreadableManifestError("it declares entities or a document type") from error
    except (ValueError, RecursionError, LookupError) as error:
        raise UnreadableManifestError("it is no valid XML") from error
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    assert isinstance(root, Element)  # noqa: S101 - tells the type; defusedxml has no better one
    return root


def table(value: object, key: str) -> Mapping[str, Any]:
    """The mapping under a key; an absent one is empty.

    Raises:
        UnreadableManifestError: it is something else.
    """
    inner = value.get(key) if isinstance(value, Mapping) else None
    if inner is None:
        return {}
    if not isinstance(inner, Mapping):
        raise UnreadableManifestError(f"{key} is no table of names and values")
    return {str(name): entry for name, entry in inner.items()}


def entries(value: object, key: str) -> list[Any]:
    """The list under a key; an absent one is empty.

    Raises:
        UnreadableManifestError: it is something else.
    """
    inner = value.get(key) if isinstance(value, Mapping) else None
    if inner is None:
        return []
    if not isinstance(inner, list):
        raise UnreadableManifestError(f"{key} is no list")
    return inner


def text_of(value: object) -> str:
    """A scalar as people wrote it; "" for anything else."""
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def strip_comments(text: str) -> str:
    """JSON with comments and trailing commas (JSONC) made JSON; line numbers stay."""
    return re.sub(r",(\s*[}\]])", r"\1", "".join(_without_comments(text)))


_JSONC = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/')


def _without_comments(text: str) -> Iterator[str]:
    position = 0
    for match in _JSONC.finditer(text):
        yield text[position : match.start()]
        found = match.group()
        yield found if found.startswith('"') else "\n" * found.count("\n")
        position = match.end()
    yield text[position:]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableManifestError(f"the key {twice[:60]!r} stands twice in one object")
    return result


def _no_constant(name: str) -> float:
    raise UnreadableManifestError(f"{name} is no JSON value")


def _without_declaration(text: str) -> str:
    return re.sub(r"^\s*<\?xml\b[^>]*\?>", "", text, count=1)


def _bounded(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnreadableManifestError(f"its top is no {what} object")
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        # By identity: a YAML alias makes one object appear in many places.
        level = list({id(inner): inner for outer in level for inner in _children(outer)}.values())
        if not level:
            return value
    raise UnreadableManifestError("it is nested too deeply")


def _children(value: object) -> list[Any]:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [child for child in inner if isinstance(child, dict | list)]
