"""git programs that stay and answer one question after another: what a whole history needs would start thousands."""

from __future__ import annotations

import os
import secrets
import selectors
import tempfile
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import IO

from adapters.git.contents import Blobs, size_of, wanted
from adapters.git.diffing import OPTIONS, Side, show
from adapters.git.faults import fault
from adapters.git.run import Git, end, start
from domain.diff import MAX_DIFF_BYTES
from domain.errors import GitError, HotfixGuardError, UnreadableInputError

_CHUNK = 1 << 20
#: Questions sent at once. A pipe holds 64 kB, so that git never waits for us to read while we wait for it to read.
_AT_ONCE = 400
#: A file's head is mostly the next change's base.
_REMEMBERED = 16_000_000
#: A diff whose bytes are more than this has more characters than any that is read (UTF-8 takes 4 at most).
_DIFF_KEPT = 6 * MAX_DIFF_BYTES
#: By default git keeps 96 MB of deltas, and maps all packs that it has read of.
_FRUGAL = {"core.deltaBaseCacheLimit": "24m", "core.packedGitWindowSize": "4m", "core.packedGitLimit": "32m"}


class Program:
    """One git program that answers until it is closed."""

    def __init__(self, git: Git, *arguments: str) -> None:
        self._name = arguments[0]
        self._seconds = git.seconds
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it stays as long as the program
        self._process = start(git, arguments, self._errors.fileno())
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._out, selectors.EVENT_READ)
        self._buffer = bytearray()

    @property
    def _out(self) -> IO[bytes]:
        assert self._process.stdout is not None  # noqa: S101 - for the type checker
        return self._process.stdout

    def ask(self, question: bytes) -> None:
        """Send a question that is shorter than a pipe is deep.

        Raises:
            GitError: the program has ended.
        """
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        try:
            self._process.stdin.write(question)
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._ended() from error

    def line(self) -> str:
        """The next line of the answer, without its end."""
        place = self._buffer.find(b"\n")
        while place < 0:
            place = len(self._buffer)
            self._buffer += self._more()
            place = self._buffer.find(b"\n", place)
        return self._take(place + 1)[:-1].decode("utf-8", "surrogateescape")

    def exactly(self, size: int) -> bytes:
        """The next bytes of the answer."""
        while len(self._buffer) < size:
            self._buffer += self._more()
        return self._take(size)

    def until(self, mark: bytes, most: int) -> bytes:
        """Everything up to a mark that is the last thing to come; of what is longer than `most` the end is lost."""
        kept = bytearray()
        while not self._buffer.endswith(mark):
            if len(self._buffer) > _CHUNK + len(mark):
                kept += self._take(len(self._buffer) - len(mark))[: max(0, most - len(kept))]
            self._buffer += self._more()
        return bytes(kept + self._take(len(self._buffer))[: -len(mark)])

    def close(self) -> None:
        """End it."""
        self._selector.close()
        end(self._process)
        self._errors.close()

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _more(self) -> bytes:
        deadline = time.monotonic() + self._seconds
        if not self._selector.select(max(0.0, deadline - time.monotonic())):
            raise GitError(f"git {self._name} took longer than {self._seconds:g} s")
        chunk = os.read(self._out.fileno(), _CHUNK)
        if not chunk:
            raise self._ended()
        return chunk

    def _ended(self) -> HotfixGuardError:
        self._errors.seek(0)
        return fault(self._name, b"", self._errors.read(_CHUNK))


