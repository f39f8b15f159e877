"""Fuzzed diffs: every line is counted or the diff is refused, and a total that GitHub doesn't share is no pass."""

from __future__ import annotations

import difflib
import random
import re
from dataclasses import dataclass

from domain import diff
from domain.change import Change, ChangedFile, Content, Evidence
from domain.diff import FileDiff
from domain.errors import UnreadableInputError
from domain.finding import Outcome
from policies.diff_size import DiffSize
from tests.fuzzing import mutations
from tests.policies.outlines import an_outline

_WORDS = (
    "a = 1",
    "",
    "-",
    "+",
    "--- x",
    "+++ y",
    "@@ -1 +1 @@",
    "diff --git a/x b/x",
    "\\ x",
    "é\u2028",
    "\x0c",
    "end",
)
_NO_NEWLINE = "\n\\ No newline at end of file\n"
_PATHS = ("a.py", "src/b c.go", "d/é.txt", 'q"uote', "tab\tname", "x/y z/w", "a b/a b", "-", "/dev/null")


@dataclass(frozen=True, slots=True)
class _Side:
    base: str
    head: str
    file: str


def fuzz(chance: random.Random) -> None:
    """One case.

    Raises:
        AssertionError: a line isn't counted.
    """
    files = [_file(chance, f"{number}{chance.choice(_PATHS)}") for number in range(chance.randrange(1, 4))]
    text = "".join(one.file for one in files)
    if chance.random() < 0.15:
        parsed = diff.parse(text)
        _is_told_truly(parsed, files)
        _is_sized(chance, parsed)
        return
    text = _torn(chance, text) if chance.random() < 0.5 else mutations.broken(chance, text)
    if chance.random() < 0.02:
        text = mutations.garbage(chance)
    try:
        parsed = diff.parse(text)
    except UnreadableInputError:
        return
    assert _lines(parsed) == _counted(text), f"not every line is counted:\n{text!r}"
    _is_sized(chance, parsed)


def _lines(parsed: tuple[FileDiff, ...]) -> tuple[int, int]:
    return sum(file.additions for file in parsed), sum(file.deletions for file in parsed)


def _counted(text: str) -> tuple[int, int]:
    """The lines that begin with plus and minus below each file's first hunk, whatever the hunks say of their length."""
    added = removed = 0
    for section in re.split(r"(?m)^(?=diff --)", text):
        _, _, hunks = section.partition("\n@@ ")
        for line in hunks.split("\n")[1:]:
            added += line.startswith("+")
            removed += line.startswith("-")
    return added, removed


def _is_told_truly(parsed: tuple[FileDiff, ...], files: list[_Side]) -> None:
    assert len(parsed) == len(files)
    for file, side in zip(parsed, files, strict=True):
        assert diff.reverse(file, side.head) == side.base
        changed = difflib.SequenceMatcher(None, side.base.split("\n"), side.head.split("\n"), autojunk=False)
        assert bool(file.hunks) == (changed.ratio() < 1)


def _is_sized(chance: random.Random, parsed: tuple[FileDiff, ...]) -> None:
    files = tuple(ChangedFile(file, Content("x"), Content("y")) for file in parsed)
    added, removed = _lines(parsed)
    off = chance.choice((-1, 1, 0))
    theirs = an_outline(additions=added + off, deletions=removed, changed_files=len(parsed))
    change = Change(base="b" * 40, head="a" * 40, evidence=Evidence(files=files), outline=theirs)
    found = DiffSize(fewer_than=10, leave_out=()).inspect(change)
    if off:
        assert found.outcome is Outcome.ERROR, found.summary
    elif added + removed >= 10:
        assert found.outcome is Outcome.FAIL, found.summary


