"""Installed dependencies of a person's checkout, lent to a worktree by links without letting the checkout's code in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from domain.errors import UnreadableInputError

_MODULES = "node_modules"
#: Hidden entries of `node_modules` that programs need; the others are caches, which tests would write to.
_NEEDED_HIDDEN = frozenset([".bin", ".pnpm", ".package-lock.json", ".modules.yaml", ".yarn-state.yml"])


def lend(checkout: Path, place: Path, path: str) -> None:
    """Link one folder or file of a checkout into a worktree.

    `node_modules` becomes a folder of its own with a link for each package, so that what is written to it stays in the
    worktree, and a workspace's link to a package of the checkout leads to the worktree's package instead.

    Args:
        checkout: the top folder of the person's working tree.
        place: the worktree.
        path: relative to both.

    Raises:
        UnreadableInputError: it leads outside, isn't there, or is tracked by git.
    """
    source, target = checkout / path, place / path
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or ".git" in parts:
        raise UnreadableInputError(f"--link {path}: name a path inside of the repository, such as node_modules")
    if not source.exists():
        raise UnreadableInputError(f"--link {path}: the repository's working tree holds no such path")
    if target.is_symlink() or target.exists():
        raise UnreadableInputError(f"--link {path}: it is tracked by git, so each worktree has its own")
    if not target.parent.resolve().is_relative_to(place):
        raise UnreadableInputError(f"--link {path}: it leads outside of the worktree")
    target.parent.mkdir(parents=True, exist_ok=True)
    if parts[-1] == _MODULES and source.is_dir():
        _packages(source, target, (checkout.resolve(), place))
    else:
        target.symlink_to(source.resolve())


def installed_modules(checkout: Path, place: Path) -> Iterator[str]:
    """The `node_modules` folders that the checkout has beside each `package.json` of the worktree."""
    for file in sorted(place.rglob("package.json")):
        folder = file.parent.relative_to(place)
        inner = folder / _MODULES
        if _MODULES not in folder.parts and (checkout / inner).is_dir() and not (place / inner).exists():
            yield str(inner)


def _packages(source: Path, target: Path, roots: tuple[Path, Path]) -> None:
    target.mkdir()
    for entry in source.iterdir():
        if entry.name.startswith("@") and entry.is_dir() and not entry.is_symlink():
            _packages(entry, target / entry.name, roots)
        elif not entry.name.startswith(".") or entry.name in _NEEDED_HIDDEN:
            (target / entry.name).symlink_to(_destination(entry, *roots))


def _destination(entry: Path, checkout: Path, place: Path) -> Path:
    resolved = entry.resolve()
    if resolved.is_relative_to(checkout):
        inner = resolved.relative_to(checkout)
        if _MODULES not in inner.parts:
            return place / inner
    return resolved
