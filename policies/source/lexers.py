"""Comments by a pygments lexer: for the languages that have no grammar, and as a second opinion on broken code."""

from __future__ import annotations

import bisect
import functools
import importlib
import time
from collections.abc import Sequence
from operator import itemgetter

from policies.source.contexts import Context, Place, same_everywhere
from policies.source.file_types import FileType

#: A lexer is a list of regular expressions: what it is fed is capped in size and time.
_CHARACTERS = 500_000
_SECONDS = 3.0

#: What pygments calls a token: the path to its type, e.g. ("Comment", "Single").
_Token = tuple[str, ...]
_NO_COMMENTS = frozenset({"Preproc", "PreprocFile", "Hashbang"})
#: Formats whose plain text is shown to people, so it is prose and not code.
_MARKUP = frozenset({"HTML", "Vue", "Svelte", "XML", "Haml", "Slim", "Pug"})
#: Formats that are prose but for their comments.
_ALL_SHOWN = frozenset(["Gherkin"])
#: Languages whose documentation is a string; the lexers call documenting comments the same (`///`, `/** */`).
_STRINGS_DOCUMENT = frozenset(
    ["Python", "Cython", "Starlark", "Elixir", "Clojure", "Common Lisp", "Emacs Lisp", "Scheme"]
)
#: Formats of values: what is no comment is a value, quoted or not.
VALUES = frozenset({"YAML", "TOML", "INI", "Properties", "JSON with comments", "JSON5"})


def places(kind: FileType, text: str, offsets: Sequence[int]) -> tuple[Place, ...]:
    """Where each of some offsets stands, as the file type's lexer sees it."""
    tokens = _tokens(kind.lexer, text) if kind.lexer else None
    if tokens is None:
        return same_everywhere(Context.UNSURE, text, offsets)
    return tuple(_place(kind, text, tokens, offset) for offset in offsets)


def _place(kind: FileType, text: str, tokens: list[tuple[int, _Token]], offset: int) -> Place:
    following = bisect.bisect_right(tokens, offset, key=itemgetter(0))
    context = _context(kind, tokens[following - 1][1]) if following else Context.UNSURE
    line_end = text.find("\n", offset)
    last = len(text) if line_end < 0 else line_end
    while following < len(tokens) and tokens[following][0] < last and _context(kind, tokens[following][1]) is context:
        following += 1
    end = tokens[following][0] if following < len(tokens) else len(text)
    return Place(context, end)


@functools.lru_cache(maxsize=4)
def _tokens(alias: str, text: str) -> list[tuple[int, _Token]] | None:
    if len(text) > _CHARACTERS:
        return None
    # Replaced one for one, so that positions stay; lexers know neither a byte order mark nor a carriage return.
    even = text.replace("\ufeff", " ").replace("\r\n", " \n") + "\n"
    # Imported on first use: most changes never need it, and the command line has to start fast.
    lexer = importlib.import_module("pygments.lexers").get_lexer_by_name(alias)
    # The thread's own time: a verdict must not hang on what else the machine does.
    deadline = time.thread_time() + _SECONDS
    found: list[tuple[int, _Token]] = []
    for start, token, _ in lexer.get_tokens_unprocessed(even):
        found.append((start, tuple(token)))
        if time.thread_time() > deadline:
            return None
    return found


def _context(kind: FileType, token: _Token) -> Context:
    if token[:1] == ("Comment",):
        return Context.CODE if _NO_COMMENTS & set(token) else Context.COMMENT
    if token[:3] == ("Literal", "String", "Doc"):
        return Context.DOCSTRING if kind.name in _STRINGS_DOCUMENT else Context.COMMENT
    if token[:1] == ("Literal",) and token[:2] != ("Literal", "Number"):
        return Context.STRING
    if token[:1] == ("Error",):
        return Context.UNSURE
    if kind.name in VALUES or (kind.name == "Batch" and token[:1] == ("Text",)):
        # What `echo` prints stands in no quotes.
        return Context.STRING
    is_shown = kind.name in _ALL_SHOWN or (kind.name in _MARKUP and token[:1] == ("Text",))
    return Context.PROSE if is_shown else Context.CODE
