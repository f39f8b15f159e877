"""The tree of a file at head, parsed from its tree at base: what a change leaves alone needn't be parsed twice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from domain.diff import FileDiff, Hunk
from policies.source import grammars
from policies.source.grammars import Source

#: Languages whose grammars have no scanner of their own. The state of such a scanner would be taken over from the
#: earlier tree, in C code of each grammar's makers; a process that judges strangers' files must not depend on it.
_WITHOUT_SCANNER = frozenset({"Java", "Go", "C"})


@dataclass(frozen=True, slots=True)
class _Edit:
    """Lines of the base that others at head take the place of; lines count from 0."""

    base: int
    base_end: int
    head: int
    head_end: int


def reparse(before: Source, language: str, text: str, diff: FileDiff) -> Source | None:
    """The syntax tree of a file at head, None where it takes longer than any real file does.

    The same as `grammars.parse`: where a tree has errors they are repaired by costs, which may come out differently
    when half of it is there already, so that only trees without any are made from each other. See "Editing" in
    tree-sitter's "Advanced Parsing".

    Args:
        before: the file at base.
        language: a key of `GRAMMARS`, the same for both sides.
        text: the whole file at head.
        diff: the lines that differ; where they don't fit the texts, the whole file is parsed.
    """
    source = text.encode("utf-8", "replace")
    edits = [edit for hunk in diff.hunks for edit in _edits(hunk)]
    old, new = _line_starts(before.text), _line_starts(source)
    if language not in _WITHOUT_SCANNER or before.root.has_error or not _fits(edits, before.text, source, (old, new)):
        return grammars.parse(language, text)
    tree = before.tree.copy()
    for edit in reversed(edits):
        start, removed, added = old[edit.base], old[edit.base_end], new[edit.head_end] - new[edit.head]
        tree.edit(start, removed, start + added, (edit.base, 0), _point(edit.base_end, old), _new_end(edit, new))
    found = grammars.parse_bytes(language, source, tree)
    return found if found is None or not found.root.has_error else grammars.parse(language, text)


def _edits(hunk: Hunk) -> Iterator[_Edit]:
    """The changed lines of a hunk without its context."""
    # git names the line before an empty side ("-5,0").
    base = hunk.base_start - (hunk.base_length > 0)
    head = hunk.head_start - (hunk.head_length > 0)
    for changed, run in itertools.groupby(hunk.lines, key=lambda line: line.kind != " "):
        kinds = [line.kind for line in run]
        base_end = base + len(kinds) - kinds.count("+")
        head_end = head + len(kinds) - kinds.count("-")
        if changed:
            yield _Edit(base, base_end, head, head_end)
        base, head = base_end, head_end


def _line_starts(text: bytes) -> list[int]:
    """Where each line starts, and the end of the text for each line that may be asked for after the last."""
    lengths = [len(line) + 1 for line in text.split(b"\n")]
    starts = [0, *itertools.accumulate(lengths)]
    starts[-1] = len(text)
    return starts


def _point(line: int, starts: list[int]) -> tuple[int, int]:
    """Where a line starts as row and column; after the last line the end of it, which no line break may follow."""
    last = len(starts) - 2
    return (line, 0) if line <= last else (last, starts[-1] - starts[last])


def _new_end(edit: _Edit, starts: list[int]) -> tuple[int, int]:
    """Where the new lines end, counted from where the base's lines began: nothing above them was edited yet."""
    row, column = _point(edit.head_end, starts) if edit.head_end > edit.head else (edit.head, 0)
    return row - edit.head + edit.base, column


def _fits(edits: list[_Edit], old: bytes, new: bytes, starts: tuple[list[int], list[int]]) -> bool:
    """Whether the texts are alike but for the edits: a tree must not be told of less than what has changed."""
    bases, heads = starts
    base = head = 0
    for edit in edits:
        if edit.base_end >= len(bases) or edit.head_end >= len(heads):
            return False
        if old[base : bases[edit.base]] != new[head : heads[edit.head]]:
            return False
        base, head = bases[edit.base_end], heads[edit.head_end]
    return old[base:] == new[head:]