def _file(chance: random.Random, path: str) -> _Side:
    old = [chance.choice(_WORDS) for _ in range(chance.randrange(12))]
    new = list(old)
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(new) + 1)
        new[at : at + chance.randrange(3)] = [chance.choice(_WORDS) for _ in range(chance.randrange(3))]
    base, head = _text(chance, old), _text(chance, new)
    return _Side(base, head, _shown(path, base, head))


def _text(chance: random.Random, lines: list[str]) -> str:
    text = "".join(f"{line}\n" for line in lines)
    return text[:-1] if text and chance.random() < 0.2 else text


def _shown(path: str, base: str, head: str) -> str:
    """A diff as git writes it."""
    old, new = (
        side.split("\n")[:-1] + ([side.split("\n")[-1]] if side.split("\n")[-1] else []) for side in (base, head)
    )
    ends = [
        line + ("\n" if not side or side.endswith("\n") or at < len(lines) - 1 else _NO_NEWLINE)
        for side, lines in ((base, old), (head, new))
        for at, line in enumerate(lines)
    ]
    left, right = ends[: len(old)], ends[len(old) :]
    names = [_quoted(f"{side}/{path}") for side in "ab"]
    header = f"diff --git {names[0]} {names[1]}\nindex {'1' * 40}..{'2' * 40} 100644\n"
    hunks = "".join(_hunk(left, right, group) for group in _groups(left, right))
    if not hunks:
        return header.replace(f"index {'1' * 40}..{'2' * 40} 100644\n", "old mode 100644\nnew mode 100755\n")
    tab = "\t" if " " in path and '"' not in names[0] else ""
    return f"{header}--- {names[0]}{tab}\n+++ {names[1]}{tab}\n{hunks}"


def _groups(left: list[str], right: list[str]) -> list[list[tuple[str, int, int, int, int]]]:
    found = difflib.SequenceMatcher(None, left, right, autojunk=False).get_grouped_opcodes(3)
    return [group for group in found if any(code[0] != "equal" for code in group)]


def _hunk(left: list[str], right: list[str], group: list[tuple[str, int, int, int, int]]) -> str:
    starts, ends = group[0], group[-1]
    base, head = ends[2] - starts[1], ends[4] - starts[3]
    lines = [f"@@ -{starts[1] + bool(base)},{base} +{starts[3] + bool(head)},{head} @@\n"]
    for kind, i1, i2, j1, j2 in group:
        if kind == "equal":
            lines += [f" {line}" for line in left[i1:i2]]
            continue
        lines += [f"-{line}" for line in left[i1:i2]]
        lines += [f"+{line}" for line in right[j1:j2]]
    return "".join(lines)


def _quoted(name: str) -> str:
    if all(" " <= char <= "~" and char not in '"\\' for char in name):
        return name
    raw = "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in name.encode())
    return f'"{raw}"'


def _torn(chance: random.Random, text: str) -> str:
    """The diff with one line or number that lies."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    what = chance.randrange(6)
    if what == 0:
        lines.insert(at, chance.choice(("+", "-", " ")) + chance.choice(_WORDS))
    elif what == 1:
        del lines[at]
    elif what == 2:
        lines[at] = re.sub(r"\d+", lambda _: str(chance.choice((0, 1, 3, 9, 10**12))), lines[at], count=1)
    elif what == 3:
        lines.insert(at, chance.choice(_HEADERS))
    elif what == 4:
        lines[at] = chance.choice("+- \\@") + lines[at][1:]
    else:
        lines[at] = lines[at].replace("diff --git", "diff --cc").replace("@@ -", "@@@ -")
    return "\n".join(lines)


_HEADERS = (
    "diff --git a/z b/z", "Binary files a/x and b/x differ", "GIT binary patch", "rename from a", "new mode 100755",
    "@@ -0,0 +1,2 @@", "@@ -1,2 +0,0 @@", "--- a/x", "+++ b/x", "\\ No newline at end of file", "literal 10",
    "diff --cc x", "new file mode 160000", "similarity index 100%", "index 1..2 120000", "",
)  # fmt: skip
