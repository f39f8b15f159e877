"""A merge of three trees by git's own machinery, in a throwaway repository and without a working tree."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.git.commits import RawCommit, format_commit
from adapters.git.merging import Merged
from adapters.git.scratch import Entry, Scratch
from domain.errors import UnreadableInputError

_NOBODY = b"nobody <> 0 +0000"
_SUBMODULE = "160000"


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """A merge, and the names by which git labelled its sides; they occur nowhere else."""

    merged: Merged
    ours: str
    theirs: str


def merge_trees(place: Scratch, base: str, ours: str, theirs: str) -> ThreeWay:
    """Do to one tree what leads from `base` to `theirs`.

    Args:
        place: a repository that holds the trees; contents may be fetched.
        base: the tree that is compared with `theirs`.
        ours: the tree that the difference is applied to.
        theirs: the tree that has the difference.
    """
    _prepare(place, base, ours, theirs)
    # The merge base is forced by commits of our own; `merge-tree --merge-base` only exists from git 2.40.
    root = _synthetic(place, base, "")
    return _merged(place, _synthetic(place, ours, root), _synthetic(place, theirs, root))


def merge_commits(place: Scratch, ours: RawCommit, theirs: RawCommit) -> ThreeWay:
    """Merge a commit into another the way `git merge` does: the repository holds the history of both.

    Where they parted more than once, git first merges those commits with each other.

    Raises:
        UnreadableInputError: they share no history.
    """
    bases = place.offline.run("merge-base", "--all", ours.oid, theirs.oid, codes=(0, 1)).text.split()
    if not bases:
        raise UnreadableInputError(f"{theirs.oid} and the target share no history, so git merges nothing")
    trees = [commit.tree for commit in place.commits(bases).values()]
    place.fetch_trees([*trees, ours.tree, theirs.tree])
    if len(trees) == 1:
        _prepare(place, trees[0], ours.tree, theirs.tree)
    else:
        place.use_attributes(ours.tree, ())
    return _merged(place, ours.oid, theirs.oid)


def _merged(place: Scratch, ours: str, theirs: str) -> ThreeWay:
    one, other = place.name(ours), place.name(theirs)
    done = place.git.run("merge-tree", "--write-tree", "-z", "--messages", one, other, codes=(0, 1))
    return ThreeWay(Merged.parse(done.stdout, clean=done.code == 0), one, other)


def is_blob(entry: Entry) -> bool:
    """Whether it is something with contents."""
    return entry.mode not in ("000000", _SUBMODULE)


def _synthetic(place: Scratch, tree: str, parent: str) -> str:
    return place.write("commit", format_commit(tree, (parent,) if parent else (), _NOBODY, _NOBODY, ""))


def _prepare(place: Scratch, base: str, ours: str, theirs: str) -> None:
    """Fetch in one request what git will merge line by line; where there is nothing, attributes don't matter."""
    changed = place.differing(base, theirs)
    both = {path: sides for path, sides in place.differing(base, ours).items() if path in changed}
    contested = {path: sides for path, sides in both.items() if sides[1] != changed[path][1]}
    if contested:
        entries = [entry for path, sides in contested.items() for entry in (*sides, changed[path][1])]
        entries += [sides[1] for sides in changed.values()] if place.will_push else []
        place.use_attributes(ours, {entry.oid for entry in entries if is_blob(entry)})
