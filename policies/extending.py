"""A policy file on top of another: what it says itself counts, what it extends says the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

import re2
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from domain.errors import FileProblem, PolicyFileError
from domain.pull_request import PolicyFile
from policies import presets, yaml_text
from policies.yaml_faults import quoted
from policies.yaml_text import Entry, Items, Node, Place, Scalar, Section

EXTENDS = "extends"

#: Where a policy file lives in a repository, and what `extends: owner/repo` means.
POLICY_FILE = ".github/hotfix.yml"

#: How deep sections are merged key by key; below, what the file says replaces what the other says.
_DEPTHS = {"triggers": 1, "production": 1, "roles": 1, "severities": 2, "policies": 2, "backport": 1, "override": 1}

#: `owner/repo:path@ref`. Only what is named like YAML is read: any file of another repository is too much.
_REMOTE = re2.compile(
    r"(?P<repository>[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100})"
    r"(?::(?P<path>[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*\.ya?ml))?"
    r"(?:@(?P<ref>[A-Za-z0-9][A-Za-z0-9._/-]{0,200}))?"
)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A policy file of another repository, as `extends` names it; `ref` is "" for the default branch."""

    repository: str
    path: str = POLICY_FILE
    ref: str = ""

    def __str__(self) -> str:
        """The form of the policy file, `owner/repo:path@ref`."""
        return f"{self.repository}:{self.path}" + (f"@{self.ref}" if self.ref else "")

    @property
    def owner(self) -> str:
        """The account that the repository belongs to."""
        return self.repository.partition("/")[0]


def remote(text: str) -> RemoteFile | None:
    """The file that `owner/repo:path@ref` names; None where the text has another form."""
    found = _REMOTE.fullmatch(text)
    if found is None:
        return None
    return RemoteFile(found["repository"], found["path"] or POLICY_FILE, found["ref"] or "")


def extended_file(file: PolicyFile | None) -> RemoteFile | None:
    """The file of another repository that a policy file extends; None where it extends none."""
    if file is None or file.text is None:
        return None
    node, _ = yaml_text.parse(file.text)
    return remote(_named(node)) if isinstance(node, Section) else None


def extended(document: Section, file: PolicyFile) -> tuple[Section, tuple[FileProblem, ...]]:
    """The document with what it extends below it, and the faults of that.

    A document that names no preset, and no file in its right form, stays as it is. A fault in what a preset adds (a
    role that it asks for and nobody defines) is told at the line of `extends`, one in a file where it is.

    Raises:
        PolicyFileError: the file that it extends can't be read as one.
    """
    named = _named(document)
    if remote(named) is None:
        return _on_preset(document), ()
    below, problems = _base(file)
    return _merged(document, below, None), problems


def _named(document: Section) -> str:
    entry = document.entry(EXTENDS)
    value = entry.value.value if entry is not None and isinstance(entry.value, Scalar) else None
    return value if isinstance(value, str) else ""


def _on_preset(document: Section) -> Section:
    entry = document.entry(EXTENDS)
    if entry is None or _named(document) not in presets.names():
        return document
    preset, problems = yaml_text.parse(presets.text(_named(document)))
    assert isinstance(preset, Section) and not problems  # noqa: S101, PT018 - a test reads every preset
    return _merged(document, _moved(preset, lambda _: entry.value.place), None)


def _base(file: PolicyFile) -> tuple[Section, tuple[FileProblem, ...]]:
    """The document that a file extends, without its own `extends`."""
    base = file.base or PolicyFile(None, "", problem="the file that it extends wasn't read", source="")
    if base.text is None:
        why = base.problem or "this is no text file (or too large to be read)"
        raise PolicyFileError(file.source, (FileProblem(why, source=base.source),))
    node, problems = yaml_text.parse(base.text)
    told = tuple(replace(problem, source=base.source) for problem in problems)
    if not isinstance(node, Section) or not _is_policy_file(node):
        # Whatever else the file is, its contents are nobody's to quote here.
        no_policy_file = replace(_NO_POLICY_FILE, source=base.source)
        raise PolicyFileError(file.source, told if node is None and told else (no_policy_file,))
    placed = _on_preset(_moved(node, lambda place: replace(place, source=base.source)))
    entries = tuple(entry for entry in placed.entries if entry.key != EXTENDS)
    return replace(placed, entries=entries), (*told, *_above(node, base.source))


_NO_POLICY_FILE = FileProblem("this is no policy file: `version: 1` is missing", 1, 1, "begin it with `version: 1`")


def _is_policy_file(document: Section) -> bool:
    entry = document.entry("version")
    return entry is not None and isinstance(entry.value, Scalar) and entry.value.written == "1"


def _above(document: Section, source: str) -> tuple[FileProblem, ...]:
    """What is wrong with what an extended file extends itself: a preset is fine, another file one level too much."""
    entry, named = document.entry(EXTENDS), _named(document)
    if entry is None or named in presets.names() or yaml_text.plain(entry.value) is None:
        return ()
    place = entry.value.place
    message = f"{quoted(named)} is one level too much: a file that is extended may extend a preset, no other file"
    if remote(named) is None:
        message = f"there is no preset {quoted(named)}"
    return (FileProblem(message, place.line, place.column, "leave it out", source),)


def _merged(own: Section, added: Section, depth: int | None) -> Section:
    """Both sections' keys, those of `added` first, so that severities keep the other's order."""
    kept = [_one(own.entry(entry.key), entry, depth) for entry in added.entries]
    known = {entry.key for entry in added.entries}
    return replace(own, entries=(*kept, *(entry for entry in own.entries if entry.key not in known)))


def _one(own: Entry | None, added: Entry, depth: int | None) -> Entry:
    if own is None or _is_empty(own.value):
        return added
    below = _DEPTHS.get(added.key, 0) if depth is None else depth - 1
    both_are_sections = isinstance(own.value, Section) and isinstance(added.value, Section)
    if below <= 0 or not both_are_sections:
        return own
    assert isinstance(own.value, Section) and isinstance(added.value, Section)  # noqa: S101, PT018 - said just above
    return replace(own, value=_merged(own.value, added.value, below))


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _moved(node: Section, move: Callable[[Place], Place]) -> Section:
    moved = _placed(node, move)
    assert isinstance(moved, Section)  # noqa: S101 - a section stays one
    return moved


def _placed(node: Node, move: Callable[[Place], Place]) -> Node:
    match node:
        case Scalar():
            return replace(node, place=move(node.place))
        case Items():
            return replace(node, place=move(node.place), items=tuple(_placed(item, move) for item in node.items))
        case Section():
            entries = (Entry(entry.key, move(entry.place), _placed(entry.value, move)) for entry in node.entries)
            return Section(move(node.place), tuple(entries))


def _known(named: str) -> str:
    if "/" not in named:
        return presets.known(named)
    if remote(named) is None:
        context = {"named": quoted(named), "remedy": f"write `owner/repo:{POLICY_FILE}@main`"}
        raise PydanticCustomError("remote_file", "{named} names no file of another repository", context)
    return named


#: A preset's name, or a file of another repository.
Extended = Annotated[str, AfterValidator(_known)]
