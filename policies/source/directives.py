"""Comments in documents whose lines say what they are: reStructuredText, AsciiDoc and manual pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import re2

from policies.source.contexts import Context, Place

#: Docutils "reStructuredText Markup Specification", "Explicit Markup Blocks": what else begins with two dots is a
#: comment. Footnotes and citations, targets, substitutions, directives.
_NO_COMMENT = re2.compile(r"\.\. +(?:\[[^\]]+\] |\[[^\]]+\]$|_|__ |\|[^|]+\| |[\w.+:-]*\w ?::(?: |$))")
#: Directives whose content is shown as it stands (docutils "Directives", Sphinx "Showing code examples").
_VERBATIM = re2.compile(
    r"\.\. +(?:code|code-block|sourcecode|parsed-literal|highlight|math|raw|literalinclude|productionlist|graphviz"
    r"|prompt|doctest|testcode|testoutput|ipython|mermaid|uml|jinja) ?::.*"
)
_ADORNMENT = re2.compile(r"[=\-~^\"'`#*+.:_<>!$%&(),/;?@\[\]\\{|}]{2,}\s*")

#: AsciiDoc Language Documentation, "Delimited Blocks" and "Comments": what these enclose is kept as it stands.
_DELIMITER = re2.compile(r"(?:-{4,}|\.{4,}|\+{4,}|/{4,}|`{3})[^`]*")
_SHOWN_AS_IT_STANDS = ("[source", "[listing", "[literal", "[,", "[stem", "[latexmath", "[asciimath")


def in_restructured_text(text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    """Where each of some offsets stands: in a comment, or in prose."""
    lines = text.removeprefix("\ufeff").expandtabs(8).split("\n")
    return tuple(_told(text, offset, is_comment=_is_remark(lines, text.count("\n", 0, offset))) for offset in offsets)


def in_asciidoc(text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    """Where each of some offsets stands: in a comment, or in prose."""
    lines = text.removeprefix("\ufeff").split("\n")
    hidden = frozenset(_hidden(lines))
    return tuple(_told(text, offset, is_comment=text.count("\n", 0, offset) in hidden) for offset in offsets)


def in_manual_pages(text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    """Where each of some offsets stands: in a comment of roff (groff(7), "Comments"), or in prose."""
    return tuple(_told(text, at, is_comment=_is_roff(text[text.rfind("\n", 0, at) + 1 : at])) for at in offsets)


def _is_roff(before: str) -> bool:
    return before.removeprefix("\ufeff").startswith(('.\\"', "'\\\""))


def _told(text: str, offset: int, *, is_comment: bool) -> Place:
    end = text.find("\n", offset)
    return Place(Context.COMMENT if is_comment else Context.PROSE, end if end >= 0 else len(text))


def _is_remark(lines: list[str], number: int) -> bool:
    """Whether a line belongs to a comment that isn't itself shown as an example."""
    for place in reversed([number, *_around(lines, number)]):
        line = lines[place].strip()
        if place != number and (_VERBATIM.fullmatch(line) or _opens_literal(line)):
            return False
        if _opens_remark(lines, place):
            return place == number or _has_content(lines, place)
    return False


def _around(lines: list[str], number: int) -> Iterator[int]:
    """The nearest lines above with ever smaller indentation, from the inside out."""
    depth = _indent(lines[number])
    for place in range(number - 1, -1, -1):
        if not depth:
            return
        if lines[place].strip() and _indent(lines[place]) < depth:
            depth = _indent(lines[place])
            yield place


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _opens_literal(line: str) -> bool:
    return line.endswith("::") and not line.startswith(".. ")


def _opens_remark(lines: list[str], place: int) -> bool:
    line = lines[place].strip()
    if line != ".." and not (line.startswith(".. ") and not _NO_COMMENT.match(line)):
        return False
    before = lines[place - 1] if place else ""
    # In the middle of a paragraph two dots are nothing but dots.
    is_free = not before.strip() or _indent(before) > _indent(lines[place]) or before.lstrip().startswith(".. ")
    return is_free or before.strip() == ".." or _ADORNMENT.fullmatch(before.strip()) is not None


def _has_content(lines: list[str], place: int) -> bool:
    """An empty comment ends at once: it doesn't take the block below it ("Empty Comments")."""
    return lines[place].strip() != ".." or bool("".join(lines[place + 1 : place + 2]).strip())


def _hidden(lines: list[str]) -> Iterator[int]:
    """The lines of AsciiDoc that are comments or stand in a block of one."""
    open_block = ""
    is_verbatim = False
    for number, line in enumerate(lines):
        bare = line.rstrip()
        if open_block:
            if open_block.startswith("//"):
                yield number
            open_block = "" if bare == open_block else open_block
        elif _DELIMITER.fullmatch(bare):
            open_block = bare[:3] if bare.startswith("```") else bare
            is_verbatim = False
        elif not bare:
            is_verbatim = False
        elif line.startswith("//") and not line.startswith("///") and not is_verbatim:
            yield number
        else:
            is_verbatim = is_verbatim or line.startswith(_SHOWN_AS_IT_STANDS)
