"""The diff between two commits, told as GitHub tells it, whatever the repository's settings and attributes say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.git.run import Git
from domain import diff
from domain.diff import FileDiff, FileStatus
from domain.errors import UnreadableInputError
from domain.limits import LARGEST_TEXT, largest

#: `diff-tree` reads none of the settings that people make for `git diff`; these options fix the rest. Myers' algorithm
#: with the indent heuristic and renames from 50 % on are git's defaults (git-diff). GitHub documents none of its own,
#: so the desk may differ from it by a line where a change can be told in several ways.
OPTIONS = (
    *("-r", "-p", "--raw", "--no-abbrev", "--full-index", "--find-renames=50%", "-l1000"),
    *("--diff-algorithm=myers", "--indent-heuristic", "--unified=3", "--inter-hunk-context=0"),
    *("--src-prefix=a/", "--dst-prefix=b/", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative"),
    *("--submodule=short", "--ignore-submodules=none"),
)


@dataclass(frozen=True, slots=True)
class Side:
    """A file on one side of a diff.

    Attributes:
        most: so many bytes of it are read.
    """

    mode: str
    oid: str
    most: int = LARGEST_TEXT


@dataclass(frozen=True, slots=True)
class Compared:
    """A file of a diff with what lies on both sides, None for nothing."""

    file: FileDiff
    base: Side | None
    head: Side | None

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides on which the file exists."""
        return tuple(side for side in (self.base, self.head) if side)


def show(git: Git, base: str, head: str, *, as_text: bool = False, paths: Sequence[str] = ()) -> str:
    """What git says of the change between two commits.

    Args:
        git: the repository.
        base: the older commit.
        head: the newer commit.
        as_text: compare everything line by line, also what attributes call binary.
        paths: the paths to look at, all where none is given.
    """
    text = ("--text",) if as_text else ()
    limits = [f":(top,literal){path}" for path in paths]
    return git.run("diff-tree", *OPTIONS, *text, base, head, "--", *limits).stdout.decode("utf-8", "replace")


def read(shown: str) -> list[Compared]:
    """The changed files of what `show` gave.

    Raises:
        UnreadableInputError: the diff is too large or not what git says it is.
    """
    raw, _, patch = shown.partition("\n\n")
    lines = [line.split("\t")[0].lstrip(":").split(" ") for line in raw.split("\n") if line]
    expected = [pair for line in lines for pair in _pairs(line)]
    files = diff.parse(patch)
    if len(expected) != len(files):
        raise UnreadableInputError(f"git lists {len(expected)} changed files and shows {len(files)}")
    return [_compared(file, *pair) for file, pair in zip(files, expected, strict=True)]


def _pairs(line: list[str]) -> Iterator[tuple[Side | None, Side | None]]:
    """What a raw line stands for (see "RAW OUTPUT FORMAT" in git-diff); a change of type is shown as two files."""
    base_mode, head_mode, base_oid, head_oid, status = line
    base, head = Side(base_mode, base_oid), Side(head_mode, head_oid)
    if status.startswith("T"):
        yield base, None
        yield None, head
    else:
        yield (None if status.startswith("A") else base), (None if status.startswith("D") else head)


def _compared(file: FileDiff, base: Side | None, head: Side | None) -> Compared:
    if (base is None) != (file.status is FileStatus.ADDED) or (head is None) != (file.status is FileStatus.REMOVED):
        raise UnreadableInputError(f"git tells two stories of {file.path}")
    return Compared(file, _limited(base, file.base_path), _limited(head, file.path))


def _limited(side: Side | None, path: str) -> Side | None:
    return side and replace(side, most=largest(path))
