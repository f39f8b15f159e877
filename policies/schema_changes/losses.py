"""What a migration destroys for good, read from its text with the comments blank.

A table or a column that is dropped takes its data along: whatever the way back says, it brings an empty one. That is
why it is named even where a down migration exists.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from pathlib import PurePosixPath

import re2

#: A thing in a migration that can't be taken back: its position in the text, and what it is.
Loss = tuple[int, str]

#: Whoever mends these has understood.
_MOST = 50

_STRING = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
_SLASHES = re.compile(rf"{_STRING}|(?P<comment>//[^\n]*|/\*(?!!).*?(?:\*/|\Z))", re.DOTALL)
_DASHES = re.compile(r"'(?:[^']|'')*'|\"[^\"\n]*\"|(?P<comment>--[^\n]*|/\*(?!!).*?(?:\*/|\Z))", re.DOTALL)
_HASHES = re.compile(rf"\"\"\"|'''|{_STRING}|(?P<comment>#(?!\{{)[^\n]*)")
_TAGS = re.compile(r"(?P<comment><!--.*?(?:-->|\Z))", re.DOTALL)
_STYLES = {
    **dict.fromkeys((".py", ".rb", ".exs", ".ex", ".yml", ".yaml"), _HASHES),
    **dict.fromkeys((".sql",), _DASHES),
    **dict.fromkeys((".xml",), _TAGS),
}

_NAME = r"[\s(]*(?:if\s+exists\s+)?[:\"'`\[]?[\w.$-]+"
_SQL = (
    (rf"\bdrop\s+(?:foreign\s+|temporary\s+)?table\b{_NAME}", "drops a table"),
    (rf"\bdrop\s+column\b{_NAME}", "drops a column"),
    (rf"\bdrop\s+(?:schema|database|keyspace)\b{_NAME}", "drops a whole schema"),
    (r"\btruncate\s+(?:table\s+)?[\"`\[]?[a-z_][\w.]*", "empties a table"),
    (r"\bdelete\s+from\s+(?:only\s+)?[\"`\[]?[\w.]+", "deletes rows"),
)
_CALLS = (
    (r"\b(?:drop_table|drop_join_table)\b", "drops a table"),
    (r"\b(?:remove_columns?|remove_reference|remove_belongs_to|remove_timestamps|drop_column)\b", "drops a column"),
    (r"\bt\.remove\b|\bRemoveField\s*\(|\bremove(?:_if_exists)?[ (]+:\w+", "drops a column"),
    (r"\bDeleteModel\s*\(|\bdrop(?:_if_exists)?[ (]+table\b", "drops a table"),
    (r"\b[dD]ropTable(?:IfExists)?\b|\bSchema::drop(?:IfExists)?\b|->drop\(\)", "drops a table"),
    (r"\b(?:[dD]ropColumns?|removeColumn|dropSoftDeletes|dropTimestamps|dropMorphs)\b", "drops a column"),
    (r"\b(?:[dD]ropSchema|dropDatabase|dropAllTables)\b", "drops a whole schema"),
    (r"\b(?:dropCollection)\b", "drops a collection"),
    (r"\b(?:delete_all|destroy_all|bulkDelete|DeleteData|deleteMany|deleteAll)\b", "deletes rows"),
    (r"\.del\(|\.delete\(\s*\)|->delete\(\s*\)", "deletes rows"),
    (r"(?:\.|->)truncate\(", "empties a table"),
)
_PATTERNS = tuple((re2.compile(f"(?i){pattern}"), what) for pattern, what in _SQL) + tuple(
    (re2.compile(pattern), what) for pattern, what in _CALLS
)
#: `ALTER TABLE t DROP c`: the word COLUMN may be left out, but then other things are dropped the same way.
_SHORT_DROP = re2.compile(r"(?i)\balter\s+table\b[^;]*?\bdrop\s+(?:if\s+exists\s+)?[\"`\[]?(\w+)")
_NO_COLUMN = frozenset(
    """
    constraint index key primary foreign check default not identity expression trigger partition unique column
    table view function sequence policy rule if statistics period system
    """.split()  # noqa: SIM905
)
_GIVES_UP = re2.compile(
    r"\bIrreversibleMigration\b|\bthrowIrreversibleMigrationException\b|\bIrreversibleError\b"
    r"|\braise\s+(?:NotImplementedError|Ecto\.MigrationError)|\bthrow\s+new\s+\w*(?:NotSupported|NotImplemented)\w*"
)


def without_comments(path: str, text: str) -> str:
    """The text with its comments blank, positions and lines kept; the ending of the path tells the language."""
    style = _STYLES.get(PurePosixPath(path).suffix.lower(), _SLASHES)
    return style.sub(_blank, text)


def losses(code: str) -> Iterator[Loss]:
    """What a text without comments destroys, one a line and kind, in order."""
    breaks = [match.start() for match in re.finditer("\n", code)]
    found: dict[tuple[int, str], Loss] = {}
    for position, what in sorted(_all(code)):
        found.setdefault((bisect(breaks, position), what), (position, what))
        if len(found) >= _MOST:
            break
    yield from found.values()


def gives_up(code: str) -> int:
    """Where a text says that there is no way back, -1 where it doesn't."""
    match = _GIVES_UP.search(code)
    return match.start() if match else -1


def _all(code: str) -> Iterator[Loss]:
    for pattern, what in _PATTERNS:
        yield from ((match.start(), what) for match in pattern.finditer(code))
    for match in _SHORT_DROP.finditer(code):
        if match.group(1).casefold() not in _NO_COLUMN:
            yield match.start(1), "drops a column"


def _blank(match: re.Match[str]) -> str:
    found = match.group()
    return re.sub(r"[^\n]", " ", found) if match.group("comment") is not None else found
