"""What the hunks of a changed file do: change the program, its names, its comments, or its layout alone.

A run of changed lines is put back as it was at base, in the file at head: where the program stays the same, the lines
change nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import re2

from domain.change import ChangedFile
from domain.diff import Hunk, Line
from policies.source import tokens
from policies.source.grammars import Source

#: Comments that tools obey, or that are programs themselves (doctests).
_OBEYED = re2.compile(
    r"(?i)#!|//go:|//export |\+build|nolint|noqa|no-?inspection|no-?sec\b|type:|pragma|eslint|jshint|tslint"
    r"|ts-(?:ignore|expect|nocheck|check)|prettier|biome-|istanbul|c8 |v8 |webpack|@vite|@jsx|[@#]__pure__|sourcemap"
    r"|rubocop|frozen_string|encoding|coding[:=]|shellcheck|clang-format|clang-tidy|yapf|fmt:|isort|pylint|mypy|pyright"
    r"|ruff|flake8|swiftlint|swift-tools|ktlint|detekt|scalafmt|scalastyle|checkstyle|formatter:|spotless"
    r"|@(?:phpstan|psalm|test|dataprovider|group|covers|swagger|api|deprecated)|@[A-Z]\w+[\\(]|/\*[+!]|```|>>>|iex>"
    r"|language=|assert|yaml-language-server|\$schema|sorbet|typed:|<reference|cgo|fall ?through"
)
#: So much text is parsed for one file.
_MOST_CHARACTERS = 6_000_000
_FEW_LINES = 25


class Effect(StrEnum):
    """What a run of changed lines does."""

    CODE = "code"
    COMMENTS = "comments"
    FORMATTING = "formatting"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Block:
    """A run of changed lines without an unchanged one between.

    Attributes:
        removed: the lines at base.
        added: the lines at head.
        base: the number of the first removed line, or of the line before which it would stand.
        head: likewise at head.
    """

    removed: tuple[str, ...]
    added: tuple[str, ...]
    base: int
    head: int

    @property
    def last(self) -> int:
        """The last line at head that the block touches."""
        return self.head + max(len(self.added), 1) - 1

    @property
    def is_end_of_file(self) -> bool:
        """Whether only a line's end comes or goes at the end of the file."""
        return [one.rstrip("\n") for one in self.removed] == [one.rstrip("\n") for one in self.added]


@dataclass(frozen=True)
class Part:
    """A hunk, as it was read.

    Attributes:
        blocks: its runs of changed lines with what each does.
    """

    blocks: tuple[tuple[Block, Effect], ...]

    @property
    def effect(self) -> Effect:
        """The gravest of its blocks' effects."""
        found = {effect for _, effect in self.blocks}
        return next((one for one in Effect if one in found), Effect.NOTHING)

    @property
    def start(self) -> int:
        """Its first changed line at head."""
        return self.blocks[0][0].head

    @property
    def end(self) -> int:
        """Its last changed line at head."""
        return self.blocks[-1][0].last


