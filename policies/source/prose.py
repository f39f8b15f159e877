"""Comments in documents: what a reader of the page never sees. Whatever isn't surely a comment is prose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import re2

from policies.source import directives
from policies.source.contexts import Context, Place, Reading, same_everywhere
from policies.source.file_types import FileType, Reader, of_language

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

#: What the Markdown reader is fed is capped: its time isn't linear in hostile text.
_CHARACTERS = 500_000

#: Stands before an offset while the document is read; private-use characters (Unicode 23.5) are in no document.
_MARK = "\uf8f0%d\uf8f1"
_MARKED = re2.compile("\uf8f0(\\d+)\uf8f1")

#: A link definition that nothing links to, the usual way of a comment without HTML: `[//]: # (text)`.
_UNUSED_LINK = re2.compile(r" {0,3}\[(?://|comment|_)\]: *(?:#|<>) *[\"'(].*[\"')] *")
_TEX = FileType("TeX", Reader.LEXER, "%% %s", "tex")
_FRONT_MATTER = re2.compile(r"(?s)\x{FEFF}?---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\z)")
#: MDX "Comments" (`{/* */}`), and those of HTML, which Docusaurus and MDX 1 take; code spans go first.
_MDX_WORDS = re2.compile(r"(?s)``[^\n]*?``|`[^`\n]*`|(?P<comment>\{\s*/\*.*?\*/\s*\}|<!--.*?-->)")


def places(kind: FileType, text: str, offsets: Sequence[int], read: Reading) -> tuple[Place, ...]:
    """Where each of some offsets into a document stands; its front matter is left to `read`."""
    if kind.name == "TeX document":
        return _shown(read(_TEX, text, offsets))
    reader = _READERS.get(kind.name)
    if reader is None or len(text) > _CHARACTERS:
        return same_everywhere(Context.PROSE, text, offsets)
    front = _FRONT_MATTER.match(text) if kind.name in _FRONTED else None
    end = front.end() if front else 0
    above = [offset for offset in offsets if offset < end]
    # Blank lines in its place, so that positions stay and no heading is made of it.
    body = "\n" * end + text[end:] if end else text
    return (*_in_front(text[:end], above, read), *reader(body, offsets[len(above) :]))


def _in_front(text: str, offsets: Sequence[int], read: Reading) -> tuple[Place, ...]:
    language = of_language("YAML")
    return _shown(read(language, text, offsets)) if language and offsets else ()


def _shown(found: Sequence[Place]) -> tuple[Place, ...]:
    """What another language's reader has found, in a document: whatever isn't hidden is shown."""
    return tuple(one if one.context is Context.COMMENT else Place(Context.PROSE, one.end) for one in found)


def _markdown(text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    if "<!--" not in text and "]:" not in text:
        return same_everywhere(Context.PROSE, text, offsets)
    hidden = _in_html(text, offsets)
    return tuple(_comment_from(text, at) if at in hidden or _is_unused(text, at) else _prose(text) for at in offsets)


def _in_html(text: str, offsets: Sequence[int]) -> frozenset[int]:
    """The offsets that CommonMark (4.6 "HTML blocks", 6.6 "Raw HTML") leaves to a comment of HTML."""
    if "<!--" not in text:
        return frozenset()
    marked = "".join(_with_marks(text, offsets))
    # Imported on first use: the command line has to start fast, and few changes bear a marker in a document.
    from markdown_it import MarkdownIt  # noqa: PLC0415  it takes a tenth of the start

    reader = MarkdownIt("commonmark")
    blocks = reader.disable("inline").parse(marked)
    inline = MarkdownIt("commonmark")
    found: set[int] = set()
    for block in blocks:
        found.update(_commented(block, inline))
    return frozenset(offsets[number] for number in found)


def _with_marks(text: str, offsets: Sequence[int]) -> list[str]:
    parts, last = [], 0
    for number, offset in enumerate(offsets):
        parts += [_MARKED.sub("", text[last:offset]), _MARK % number]
        last = offset
    return [*parts, _MARKED.sub("", text[last:])]


def _commented(block: Token, inline: MarkdownIt) -> list[int]:
    if not _MARKED.search(block.content) or "<!--" not in block.content:
        return []
    if block.type == "inline":
        pieces = [child for one in inline.parseInline(block.content) for child in one.children or ()]
        html = [piece.content for piece in pieces if piece.type == "html_inline"]
    else:
        html = [block.content] if block.type == "html_block" else []
    comments = [comment for piece in html for comment in _comments(piece)]
    return [int(mark.group(1)) for comment in comments for mark in _MARKED.finditer(comment)]


def _comments(html: str) -> Iterator[str]:
    start = html.find("<!--")
    end = html.find("-->", start)
    # By hand: a pattern would look for the end anew behind each of many openings.
    while 0 <= start < end:
        yield html[start:end]
        start = html.find("<!--", end)
        end = html.find("-->", start)


def _is_unused(text: str, offset: int) -> bool:
    start, end = text.rfind("\n", 0, offset) + 1, text.find("\n", offset)
    line = text[start : end if end >= 0 else len(text)]
    above = text[:start].split("\n")[-2:-1]
    return _UNUSED_LINK.fullmatch(line) is not None and not "".join(above).strip()


def _comment_from(text: str, offset: int) -> Place:
    end = text.find("-->", offset)
    return Place(Context.COMMENT, end if end >= 0 else len(text))


def _prose(text: str) -> Place:
    return Place(Context.PROSE, len(text))


def _mdx(text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    body = _without_fences(text)
    words = [word.span() for word in _MDX_WORDS.finditer(body) if word.group("comment") is not None]
    found = []
    for offset in offsets:
        end = next((end for start, end in words if start <= offset < end), None)
        found.append(_prose(text) if end is None else Place(Context.COMMENT, end))
    return tuple(found)


def _without_fences(text: str) -> str:
    """A document of the same length whose fenced code is blank; MDX has no indented code."""
    from markdown_it import MarkdownIt  # noqa: PLC0415  it takes a tenth of the start

    reader = MarkdownIt("commonmark").disable(["inline", "code", "html_block"])
    lines = text.split("\n")
    for block in reader.parse(text):
        first, last = block.map or (0, 0)
        if block.type == "fence":
            lines[first:last] = [" " * len(line) for line in lines[first:last]]
    return "\n".join(lines)


_READERS = {
    "Markdown": _markdown,
    "MDX": _mdx,
    "reStructuredText": directives.in_restructured_text,
    "AsciiDoc": directives.in_asciidoc,
    "manual page": directives.in_manual_pages,
}
#: Jekyll's "Front matter", which GitHub shows as a table; Docusaurus and others took it over.
_FRONTED = frozenset(["Markdown", "MDX"])
