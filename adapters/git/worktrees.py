"""Throwaway worktrees that borrow a repository's objects and leave no trace in it.

Each is a repository of its own (`.git` beside the files), so that programs which ask git get an answer, and what they
commit stays there. Nothing of the user's repository is used but its objects: no configuration (which could name a
program as filter), no hooks, no index, no refs; so nothing of it can change either, and files of Git LFS stay pointers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from adapters.git.run import Git
from adapters.git.scratch import needs_sha256
from domain.errors import GitError

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
