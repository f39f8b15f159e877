"""Comments of a Dockerfile, by its reference ("Format", "Here-documents"): a comment is a line, what RUN runs is shell.

A grammar exists, but it takes a number sign in a quoted value for a comment.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

import re2

from policies.source.contexts import Context, Place, Reading, joined, only
from policies.source.file_types import FileType, of_language

_DIRECTIVE = re2.compile(r"(?i)#\s*escape\s*=\s*([\\`])\s*")
_INSTRUCTION = re2.compile(r"(?i)\s*(?:ONBUILD\s+)?(?:HEALTHCHECK\s+(?:--\S+\s+)*)?([A-Z]+)(?:\s+--\S+)*\s*")
_HERE = re2.compile(r"<<-?([\"']?)([A-Za-z_][\w.]*)([\"']?)")
_SHELL = frozenset({"RUN", "CMD", "ENTRYPOINT"})
_HOLDS_DOCUMENTS = frozenset({"RUN", "COPY", "ADD"})


@dataclass(frozen=True)
class _Piece:
    """A part of the file.

    Attributes:
        start: its first offset; it ends where the next piece starts.
        context: what it is; `CODE` where a shell runs it.
        spans: all that the shell gets together with this piece.
    """

    start: int
    context: Context
    spans: list[tuple[int, int]]


def places(text: str, offsets: Sequence[int], read: Reading) -> tuple[Place, ...]:
    """Where each of some offsets into a Dockerfile stands; shell is left to `read`."""
    pieces = _Splitter(text).pieces()
    starts = [piece.start for piece in pieces]
    return tuple(_place(text, offset, pieces, bisect.bisect_right(starts, offset) - 1, read) for offset in offsets)


def _place(text: str, offset: int, pieces: list[_Piece], index: int, read: Reading) -> Place:
    piece = pieces[index]
    end = pieces[index + 1].start if index + 1 < len(pieces) else len(text)
    shell: FileType | None = of_language("Shell")
    if piece.context is not Context.CODE or shell is None:
        return Place(piece.context, end)
    first, last = piece.spans[0][0], piece.spans[-1][1]
    # The daemon takes comment lines out before the shell sees the command, line ends and all.
    command = only(text[:last], piece.spans, joined)[first:]
    found = read(shell, command, (offset - first,))[0]
    return Place(found.context, found.end + first)


class _Splitter:
    """Goes through the lines once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[_Piece] = []
        self._escape = "\\"
        self._documents: list[tuple[str, bool]] = []
        self._script: list[tuple[int, int]] = []
        self._spans: list[tuple[int, int]] | None = None
        self._continues = False
        self._is_script = False
        self._keyword = ""

    def pieces(self) -> list[_Piece]:
        """The pieces in order, at least one."""
        start = 0
        for bare in self._text.split("\n"):
            line = f"{bare}\n"
            if self._documents and not self._continues:
                self._document(line, start)
            elif line.lstrip().startswith("#"):
                self._comment(line, start)
            else:
                self._instruction(line, start)
            start += len(line)
        return self._found

    def _comment(self, line: str, start: int) -> None:
        directive = _DIRECTIVE.fullmatch(line.strip())
        if directive and not any(piece.context is not Context.COMMENT for piece in self._found):
            self._escape = directive.group(1)
        self._found.append(_Piece(start, Context.COMMENT, []))

    def _document(self, line: str, start: int) -> None:
        word, dashed = self._documents[0]
        stripped = line.rstrip("\r\n")
        if (stripped.lstrip("\t") if dashed else stripped) == word:
            self._documents.pop(0)
            self._script = []
            self._found.append(_Piece(start, Context.STRING, []))
        elif self._is_script:
            self._script.append((start, start + len(line)))
            self._found.append(_Piece(start, Context.CODE, self._script))
        else:
            self._found.append(_Piece(start, Context.STRING, []))

    def _instruction(self, line: str, start: int) -> None:
        body = 0
        if not self._continues:
            match = _INSTRUCTION.match(line)
            self._keyword = match.group(1).upper() if match else ""
            body = match.end() if match else 0
            runs = self._keyword in _SHELL and not line[body:].startswith("[")
            self._spans = [] if runs else None
            self._is_script = runs and line[body:].startswith("<<")
        if self._keyword in _HOLDS_DOCUMENTS:
            found = _HERE.finditer(line, body)
            self._documents += [(here.group(2), here.group(0).startswith("<<-")) for here in found]
        self._add(line, start, body)
        self._continues = line.rstrip().endswith(self._escape)

    def _add(self, line: str, start: int, body: int) -> None:
        if self._spans is None:
            self._found.append(_Piece(start, Context.STRING, []))
            return
        self._found.append(_Piece(start, Context.STRING, []))
        self._spans.append((start + body, start + len(line)))
        self._found.append(_Piece(start + body, Context.CODE, self._spans))
