"""CODEOWNERS: whom the changed files belong to.

See "About code owners" in GitHub's documentation. Lines that GitHub can't read it passes over, and so do we.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from pathspec import GitIgnoreSpec

from domain.change import Content
from policies.attributes import globs
from policies.roles import is_login, is_team

#: Where GitHub looks for the file; the first one that exists counts.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")

#: Far more than any repository that we know has; each line is tried on each changed file.
_MAX_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Owners:
    """Who owns something: logins, and teams as "org/slug". Nobody owns it where both are empty."""

    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    pattern: str
    owners: Owners
    matches: GitIgnoreSpec | None

    def means(self, path: str) -> bool:
        if self.matches is None:
            return self._names(path)
        if not self.matches.match_file(path):
            return False
        # Unlike .gitignore, `docs/*` says nothing of the files in folders of docs.
        parents = [str(parent) for parent in PurePosixPath(path).parents if str(parent) != "."]
        return not self.pattern.endswith("/*") or not any(self.matches.match_file(parent) for parent in parents)

    def _names(self, path: str) -> bool:
        """Whether a name without wildcards means the file, or a folder that it is in: most lines are that simple."""
        name, may_be_file = self.pattern.strip("/"), not self.pattern.endswith("/")
        if "/" in self.pattern.removesuffix("/"):
            return path.startswith(f"{name}/") or (may_be_file and path == name)
        *folders, last = path.split("/")
        return name in folders or (may_be_file and name == last)


@dataclass(frozen=True, slots=True)
class CodeOwners:
    """A CODEOWNERS file.

    Attributes:
        path: where it stands, "" where the base branch has none.
        unreadable: why it can't be read, "" where it can.
    """

    path: str = ""
    unreadable: str = ""
    _lines: tuple[_Line, ...] = ()

    @classmethod
    def among(cls, files: Mapping[str, Content | None]) -> CodeOwners:
        """The file that counts among those at `PLACES`."""
        path, content = next(((path, found) for path in PLACES if (found := files.get(path)) is not None), ("", None))
        if content is None:
            return cls()
        if content.text is None:
            return cls(path, content.unreadable)
        lines = content.text.splitlines()
        if len(lines) > _MAX_LINES:
            return cls(path, f"it has more than {_MAX_LINES:,} lines")
        return cls(path, "", tuple(_lines(lines)))

    def of(self, path: str) -> Owners:
        """Who owns a file: the last line that means it counts, one without owners takes them away."""
        return next((line.owners for line in reversed(self._lines) if line.means(path)), Owners())

    def teams(self, paths: Iterable[str]) -> frozenset[str]:
        """The teams that own any of these files."""
        return frozenset(team for path in paths for team in self.of(path).teams)


def _lines(lines: Iterable[str]) -> Iterator[_Line]:
    for line in lines:
        pattern, *owners = line.split("#", 1)[0].replace("\\ ", "\0").split() or [""]
        if pattern.strip("/") and not pattern.startswith("!") and "[" not in pattern:
            yield from _line(pattern, owners)


def _line(pattern: str, owners: list[str]) -> Iterator[_Line]:
    if not any(char in "*?\\" for char in pattern):
        yield _Line(pattern.replace("\0", " "), _owners(owners), None)
        return
    try:
        yield _Line(pattern, _owners(owners), globs((pattern.replace("\0", "\\ "),)))
    except ValueError:
        return


def _owners(written: list[str]) -> Owners:
    """E-mail addresses belong to accounts that only GitHub knows, so they name nobody here."""
    names = [name.removeprefix("@") for name in written if name.startswith("@")]
    return Owners(tuple(filter(is_login, names)), tuple(filter(is_team, names)))
