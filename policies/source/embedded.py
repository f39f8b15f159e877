"""Languages inside languages, in a syntax tree: scripts and styles in HTML, HTML in PHP."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import re2
from tree_sitter import Node

from policies.source.contexts import Context, ended, only
from policies.source.file_types import FileType, of_language
from policies.source.grammars import Source

#: C's words as far as comments depend on them (C17 6.4): strings and characters go first, they may hold slashes.
_C_WORDS = re2.compile(
    r'(?s)(?P<string>"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\')|(?P<comment>//(?:[^\\\n]|\\.)*|/\*.*?(?:\*/|\z))'
)
_SCRIPTS = {
    "": "JavaScript", "js": "JavaScript", "jsx": "JavaScript", "module": "JavaScript", "text/javascript": "JavaScript",
    "application/javascript": "JavaScript", "text/ecmascript": "JavaScript", "text/babel": "JavaScript",
    "text/jsx": "JavaScript", "ts": "TypeScript", "typescript": "TypeScript", "text/typescript": "TypeScript",
    "tsx": "TSX", "text/template": "HTML", "text/html": "HTML", "text/x-template": "HTML", "text/ng-template": "HTML",
    "importmap": "", "speculationrules": "",
}  # fmt: skip
_STYLES = {
    "": "CSS",
    "css": "CSS",
    "text/css": "CSS",
    "postcss": "SCSS",
    "scss": "SCSS",
    "less": "Less",
    "sass": "Sass",
}


@dataclass(frozen=True)
class Part:
    """A part of a file that is written in another language.

    Attributes:
        kind: what it is written in, None for data.
        text: the part, or the whole file with everything else blank.
        start: where `text` starts, in bytes of the file.
    """

    kind: FileType | None
    text: str
    start: int


def part_at(source: Source, around: list[Node], language: str) -> Part | None:
    """The part of another language that a position stands in, None where its node holds none.

    Args:
        source: the parsed file.
        around: the nodes around the position, the outermost first; the last one is asked.
        language: the file's own, a key of `GRAMMARS`.
    """
    reader = _PARTS.get((language, around[-1].type))
    return reader(source, around) if reader else None


def rescanned(source: Source, node: Node, byte: int, language: str) -> Context | None:
    """What stands at a position of a node that its grammar doesn't split into words, None for any other node."""
    words = _WORDS.get((language, node.type))
    if words is None:
        return None
    before = len(source.text[node.start_byte : byte].decode("utf-8", "replace"))
    for match in words.finditer(source.of(node)):
        if match.start() <= before < match.end():
            return Context.COMMENT if match.group("comment") is not None else Context.STRING
    return Context.CODE


def _script_or_style(source: Source, around: list[Node]) -> Part | None:
    element, node = around[-2], around[-1]
    table = _SCRIPTS if element.type == "script_element" else _STYLES
    language = table.get(_written_in(source, element), "")
    return _slice(source, node, language)


def _written_in(source: Source, element: Node) -> str:
    """The `lang` or else the `type` of a script or style element."""
    found: dict[str, str] = {}
    tag = element.named_children[0] if element.named_children else None
    for attribute in tag.named_children[1:] if tag else ():
        name, _, value = source.of(attribute).partition("=")
        found[name.strip().lower()] = value.strip().strip("\"'").split(";")[0].lower()
    return found.get("lang", found.get("type", ""))


def _expression(source: Source, around: list[Node]) -> Part | None:
    return _slice(source, around[-1], "TypeScript")


def _slice(source: Source, node: Node, language: str) -> Part:
    return Part(of_language(language), source.of(node), node.start_byte)


def _html_around_php(source: Source, _around: list[Node]) -> Part | None:
    return Part(of_language("HTML"), _outside_of_tags(source), 0)


@functools.lru_cache(maxsize=2)
def _outside_of_tags(source: Source) -> str:
    """All text outside of PHP's tags is one document: an HTML comment may span tags."""
    spans, stack = [], [source.root]
    while stack:
        node = stack.pop()
        if node.type == "text":
            spans.append((node.start_byte, node.end_byte))
        else:
            stack += [child for child in node.children if child.child_count or child.type == "text"]
    # latin-1 keeps one character a byte, so that positions stay.
    raw = only(source.text.decode("latin-1"), sorted(spans), ended)
    return raw.encode("latin-1").decode("utf-8", "replace")


_PARTS: dict[tuple[str, str], Callable[[Source, list[Node]], Part | None]] = {
    ("HTML", "raw_text"): _script_or_style,
    ("Vue", "raw_text"): _script_or_style,
    ("Svelte", "raw_text"): _script_or_style,
    ("Svelte", "svelte_raw_text"): _expression,
    ("PHP", "text"): _html_around_php,
}

_WORDS = {
    ("C", "preproc_arg"): _C_WORDS,
    ("C++", "preproc_arg"): _C_WORDS,
    ("Swift", "diagnostic"): _C_WORDS,
}
