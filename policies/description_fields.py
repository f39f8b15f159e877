"""What a pull request's description says in a form that can be checked: sections, fields and check boxes.

The description is Markdown as GitHub reads it (CommonMark with tables). Code blocks and quotes are somebody else's
words and say nothing; HTML comments, which templates hold, are invisible and say nothing either.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

#: GitHub's longest description of a pull request; what a desk gives beyond it is not read.
MAX_CHARACTERS = 65_536
_LONGEST_NAME = 80
#: What lies beyond is compared no more.
_LONGEST_HEADING = 300

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_BOX = re.compile(r"\[([ xX])\][ \t]+(.*)")
_NAMED = re.compile(r"([^:\uff1a]{1,80})[:\uff1a]([*_`]{0,4})(?:\s+(.*))?")
_TITLED = re.compile(r"(\*\*|__)([^*_:\uff1a]{1,80})\1")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+")
_NUMBERING = re.compile(r"^\d{1,3}(?:\.\d{1,3})*[.)]?\s+")
_ASIDE = re.compile(r"\s*\([^()]*\)\s*$")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\u00ad]")
_EDGES = " \t\r\n*_`~#>|:\uff1a.,;!?\u2026-\u2013\u2014\"'[](){}"

_EMPTY_WORDS = frozenset(
    """
    no response|tbd|tba|todo|to do|fixme|xxx|wip|placeholder|fill in|fill me in|fill this in|to be done
    to be decided|to be filled|to be defined|change me|changeme|replace me|your text here|text here|write here
    describe here|lorem ipsum
    """.strip()
    .replace("\n    ", "|")
    .split("|")
)
_NOT_APPLICABLE = frozenset(["n/a", "na", "n.a", "none", "nil", "null", "no", "not applicable", "nothing"])


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below one heading, up to the next.

    Attributes:
        heading: as written; "" for what stands before the first heading.
        name: the heading made comparable, by `named`.
        level: 1 to 6 as the heading's, 0 before the first heading.
        text: the section's own words without comments, code blocks and quotes.
        code: the section's code blocks, as written.
        line: 1-based line of the heading, 1 before the first.
    """

    heading: str
    name: str
    level: int
    text: str
    code: str
    line: int


@dataclass(frozen=True, slots=True)
class Field:
    """A name with a value.

    Attributes:
        name: as written, without emphasis.
        value: without comments and the emphasis around it; "" where nothing was filled in.
        section: the comparable name of the section that it stands in.
        line: 1-based line of the name.
    """

    name: str
    value: str
    section: str
    line: int


@dataclass(frozen=True, slots=True)
class CheckBox:
    """One entry of a task list.

    Attributes:
        section: the comparable name of the section that it stands in.
        line: 1-based.
    """

    text: str
    ticked: bool
    section: str
    line: int


@dataclass(frozen=True, slots=True)
class Described:
    """A description, read.

    Attributes:
        truncated: whether it was longer than `MAX_CHARACTERS`, so that its end wasn't read.
    """

    sections: tuple[Section, ...]
    all_fields: tuple[Field, ...]
    boxes: tuple[CheckBox, ...]
    truncated: bool = False

    def section(self, name: str) -> Section | None:
        """The first section of a name with everything in the sections below it; None where there is none."""
        wanted = named(name)
        for index, found in enumerate(self.sections):
            if found.level and found.name == wanted:
                return self._whole(index)
        return None

    def fields(self, name: str) -> tuple[Field, ...]:
        """Every field of a name, in order; a heading with what stands below it is one as well."""
        wanted = named(name)
        headings = (
            Field(one.heading, "\n".join(filter(None, (one.text, one.code))), one.name, one.line)
            for one in self.sections
            if one.level and one.name == wanted
        )
        found = [one for one in self.all_fields if named(one.name) == wanted]
        return tuple(sorted((*found, *headings), key=lambda one: one.line))

    def field(self, name: str) -> Field | None:
        """The first field of a name that holds more than a placeholder, else the first; None where there is none."""
        found = self.fields(name)
        return next((one for one in found if not is_placeholder(one.value)), found[0] if found else None)

    def _whole(self, index: int) -> Section:
        first = self.sections[index]
        parts = [first]
        for below in self.sections[index + 1 :]:
            if below.level <= first.level:
                break
            parts.append(below)
        text = "\n".join(part.text for part in parts if part.text)
        code = "\n".join(part.code for part in parts if part.code)
        return Section(first.heading, first.name, first.level, text, code, first.line)


