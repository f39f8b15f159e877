"""The contents of files, read in one go, and closed with a reason where they are no text for people."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.git.diffing import Side
from adapters.git.run import Git
from adapters.git.scratch import batch
from domain.change import Content
from domain.diff import SUBMODULE_MODE, SYMLINK_MODE
from domain.errors import UnreadableInputError

#: What no person reads in a review; GitHub's contents API stops at 1 MB too ("Get repository content").
LARGEST_FILE = 1_000_000
#: git looks for a NUL byte this far into a file to call it binary (`buffer_is_binary`).
_FIRST_FEW_BYTES = 8000
_CLOSED_MODES = {SUBMODULE_MODE: "submodule", SYMLINK_MODE: "symbolic link", "040000": "directory"}


class Blobs:
    """The contents that a change needs, fetched from the object database by two processes at most."""

    def __init__(self, git: Git, sides: Iterable[Side]) -> None:
        wanted = sorted({side.oid for side in sides if side.mode not in _CLOSED_MODES})
        self._sizes = _sizes(git, wanted)
        small = [oid for oid in wanted if self._sizes[oid] <= LARGEST_FILE]
        out = git.run("cat-file", "--batch", stdin=_lines(small)).stdout if small else b""
        self._raw = {oid: raw for oid, (_, raw) in batch(out, small)}

    def content(self, side: Side | None) -> Content | None:
        """One side of a file as policies see it."""
        if side is None:
            return None
        if side.mode in _CLOSED_MODES:
            return Content.closed(_CLOSED_MODES[side.mode])
        raw = self._raw.get(side.oid)
        if raw is None:
            return Content.closed("larger than 1 MB")
        if b"\0" in raw:
            return Content.closed("binary")
        try:
            return Content(raw.decode())
        except UnicodeDecodeError:
            return Content.closed("not UTF-8")

    def is_binary(self, side: Side) -> bool:
        """Whether git would call it binary for what is in it, whatever attributes say; unread counts as binary."""
        raw = self._raw.get(side.oid)
        return raw is None or b"\0" in raw[:_FIRST_FEW_BYTES]

    def was_read(self, side: Side) -> bool:
        """Whether its bytes are here."""
        return side.oid in self._raw


def _sizes(git: Git, oids: list[str]) -> dict[str, int]:
    if not oids:
        return {}
    lines = git.run("cat-file", "--batch-check", stdin=_lines(oids)).text.splitlines()
    if any(line.endswith(" missing") for line in lines):
        raise UnreadableInputError("contents are missing in the repository; run: git fetch --refetch")
    return {oid: int(line.rpartition(" ")[2]) for oid, line in zip(oids, lines, strict=True)}


def _lines(oids: list[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in oids).encode()
