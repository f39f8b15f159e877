"""Where a change left base, and which of its commits belong to other branches, told by git alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from adapters.git.run import Git
from domain.surroundings import BranchPoint


def branch_point(git: Git, ends: tuple[str, str], grown_from: str, branches: Iterable[str]) -> BranchPoint:
    """Where a change left base.

    Args:
        git: runs in the repository.
        ends: the commit that base is at, and the one under judgement.
        grown_from: their merge base.
        branches: the branches whose own commits are foreign; as the remote "origin" has them, else as they are here.
    """
    base, head = ends
    tags = git.run("for-each-ref", f"--points-at={grown_from}", "--format=%(refname:strip=2)", "refs/tags").text
    ours = git.run("rev-list", "--topo-order", "--reverse", head, f"^{base}").text.split()
    foreign: dict[str, tuple[str, ...]] = {}
    for name, tip in _tips(git, branches).items():
        new = set(git.run("rev-list", head, f"^{base}", f"^{tip}").text.split())
        foreign[name] = tuple(oid for oid in ours if oid not in new)
    return BranchPoint(
        grown_from, grown_from == base, tuple(tags.split("\n")) if tags else (), MappingProxyType(foreign)
    )


def _tips(git: Git, branches: Iterable[str]) -> Mapping[str, str]:
    """The commits that branches are at, all asked for in one process and never as arguments."""
    names = [name for name in sorted(branches) if name and name.isprintable()]
    if not names:
        return {}
    refs = [f"{place}/{name}" for name in names for place in ("refs/remotes/origin", "refs/heads")]
    stdin = "".join(f"{ref}^{{commit}}\n" for ref in refs).encode()
    lines = git.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=stdin).text.split("\n")
    found = [line.removesuffix(" commit") if line.endswith(" commit") else "" for line in lines]
    pairs = zip(names, zip(found[::2], found[1::2], strict=True), strict=True)
    return {name: remote or local for name, (remote, local) in pairs if remote or local}
