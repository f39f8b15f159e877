"""A change as git tells it: files, hunks, lines.

The text comes from `git diff` or from GitHub's diff media type; both are read by unidiff, and what unidiff
leaves open (quoted names, renames without hunks, combined diffs) is decided here, closed rather than guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk as ParsedHunk
from unidiff.patch import PatchSet

from domain.errors import UnreadableInputError

#: A hotfix never gets near it; unidiff takes 1.6 s and 210 MB for 19 MB of diff.
MAX_DIFF_BYTES = 10_000_000

#: Linux opens no longer one (`PATH_MAX` in limits.h), so nobody's checkout could hold the file.
MAX_PATH = 4_096

SUBMODULE_MODE = "160000"
SYMLINK_MODE = "120000"

_DEV_NULL = "/dev/null"
_OCTAL = re.compile(rb"\\([0-7]{3}|.)")
_ESCAPES = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}


class FileStatus(StrEnum):
    """What happened to a file, in the words of GitHub's REST API (`removed`, never "deleted")."""

    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"
    RENAMED = "renamed"
    COPIED = "copied"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk.

    Attributes:
        kind: "+", "-" or " ".
        text: the line with its line ending; without one where the file ends without a newline.
        base: 1-based line number at the merge base, 0 for an added line.
        head: 1-based line number at head, 0 for a removed line.
    """

    kind: str
    text: str
    base: int
    head: int


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of changed lines with its context; starts are 1-based (0 where the side is empty)."""

    base_start: int
    base_length: int
    head_start: int
    head_length: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What a change does to one file.

    Attributes:
        path: the path at head; for a removed file the one at base.
        previous_path: the path at base where it differs, else "".
        base_mode: six octal digits, "" where the file is new or git doesn't say.
        head_mode: likewise at head.
        binary: git compares it as binary: there are no hunks to look at.
    """

    path: str
    status: FileStatus
    previous_path: str = ""
    base_mode: str = ""
    head_mode: str = ""
    binary: bool = False
    hunks: tuple[Hunk, ...] = ()

    @property
    def base_path(self) -> str:
        """The path at the merge base."""
        return self.previous_path or self.path

    @property
    def additions(self) -> int:
        """Added lines, counted as git counts them."""
        return sum(line.kind == "+" for line in self.lines())

    @property
    def deletions(self) -> int:
        """Removed lines, counted as git counts them."""
        return sum(line.kind == "-" for line in self.lines())

    @property
    def is_submodule(self) -> bool:
        """Whether either side is a commit of another repository."""
        return SUBMODULE_MODE in (self.base_mode, self.head_mode)

    @property
    def is_symlink(self) -> bool:
        """Whether either side is a symbolic link."""
        return SYMLINK_MODE in (self.base_mode, self.head_mode)

    @property
    def mode_changed(self) -> bool:
        """Whether the file's mode changed (executable bit, file to link)."""
        return bool(self.base_mode and self.head_mode and self.base_mode != self.head_mode)

    def lines(self) -> Iterator[Line]:
        """Every line of every hunk, in order."""
        for hunk in self.hunks:
            yield from hunk.lines

    def added_lines(self) -> frozenset[int]:
        """The 1-based numbers of the lines at head that the change adds."""
        return frozenset(line.head for line in self.lines() if line.kind == "+")

    def removed_lines(self) -> frozenset[int]:
        """The 1-based numbers of the lines at base that the change removes."""
        return frozenset(line.base for line in self.lines() if line.kind == "-")


def parse(text: str) -> tuple[FileDiff, ...]:
    """Read a unified diff with git's headers.

    Raises:
        UnreadableInputError: it is too large, a combined diff, or no diff at all.
    """
    if len(text) > MAX_DIFF_BYTES:
        raise UnreadableInputError(f"the diff is larger than {MAX_DIFF_BYTES:,} bytes")
    # Inside a hunk every line starts with a space, "+", "-" or a backslash, so this can only be a file's header.
    preamble, *sections = re.split(r"^(?=diff --)", text, flags=re.MULTILINE)
    if preamble.strip():
        raise UnreadableInputError("this is no diff in git's format: it doesn't start with 'diff --git'")
    return tuple(_file(section) for section in sections)


def reverse(file: FileDiff, head: str) -> str:
    """The file's text at the merge base, from its text at head and the hunks between them.

    Raises:
        UnreadableInputError: the hunks don't fit the text, so one of the two isn't what it claims to be.
    """
    lines = _lines(head)
    result: list[str] = []
    position = 0
    for hunk in file.hunks:
        start = max(hunk.head_start - 1, 0) if hunk.head_length else hunk.head_start
        result += lines[position:start]
        expected = [line.text for line in hunk.lines if line.kind != "-"]
        if lines[start : start + len(expected)] != expected:
            raise UnreadableInputError(f"the diff of {file.path} doesn't fit the file")
        result += [line.text for line in hunk.lines if line.kind != "+"]
        position = start + len(expected)
    return "".join(result + lines[position:])


