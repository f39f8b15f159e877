"""Git's objects, read and written in the process: a loose object is zlib bytes, so most requests need no subprocess.

The formats are those of gitformat-loose(5) and the chapter "Git Objects" of the Pro Git book.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

_PERSON = re.compile(rb"^(?P<name>.*?) ?<(?P<email>[^>]*)> (?P<when>-?\d+) (?P<sign>[+-])(?P<h>\d\d)(?P<m>\d\d)$")


class GitError(Exception):
    """Git refused; the text is what it said."""


@dataclass(frozen=True)
class Person:
    """The author or committer of a commit."""

    name: str
    email: str
    date: datetime


@dataclass(frozen=True)
class Commit:
    """A commit, parsed."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str


@dataclass(frozen=True)
class TreeEntry:
    """An entry of a tree: `type` is blob, tree or commit (a submodule); `path` is relative to the listed tree."""

    path: str
    mode: str
    sha: str

    @property
    def type(self) -> str:
        """The kind of object that the entry points to."""
        return {"040000": "tree", "160000": "commit"}.get(self.mode, "blob")

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


class ObjectStore:
    """The objects of one bare repository. Objects never change, so what was read is kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: dict[str, tuple[str, bytes]] = {}

    def read(self, sha: str) -> tuple[str, bytes]:
        """Type and content of an object.

        Raises:
            GitError: there is no such object.
        """
        if sha not in self._read:
            self._read[sha] = self._loose(sha) or self._packed(sha)
        return self._read[sha]

    def write(self, kind: str, content: bytes) -> str:
        """Store an object and return its SHA."""
        stored = f"{kind} {len(content)}".encode() + b"\0" + content
        sha = hashlib.sha1(stored, usedforsecurity=False).hexdigest()
        target = self._file(sha)
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            draft = target.with_name(f"tmp_{os.getpid()}_{id(stored)}_{sha[:8]}")
            draft.write_bytes(zlib.compress(stored, 1))
            draft.replace(target)
        self._read[sha] = (kind, content)
        return sha

    def _file(self, sha: str) -> Path:
        return self._path / "objects" / sha[:2] / sha[2:]

    def _loose(self, sha: str) -> tuple[str, bytes] | None:
        if not re.fullmatch("[0-9a-f]{40}", sha):
            raise GitError(f"{sha!r} is not the SHA of an object")
        try:
            stored = zlib.decompress(self._file(sha).read_bytes())
        except FileNotFoundError:
            return None
        head, _, content = stored.partition(b"\0")
        return head.split(b" ")[0].decode(), content

    def _packed(self, sha: str) -> tuple[str, bytes]:
        command = ["git", "-C", str(self._path), "cat-file", "--batch"]
        out = subprocess.run(command, input=sha.encode() + b"\n", capture_output=True, check=False).stdout  # noqa: S603
        head, _, rest = out.partition(b"\n")
        words = head.split()
        if len(words) != 3:  # noqa: PLR2004 -- "<sha> <type> <size>", else "<sha> missing"
            raise GitError(f"there is no object {sha}")
        return words[1].decode(), rest[: int(words[2])]


def parse_commit(sha: str, content: bytes) -> Commit:
    """Parse a commit object; signatures and other extra headers are passed over."""
    head, _, message = content.partition(b"\n\n")
    fields: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        fields.setdefault(key, []).append(value)
    return Commit(
        sha=sha,
        tree=fields[b"tree"][0].decode(),
        parents=tuple(parent.decode() for parent in fields.get(b"parent", [])),
        author=_parse_person(fields[b"author"][0]),
        committer=_parse_person(fields[b"committer"][0]),
        message=message.decode("utf-8", "replace"),
    )


def format_commit(tree: str, parents: Iterable[str], people: tuple[Person, Person], message: str) -> bytes:
    """The content of a commit object; `people` are its author and its committer."""
    author, committer = people
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    lines += [f"author {_format_person(author)}", f"committer {_format_person(committer)}", "", message]
    return "\n".join(lines).encode()


def parse_tree(content: bytes, prefix: str = "") -> list[TreeEntry]:
    """Parse a tree object; every path gets the prefix."""
    entries, at = [], 0
    while at < len(content):
        space, null = content.index(b" ", at), content.index(b"\0", at)
        path = prefix + content[space + 1 : null].decode("utf-8", "surrogateescape")
        entries.append(TreeEntry(path, content[at:space].decode().zfill(6), content[null + 1 : null + 21].hex()))
        at = null + 21
    return entries


def format_tree(entries: Iterable[TreeEntry]) -> bytes:
    """The content of a tree object, in git's order (a folder sorts as if its name ended in a slash)."""

    def order(entry: TreeEntry) -> bytes:
        name = entry.path.encode("utf-8", "surrogateescape")
        return name + b"/" if entry.type == "tree" else name

    return b"".join(
        f"{entry.mode.lstrip('0')} ".encode()
        + entry.path.encode("utf-8", "surrogateescape")
        + b"\0"
        + bytes.fromhex(entry.sha)
        for entry in sorted(entries, key=order)
    )


def _parse_person(value: bytes) -> Person:
    match = _PERSON.match(value)
    if match is None:
        return Person(value.decode("utf-8", "replace"), "", datetime.fromtimestamp(0, UTC))
    offset = timedelta(hours=int(match["h"]), minutes=int(match["m"]))
    zone = timezone(-offset if match["sign"] == b"-" else offset)
    date = datetime.fromtimestamp(int(match["when"]), zone)
    return Person(match["name"].decode("utf-8", "replace"), match["email"].decode("utf-8", "replace"), date)


def _format_person(person: Person) -> str:
    name, email = (re.sub(r"[<>\n\0]", "", text) for text in (person.name, person.email))
    return f"{name} <{email}> {int(person.date.timestamp())} {person.date.strftime('%z') or '+0000'}"
