"""The policy file's text as nodes that know their places.

YAML is read event by event, never composed or constructed: depth, size and aliases are bounded before anything is
built, and no tag ever makes an object. Plain words get their types from YAML 1.2's core schema ("10.3.2. Tag
Resolution"), not from 1.1: `no`, `on`, `yes` and `off` are text, so a label may be called `no` and a level `off`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import re2
import yaml

from domain.errors import FileProblem
from policies import yaml_faults

#: Caps that no policy file written by a person comes near; what lies above is refused before it costs anything.
MAX_BYTES = 64 * 1024
MAX_DEPTH = 20
MAX_NODES = 10_000

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re2.compile(r"[^\t\n\r\x20-\x7e\x{85}\x{a0}-\x{d7ff}\x{e000}-\x{fffd}\x{10000}-\x{10ffff}]")
_INTEGER = re2.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
#: Fractions, and integers beyond 64 bits: no setting takes either.
_FLOAT = re2.compile(r"[-+]?[0-9]{1,18}\.[0-9]{0,18}|[-+]?[1-9][0-9]{18,}")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_STANDARD = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset({"!", f"{_STANDARD}str"})


@dataclass(frozen=True, slots=True)
class Place:
    """A 1-based line and column; `source` names the file where it is another one than the one being read."""

    line: int
    column: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value; `written` is its text as it stands in the file."""

    place: Place
    value: str | int | float | bool | None
    written: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value. Keys are text as written, whatever type YAML would give them."""

    key: str
    place: Place
    value: Node


@dataclass(frozen=True, slots=True)
class Section:
    """Keys and values; a key that came twice stands here once, as its first."""

    place: Place
    entries: tuple[Entry, ...]

    def entry(self, key: str) -> Entry | None:
        """The entry of a key, None where there is none."""
        return next((entry for entry in self.entries if entry.key == key), None)


Node = Scalar | Items | Section


class UnreadableYamlError(Exception):
    """The text stops being YAML that we accept at this problem; nothing after it was read."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def parse(text: str) -> tuple[Node | None, tuple[FileProblem, ...]]:
    """Read one YAML document.

    Returns:
        The document, None where there is none or where reading had to stop, and the problems found.
    """
    reader = _Reader()
    try:
        _refuse_unreadable(text)
        node = reader.document(yaml.parse(text.removeprefix("\ufeff"), Loader=_LOADER))
    except yaml.YAMLError as error:
        return None, (*reader.problems, yaml_faults.problem(error, text))
    except UnreadableYamlError as error:
        return None, (*reader.problems, error.problem)
    return node, tuple(reader.problems)


def plain(node: Node) -> object:
    """The node as plain data: dicts, lists and scalars."""
    match node:
        case Scalar():
            return node.value
        case Items():
            return [plain(item) for item in node.items]
        case Section():
            return {entry.key: plain(entry.value) for entry in node.entries}


def find(node: Node, path: tuple[str | int, ...]) -> Node | None:
    """The node at a path of keys and indexes, None where nothing is there."""
    found: Node | None = node
    for step in path:
        if isinstance(found, Section) and (entry := found.entry(str(step))):
            found = entry.value
        elif isinstance(found, Items) and isinstance(step, int) and step < len(found.items):
            found = found.items[step]
        else:
            return None
    return found


def _refuse_unreadable(text: str) -> None:
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise UnreadableYamlError(FileProblem(f"the file is larger than {MAX_BYTES // 1024} KB"))
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        # Lone surrogates can't be handed to re2, which wants UTF-8.
        found = next((at for at, char in enumerate(line) if not _printable(char)), None)
        if found is not None:
            message = f"the character U+{ord(line[found]):04X} is not allowed in YAML"
            raise UnreadableYamlError(FileProblem(message, number, found + 1, "remove it"))


def _printable(char: str) -> bool:
    return " " <= char <= "~" or (not "\ud800" <= char <= "\udfff" and not _UNPRINTABLE.search(char))


@dataclass(frozen=True, slots=True)
class _Anchored:
    node: Node
    size: int
    height: int


