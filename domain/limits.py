"""How large a file may be and still be read."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

#: What no person reads in a review; GitHub's contents API stops at 1 MB too ("Get repository content").
LARGEST_TEXT: Final = 1_000_000
#: Tools write lockfiles of tens of thousands of packages; GitHub's blobs API goes up to 100 MB ("Get a blob").
LARGEST_LOCKFILE: Final = 10_000_000

_LOCKFILE = re.compile(
    r"package-lock\.json|npm-shrinkwrap\.json|packages\.lock\.json|pnpm-lock\.yaml|conda-lock\.ya?ml|.+\.lock"
    r"|.+\.lockfile|.+\.resolved|maven_install\.json|modules\.txt|pylock\..*toml|Manifest\.toml"
)


def largest(path: str) -> int:
    """How many bytes of the file at a path are read: more of what tools write to be read by tools."""
    return LARGEST_LOCKFILE if _LOCKFILE.fullmatch(PurePosixPath(path).name) else LARGEST_TEXT


def too_large(limit: int) -> str:
    """What is said of a file beyond its limit in bytes."""
    return f"larger than {limit // 1_000_000} MB"
