"""What a person's own git configuration says, read on purpose: nothing else of it reaches git."""

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


def own_settings(name: str) -> dict[str, str]:
    """A setting that is a path, as the person's own configuration has it; nothing where it has none."""
    told: dict[str, str] = {}
    home = {"HOME": os.environ.get("HOME", "/")}
    for file in _files():
        if file.is_file():
            options = ("--includes", "--null", "--type=path", "--get", name)
            done = Git(Path("/"), variables=home).run("config", "--file", str(file), *options, codes=(0, 1))
            told |= {name: done.text.rstrip("\0")} if not done.code else {}
    usual = _config_folder() / "git" / "ignore"
    if name == "core.excludesFile" and name not in told and usual.is_file():
        return {name: str(usual)}
    return told


def _config_folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path(os.environ.get("HOME", "/")) / ".config")


def _files() -> list[Path]:
    """The files that hold the machine's and the person's configuration, those that count more last."""
    own = os.environ.get("GIT_CONFIG_GLOBAL")
    home = Path(os.environ.get("HOME", "/"))
    return [
        Path("/etc/gitconfig"),
        *([Path(own)] if own else [_config_folder() / "git" / "config", home / ".gitconfig"]),
    ]


def _entries() -> Iterator[str]:
    for file in _files():
        if file.is_file():
            options = ("--includes", "--null", "--get-all", "safe.directory")
            out = Git(Path("/")).run("config", "--file", str(file), *options, codes=(0, 1)).text
            yield from (entry for entry in out.split("\0") if entry)
