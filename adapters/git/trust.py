"""Whether the person trusts a local repository that belongs to somebody else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from adapters.git.run import Git


def is_trusted(path: Path) -> bool:
    """Whether the person's or the machine's own git configuration lists the folder as a `safe.directory`.

    git itself can't be asked, since we keep it from reading that configuration for anything else.
    """
    place = path.resolve()
    folders = {str(folder) for folder in (place, *place.parents)}
    return any(entry == "*" or entry.rstrip("/") in folders for entry in _entries())


def _entries() -> Iterator[str]:
    home = Path(os.environ.get("HOME", "/"))
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    own = os.environ.get("GIT_CONFIG_GLOBAL")
    files = [Path("/etc/gitconfig"), *([Path(own)] if own else [config / "git" / "config", home / ".gitconfig"])]
    for file in files:
        if file.is_file():
            options = ("--includes", "--null", "--get-all", "safe.directory")
            out = Git(Path("/")).run("config", "--file", str(file), *options, codes=(0, 1)).text
            yield from (entry for entry in out.split("\0") if entry)
