"""How a person's repository stands: read from its refs, and never written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType

from adapters.git.run import Git
from domain.desk import Desk
from domain.errors import UnreadableInputError

_HEADS, _REMOTES = "refs/heads/", "refs/remotes/"
#: More production branches than these are compared with nobody's patience.
_MOST_BASES = 50


def read_desk(git: Git, head: str) -> Desk:
    """The branch that is checked out, and the branches around it.

    Args:
        git: runs in the repository.
        head: what `git symbolic-ref HEAD` says, "" where HEAD is detached.
    """
    listed = git.run("for-each-ref", "--format=%(refname)%00%(objectname)%00%(symref)", _HEADS, _REMOTES).text
    refs = [line.split("\0") for line in listed.split("\n") if line]
    local = {name.removeprefix(_HEADS): oid for name, oid, _ in refs if name.startswith(_HEADS)}
    remote = _remote(name for name, _, _ in refs)
    place = f"{_REMOTES}{remote}/"
    theirs = {name.removeprefix(place): oid for name, oid, to in refs if remote and name.startswith(place) and not to}
    default = next((to.removeprefix(place) for name, _, to in refs if to and name == f"{place}HEAD"), "")
    branch = head.removeprefix(_HEADS)
    oid = local.get(branch, "") if head else git.run("rev-parse", "--verify", "HEAD^{commit}").text
    return Desk(branch, oid, MappingProxyType(local), remote, MappingProxyType(theirs), default)


def nearest(git: Git, head: str, tips: Sequence[str]) -> int:
    """Which of some commits head grew from most lately: the first of those that lack the fewest of its commits.

    Args:
        git: runs in the repository.
        head: a commit.
        tips: other commits, at least one.

    Raises:
        UnreadableInputError: there are too many to compare.
    """
    if len(tips) > _MOST_BASES:
        raise UnreadableInputError(f"{len(tips)} branches are production's; name the one that is meant by --base")
    if len(tips) == 1:
        return 0
    lacking = [int(git.run("rev-list", "--count", head, f"^{tip}").text) for tip in tips]
    return lacking.index(min(lacking))


def _remote(names: Iterable[str]) -> str:
    """The remote "origin", else the only one that branches were fetched from, else none."""
    found = {name.removeprefix(_REMOTES).partition("/")[0] for name in names if name.startswith(_REMOTES)}
    return "origin" if "origin" in found else found.pop() if len(found) == 1 else ""
