"""Which conflicts of a backport branch nobody has resolved yet, told from the index stages that were recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from adapters.git import names
from adapters.git.run import Access
from adapters.git.scratch import Entry, Scratch, needs_sha256, scratch
from adapters.git.three_way import is_blob
from domain.errors import UnreadableInputError
from domain.picks import KEEP_TRAILER, ConflictedFile, ResolutionRequest

#: git writes seven characters, or as many as the attribute `conflict-marker-size` says; a middle line is often a title.
_MARKER = re.compile(rb"^(?:<{7,}|>{7,}|\|{7,})(?: .*)?$", re.MULTILINE)
#: A person resolves a backport in a few commits; what lies further back isn't looked at.
_COMMITS = 50


def unresolved(access: Access, request: ResolutionRequest) -> Sequence[ConflictedFile]:
    """The conflicted files that still need a person.

    A file is unresolved while it is what we committed, or holds markers that none of the sides has. Where what we
    committed is what the person wants (the target's version of a binary file), a later commit's message says so in a
    line "Conflict-kept: PATH"; a file with markers can't be kept.

    Raises:
        NotFoundError: the repository doesn't exist, or we may not see it.
        UnreadableInputError: the commit can't be had.
        GitError: trouble that another try may mend.
    """
    with scratch(access, needs_sha256([request.head_oid])) as place:
        place.fetch([names.oid(request.head_oid)], depth=1)
        head = place.commits([request.head_oid]).get(request.head_oid)
        if head is None:
            raise UnreadableInputError(f"{request.head_oid} is no commit of the repository")
        return _Check(place, head.tree, request).unresolved()


@dataclass(frozen=True, slots=True)
class _Check:
    place: Scratch
    tree: str
    request: ResolutionRequest

    def unresolved(self) -> Sequence[ConflictedFile]:
        files = self.request.conflicts
        now = self.place.entries(self.tree, [file.path for file in files])
        untouched = {file.path for file in files if _told(now.get(file.path)) == file.committed}
        untouched |= self._moved({file.path: file.committed for file in files if file.path not in now})
        marked = self._marked([file for file in files if file.path not in untouched], now)
        kept = self._kept() if any(file.path in untouched and not file.has_markers for file in files) else frozenset()
        return [
            file
            for file in files
            if file.path in marked or (file.path in untouched and (file.has_markers or file.path not in kept))
        ]

    def _moved(self, gone: Mapping[str, str]) -> set[str]:
        """The paths whose contents, as we committed them, only lie elsewhere now."""
        wanted = {committed for committed in gone.values() if committed}
        if not wanted:
            return set()
        everything = self.place.differing(self.place.empty_tree, self.tree)
        there = {_told(entry) for _, entry in everything.values()} & wanted
        return {path for path, committed in gone.items() if committed in there}

    def _marked(self, files: Iterable[ConflictedFile], now: Mapping[str, Entry]) -> set[str]:
        changed = {file.path: file for file in files if file.path in now and is_blob(now[file.path])}
        sides = {path: [stage.split(" ")[2] for stage in _blobs(file.stages)] for path, file in changed.items()}
        oids = {now[path].oid for path in changed} | {oid for stages in sides.values() for oid in stages}
        self.place.fetch_contents([*oids])
        contents = self.place.contents([*oids])
        return {
            path
            for path in changed
            if _markers(contents[now[path].oid]) - set().union(*(_markers(contents[oid]) for oid in sides[path]))
        }

    def _kept(self) -> frozenset[str]:
        """The paths that later commits say to keep."""
        self.place.fetch_history([self.request.head_oid], depth=_COMMITS)
        at, found = self.request.head_oid, set[str]()
        for _ in range(_COMMITS):
            commit = self.place.commits([at]).get(at) if at and at != self.request.commit else None
            if commit is None:
                break
            lines = commit.message.splitlines()
            found |= {line.removeprefix(KEEP_TRAILER).strip() for line in lines if line.startswith(KEEP_TRAILER)}
            at = commit.parents[0] if commit.parents else ""
        return frozenset(found)


def _told(entry: Entry | None) -> str:
    return f"{entry.mode} {entry.oid}" if entry else ""


def _blobs(stages: Iterable[str]) -> Iterable[str]:
    return (stage for stage in stages if not stage.split(" ")[1].startswith("16"))


def _markers(raw: bytes) -> set[bytes]:
    return set(_MARKER.findall(raw.replace(b"\r\n", b"\n")))
