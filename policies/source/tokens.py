"""Programs compared by their syntax: whether two texts say the same, and which words stand on some lines.

Where whitespace has a meaning (Python's indentation, JavaScript's automatic semicolons, YAML), the grammar makes
another tree of it, so trees are compared and not only their words. Strings are compared letter by letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import re2
from tree_sitter import Node

from policies.source.file_types import Reader, file_type
from policies.source.grammars import Source, ancestors, parse

#: Grammars whose trees tell every meaning of whitespace. Markup and templates show theirs to people, and the grammars
#: of SQL, SCSS, Perl, PowerShell, Groovy and Nix lose some of it.
_LANGUAGES = frozenset(
    """
    Python Starlark JavaScript TypeScript TSX Go Java Kotlin Scala C C++ C# Swift Rust Zig Dart Ruby PHP Lua Elixir
    Haskell Shell CSS Terraform YAML TOML
    """.split()  # noqa: SIM905
) | {"JSON with comments"}
#: Nodes beyond strings below which whitespace may count.
_VERBATIM = frozenset(
    """
    expansion text text_interpolation plain_scalar block_scalar jsx_text heredoc_content line_str_text string
    double_quote_scalar single_quote_scalar
    """.split()  # noqa: SIM905
)
#: Such files parse in a tenth of a second.
_LARGEST = 400_000
_NAME = re2.compile(r"[A-Za-z_$@][A-Za-z_0-9$]*[!?]?")
_CONTINUED = re2.compile(rb"\\?\s+")
_DECLARES = re2.compile(
    r"(?:.*_)?(?:definition|declaration|declarator|parameters?|item|spec|assignment|function|method|class)"
)
_IMPORTS = re2.compile(r".*(?:import|use_|using|include|require|package).*")


@dataclass(frozen=True, slots=True)
class Word:
    """A token of a program.

    Attributes:
        text: as it stands there; a whole string is one token.
        is_name: whether a person has chosen it: a variable, a function, a type, a field.
        declares: whether it stands where a name is declared.
    """

    text: bytes
    is_name: bool
    declares: bool


def read(path: str, text: str) -> Source | None:
    """The syntax tree of a file, None where it can't be told for certain: broken, too large, not a known language."""
    language = _language(path, text)
    if not language or len(text) > _LARGEST:
        return None
    source = parse(language, text.replace("\r\n", "\n"))
    return None if source is None or source.root.has_error else source


def same_program(one: Source, other: Source) -> bool:
    """Whether two files differ by comments and layout alone."""
    stack = [(one.root, other.root)]
    while stack:
        left, right = stack.pop()
        if left.type != right.type:
            return False
        before, after = _text(one, left), _text(other, right)
        if before == after:
            continue
        if _is_whole(one, left) or _gaps(one, left) != _gaps(other, right):
            return False
        olds, news = _parts(one, left), _parts(other, right)
        if len(olds) != len(news) or not olds:
            return False
        stack.extend(zip(olds, news, strict=True))
    return True


def words(source: Source, first: int, last: int) -> Iterator[Word]:
    """The tokens that touch some lines, comments left out.

    Args:
        source: the parsed file.
        first: the first line, counted from 1.
        last: the last line; before `first` where there is none.
    """
    stack: list[tuple[Node, Node | None]] = [(source.root, None)] if first <= last else []
    while stack:
        node, parent = stack.pop()
        if node.end_point.row + 1 < first or node.start_point.row + 1 > last or node.type in source.grammar.comments:
            continue
        if node.child_count and not _is_whole(source, node):
            stack.extend((child, node) for child in reversed(node.children))
        elif _text(source, node).strip():
            yield _word(source, node, parent)


def depth(source: Source, line: int) -> int:
    """How deep the first token of a line stands in the tree; lines count from 1."""
    node = source.root
    text = source.text.split(b"\n")[line - 1] if line <= node.end_point.row + 1 else b""
    offset = sum(len(one) + 1 for one in source.text.split(b"\n")[: line - 1]) + len(text) - len(text.lstrip())
    return len(ancestors(node, offset))


def declaration(source: Source, line: int) -> int:
    """Which part of the file at its outermost level a line stands in, or else above: its first byte, -1 for none."""
    for child in source.root.children:
        if child.type not in source.grammar.comments and child.end_point.row + 1 >= line:
            return child.start_byte
    return -1


def _language(path: str, text: str) -> str:
    kind = file_type(path, text)
    if kind.reader is Reader.NOTHING and path.endswith(".json"):
        return "JSON with comments"
    return kind.name if kind.reader is Reader.GRAMMAR and kind.name in _LANGUAGES else ""


def _word(source: Source, node: Node, parent: Node | None) -> Word:
    text = _text(source, node)
    is_quoted = node.type in source.grammar.strings or node.type in _VERBATIM
    is_name = node.is_named and not is_quoted and _NAME.fullmatch(text.decode("utf-8", "replace")) is not None
    around = parent.type if parent else ""
    declares = is_name and _DECLARES.fullmatch(around) is not None and _IMPORTS.fullmatch(around) is None
    return Word(text, is_name, declares)


def _text(source: Source, node: Node) -> bytes:
    return source.text[node.start_byte : node.end_byte]


def _is_whole(source: Source, node: Node) -> bool:
    return not node.child_count or node.type in source.grammar.strings or node.type in _VERBATIM


def _parts(source: Source, node: Node) -> list[Node]:
    return [one for one in node.children if one.type not in source.grammar.comments and _text(source, one).strip()]


def _gaps(source: Source, node: Node) -> bytes:
    """What stands between the parts of a node: some grammars give no node to what they read."""
    found, last = [], node.start_byte
    for child in node.children:
        found.append(source.text[last : child.start_byte])
        last = max(last, child.end_byte)
    found.append(source.text[last : node.end_byte])
    return bytes(_CONTINUED.sub(b"", b"".join(found)))