class Streams:
    """git asked through two programs that stay: best for a history. Close it after an error: answers may be left over.

    Args:
        git: the repository.
    """

    def __init__(self, git: Git) -> None:
        self._git = git = replace(git, settings={**git.settings, **_FRUGAL})
        # `--batch-command` is new in git 2.36.
        self._objects = Program(git, "cat-file", "--batch-command")
        self._diffs = Program(git, "diff-tree", "--stdin", "--no-commit-id", *OPTIONS)
        self._raw = _Recent(_REMEMBERED)
        self._trees = _Recent(_REMEMBERED // 4)

    def close(self) -> None:
        """End the programs."""
        self._objects.close()
        self._diffs.close()

    def sides(self, commit: str, paths: Sequence[str]) -> dict[str, Side]:
        """What lies at some paths of a commit; paths with nothing are left out."""
        if not paths:
            return {}
        self._objects.ask(f"info {commit}^{{tree}}\n".encode())
        root = _oid(self._objects.line(), commit)
        found: dict[str, Side] = {}
        # Level by level: the trees of one level are asked for together.
        level = {path: (root, path.split("/")) for path in paths}
        while level:
            trees = self._known_trees({tree for tree, _ in level.values()})
            sides = {path: _entry(trees[tree], parts[0], len(tree) // 2) for path, (tree, parts) in level.items()}
            there = {path: (side, level[path][1]) for path, side in sides.items() if side is not None}
            found |= {path: side for path, (side, parts) in there.items() if len(parts) == 1}
            level = {
                path: (side.oid, parts[1:])
                for path, (side, parts) in there.items()
                if len(parts) > 1 and side.mode == "040000"
            }
        return {path: found[path] for path in paths if path in found}

    def show(self, base: str, head: str) -> str:
        """What git says of the change between two commits."""
        mark = f"end-{secrets.token_hex(16)}\n"
        # git gives a line that is no object id back as it is, and sends all that it holds (builtin/diff-tree.c).
        self._diffs.ask(f"{head} {base}\n{mark}".encode())
        return self._diffs.until(mark.encode(), _DIFF_KEPT).decode("utf-8", "replace")

    def show_as_text(self, base: str, head: str, paths: Sequence[str]) -> str:
        """The same for some paths, compared line by line whatever attributes call binary."""
        # Too rare to keep a program for it.
        return show(self._git, base, head, as_text=True, paths=paths)

    def blobs(self, sides: Iterable[Side]) -> Blobs:
        """The contents of files."""
        limits = wanted(sides)
        oids = sorted(limits)
        # What was read for one path may be more than is read for another.
        known = {oid: raw for oid in oids if (raw := self._raw.get(oid)) is not None and len(raw) <= limits[oid]}
        missing = [oid for oid in oids if oid not in known]
        small = [oid for oid, size in self._sizes(missing) if size <= limits[oid]]
        for oid, raw in self._contents(small):
            known[oid] = raw
            self._raw.put(oid, raw)
        return Blobs(known)

    def _sizes(self, oids: Sequence[str]) -> Iterator[tuple[str, int]]:
        for asked in _portions(oids):
            self._objects.ask("".join(f"info {oid}\n" for oid in asked).encode())
            answers = [self._objects.line() for _ in asked]
            yield from ((oid, size_of(answer)) for oid, answer in zip(asked, answers, strict=True))

    def _contents(self, oids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        for asked in _portions(oids):
            self._objects.ask("".join(f"contents {oid}\n" for oid in asked).encode())
            for oid in asked:
                size = size_of(self._objects.line())
                yield oid, self._objects.exactly(size + 1)[:-1]

    def _known_trees(self, oids: AbstractSet[str]) -> dict[str, bytes]:
        known = {oid: raw for oid in oids if (raw := self._trees.get(oid)) is not None}
        for oid, raw in self._contents(sorted(oids - known.keys())):
            known[oid] = raw
            self._trees.put(oid, raw)
        return known


class _Recent:
    """The latest byte strings, up to a total size."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._held: OrderedDict[str, bytes] = OrderedDict()

    def get(self, name: str) -> bytes | None:
        if name in self._held:
            self._held.move_to_end(name)
        return self._held.get(name)

    def put(self, name: str, raw: bytes) -> None:
        self._held[name] = raw
        self._size += len(raw)
        while self._size > self._most:
            self._size -= len(self._held.popitem(last=False)[1])


def _portions(oids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (oids[start : start + _AT_ONCE] for start in range(0, len(oids), _AT_ONCE))


def _oid(answer: str, commit: str) -> str:
    if answer.endswith(" missing"):
        raise UnreadableInputError(f"the repository lacks the tree of {commit}")
    return answer.partition(" ")[0]


def _entry(tree: bytes, name: str, digest: int) -> Side | None:
    """An entry of a tree object: mode, space, name, NUL, the object id's bytes (gitformat-pack, "Object types")."""
    place, wanted_name = 0, name.encode()
    if b" %b\0" % wanted_name not in tree:  # what is asked for is mostly not there
        return None
    while place < len(tree):
        space, nul = tree.index(b" ", place), tree.index(b"\0", place)
        if tree[space + 1 : nul] == wanted_name:
            mode = tree[place:space].decode().rjust(6, "0")
            return Side(mode, tree[nul + 1 : nul + 1 + digest].hex())
        place = nul + 1 + digest
    return None
