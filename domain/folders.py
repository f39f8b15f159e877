"""Files that speak for the folder they lie in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

#: Asked for at the root, it is read in every folder above a changed file as well (gitattributes(5)).
ATTRIBUTES = ".gitattributes"

#: Deep trees cost a look-up for each folder; what lies deeper marks nothing, so its files count.
_MOST = 200


def beside(asked: Iterable[str], changed: Iterable[str]) -> tuple[str, ...]:
    """What is to be read besides the files that were asked for: the attributes of the folders of changed files."""
    if ATTRIBUTES not in asked:
        return ()
    folders = {parent for path in changed for parent in PurePosixPath(path).parents if str(parent) != "."}
    nearest = sorted(folders, key=lambda folder: (len(folder.parts), str(folder)))
    return tuple(f"{folder}/{ATTRIBUTES}" for folder in nearest[:_MOST])
