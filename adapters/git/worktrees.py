"""Throwaway worktrees that borrow a repository's objects and leave no trace in it.

Each is a repository of its own (`.git` beside the files), so that programs which ask git get an answer, and what they
commit stays there. Nothing of the user's repository is used but its objects: no configuration (which could name a
program as filter), no hooks, no index, no refs; so nothing of it can change either, and files of Git LFS stay pointers.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from adapters.git.run import Git
from adapters.git.scratch import needs_sha256
from domain.errors import GitError

_PREFIX = "hotfix-proof-"
_LOCK = "held"
#: A folder without a lock was left between two lines of ours, or belongs to somebody who is between them now.
_OLD = 86_400.0
_CONFIG = """[core]
\trepositoryformatversion = 1
\tbare = false
\tfilemode = true
\tsymlinks = true
\thooksPath = /dev/null
[extensions]
\tobjectFormat = {format}
[user]
\tname = Hotfix Guard
\temail = hotfix-guard@localhost
"""
_TREE_OR_NOTHING = ("000000", "160000", "040000")


@dataclass(frozen=True)
class Layout:
    """What a worktree holds.

    Attributes:
        commit: the commit whose tree it starts from.
        other: the commit that `laid` paths are taken from.
        laid: paths that are taken from `other` as they are.
        removed: paths that are taken away.
        written: paths with the text that they get instead.
    """

    commit: str
    other: str = ""
    laid: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    written: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@contextmanager
def throwaway_folder() -> Iterator[Path]:
    """A temporary folder that is gone afterwards, however this ends; what a killed process left is cleared first."""
    _clear_left_over()
    root = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
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


def _clear_left_over() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
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


def lay_out(git: Git, place: Path, layout: Layout) -> None:
    """Write a worktree.

    Args:
        git: how git runs in the repository that has the objects.
        place: the folder to make.
        layout: what it holds.

    Raises:
        GitError: git refused a tree (one that leaves its folder, say), or passed a limit.
        UnreadableInputError: the repository lacks objects.
    """
    objects = Path(os.fsdecode(git.run("rev-parse", "--git-path", "objects").stdout.rstrip(b"\n")))
    own = _repository(place, (git.folder / objects).resolve(), layout.commit)
    own.run("read-tree", layout.commit)
    entries = [*_taken_away(layout), *_laid(own, layout), *_written(own, layout)]
    if entries:
        stdin = b"".join(entry.encode("utf-8", "surrogateescape") + b"\0" for entry in entries)
        own.run("update-index", "-z", "--replace", "--index-info", stdin=stdin)
    own.run("checkout-index", "--all", "--force", "--quiet")


def _repository(place: Path, objects: Path, commit: str) -> Git:
    folder = place / ".git"
    for inner in ("objects/info", "objects/pack", "refs/heads", "info"):
        (folder / inner).mkdir(parents=True)
    sha256 = needs_sha256([commit])
    (folder / "HEAD").write_text(f"{commit}\n")
    (folder / "config").write_text(_CONFIG.format(format="sha256" if sha256 else "sha1"))
    quoted = str(objects).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    (folder / "objects" / "info" / "alternates").write_bytes(f'"{quoted}"\n'.encode("utf-8", "surrogateescape"))
    return Git(place, None, {"GIT_DIR": str(folder), "GIT_WORK_TREE": str(place)})


def _taken_away(layout: Layout) -> Iterator[str]:
    nothing = "0" * len(layout.commit)
    yield from (f"0 {nothing}\t{path}" for path in layout.removed)


def _laid(own: Git, layout: Layout) -> Iterator[str]:
    if not layout.laid:
        return
    listed = own.run("ls-tree", "-r", "-z", "--full-tree", layout.other).stdout.decode("utf-8", "surrogateescape")
    wanted = set(layout.laid)
    for line in listed.split("\0"):
        head, _, path = line.partition("\t")
        if path in wanted and not head.startswith(_TREE_OR_NOTHING):
            mode, _, oid = head.split(" ")
            wanted.discard(path)
            yield f"{mode} {oid}\t{path}"
    if wanted:
        raise GitError(f"{min(wanted)} can't be laid over base: head holds no such file")


def _written(own: Git, layout: Layout) -> Iterator[str]:
    for path, text in layout.written.items():
        oid = own.run("hash-object", "-w", "--no-filters", "--stdin", stdin=text.encode()).text
        yield f"100644 {oid}\t{path}"
