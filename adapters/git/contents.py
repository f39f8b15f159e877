"""The contents of files, read in one go, and closed with a reason where they are no text for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from adapters.git.diffing import Side
from adapters.git.run import Git
from adapters.git.scratch import batch
from domain.change import Content
from domain.diff import SUBMODULE_MODE, SYMLINK_MODE
from domain.errors import UnreadableInputError
from domain.limits import too_large

#: git looks for a NUL byte this far into a file to call it binary (`buffer_is_binary`).
_FIRST_FEW_BYTES = 8000
_CLOSED_MODES = {SUBMODULE_MODE: "submodule", SYMLINK_MODE: "symbolic link", "040000": "directory"}


class Blobs:
    """The contents that a change needs.

    Args:
        raw: the bytes of each blob by its object id; what is missing there is too large to be read.
    """

    def __init__(self, raw: Mapping[str, bytes]) -> None:
        self._raw = raw

    def content(self, side: Side | None) -> Content | None:
        """One side of a file as policies see it."""
        if side is None:
            return None
        if side.mode in _CLOSED_MODES:
            return Content.closed(_CLOSED_MODES[side.mode])
        raw = self._raw.get(side.oid)
        if raw is None:
            return Content.closed(too_large(side.most))
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


def read_blobs(git: Git, sides: Iterable[Side]) -> Blobs:
    """Fetch contents from the object database, by two processes at most.

    Raises:
        UnreadableInputError: the repository lacks one.
    """
    limits = wanted(sides)
    if not limits:
        return Blobs({})
    oids = sorted(limits)
    lines = git.run("cat-file", "--batch-check", stdin=_lines(oids)).text.splitlines()
    sizes = {oid: size_of(line) for oid, line in zip(oids, lines, strict=True)}
    small = [oid for oid in oids if sizes[oid] <= limits[oid]]
    out = git.run("cat-file", "--batch", stdin=_lines(small)).stdout if small else b""
    return Blobs({oid: raw for oid, (_, raw) in batch(out, small)})


def wanted(sides: Iterable[Side]) -> dict[str, int]:
    """The object ids of those sides that hold text, each with the bytes that are read of it at most."""
    limits: dict[str, int] = {}
    for side in sides:
        if side.mode not in _CLOSED_MODES:
            limits[side.oid] = max(side.most, limits.get(side.oid, 0))
    return limits


def size_of(answer: str) -> int:
    """The size of an object, from the line with which `git cat-file` answers a question for it.

    Raises:
        UnreadableInputError: there is no such object here.
    """
    if answer.endswith(" missing"):
        raise UnreadableInputError("contents are missing in the repository; run: git fetch --refetch")
    return int(answer.rpartition(" ")[2])


def _lines(oids: list[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in oids).encode()
