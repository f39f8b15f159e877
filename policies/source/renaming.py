"""Names that a change replaces by other names, and nothing else with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import re2

from policies.source import tokens
from policies.source.churn import Block, Effect, Part, Reading

_FEWEST = 2
#: Beyond these nothing is said: no person renames so much in a hotfix, and each costs a look through the files.
_MOST_NAMES = 200
_MOST_LINES = 200


@dataclass(frozen=True)
class Renaming:
    """A name that became another one.

    Attributes:
        occurrences: how often, in the hunks that do nothing else.
        parts: those hunks with their files.
    """

    old: str
    new: str
    occurrences: int
    parts: tuple[tuple[Reading, Part], ...]


@dataclass(frozen=True)
class _Swap:
    old: str
    new: str
    declares: bool
    reading: Reading
    part: Part


def renamings(readings: Iterable[Reading]) -> Iterator[Renaming]:
    """The names whose declaration a change renames with every use in the files, at least twice.

    A name that stays in use, or that was there before, is no renaming: the fix may well call something else.
    """
    swaps = [swap for reading in readings for part in reading.parts for swap in _swaps(reading, part)]
    names = dict.fromkeys(swap.old for swap in swaps)
    for old in names if len(names) <= _MOST_NAMES else ():
        same = [swap for swap in swaps if swap.old == old]
        new = same[0].new
        one_to_one = all((swap.old == old) == (swap.new == new) for swap in swaps)
        if len(same) < _FEWEST or not one_to_one or not any(swap.declares for swap in same):
            continue
        files = {id(swap.reading): swap.reading for swap in same}.values()
        if not any(_uses(one, old, head=True) or _uses(one, new, head=False) for one in files):
            parts = {id(swap.part): (swap.reading, swap.part) for swap in same}
            yield Renaming(old, new, len(same), tuple(parts.values()))


def _swaps(reading: Reading, part: Part) -> list[_Swap]:
    """The names that a hunk swaps, none where it does anything else."""
    found: list[_Swap] = []
    for block, effect in part.blocks:
        if effect is Effect.CODE:
            swapped = _swapped(reading, block)
            if swapped is None:
                return []
            found += [_Swap(old, new, declares, reading, part) for old, new, declares in swapped]
    return found


def _swapped(reading: Reading, block: Block) -> list[tuple[str, str, bool]] | None:
    before = list(tokens.words(reading.base, block.base, block.base + len(block.removed) - 1))
    after = list(tokens.words(reading.head, block.head, block.head + len(block.added) - 1))
    if len(before) != len(after):
        return None
    pairs = [(old, new) for old, new in zip(before, after, strict=True) if old.text != new.text]
    if not all(old.is_name and new.is_name for old, new in pairs):
        return None
    return [(old.text.decode(), new.text.decode(), old.declares and new.declares) for old, new in pairs]


def _uses(reading: Reading, name: str, *, head: bool) -> bool:
    """Whether a side of a file holds a name outside of strings and comments."""
    source = reading.head if head else reading.base
    wanted = name.encode()
    standing = re2.compile(rf"(?:^|\W){re2.escape(name)}(?:\W|$)")
    lines = source.text.decode("utf-8", "replace").split("\n")
    at = [number for number, line in enumerate(lines, start=1) if name in line and standing.search(line)]
    if len(at) > _MOST_LINES:
        return True
    return any(word.text == wanted for number in at for word in tokens.words(source, number, number))
