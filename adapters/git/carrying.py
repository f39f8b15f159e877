"""Carrying commits onto another one inside a throwaway repository: merges, markers, commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.git.commits import RawCommit, format_commit, picked, picked_message, signature, signed_off
from adapters.git.merging import Merged
from adapters.git.scratch import Entry, Scratch
from adapters.git.three_way import is_blob, merge_trees
from domain.errors import UnreadableInputError
from domain.picks import ConflictedFile, ConflictKind, Pick, PickedCommit, PickOutcome, PickResult
from domain.pull_request import Signature

#: What git abbreviates to in a repository of some hundred thousand objects ("core.abbrev"); ours holds but a few.
_ABBREVIATED = 10
_LFS = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class Labels:
    """What a person reads after the conflict markers.

    Attributes:
        ours: the target's name.
        theirs: the hotfix's; "" for that of the commit that is picked, as `git cherry-pick` writes it.
    """

    ours: str
    theirs: str

    def of(self, commit: RawCommit) -> str:
        """The name of the side of a commit."""
        subject = commit.message.lstrip("\n").partition("\n")[0]
        return self.theirs or f"{commit.oid[:_ABBREVIATED]} ({subject})"


@dataclass(frozen=True, slots=True)
class Carrier:
    """Picks commits that a throwaway repository holds.

    Attributes:
        commits: the commits to pick and their parents, by object id.
        committer: who commits what is picked; authors and their dates stay.
        signoff: whether the committer signs each commit off.
    """

    place: Scratch
    commits: Mapping[str, RawCommit]
    labels: Labels
    committer: Signature
    signoff: bool = False

    def carry(self, picks: Sequence[Pick], onto: RawCommit) -> PickResult:
        """Pick commits one on top of the other, until one conflicts.

        The same picks on the same commit give the same object ids, whenever and wherever that is done: nothing of the
        clock goes in. A branch can so be proven to hold what we put there and nothing else.
        """
        tip, made = onto, list[PickedCommit]()
        for place, pick in enumerate(picks):
            tree, conflicts = self._merge(tip.tree, pick)
            if tree == tip.tree and not conflicts:
                continue
            tip = self._commit(tree, tip, self.commits[pick.oid])
            made.append(picked(tip, pick.oid))
            if conflicts:
                remaining = tuple(later.oid for later in picks[place + 1 :])
                stopped = PickResult(PickOutcome.CONFLICT, onto.oid, tip.oid, tip.tree, conflicts, remaining)
                return replace(stopped, stopped_at=pick.oid, picked=tuple(made))
        outcome = PickOutcome.CLEAN if made else PickOutcome.EMPTY
        return PickResult(outcome, onto.oid, tip.oid, tip.tree, picked=tuple(made))

    def _commit(self, tree: str, parent: RawCommit, origin: RawCommit) -> RawCommit:
        at = max(parent.committed, origin.committed)
        message = picked_message(origin.message, origin.oid)
        if self.signoff:
            message = signed_off(message, self.committer)
        raw = format_commit(tree, (parent.oid,), origin.author, signature(self.committer, at), message)
        return RawCommit.parse(self.place.write("commit", raw), raw)

    def _merge(self, onto_tree: str, pick: Pick) -> tuple[str, tuple[ConflictedFile, ...]]:
        commit = self.commits[pick.oid]
        base_tree = self._base_tree(commit, pick.mainline)
        tried = merge_trees(self.place, base_tree, onto_tree, commit.tree)
        if tried.merged.clean:
            return tried.merged.tree, ()
        labels = {tried.ours: self.labels.ours, tried.theirs: self.labels.of(commit)}
        return Conflict(self.place, tried.merged, labels).settle()

    def _base_tree(self, commit: RawCommit, mainline: int) -> str:
        if not commit.parents:
            return self.place.empty_tree
        if not 1 <= mainline <= len(commit.parents):
            raise UnreadableInputError(f"{commit.oid} has {len(commit.parents)} parents, so no mainline {mainline}")
        return self.commits[commit.parents[mainline - 1]].tree


@dataclass(frozen=True, slots=True)
class Conflict:
    """A merge that a person must finish.

    Attributes:
        labels: for the name that git labelled each side by, what a person should read. The names occur nowhere else,
            so a file that holds one holds markers of this very merge.
    """

    place: Scratch
    merged: Merged
    labels: Mapping[str, str]

    def settle(self) -> tuple[str, tuple[ConflictedFile, ...]]:
        """The tree to commit, with readable labels and whole LFS pointers, and the conflicted files."""
        kinds = self.merged.conflicted()
        entries = self.place.entries(self.merged.tree, list(kinds))
        marked = self._marked(entries)
        pointers = self._pointers(marked)
        edits: dict[str, Entry | None] = {path: self._relabelled(entries[path], raw) for path, raw in marked.items()}
        edits |= pointers
        names = {path: self._readable(path) for path in kinds}
        for path in [path for path in entries if names[path] != path]:
            edits |= {names[path]: edits.get(path) or entries[path], path: None}
        tree = self.place.edit(self.merged.tree, edits) if edits else self.merged.tree
        lying = self.place.entries(tree, list(names.values()))
        found = [
            self._told(path, ConflictKind.LFS if path in pointers else kind, lying.get(names[path]))
            for path, kind in kinds.items()
        ]
        told = [
            replace(file, path=names[file.path], has_markers=file.path in marked and file.path not in pointers)
            for file in found
        ]
        return tree, tuple(sorted(told, key=lambda file: file.path))

    def _told(self, path: str, kind: ConflictKind, lying: Entry | None) -> ConflictedFile:
        sides = sorted(self.merged.stages.get(path, {}).items())
        stages = tuple(f"{number} {stage.mode} {stage.oid}" for number, stage in sides)
        return ConflictedFile(path, kind, False, f"{lying.mode} {lying.oid}" if lying else "", stages)

    def _marked(self, entries: Mapping[str, Entry]) -> dict[str, bytes]:
        """The files that hold markers of this merge; a file that git took over whole from one side holds none."""
        stages = self.merged.stages
        made = {
            path: entry.oid
            for path, entry in entries.items()
            if is_blob(entry) and entry.oid not in {stage.oid for stage in stages.get(path, {}).values()}
        }
        contents = self.place.contents(list(made.values()))
        names = [name.encode() for name in self.labels]
        return {path: contents[oid] for path, oid in made.items() if any(name in contents[oid] for name in names)}

    def _pointers(self, marked: Mapping[str, bytes]) -> dict[str, Entry]:
        """Git LFS pointers among them: markers would corrupt them, so the target's version stays."""
        sides = {path: self.merged.stages.get(path, {}) for path in marked}
        contents = self.place.contents([stage.oid for stages in sides.values() for stage in stages.values()])
        return {
            path: Entry(stages[2].mode, stages[2].oid)
            for path, stages in sides.items()
            if 2 in stages and any(contents[stage.oid].startswith(_LFS) for stage in stages.values())  # noqa: PLR2004
        }

    def _relabelled(self, entry: Entry, raw: bytes) -> Entry:
        for name, label in self.labels.items():
            raw = raw.replace(name.encode(), label.encode("utf-8", "surrogateescape"))
        return Entry(entry.mode, self.place.write("blob", raw))

    def _readable(self, path: str) -> str:
        """The path without our names: where a file and a folder want one name, git moves the file to "name~side"."""
        for name, label in self.labels.items():
            if f"~{name}" in path:
                wanted = path.replace(name, label.replace("/", "_"))
                taken = self.place.entries(self.merged.tree, [wanted])
                return f"{wanted}_0" if taken else wanted
        return path