def read(body: str) -> Described:
    """Read a description. Linear in its length, and never fails: what isn't understood is prose."""
    reader = _Reader()
    for token in _blocks(body[:MAX_CHARACTERS]):
        reader.take(token)
    reader.close()
    return Described(
        tuple(reader.sections), tuple(reader.fields), tuple(reader.boxes), truncated=len(body) > MAX_CHARACTERS
    )


def named(text: str) -> str:
    """A name made comparable: no case, emphasis, numbering, punctuation or symbols around, nor a remark in brackets."""
    plain = " ".join(_INVISIBLE.sub("", visible(text)).split())[:_LONGEST_HEADING].strip(_EDGES)
    plain = _ASIDE.sub("", _NUMBERING.sub("", plain + ")" * (plain.count("(") - plain.count(")"))))
    kept = [index for index, char in enumerate(plain) if char.isalnum()]
    return " ".join(plain[kept[0] : kept[-1] + 1].split()).casefold() if kept else ""


def visible(text: str) -> str:
    """A text without HTML comments, an unclosed one included."""
    return _COMMENT.sub("", text) if "<!--" in text else text


def is_placeholder(text: str, template: str = "", *, not_applicable: bool = True) -> bool:
    """Whether a text only holds the place of what belongs there.

    Args:
        text: a field's value, or a section's text; of several lines each has to be a placeholder.
        template: the template's own text: what stands in it word for word says nothing. A list to choose from such as
            "Severity: P0 / P1" counts by its value too.
        not_applicable: whether "N/A", "none" and the like are placeholders.
    """
    own = _own_texts(template)
    return all(_is_empty(line, not_applicable) or _bare(line) in own for line in visible(text).splitlines())


def _own_texts(template: str) -> frozenset[str]:
    lines = visible(template[:MAX_CHARACTERS]).splitlines()
    values = (match.group(3) or "" for line in lines if (match := _NAMED.fullmatch(line.strip())))
    return frozenset(_bare(line) for line in (*lines, *values))


def _is_empty(line: str, not_applicable: bool) -> bool:
    shown = _ITEM.sub("", _INVISIBLE.sub("", html.unescape(line)).strip(), count=1)
    if shown.startswith("<") and shown.endswith(">") and "://" not in shown and shown.count("<") == 1:
        return True
    bare = _bare(shown)
    return not bare or bare in _EMPTY_WORDS or (not_applicable and bare in _NOT_APPLICABLE)


def _bare(text: str) -> str:
    plain = _INVISIBLE.sub("", html.unescape(text))
    return " ".join(_ITEM.sub("", plain.strip(), count=1).strip(_EDGES).casefold().split())


def _blocks(text: str) -> list[Token]:
    # Inline syntax isn't parsed: fields are told by their lines, and that part of Markdown is the slow one.
    # Only pull requests with a description need it, and at the desk most changes have none.
    from markdown_it import MarkdownIt  # noqa: PLC0415  it takes a tenth of the start

    reader = MarkdownIt("commonmark").enable("table").disable("inline")
    return reader.parse(text)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


@dataclass(slots=True)
class _Waiting:
    """A field whose value may still follow.

    Attributes:
        depth: how many lists it stands in.
        titled: whether its name is in bold like a heading, so that the blocks after it belong to it.
    """

    name: str
    line: int
    depth: int
    titled: bool
    value: list[str]

    def takes(self, depth: int) -> bool:
        """Whether a block that stands in so many lists belongs to it."""
        return depth > self.depth or (self.titled and not depth)


