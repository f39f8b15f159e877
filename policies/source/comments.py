"""Where in a file a piece of text stands: in a comment, in a string, in prose, or where nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from policies.source import containerfiles, embedded, grammars, lexers, makefiles, prose, recorded, templates
from policies.source.contexts import Context, Place, same_everywhere
from policies.source.docstrings import is_docstring
from policies.source.file_types import FileType, Reader

__all__ = ["Context", "Place", "places"]

#: So many nodes above one are looked at to tell what it is; hostile trees are deep.
_NEAR = 6

#: What a shell's command is given: a text like any other, quoted or not, that goes on with the next word.
_ARGUMENTS = {"Shell": frozenset(["word", "concatenation"])}

#: What hands parts of a file on to other readers, by itself or with its type.
_SPLITTERS = {
    Reader.CONTAINERFILE: containerfiles.places,
    Reader.MAKEFILE: makefiles.places,
}
_MIXED = {
    Reader.TEMPLATE: templates.places,
    Reader.PROSE: prose.places,
    Reader.NOTHING: recorded.places,
    Reader.UNKNOWN: recorded.places,
}


def places(kind: FileType, text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    """Where each of some offsets into a file stands.

    Args:
        kind: the type of the file.
        text: the whole file; a comment may have opened far above.
        offsets: positions in `text`, ascending.
    """
    if "\r\n" in text:
        return _with_windows_ends(kind, text, offsets)
    return _places(kind, text, offsets)


def _places(kind: FileType, text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    if kind.reader in _SPLITTERS:
        return _SPLITTERS[kind.reader](text, offsets, places)
    if kind.reader in _MIXED:
        return _MIXED[kind.reader](kind, text, offsets, places)
    if kind.reader is Reader.GRAMMAR:
        return _by_grammar(kind, text, offsets)
    if kind.reader is Reader.LEXER:
        return lexers.places(kind, text, offsets)
    return tuple(_by_line(kind, text, offset) for offset in offsets)


def _with_windows_ends(kind: FileType, text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    """Grammars and lexers don't all know a backslash, a heredoc's end or a fence before a carriage return."""
    shifts, last, total = [], 0, 0
    for offset in offsets:
        total += text.count("\r\n", last, offset)
        last = offset
        shifts.append(total)
    even = [offset - shift for offset, shift in zip(offsets, shifts, strict=True)]
    found = _places(kind, text.replace("\r\n", "\n"), even)
    return tuple(Place(place.context, place.end + shift) for place, shift in zip(found, shifts, strict=True))


def _by_grammar(kind: FileType, text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    source = grammars.parse(kind.name, text)
    if source is None:
        return same_everywhere(Context.UNSURE, text, offsets)
    found = []
    for offset, byte in zip(offsets, _bytes(text, offsets), strict=True):
        around = grammars.ancestors(source.root, byte)
        place = _in_tree(kind, source, around, offset, byte)
        found.append(_doubted(kind, text, offset, place) if any(node.is_error for node in around) else place)
    return tuple(found)


def _doubted(kind: FileType, text: str, offset: int, place: Place) -> Place:
    """Inside an error node the tree is a guess: it stands only where a second reader agrees."""
    second = lexers.places(kind, text, (offset,))[0].context
    agreed = second is not Context.UNSURE and (second is Context.COMMENT) == (place.context is Context.COMMENT)
    return place if agreed else Place(Context.UNSURE, len(text))


def _bytes(text: str, offsets: Sequence[int]) -> list[int]:
    found, last, total = [], 0, 0
    for offset in offsets:
        total += len(text[last:offset].encode("utf-8", "replace"))
        last = offset
        found.append(total)
    return found


def _in_tree(kind: FileType, source: grammars.Source, around: list[Node], offset: int, byte: int) -> Place:
    for depth in range(len(around), 0, -1):
        found = _at_node(kind, source, around[max(0, depth - _NEAR) : depth], offset, byte)
        if found is not None:
            return found
    default = Context.STRING if kind.name in lexers.VALUES else Context.CODE
    return Place(default, offset + _characters(source.text[byte:]))


def _at_node(kind: FileType, source: grammars.Source, around: list[Node], offset: int, byte: int) -> Place | None:
    """What the last of some nodes says of a position, None where it says nothing."""
    node, grammar = around[-1], source.grammar
    end = offset + _characters(source.text[byte : node.end_byte])
    if node.type in grammar.comments:
        shielded = any(each.type in grammar.shields for each in around)
        return Place(Context.STRING if shielded else Context.COMMENT, end)
    part = embedded.part_at(source, around, kind.name)
    if part is not None:
        return _in_part(part, offset, byte, end)
    rescanned = embedded.rescanned(source, node, byte, kind.name)
    if rescanned is not None:
        return Place(rescanned, end)
    if node.type in _ARGUMENTS.get(kind.name, ()):
        return Place(Context.STRING, offset + _characters(source.text[byte : around[-2].end_byte]))
    context = _shown_as(kind, source, around)
    return None if context is None else Place(context, end)


def _shown_as(kind: FileType, source: grammars.Source, around: list[Node]) -> Context | None:
    """What the last of some nodes is, if it is a text of the program."""
    node, grammar = around[-1].type, source.grammar
    if node in grammar.strings:
        return Context.DOCSTRING if is_docstring(source, around, kind.name) else Context.STRING
    if node in grammar.shields:
        return Context.STRING
    return Context.PROSE if node in grammar.prose else None


def _in_part(part: embedded.Part, offset: int, byte: int, end: int) -> Place:
    if part.kind is None:
        return Place(Context.STRING, end)
    before = _characters(part.text.encode()[: byte - part.start])
    found = places(part.kind, part.text, (before,))[0]
    return Place(found.context, min(end, offset + found.end - before))


def _characters(text: bytes) -> int:
    return len(text.decode("utf-8", "replace"))


def _by_line(kind: FileType, text: str, offset: int) -> Place:
    start = text.rfind("\n", 0, offset) + 1
    before = text[start:offset].removeprefix("\ufeff")
    sign = kind.comment.split("%s")[0].strip()
    inline = kind.reader is Reader.LINE and any(_opens(before, at) for at in _found(before, sign))
    end = text.find("\n", offset)
    commented = before.lstrip().startswith(sign) or inline
    return Place(Context.COMMENT if commented else Context.STRING, len(text) if end < 0 else end)


def _found(line: str, sign: str) -> Iterator[int]:
    at = line.find(sign)
    while at >= 0:
        yield at
        at = line.find(sign, at + 1)


def _opens(line: str, at: int) -> bool:
    """Whether a comment sign stands after a blank and outside of quotes."""
    return line[at - 1 : at] in (" ", "\t") and not line.count('"', 0, at) % 2 and not line.count("'", 0, at) % 2
