"""GitHub's three ways to merge, worked out by git without a working tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sandbox.git import GitRepository, MergeResult
from sandbox.objects import GitError, Person

People = tuple[Person, Person]


def merge_trees(git: GitRepository, ours: str, theirs: str) -> MergeResult:
    """Merge two commits in memory; conflicting paths are named, unrelated histories conflict as a whole."""
    if git.merge_base(ours, theirs) is None:
        return MergeResult(None)
    out = git.run("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs, codes=(0, 1))
    tree, *paths = out.decode("utf-8", "surrogateescape").split("\0")
    conflicts = tuple(path for path in paths if path)
    return MergeResult(None, conflicts) if conflicts else MergeResult(tree)


def merge_commit(git: GitRepository, ends: tuple[str, str], people: People, message: str) -> str | None:
    """Join base and head (`ends`) in a commit with two parents; None on conflict."""
    result = merge_trees(git, *ends)
    return git.write_commit(result.tree, ends, people, message) if result.tree else None


def squash(git: GitRepository, ends: tuple[str, str], people: People, message: str) -> str | None:
    """One commit on base that holds all of head; None on conflict."""
    result = merge_trees(git, *ends)
    return git.write_commit(result.tree, ends[:1], people, message) if result.tree else None


def rebase(git: GitRepository, ends: tuple[str, str], committer: Person) -> str | None:
    """Pick each commit of head onto base, authors kept, merges left out; None on conflict."""
    base, head = ends
    tip = base
    for sha in git.commits_between(base, head):
        commit = git.commit(sha)
        if len(commit.parents) > 1:
            continue
        tree = pick(git, tip, sha)
        if tree is None:
            return None
        tip = git.write_commit(tree, [tip], (commit.author, committer), commit.message)
    return tip


def pick(git: GitRepository, onto: str, sha: str) -> str | None:
    """The tree that a commit gives on another one; None on conflict.

    `merge-tree --merge-base` needs git 2.40, so the merge base is forced: two synthetic commits share the parent.
    """
    commit = git.commit(sha)
    base = _synthetic(
        git, git.commit(commit.parents[0]).tree if commit.parents else git.write_tree({}), [], commit.author
    )
    ours = _synthetic(git, git.commit(onto).tree, [base], commit.author)
    theirs = _synthetic(git, commit.tree, [base], commit.author)
    return merge_trees(git, ours, theirs).tree


def _synthetic(git: GitRepository, tree: str, parents: Iterable[str], person: Person) -> str:
    if not git.has(tree):
        raise GitError(f"there is no tree {tree}")
    return git.write_commit(tree, parents, (replace(person), person), f"synthetic {tree}\n")