@dataclass(slots=True)
class _Reader:
    """Goes through the blocks once.

    Attributes:
        where: what text belongs to: "heading", "table" or "".
        depth: how many lists are open, `quotes` how many quotes.
        starts_item: whether the next text is the first of a list's item.
        cells: those of the table's open row, which begins on `row`.
    """

    sections: list[Section] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    boxes: list[CheckBox] = field(default_factory=list)
    heading: str = ""
    level: int = 0
    line: int = 1
    words: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    row: int = 0
    where: str = ""
    depth: int = 0
    quotes: int = 0
    starts_item: bool = False
    waiting: _Waiting | None = None

    def take(self, token: Token) -> None:
        """Take the next block."""
        if token.type in {"blockquote_open", "blockquote_close"}:
            self.quotes += token.nesting
        elif self.quotes:
            return
        elif token.type in {"fence", "code_block"}:
            self._add_code(token.content.rstrip("\n"))
        elif token.type in {"inline", "html_block"}:
            self._add_text(token)
        else:
            self._add_structure(token)

    def close(self) -> None:
        """End the section that is open."""
        self._settle()
        if self.level or self.words or self.code:
            text, code = "\n".join(self.words), "\n".join(self.code)
            self.sections.append(Section(self.heading, named(self.heading), self.level, text, code, self.line))
        self.words, self.code = [], []

    def _add_structure(self, token: Token) -> None:
        kind, _, part = token.type.rpartition("_")
        opens = part == "open"
        if kind in {"heading", "table"}:
            self.where = kind if opens else ""
        if kind in {"bullet_list", "ordered_list"}:
            self.depth += token.nesting
        if token.type == "heading_open":
            self.close()
            self.heading, self.level, self.line = "", int(token.tag[1:]), _line(token)
        elif kind == "list_item":
            self.starts_item = opens
        elif kind == "tr":
            self._add_row(token, opens)
        elif token.type == "hr":
            self._settle()

    def _add_row(self, token: Token, opens: bool) -> None:
        if opens:
            self.cells, self.row = [], _line(token)
        else:
            self._add_cells(self.cells, self.row)

    def _add_cells(self, cells: list[str], line: int) -> None:
        self._settle()
        self.words.append(" | ".join(cells))
        if len(cells) > 1 and 0 < len(cells[0]) <= _LONGEST_NAME:
            value = " | ".join(filter(None, cells[1:]))
            self.fields.append(Field(_unmarked(cells[0]).rstrip(":"), _unmarked(value), named(self.heading), line))

    def _add_text(self, token: Token) -> None:
        content = visible(token.content)
        if self.where == "heading":
            self.heading = _unmarked(_TAG.sub("", content))
        elif self.where == "table":
            self.cells.append(content.strip())
        else:
            self._add_lines(_TAG.sub(" ", content) if token.type == "html_block" else content, _line(token))

    def _add_code(self, content: str) -> None:
        self.code.append(content)
        if self.waiting and self.waiting.takes(self.depth):
            self.waiting.value.append(content)

    def _add_lines(self, content: str, first: int) -> None:
        if self.waiting and not self.waiting.takes(self.depth):
            self._settle()
        for number, raw in enumerate(content.split("\n"), first):
            line = raw.strip()
            box = _BOX.fullmatch(line) if self.starts_item else None
            self.starts_item = False
            if box:
                self.boxes.append(CheckBox(box.group(2).strip(), box.group(1) != " ", named(self.heading), number))
            if line:
                self.words.append(line)
                self._add_line(box.group(2).strip() if box else line, number, boxed=box is not None)

    def _add_line(self, line: str, number: int, *, boxed: bool) -> None:
        bare = line.lstrip("*_`")
        titled = len(bare) <= len(line) - 2
        match, title = _NAMED.fullmatch(bare), _TITLED.fullmatch(line)
        if match or title:
            self._settle()
            name, value = (match.group(1), match.group(3) or "") if match else (title.group(2) if title else "", "")
            self.waiting = _Waiting(_unmarked(name), number, self.depth, titled, [_unmarked(value)])
            if value.strip():
                self._settle()
        elif line.startswith("|") and line.endswith("|") and len(line) > 2:  # noqa: PLR2004 - a row has a cell
            self._add_cells([cell.strip() for cell in line[1:-1].split("|")], number)
            self.words.pop()
        elif self.waiting and not boxed:
            self.waiting.value.append(line)

    def _settle(self) -> None:
        """Give the field that waits what came so far."""
        if self.waiting:
            value = "\n".join(part for part in self.waiting.value if part)
            self.fields.append(Field(self.waiting.name, value, named(self.heading), self.waiting.line))
        self.waiting = None


def _unmarked(text: str) -> str:
    """A text without the emphasis around all of it."""
    plain = text.strip()
    for mark in ("**", "__", "*", "_", "`"):
        if plain.startswith(mark) and plain.endswith(mark) and len(plain) > 2 * len(mark):
            return plain[len(mark) : -len(mark)].strip()
    return plain.rstrip("*_").strip() if plain.count("*") + plain.count("_") in {1, 2} else plain
