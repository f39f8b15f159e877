"""What `git diff` prints, read into values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_RAW = re.compile(rb":(\d{6}) (\d{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) ([A-Z])(\d*)")
_STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}


@dataclass(frozen=True)
class FileDiff:
    """One changed file, in GitHub's words (`removed`, never `deleted`); binary files count no lines.

    `text` is git's whole section with its header, `patch` the hunks alone (None without hunks).
    """

    path: str
    status: str
    old_mode: str
    new_mode: str
    old_sha: str
    new_sha: str
    previous_path: str | None = None
    additions: int = 0
    deletions: int = 0
    binary: bool = False
    text: str = ""

    @property
    def patch(self) -> str | None:
        """The hunks, from the first `@@` on."""
        at = self.text.find("\n@@ ")
        return self.text[at + 1 :].rstrip("\n") if at >= 0 else None

    @property
    def sha(self) -> str:
        """The blob that GitHub names for this file: the new one, or the old one of a removed file."""
        return self.old_sha if self.status == "removed" else self.new_sha


def parse_diff(summary: bytes, patch: bytes) -> tuple[FileDiff, ...]:
    """Read `git diff --raw --numstat -z --no-abbrev` and `git diff -p` of the same two trees."""
    tokens = iter(summary.split(b"\0"))
    files: list[FileDiff] = []
    counts: dict[str, tuple[bytes, bytes]] = {}
    for token in tokens:
        if match := _RAW.fullmatch(token):
            files.append(_raw(match, tokens))
        elif token:
            added, removed, path = token.split(b"\t", 2)
            if not path:
                next(tokens)
                path = next(tokens)
            counts[_text(path)] = (added, removed)
    return tuple(_counted(file, counts.get(file.path)) for file in _with_text(files, patch))


def _raw(match: re.Match[bytes], tokens: Iterator[bytes]) -> FileDiff:
    old_mode, new_mode, old_sha, new_sha, letter = (match[n].decode() for n in range(1, 6))
    first = _text(next(tokens))
    moved = letter in "RC"
    path = _text(next(tokens)) if moved else first
    return FileDiff(path, _STATUS[letter], old_mode, new_mode, old_sha, new_sha, first if moved else None)


def _with_text(files: list[FileDiff], patch: bytes) -> Iterator[FileDiff]:
    sections = iter(re.split(r"(?m)^(?=diff --git )", patch.decode("utf-8", "replace"))[1:])
    for file in files:
        text = next(sections, "")
        if file.status == "changed":  # git shows a change of type as a removal and an addition
            text += next(sections, "")
        yield replace(file, text=text)


def _counted(file: FileDiff, counts: tuple[bytes, bytes] | None) -> FileDiff:
    if counts is None or counts[0] == b"-":
        return replace(file, binary=counts is not None)
    return replace(file, additions=int(counts[0]), deletions=int(counts[1]))


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
