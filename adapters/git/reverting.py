"""The proof that a change is the exact inverse of commits: what git makes of taking them back is what head holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.git import names
from adapters.git.commits import RawCommit
from adapters.git.run import Access, Git
from adapters.git.scratch import Scratch, beside, needs_sha256, scratch
from adapters.git.three_way import merge_trees
from domain.errors import UnreadableInputError
from domain.revert import Ancestry, OnBase, RevertProof, RevertRequest, not_on_base, orders

_SHORT = 7
_NAMED_PATHS = 3
_NOT_AN_ANCESTOR = 1


def prove_remotely(access: Access, request: RevertRequest) -> RevertProof:
    """Prove a revert on a remote repository by one shallow fetch; nothing is left behind on this machine.

    Args:
        access: the remote repository.
        request: the change, with commits that are known to be on base.

    Raises:
        NotFoundError: the repository doesn't exist, or we may not see it.
        UnreadableInputError: a commit can't be had.
        GitError: trouble that another try may mend.
    """
    oids = [commit.oid for commit in request.commits]
    parents = [commit.parent for commit in request.commits if commit.parent]
    wants = [names.oid(oid) for oid in dict.fromkeys((request.merge_base, request.head_oid, *oids, *parents))]
    with scratch(access, needs_sha256(wants)) as place:
        place.fetch(wants, depth=1)
        return _prove(place, request)


def prove_locally(git: Git, merge_base: str, head_oid: str, oids: Sequence[str]) -> RevertProof:
    """Prove a revert in a local repository.

    The merges are made in a throwaway repository that borrows its objects, so that neither its configuration, which
    could name a program as merge driver, nor the attributes that lie in its working tree have a say.

    Args:
        git: how git runs in the repository.
        merge_base: the commit that head grew from.
        head_oid: the commit under judgement.
        oids: the commits that the change says it reverts, in its order.

    Raises:
        UnreadableInputError: the repository lacks objects.
        GitError: git failed, or passed a limit.
    """
    ancestry = _ancestry(git, merge_base, oids)
    if ancestry.elsewhere or not ancestry.on_base:
        return not_on_base(ancestry.elsewhere) if ancestry.elsewhere else RevertProof()
    objects = git.folder / git.run("rev-parse", "--git-path", "objects").stdout.decode("utf-8", "surrogateescape")[:-1]
    with beside(Path(objects).resolve(), needs_sha256([head_oid])) as place:
        return _prove(place, RevertRequest("", merge_base, head_oid, ancestry.on_base))


def _ancestry(git: Git, merge_base: str, oids: Sequence[str]) -> Ancestry:
    found = [_on_base(git, merge_base, names.oid(oid)) for oid in oids]
    elsewhere = tuple(oid for oid, each in zip(oids, found, strict=True) if each is None)
    return Ancestry(merge_base, tuple(each for each in found if each), elsewhere)


def _on_base(git: Git, merge_base: str, oid: str) -> OnBase | None:
    kind = git.run("cat-file", "--batch-check=%(objecttype)", stdin=f"{oid}\n".encode()).text
    if kind != "commit":
        return None
    if git.run("merge-base", "--is-ancestor", oid, merge_base, codes=(0, _NOT_AN_ANCESTOR)).code:
        return None
    newer = int(git.run("rev-list", "--count", f"^{oid}", merge_base, "--").text)
    # As it is stored: where a shallow clone ends, git itself shows no parents.
    parents = RawCommit.parse(oid, git.run("cat-file", "commit", oid).stdout).parents
    return OnBase(oid, parents[0] if parents else "", newer)


def _prove(place: Scratch, request: RevertRequest) -> RevertProof:
    parents = [commit.parent for commit in request.commits if commit.parent]
    asked = [request.merge_base, request.head_oid, *(commit.oid for commit in request.commits), *parents]
    commits = place.commits(asked)
    if missing := [oid for oid in asked if oid not in commits]:
        raise UnreadableInputError(f"the commit {missing[0]} is not here; a shallow clone needs: git fetch --unshallow")
    for commit in request.commits:
        if commits[commit.oid].parents[:1] != ((commit.parent,) if commit.parent else ()):
            raise UnreadableInputError(f"{commit.oid} has another first parent than was told")
    attempt = _Attempt(place, commits, request)
    proofs = []
    for order in orders(request.commits):
        proofs.append(attempt.take_back(order))
        if proofs[-1].reverted:
            break
    return proofs[-1]


@dataclass(frozen=True, slots=True)
class _Attempt:
    place: Scratch
    commits: Mapping[str, RawCommit]
    request: RevertRequest

    def take_back(self, order: Sequence[OnBase]) -> RevertProof:
        """Revert commits one after the other on the merge base's tree, and compare with head's."""
        start = tree = self.commits[self.request.merge_base].tree
        done: list[str] = []
        for commit in order:
            merged = merge_trees(self.place, self.commits[commit.oid].tree, tree, self._before(commit)).merged
            if not merged.clean:
                where = _named(sorted(merged.conflicted()))
                why = f"{commit.oid[:_SHORT]} can't be reverted without a conflict in {where}"
                return RevertProof(why_not=f"{why}, so its exact inverse can't be told")
            if merged.tree != tree:
                done.append(commit.oid)
            tree = merged.tree
        return self._compare(start, tree, tuple(done))

    def _before(self, commit: OnBase) -> str:
        # The first parent: of a merge it is the branch that was merged into, `git revert --mainline 1`.
        return self.commits[commit.parent].tree if commit.parent else self.place.empty_tree

    def _compare(self, start: str, tree: str, done: tuple[str, ...]) -> RevertProof:
        claims = ", ".join(commit.oid[:_SHORT] for commit in self.request.commits)
        if not done or tree == start:
            return RevertProof(why_not=f"reverting {claims} changes nothing, since nothing of it is left on base")
        head = self.commits[self.request.head_oid].tree
        if tree == head:
            return RevertProof(done)
        paths = [path.decode("utf-8", "replace") for path in self.place.differing(tree, head)]
        return RevertProof(why_not=f"it isn't the exact inverse of {claims}: {_named(sorted(paths))} would differ")


def _named(paths: Sequence[str]) -> str:
    more = len(paths) - _NAMED_PATHS
    return ", ".join(paths[:_NAMED_PATHS]) + (f" and {more} more" if more > 0 else "")
