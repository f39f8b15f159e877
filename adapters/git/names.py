"""Which branch names and object ids may reach git."""

from __future__ import annotations

import re

from domain.errors import UnreadableInputError
from domain.picks import staged

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# The rules of git-check-ref-format, plus a leading dash, which GitHub refuses too and which options start with.
_BAD = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|(?:^|/)\.|\.lock(?:/|$)|\.$|/$|^/|^-|^@$|^$")
_LONGEST = 240


def is_oid(text: str) -> bool:
    """Whether it is a full object id (SHA-1 or SHA-256)."""
    return _OID.fullmatch(text) is not None


def oid(text: str) -> str:
    """The object id itself.

    Raises:
        UnreadableInputError: it isn't one.
    """
    if not is_oid(text):
        raise UnreadableInputError(f"{text[:60]!r} is no full commit id (40 or 64 hexadecimal digits)")
    return text


def branch(name: str) -> str:
    """The full ref of a branch.

    Raises:
        UnreadableInputError: git wouldn't accept the name (git-check-ref-format).
    """
    if _BAD.search(name) or len(name.encode("utf-8", "surrogateescape")) > _LONGEST:
        raise UnreadableInputError(f"{name[:60]!r} can't be the name of a branch")
    return f"refs/heads/{name}"


def pushed(name: str, is_staged: bool) -> str:
    """The full ref to push to: of the branch, or of the place where nobody sees what will become one.

    Raises:
        UnreadableInputError: git wouldn't accept the name.
    """
    ref = branch(name)
    return staged(name) if is_staged else ref