@dataclass(slots=True)
class _Reader:
    problems: list[FileProblem] = field(default_factory=list)
    anchors: dict[str, _Anchored] = field(default_factory=dict)
    size: int = 0
    deepest: int = 0

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        node: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and node is not None:
                message = "a second document begins here, and a policy file is one document"
                raise UnreadableYamlError(
                    _problem(event, message, "remove this `---` and what follows, or join the two")
                )
            if isinstance(event, yaml.NodeEvent):
                node = self._node(event, events, 1)
        return node

    def _node(self, event: yaml.NodeEvent, events: Iterator[yaml.Event], depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        self._count(event, 1, depth)
        size, outer = self.size, self.deepest
        self.deepest = depth
        node = self._tagged(event, events, depth)
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(node, self.size - size + 1, self.deepest - depth)
        self.deepest = max(self.deepest, outer)
        return node

    def _tagged(self, event: yaml.NodeEvent, events: Iterator[yaml.Event], depth: int) -> Node:
        tag = getattr(event, "tag", None)
        if tag and tag not in _TEXT_TAGS:
            self.problems.append(
                _problem(
                    event, f"the tag {yaml_faults.quoted(tag.replace(_STANDARD, '!!'))} is not supported", "remove it"
                )
            )
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(_place(event), tuple(self._children(events, depth)))
        if isinstance(event, yaml.MappingStartEvent):
            return Section(_place(event), self._entries(events, depth))
        assert isinstance(event, yaml.ScalarEvent)  # noqa: S101 - the last kind of node that YAML has
        return _scalar(event)

    def _alias(self, event: yaml.AliasEvent, depth: int) -> Node:
        known = self.anchors.get(event.anchor or "")
        if known is None:
            message = f"the alias *{event.anchor} has no anchor &{event.anchor} that ends before it"
            raise UnreadableYamlError(_problem(event, message, "write the value out"))
        self._count(event, known.size, depth + known.height)
        self.deepest = max(self.deepest, depth + known.height)
        return replace(known.node, place=_place(event))

    def _count(self, event: yaml.Event, size: int, depth: int) -> None:
        self.size += size
        if depth > MAX_DEPTH:
            raise UnreadableYamlError(_problem(event, f"the file is nested more than {MAX_DEPTH} levels deep", ""))
        if self.size > MAX_NODES:
            raise UnreadableYamlError(_problem(event, f"the file holds more than {MAX_NODES} values", ""))

    def _children(self, events: Iterator[yaml.Event], depth: int) -> Iterator[Node]:
        for event in events:
            if not isinstance(event, yaml.NodeEvent):
                return
            yield self._node(event, events, depth + 1)

    def _entries(self, events: Iterator[yaml.Event], depth: int) -> tuple[Entry, ...]:
        entries: dict[str, Entry] = {}
        children = self._children(events, depth)
        for key_node, value in zip(children, children, strict=True):
            key = self._key(key_node)
            if key in entries:
                message = f"the key {yaml_faults.quoted(key)} stands here a second time"
                first = f"keep one of the two (the first is on line {entries[key].place.line})"
                self.problems.append(FileProblem(message, key_node.place.line, key_node.place.column, first))
            elif key is not None:
                entries[key] = Entry(key, key_node.place, value)
        return tuple(entries.values())

    def _key(self, node: Node) -> str | None:
        at = (node.place.line, node.place.column)
        if not isinstance(node, Scalar):
            self.problems.append(FileProblem("a key must be text, not a list or a mapping", *at))
        elif node.written == "<<":
            self.problems.append(
                FileProblem("merge keys (`<<`) are not supported", *at, "write the merged keys out, or use aliases")
            )
        elif not node.written:
            self.problems.append(FileProblem("a key is missing before this colon", *at))
        else:
            return node.written
        return None


def _scalar(event: yaml.ScalarEvent) -> Scalar:
    text: str = event.value
    is_plain = event.style is None or not event.style.strip("\0")
    if event.tag or not (is_plain and event.implicit[0]):
        return Scalar(_place(event), text, text)
    return Scalar(_place(event), _resolve(text), text)


def _resolve(text: str) -> str | int | float | bool | None:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)


def _problem(event: yaml.Event, message: str, remedy: str) -> FileProblem:
    place = _place(event)
    return FileProblem(message, place.line, place.column, remedy)