def _lines(text: str) -> list[str]:
    # git ends lines at \n alone; str.splitlines would also split at form feeds and the like.
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _file(section: str) -> FileDiff:
    headers, hunks = _headers(section)
    base, head = _paths(headers)
    if max(len(base), len(head)) > MAX_PATH:
        raise UnreadableInputError(f"the diff names a file by more than {MAX_PATH:,} characters")
    status = _status(headers)
    path = base if status is FileStatus.REMOVED else head
    same = headers.get("index", "").rpartition(" ")[2] if " " in headers.get("index", "") else ""
    return FileDiff(
        path=path,
        status=status,
        previous_path=base if base != path else "",
        base_mode=headers.get("old mode", headers.get("deleted file mode", same)),
        head_mode=headers.get("new mode", headers.get("new file mode", same)),
        binary="Binary files" in headers or "GIT binary patch" in headers,
        hunks=hunks,
    )


_HEADER = re.compile(
    r"(diff --git|old mode|new mode|deleted file mode|new file mode|copy from|copy to|rename from|rename to|index"
    r"|---|\+\+\+|similarity index|dissimilarity index|Binary files|GIT binary patch)(?: (.*))?"
)


def _headers(section: str) -> tuple[dict[str, str], tuple[Hunk, ...]]:
    """Split one file's section into git's extended headers (see "Generating patch text" in git-diff) and its hunks."""
    found: dict[str, str] = {}
    head, at, body = section.partition("\n@@ ")
    for line in head.split("\n"):
        match = _HEADER.fullmatch(line)
        if match is None and line and "GIT binary patch" not in found:
            raise UnreadableInputError(f"the diff has a line that can't be read: {line[:200]}")
        if match is not None:
            found.setdefault(match.group(1), match.group(2) or "")
    if "diff --git" not in found:
        raise UnreadableInputError("a combined diff (of a merge commit) can't be judged")
    return found, _hunks("@@ " + body) if at else ()


def _hunks(text: str) -> tuple[Hunk, ...]:
    try:
        # unidiff splits names at spaces, so it gets harmless ones; the real ones are read from the headers.
        parsed = PatchSet("--- a/file\n+++ b/file\n" + text)
    except (UnidiffParseError, ValueError) as error:
        raise UnreadableInputError(f"the diff can't be read: {str(error)[:200]}") from error
    # unidiff passes over what stands between or after hunks; a line that nobody counts must not slip through.
    counted = sum(len(hunk) + 1 for hunk in parsed[0]) if len(parsed) == 1 else 0
    if counted != text.count("\n") + (not text.endswith("\n")) or not _all_told(parsed[0]):
        raise UnreadableInputError("the diff has lines that belong to no hunk")
    return tuple(_hunk(hunk) for hunk in parsed[0])


def _all_told(hunks: list[ParsedHunk]) -> bool:
    """Whether each line has its kind; an empty line after a hunk's end has none."""
    return all(line.line_type for hunk in hunks for line in hunk)


def _status(headers: dict[str, str]) -> FileStatus:
    if "new file mode" in headers:
        return FileStatus.ADDED
    if "deleted file mode" in headers:
        return FileStatus.REMOVED
    if "rename from" in headers:
        return FileStatus.RENAMED
    if "copy from" in headers:
        return FileStatus.COPIED
    return FileStatus.MODIFIED


def _paths(headers: dict[str, str]) -> tuple[str, str]:
    for kind in ("rename", "copy"):
        if f"{kind} from" in headers:
            return _unquote(headers[f"{kind} from"]), _unquote(headers.get(f"{kind} to", ""))
    if "---" in headers and "+++" in headers:
        # git ends a name that holds a space with a tab.
        base, head = headers["---"].removesuffix("\t"), headers["+++"].removesuffix("\t")
        return _side(head if base == _DEV_NULL else base), _side(base if head == _DEV_NULL else head)
    return _same_path(headers["diff --git"])


def _side(name: str) -> str:
    return _unquote(name)[2:]


def _same_path(header: str) -> tuple[str, str]:
    # Without hunks and without a rename both names are the same, so the header splits in two equal halves.
    half = len(header) // 2
    base, head = header[:half], header[half + 1 :]
    if len(header) % 2 == 0 or _side(base) != _side(head):
        raise UnreadableInputError(f"the diff names a file that can't be told: {header[:200]}")
    return _side(base), _side(head)


def _unquote(name: str) -> str:
    """Undo git's C-style quoting of unusual file names (see `core.quotePath` in git-config)."""
    if len(name) < 2 or not (name.startswith('"') and name.endswith('"')):  # noqa: PLR2004
        return name
    raw = name[1:-1].encode("utf-8", "surrogateescape")
    # A byte that is no UTF-8 is shown as \xNN: printable, and unlike U+FFFD different for different names.
    return _OCTAL.sub(_unescape, raw).decode("utf-8", "backslashreplace")


def _unescape(match: re.Match[bytes]) -> bytes:
    code = match.group(1)
    if len(code) == 3:  # noqa: PLR2004
        return bytes([int(code, 8) & 0xFF])
    return _ESCAPES.get(code, code)


def _hunk(parsed: ParsedHunk) -> Hunk:
    lines: list[Line] = []
    for line in parsed:
        if line.line_type == "\\":
            if not lines:
                raise UnreadableInputError("the diff says of no line that the file ends without a newline")
            last = lines[-1]
            lines[-1] = Line(last.kind, last.text.removesuffix("\n"), last.base, last.head)
            continue
        kind = line.line_type or " "
        lines.append(Line(kind, line.value, line.source_line_no or 0, line.target_line_no or 0))
    return Hunk(parsed.source_start, parsed.source_length, parsed.target_start, parsed.target_length, tuple(lines))