@dataclass
class Reading:
    """A changed file whose both sides could be parsed."""

    file: ChangedFile
    base: Source
    head: Source
    parts: tuple[Part, ...] = field(default=())

    @classmethod
    def of(cls, file: ChangedFile) -> Reading | None:
        """Read a file, None where nothing can be said for certain."""
        if file.base is None or file.head is None or file.base.text is None or file.head.text is None:
            return None
        if not file.diff.hunks:
            return None
        blocks = sum(len(tuple(blocks_of(hunk))) for hunk in file.diff.hunks)
        if (blocks + 2) * len(file.head.text) > _MOST_CHARACTERS:
            return None
        base, head = tokens.read(file.diff.base_path, file.base.text), tokens.read(file.path, file.head.text)
        if base is None or head is None or base.grammar != head.grammar:
            return None
        reading = cls(file, base, head)
        reading.parts = tuple(reading._read(hunk) for hunk in file.diff.hunks)
        return reading

    def churn(self, marker: str) -> Iterator[tuple[Part, Effect]]:
        """The hunks that change nothing of the program, and don't follow from one that does.

        Args:
            marker: a comment with this word may come.
        """
        code = [block for part in self.parts for block, effect in part.blocks if effect is Effect.CODE]
        for part in self.parts:
            comments = part.effect is Effect.COMMENTS and not self._may_come(part, marker, code)
            layout = part.effect is Effect.FORMATTING and not any(self._follows(one, code) for one, _ in part.blocks)
            if comments or layout:
                yield part, part.effect

    def _may_come(self, part: Part, marker: str, code: list[Block]) -> bool:
        changed = [line for block, _ in part.blocks for line in (*block.removed, *block.added)]
        if any(marker in line or _OBEYED.search(line) for line in changed) or b'import "C"' in self.head.text:
            return True
        if any(_is_near(block, one) for block, _ in part.blocks for one in code):
            return True
        places = {tokens.declaration(self.head, line) for block in code for line in (block.head, block.last)}
        return any(tokens.declaration(self.head, line) in places for line in (part.start, part.end))

    def _follows(self, block: Block, code: list[Block]) -> bool:
        """Whether a change of the program asks for the new layout: lines that it nests, or aligns with others."""
        if not block.removed or not block.added:
            return False
        nested = bool(code) and tokens.depth(self.base, block.base) != tokens.depth(self.head, block.head)
        return nested or any(_is_near(block, one) for one in code)

    def _read(self, hunk: Hunk) -> Part:
        blocks = tuple(blocks_of(hunk))
        effects = [self._effect(block) for block in blocks]
        whole = _whole(hunk)
        if Effect.CODE in effects and _squeezed(whole.removed) == _squeezed(whole.added) and self._keeps(whole):
            effects = [Effect.FORMATTING for _ in blocks]
        return Part(tuple(zip(blocks, effects, strict=True)))

    def _effect(self, block: Block) -> Effect:
        if block.is_end_of_file or not _squeezed((*block.removed, *block.added)):
            return Effect.NOTHING
        if not self._keeps(block):
            return Effect.CODE
        return Effect.FORMATTING if _squeezed(block.removed) == _squeezed(block.added) else Effect.COMMENTS

    def _keeps(self, block: Block) -> bool:
        """Whether the file at head is the same program with the block's lines as they were."""
        text = self.file.head.text if self.file.head and self.file.head.text else ""
        lines = text.split("\n")
        old = "".join(block.removed).split("\n")
        old = old[:-1] if old[-1] == "" else old
        lines[block.head - 1 : block.head - 1 + len(block.added)] = old
        before = tokens.read(self.file.path, "\n".join(lines))
        return before is not None and tokens.same_program(before, self.head)


def blocks_of(hunk: Hunk) -> Iterator[Block]:
    """The runs of changed lines in a hunk."""
    run: list[Line] = []
    base, head = max(hunk.base_start, 1), max(hunk.head_start, 1)
    # git names the line before an empty side ("-5,0"): the run stands after it.
    base += hunk.base_length == 0 and hunk.base_start > 0
    head += hunk.head_length == 0 and hunk.head_start > 0
    for line in hunk.lines:
        if line.kind != " ":
            run.append(line)
            continue
        if run:
            block = _block(run, base, head)
            yield block
            base, head, run = base + len(block.removed), head + len(block.added), []
        base, head = base + 1, head + 1
    if run:
        yield _block(run, base, head)


def _block(run: list[Line], base: int, head: int) -> Block:
    removed = tuple(line.text for line in run if line.kind == "-")
    return Block(removed, tuple(line.text for line in run if line.kind == "+"), base, head)


def _whole(hunk: Hunk) -> Block:
    removed = tuple(line.text for line in hunk.lines if line.kind != "+")
    added = tuple(line.text for line in hunk.lines if line.kind != "-")
    return Block(removed, added, max(hunk.base_start, 1), max(hunk.head_start, 1))


def _is_near(block: Block, other: Block) -> bool:
    return min(abs(other.head - block.last), abs(block.head - other.last)) <= _FEW_LINES


def _squeezed(lines: tuple[str, ...]) -> str:
    return "".join("".join(lines).split())
