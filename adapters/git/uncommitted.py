"""What isn't committed yet, as a commit that only a temporary folder holds: repository and index stay as they are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from adapters.git.run import Git
from adapters.git.trust import own_settings
from domain.errors import UnreadableInputError

_WHO = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "Uncommitted"), ("EMAIL", "uncommitted@localhost"))
}


def with_uncommitted(git: Git, head: str, folder: Path, *, staged_alone: bool = False) -> tuple[Git, str]:
    """Let git see the uncommitted changes as a commit on head; gives that commit, head itself where there are none.

    What is ignored stays out, by the person's own `core.excludesFile` too. No filter of the repository is run: a
    configuration that came with it could name any program.

    Args:
        git: runs in the working tree.
        head: the commit that is checked out.
        folder: an empty folder that the objects are written to.
        staged_alone: leave out what isn't staged, as a commit would.

    Raises:
        UnreadableInputError: there is no working tree, or git can't read it.
    """
    asked = ("--show-toplevel", "--git-path", "objects", "--git-path", "index")
    done = git.run("rev-parse", *asked, codes=(0, 128))
    if done.code:
        raise UnreadableInputError("a bare repository has no uncommitted changes; leave --worktree out")
    top, objects, index = (os.fsdecode(line) for line in done.stdout.rstrip(b"\n").split(b"\n"))
    objects, index = (str(git.folder.absolute() / each) for each in (objects, index))
    (folder / "objects").mkdir()
    taken = folder / "index"
    _copy(_index(index, staged_alone=staged_alone), taken)
    variables = {"GIT_OBJECT_DIRECTORY": str(folder / "objects"), "GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(objects)}
    seeing = replace(git, variables={**git.variables, **variables}, settings={**git.settings, **_closed(git)})
    if not staged_alone:
        replace(seeing, folder=Path(top)).run("add", "--all", "--", ".", index=taken)
    tree = seeing.run("write-tree", index=taken).text
    if tree == seeing.run("rev-parse", f"{head}^{{tree}}").text:
        return seeing, head
    writing = replace(seeing, variables={**seeing.variables, **_WHO})
    return seeing, writing.run("commit-tree", "-p", head, "-m", "Uncommitted changes", tree).text


def _index(own: str, *, staged_alone: bool) -> Path:
    """The index to start from; `git commit -a` and `git commit FILE` name another to their hooks (githooks)."""
    named = os.environ.get("GIT_INDEX_FILE") if staged_alone else None
    return Path(named or own).absolute()


def _copy(index: Path, to: Path) -> None:
    # With the times that it holds, git reads again only what was touched since.
    if index.is_file():
        shutil.copy2(index, to)


def _closed(git: Git) -> Mapping[str, str]:
    found = git.run("config", "--null", "--name-only", "--get-regexp", r"^filter\.", codes=(0, 1)).text
    programs = {name: "" for name in found.split("\0") if name and not name.endswith(".required")}
    required = {f"{name.rpartition('.')[0]}.required": "false" for name in programs}
    return {**programs, **required, "diff.ignoreSubmodules": "dirty", **own_settings("core.excludesFile")}


def _quoted(path: str) -> str:
    """A path in a list of paths (see GIT_ALTERNATE_OBJECT_DIRECTORIES in git)."""
    if ":" not in path and not path.startswith('"'):
        return path
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
