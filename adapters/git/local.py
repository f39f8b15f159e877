"""A repository on this machine, read the way GitHub would read it, whatever its configuration says.

Nothing is ever fetched here: a configuration that came with a repository could name a program as transport.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from adapters.git.branch_points import branch_point
from adapters.git.contents import read_blobs
from adapters.git.desk import nearest, read_desk
from adapters.git.evidence import OneShot, gather
from adapters.git.faults import ForeignRepositoryError
from adapters.git.history import commits_between
from adapters.git.reverting import prove_locally
from adapters.git.run import Done, Git
from adapters.git.trust import is_trusted
from adapters.git.uncommitted import with_uncommitted
from domain.change import Change, Content, Needs
from domain.desk import Base, Desk
from domain.errors import UnreadableInputError
from domain.pull_request import PolicyFile
from domain.revert import RevertProof

_SHORT = 7
_FILES = Needs(files=True)


class LocalRepository:
    """A repository in a folder: with a working tree, a linked one, or bare.

    Args:
        path: the folder, or one inside it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._git = Git(path)
        self._known: set[str] = set()

    def resolve(self, revision: str) -> str:
        """The commit that a revision names.

        Raises:
            UnreadableInputError: this is no repository, or has no such revision.
        """
        return self._resolve(revision)[0]

    def resolve_both(self, base: str, head: str) -> tuple[str, str]:
        """The commits that two revisions name, asked for at once.

        Raises:
            UnreadableInputError: this is no repository, or has no such revision.
        """
        base_oid, head_oid = self._resolve(base, head)
        return base_oid, head_oid

    def desk(self) -> Desk:
        """The branch that is checked out, and the branches around it.

        Raises:
            UnreadableInputError: this is no repository that may be read.
        """
        head = self._open("symbolic-ref", "--quiet", "HEAD", codes=(0, 1)).text
        read = read_desk(self._git, head)
        self._known.update((*read.local.values(), *read.remote_branches.values(), *filter(None, (read.head_oid,))))
        return read

    def nearest(self, head: str, bases: Sequence[Base]) -> Base:
        """That of some branches from which head grew most lately, the first among equals."""
        return bases[nearest(self._git, head, [base.oid for base in bases])]

    def take_uncommitted(self, head: str, folder: Path, *, staged_alone: bool = False) -> str:
        """A commit on head that holds the uncommitted changes too; nothing is written to the repository.

        Args:
            head: the commit that is checked out.
            folder: an empty folder that has to stay for as long as this repository is read.
            staged_alone: leave out what isn't staged.

        Raises:
            UnreadableInputError: there is no working tree, or git can't read it.
        """
        self._git, oid = with_uncommitted(self._git, head, folder, staged_alone=staged_alone)
        self._known.add(oid)
        return oid

    def merge_base(self, base: str, head: str) -> str:
        """The commit that head grew from; of several the one that `git merge-base` names, as GitHub's comparison does.

        Raises:
            UnreadableInputError: there is none, or a shallow clone doesn't hold it.
        """
        base_oid, head_oid = self._resolve(base, head)
        return self._common(base_oid, head_oid, f"{base} and {head}")

    def change(self, base: str, head: str, needs: Needs = _FILES) -> Change:
        """What head changes since it grew from base, with both sides of each file.

        Args:
            base: the revision that the change is proposed for.
            head: the revision under judgement.
            needs: what else is asked for; what GitHub alone knows stays empty.

        Raises:
            UnreadableInputError: a revision or the history between them can't be read.
        """
        base_oid, head_oid = self._resolve(base, head)
        grown_from = self._common(base_oid, head_oid, f"{base} and {head}")
        evidence = gather(OneShot(self._git), grown_from, head_oid, tuple(needs.other_paths))
        evidence = replace(evidence, at_base=self._files(base_oid, needs.base_paths))
        if needs.branch_point or needs.other_branches:
            point = branch_point(self._git, (base_oid, head_oid), grown_from, needs.other_branches)
            evidence = replace(evidence, branch_point=point)
        return Change(base_oid, head_oid, evidence, commits=commits_between(self._git, base_oid, head_oid))

    def reverted(self, base: str, head: str, oids: Sequence[str]) -> RevertProof:
        """Whether head is the exact inverse of commits that base held where head grew from it.

        Args:
            base: the revision that the change is proposed for.
            head: the revision under judgement.
            oids: the full ids of the commits that the change says it reverts, in its order.

        Raises:
            UnreadableInputError: a revision or the history between them can't be read.
        """
        base_oid, head_oid = self._resolve(base, head)
        return prove_locally(self._git, self._common(base_oid, head_oid, f"{base} and {head}"), head_oid, oids)

    def git(self) -> Git:
        """How git runs in this repository, for what reads more than one change.

        Raises:
            UnreadableInputError: this is no repository that may be read.
        """
        self._open("rev-parse", "--git-dir")
        return self._git

    def top_folder(self) -> Path | None:
        """The top folder of the working tree, None for a bare repository.

        Raises:
            UnreadableInputError: this is no repository that may be read.
        """
        done = self.git().run("rev-parse", "--show-toplevel", codes=(0, 128))
        return None if done.code else Path(os.fsdecode(done.stdout.rstrip(b"\n")))

    def private_file(self, name: str) -> Path:
        """The path of a file in git's own folder, which is never committed; it need not be there."""
        return self._path / os.fsdecode(self.git().run("rev-parse", "--git-path", name).stdout.rstrip(b"\n"))

    def policy_file(self, revision: str, path: str) -> PolicyFile | None:
        """A file as it stands at a revision, with the commit that brought it; None where there is none.

        Raises:
            UnreadableInputError: there is no such revision.
        """
        commit = self.resolve(revision)
        side = OneShot(self._git).sides(commit, [path]).get(path)
        if side is None:
            return None
        content = read_blobs(self._git, [side]).content(side)
        short = commit[:_SHORT]
        source = f"{path} at {short}" if revision == commit else f"{path} at {revision} ({short})"
        return PolicyFile(content.text if content else None, side.oid, self._brought_by(commit, path), source)

    def _files(self, commit: str, paths: Iterable[str]) -> Mapping[str, Content | None]:
        """Files at a commit, None where one doesn't exist."""
        wanted = sorted(paths)
        sides = OneShot(self._git).sides(commit, wanted)
        blobs = read_blobs(self._git, sides.values())
        return MappingProxyType({path: blobs.content(sides.get(path)) for path in wanted})

    def _resolve(self, *revisions: str) -> list[str]:
        """The commits that revisions name, all asked for in one process and never as arguments."""
        if self._known.issuperset(revisions):
            return list(revisions)
        for revision in revisions:
            if not revision.isprintable() or not revision:
                raise UnreadableInputError(f"{revision[:60]!r} is no revision")
        stdin = "".join(f"{revision}^{{commit}}\n" for revision in revisions).encode("utf-8", "surrogateescape")
        lines = self._open("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=stdin).text.splitlines()
        for revision, line in zip(revisions, lines, strict=True):
            if not line.endswith(" commit"):
                raise UnreadableInputError(f"the repository has no revision {revision}")
        found = [line.partition(" ")[0] for line in lines]
        self._known.update(found)
        return found

    def _open(self, *arguments: str, stdin: bytes = b"", codes: tuple[int, ...] = (0,)) -> Done:
        """Run the first command of a deed; it finds out whether there is a repository that may be read."""
        if not self._path.is_dir():
            raise UnreadableInputError(f"{self._path} is no folder")
        try:
            return self._git.run(*arguments, stdin=stdin, codes=codes)
        except ForeignRepositoryError:
            if not is_trusted(self._path):
                raise
            self._git = replace(self._git, settings={"safe.directory": "*"})
            return self._git.run(*arguments, stdin=stdin, codes=codes)

    def _common(self, base: str, head: str, called: str) -> str:
        if found := self._git.run("merge-base", base, head, codes=(0, 1)).text:
            return found
        if self._git.run("rev-parse", "--is-shallow-repository").text == "true":
            raise UnreadableInputError(
                f"{called} meet outside this shallow clone: git fetch --unshallow gets the history"
            )
        raise UnreadableInputError(f"{called} share no history")

    def _brought_by(self, commit: str, path: str) -> str:
        """The newest commit that touched a file, "" where a shallow clone ends before it can be told."""
        newest = self._git.run("rev-list", "--max-count=1", commit, "--", f":(top,literal){path}").text
        ends = self._path / self._git.run("rev-parse", "--git-path", "shallow").text
        return "" if ends.is_file() and newest in ends.read_text().split() else newest
