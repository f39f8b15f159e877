"""Temporary folders that nobody has to clear away, not even after a process was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: How the names of worktrees begin in which tests run, and of repositories in which git picks.
PROOF = "hotfix-proof-"
SCRATCH = "hotfix-scratch-"
_LOCK = "held"
#: A folder without a lock was left between two lines of ours, or belongs to somebody who is between them now.
_OLD = 86_400.0


@contextmanager
def throwaway_folder(prefix: str = PROOF) -> Iterator[Path]:
    """A temporary folder that is gone afterwards, however this ends; what a killed process left is cleared first.

    Args:
        prefix: how its name begins, and those of the folders that are cleared.
    """
    _clear_left_over(prefix)
    root = Path(tempfile.mkdtemp(prefix=prefix)).resolve()
    with _held(root):
        try:
            yield root
        finally:
            remove(root)


@contextmanager
def _held(root: Path) -> Iterator[None]:
    """Keep a lock while we live: the system gives it back for us, even when we are killed."""
    handle = os.open(root / f"{_LOCK}.new", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        (root / f"{_LOCK}.new").rename(root / _LOCK)
        yield
    finally:
        os.close(handle)


def _clear_left_over(prefix: str) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError):
            status = folder.lstat()
            if stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and _is_left_over(folder, status.st_mtime):
                remove(folder)


def _is_left_over(folder: Path, changed: float) -> bool:
    try:
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return time.time() - changed > _OLD
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def remove(folder: Path) -> None:
    """Remove a folder with all that tests may have left in it, read-only folders included; links aren't followed."""
    shutil.rmtree(folder, onerror=_made_writable)


def _made_writable(_function: object, path: str, _error: object) -> None:
    """Go's module cache and some tests take the right to write away from folders."""
    place = Path(path)
    with suppress(OSError):
        place.parent.chmod(0o700)
        if place.is_dir() and not place.is_symlink():
            place.chmod(0o700)
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink()
