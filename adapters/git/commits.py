"""Commit objects, read and written byte for byte, and the message that `git cherry-pick -x` would give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from domain.errors import UnreadableInputError
from domain.picks import PickedCommit
from domain.pull_request import Signature

_GENERATED = ("Signed-off-by: ", "(cherry picked from commit ")
_TRAILER = re.compile(r"[A-Za-z0-9-]+[ \t]*:")
_COMMITTED = re.compile(r"(-?\d+) ([+-]\d{4})$")
_SIGNED = re.compile(r"(.*?) ?<([^>]*)> (-?\d{1,18}) ([+-]\d{4})", re.DOTALL)
_TRAILERS_PER_OTHER = 3


@dataclass(frozen=True, slots=True)
class RawCommit:
    """A commit as it is stored.

    Attributes:
        author: the author line's value, name, address and date.
        committer: likewise.
        parents: the true parents, which `git log` doesn't show where a shallow fetch cut history.
    """

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: bytes
    committer: bytes
    message: str

    @classmethod
    def parse(cls, oid: str, raw: bytes) -> RawCommit:
        """Read a commit object.

        Raises:
            UnreadableInputError: it isn't one.
        """
        head, _, message = raw.partition(b"\n\n")
        found: dict[bytes, list[bytes]] = {}
        for line in head.split(b"\n"):
            name, _, value = line.partition(b" ")
            found.setdefault(name, []).append(value)
        if not {b"tree", b"author", b"committer"} <= found.keys():
            raise UnreadableInputError(f"{oid} is no commit")
        return cls(
            oid,
            found[b"tree"][0].decode(),
            tuple(parent.decode() for parent in found.get(b"parent", [])),
            found[b"author"][0],
            found[b"committer"][0],
            _decode(message, found.get(b"encoding", [b""])[0]),
        )

    @property
    def committed(self) -> int:
        """When it was committed, seconds since 1970."""
        match = _COMMITTED.search(self.committer.decode("utf-8", "replace"))
        return int(match.group(1)) if match else 0


def format_commit(tree: str, parents: Sequence[str], author: bytes, committer: bytes, message: str) -> bytes:
    """A commit object."""
    lines = [b"tree " + tree.encode()]
    lines += [b"parent " + parent.encode() for parent in parents]
    lines += [b"author " + author, b"committer " + committer]
    return b"\n".join(lines) + b"\n\n" + message.encode("utf-8", "surrogateescape")


def signature(who: Signature, at: int) -> bytes:
    """A person and a time as commit objects hold them."""
    return f"{_clean(who.name)} <{_clean(who.email)}> {at} +0000".encode()


def picked_message(message: str, oid: str) -> str:
    """A picked commit's message as `git cherry-pick -x` writes it: the origin joins the trailers, or stands alone."""
    body = re.sub(r"\A(?:[ \t\r\f\v]*\n)+", "", message)
    if body and not body.endswith("\n"):
        body += "\n"
    gap = "" if _has_trailers(body) else "\n"
    return _strip_space(f"{body}{gap}(cherry picked from commit {oid})\n")


def signed_off(message: str, who: Signature) -> str:
    """The message as `git cherry-pick --signoff` ends it; a sign-off that is the last trailer already stays alone."""
    line = f"Signed-off-by: {_clean(who.name)} <{_clean(who.email)}>\n"
    if message.endswith(f"\n{line}"):
        return message
    return f"{message}{line if _has_trailers(message) else f'{chr(10)}{line}'}"


def picked(commit: RawCommit, origin: str) -> PickedCommit:
    """The value that tells of a commit."""
    match = _SIGNED.fullmatch(commit.author.decode("utf-8", "replace"))
    name, email, at, zone = match.groups() if match else ("", "", "0", "+0000")
    author = Signature(name, email)
    return PickedCommit(commit.oid, origin, commit.tree, commit.parents, commit.message, author, _iso(int(at), zone))


def _iso(at: int, zone: str) -> str:
    """A time as GitHub takes it (REST API, "Create a commit")."""
    offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
    try:
        return datetime.fromtimestamp(at, timezone(offset)).isoformat()
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC).isoformat()


def _clean(part: str) -> str:
    return re.sub(r"[<>\x00-\x1f]", "", part).strip()


def _decode(raw: bytes, encoding: bytes) -> str:
    for name in (encoding.decode("ascii", "replace") or "utf-8", "utf-8"):
        try:
            return raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", "surrogateescape")


def _strip_space(text: str) -> str:
    """What `git stripspace` does: no white space at line ends, no empty lines in a row or at either end."""
    lines = [line.rstrip(" \t\r\f\v") for line in text.split("\n")]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def _has_trailers(body: str) -> bool:
    """Whether the last paragraph is a block of trailers, decided as git does (see git-interpret-trailers)."""
    lines = body.split("\n")
    title = next((place for place, line in enumerate(lines) if not line.strip()), len(lines))
    block: list[str] = []
    for line in reversed(lines[title:]):
        if line.strip():
            block.append(line)
        elif block:
            return _is_trailer_block(block[::-1])
    return False


def _is_trailer_block(block: list[str]) -> bool:
    trailers = others = continuations = 0
    generated = False
    for line in reversed([line for line in block if not line.startswith("#")]):
        if line.startswith(_GENERATED) or (_TRAILER.match(line)):
            generated |= line.startswith(_GENERATED)
            trailers, continuations = trailers + 1, 0
        elif line[0].isspace():
            continuations += 1
        else:
            others, continuations = others + 1 + continuations, 0
    others += continuations
    return (generated and trailers * _TRAILERS_PER_OTHER >= others) or (trailers > 0 and not others)
