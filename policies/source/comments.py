"""Where in a file a piece of text stands: in a comment, in a string, in prose, or where nobody can tell."""

from __future__ import annotations

import bisect
import importlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tree_sitter import Node

from policies.source import grammars
from policies.source.file_types import FileType, Reader

#: A lexer is a list of regular expressions: what it is fed is capped in size and time.
_LEXER_CHARACTERS = 500_000
_LEXER_SECONDS = 3.0

_DEFINITIONS = frozenset({"module", "block"})

#: What pygments calls a token: the path to its type, e.g. ("Comment", "Single").
_Token = tuple[str, ...]
_NO_COMMENTS = frozenset({"Preproc", "PreprocFile", "Hashbang"})
#: Formats whose plain text is shown to people, so it is prose and not code.
_MARKUP = frozenset({"HTML", "Vue", "XML", "Jinja", "ERB", "Handlebars", "Twig", "Liquid"})
#: Formats of values: what is no comment is a value, quoted or not.
_VALUES = frozenset({"YAML", "TOML", "INI", "Properties", "JSON with comments"})


class Context(StrEnum):
    """Where a piece of text stands."""

    COMMENT = "comment"
    STRING = "string"
    DOCSTRING = "docstring"
    PROSE = "prose"
    UNSURE = "unsure"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one offset stands.

    Attributes:
        context: what is around it.
        end: the offset at which that comment or string ends; the end of the file where that isn't known.
    """

    context: Context
    end: int


def places(kind: FileType, text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    """Where each of some offsets into a file stands.

    Args:
        kind: the type of the file.
        text: the whole file; a comment may have opened far above.
        offsets: positions in `text`, ascending.
    """
    if kind.reader is Reader.GRAMMAR:
        return _by_grammar(kind, text, offsets)
    if kind.reader is Reader.LEXER:
        return _by_lexer(kind, text, offsets)
    if kind.reader in (Reader.LINE, Reader.LINE_START):
        return tuple(_by_line(kind, text, offset) for offset in offsets)
    context = Context.PROSE if kind.reader is Reader.PROSE else Context.UNSURE
    return tuple(Place(context, len(text)) for _ in offsets)


def _by_grammar(kind: FileType, text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    source = grammars.parse(kind.name, text)
    if source is None:
        return tuple(Place(Context.UNSURE, len(text)) for _ in offsets)
    found = []
    for offset, byte in zip(offsets, _bytes(text, offsets), strict=True):
        around = grammars.ancestors(source.root, byte)
        place = _in_tree(source, around, offset, byte)
        if any(node.is_error for node in around):
            # Inside an error node the tree is a guess: it stands only where a second reader agrees.
            second = _by_lexer(kind, text, (offset,))[0]
            place = place if second.context == place.context else Place(Context.UNSURE, len(text))
        found.append(place)
    return tuple(found)


def _bytes(text: str, offsets: Sequence[int]) -> list[int]:
    found, last, total = [], 0, 0
    for offset in offsets:
        total += len(text[last:offset].encode("utf-8", "replace"))
        last = offset
        found.append(total)
    return found


def _in_tree(source: grammars.Source, around: list[Node], offset: int, byte: int) -> Place:
    for depth in range(len(around) - 1, -1, -1):
        node = around[depth]
        end = offset + len(source.text[byte : node.end_byte].decode("utf-8", "replace"))
        if node.type in source.grammar.comments:
            return Place(Context.COMMENT, end)
        if node.type in source.grammar.strings:
            return Place(Context.DOCSTRING if _is_docstring(around[:depth], node) else Context.STRING, end)
    return Place(Context.CODE, offset + len(source.text[byte:].decode("utf-8", "replace")))


def _is_docstring(around: list[Node], string: Node) -> bool:
    """Whether a Python string opens a module, class or function (PEP 257)."""
    if len(around) < 2 or around[-1].type != "expression_statement" or around[-2].type not in _DEFINITIONS:  # noqa: PLR2004
        return False
    first = next((child for child in around[-2].named_children if child.type != "comment"), None)
    return first is not None and first.start_byte == string.start_byte


def _by_lexer(kind: FileType, text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    tokens = _tokens(kind.lexer, text)
    if tokens is None:
        return tuple(Place(Context.UNSURE, len(text)) for _ in offsets)
    starts = [start for start, _ in tokens]
    found = []
    for offset in offsets:
        index = bisect.bisect_right(starts, offset) - 1
        context = _context(kind, tokens[index][1]) if index >= 0 else Context.UNSURE
        following = index + 1
        while following < len(tokens) and _context(kind, tokens[following][1]) is context:
            following += 1
        end = tokens[following][0] if following < len(tokens) else len(text)
        found.append(Place(_in_continuation(kind, text, offset, context), end))
    return tuple(found)


def _in_continuation(kind: FileType, text: str, offset: int, context: Context) -> Context:
    """Docker drops lines that start with # even inside a continued RUN (Dockerfile reference, "Format")."""
    line = text[text.rfind("\n", 0, offset) + 1 : offset].lstrip()
    dropped = kind.name == "Dockerfile" and line.startswith("#") and "<<" not in text
    return Context.COMMENT if dropped else context


def _tokens(alias: str, text: str) -> list[tuple[int, _Token]] | None:
    if len(text) > _LEXER_CHARACTERS:
        return None
    # Replaced one for one, so that positions stay; lexers know neither a byte order mark nor a carriage return.
    even = text.replace("\ufeff", " ").replace("\r\n", " \n") + "\n"
    # Imported on first use: most changes never need it, and the command line has to start fast.
    lexer = importlib.import_module("pygments.lexers").get_lexer_by_name(alias)
    deadline = time.monotonic() + _LEXER_SECONDS
    found: list[tuple[int, _Token]] = []
    for start, token, _ in lexer.get_tokens_unprocessed(even):
        found.append((start, tuple(token)))
        if time.monotonic() > deadline:
            return None
    return found


def _context(kind: FileType, token: _Token) -> Context:
    if token[:1] == ("Comment",):
        return Context.CODE if _NO_COMMENTS & set(token) else Context.COMMENT
    if token[:3] == ("Literal", "String", "Doc"):
        return Context.DOCSTRING
    if token[:1] == ("Literal",) and token[:2] != ("Literal", "Number"):
        return Context.STRING
    if token[:1] == ("Error",):
        return Context.UNSURE
    if kind.name in _VALUES:
        return Context.STRING
    return Context.PROSE if kind.name in _MARKUP and token[:1] == ("Text",) else Context.CODE


def _by_line(kind: FileType, text: str, offset: int) -> Place:
    start = text.rfind("\n", 0, offset) + 1
    before = text[start:offset].removeprefix("\ufeff")
    sign = kind.comment.split("%s")[0].strip()
    inline = kind.reader is Reader.LINE and (f" {sign}" in before or f"\t{sign}" in before)
    end = text.find("\n", offset)
    commented = before.lstrip().startswith(sign) or inline
    return Place(Context.COMMENT if commented else Context.STRING, len(text) if end < 0 else end)
