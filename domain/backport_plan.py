"""Where a merged pull request goes, and what came of each target: values and pure decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.backport import ConflictedFile

_VERSION = re.compile(r"v?(?P<numbers>\d+(?:[._]\d+)*)(?P<open>[._]x)?(?P<rest>.*)", re.IGNORECASE)
#: A maintenance branch such as "2.x" is newer than every 2.N that was cut from it.
_ENDLESS = 1 << 62


class Method(StrEnum):
    """How a change gets to a target."""

    CHERRY_PICK = "cherry-pick"
    MERGE = "merge"


class Origin(StrEnum):
    """Who asked for a target; later ones outweigh earlier ones."""

    EARLIER = "earlier"
    SETTING = "setting"
    LABEL = "label"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Target:
    """A branch that a merged pull request is carried to.

    Attributes:
        origin: who asked for it.
    """

    branch: str
    method: Method = Method.CHERRY_PICK
    origin: Origin = Origin.SETTING


class TargetOutcome(StrEnum):
    """How a backport to one target branch stands."""

    PENDING = "picking"
    OPENED = "opened"
    MERGED = "merged"
    CLOSED = "closed"
    CONFLICT = "conflict"
    RESOLVED = "resolved"
    ALREADY_THERE = "already there"
    EMPTY = "empty"
    UNKNOWN_COMMITS = "unknown commits"
    TARGET_MISSING = "target missing"
    PROTECTED = "protected"
    NOT_PERMITTED = "not permitted"
    OCCUPIED = "branch occupied"
    TROUBLE = "trouble"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self not in {TargetOutcome.PENDING, TargetOutcome.TROUBLE}

    @property
    def is_good(self) -> bool:
        """Whether the change is on its way to the target, or there, without a person's doing."""
        return self in {
            TargetOutcome.OPENED,
            TargetOutcome.MERGED,
            TargetOutcome.RESOLVED,
            TargetOutcome.ALREADY_THERE,
            TargetOutcome.EMPTY,
        }


@dataclass(frozen=True, slots=True)
class TargetResult:
    """What came of one target, as the comment on the original tells it.

    Attributes:
        number: the backport pull request's number, 0 where there is none.
        detail: one plain sentence: the reason, or the missing permission.
        notes: further plain sentences, such as why auto-merge isn't on.
        is_done: whether labels, people and the rest were seen to as well; people may change them from then on.
    """

    target: str
    outcome: TargetOutcome
    number: int = 0
    detail: str = ""
    method: Method = Method.CHERRY_PICK
    conflicts: tuple[ConflictedFile, ...] = ()
    remaining: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What a comment of ours on the original remembers of a target."""

    target: str
    method: Method = Method.CHERRY_PICK
    number: int = 0
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class BranchStanding:
    """A branch as it stands, for whoever wants to delete it.

    Attributes:
        pull_requests: the numbers of the open pull requests from it and into it.
    """

    oid: str
    is_protected: bool
    pull_requests: frozenset[int] = frozenset()


def plan(wishes: Iterable[Target], base: str) -> tuple[Target, ...]:
    """One target a branch, in the order in which they were first asked for; base is none.

    Where several ask for the same branch, the method of the one that outweighs the others counts: who names a branch
    in a command means it, whatever the settings say.
    """
    found: dict[str, Target] = {}
    for wish in wishes:
        if wish.branch == base:
            continue
        known = found.setdefault(wish.branch, wish)
        if _weight(wish) > _weight(known):
            found[wish.branch] = replace(wish)
    return tuple(found.values())


def _weight(target: Target) -> int:
    return list(Origin).index(target.origin)


def releases_from(base: str, branches: Sequence[str], prefix: str) -> tuple[str, ...]:
    """The release branches newer than base, oldest first.

    Numbers count as numbers (1.10 comes after 1.9), "1.2" and "1.2.0" are the same, a beginning of a version is older
    than its continuation, and `2.x` comes after every `2.N`. Names without a version are no release branches. A base
    that is none itself, such as `main`, has every release behind it: there is nothing above.

    Args:
        base: the branch that was merged into.
        branches: the release branches, base among them where it is one.
        prefix: what stands before the version in their names.
    """
    if base not in branches or (least := version_of(base, prefix)) is None:
        return ()
    told = [(version, name) for name in branches if (version := version_of(name, prefix)) is not None]
    return tuple(name for version, name in sorted(told) if version > least)


Version = tuple[tuple[int, ...], int, str]


def version_of(branch: str, prefix: str) -> Version | None:
    """A release branch's version for comparison, None where its name tells none."""
    found = _VERSION.fullmatch(branch.removeprefix(prefix))
    if found is None:
        return None
    # Beyond the digits that Python converts, nobody counts.
    numbers = [int(part[:18]) for part in re.split(r"[._]", found["numbers"])]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    if found["open"]:
        numbers.append(_ENDLESS)
    # "2.0-rc1" comes before "2.0".
    return tuple(numbers), 0 if found["rest"].startswith("-") else 1, found["rest"]


def lacking(granted: Mapping[str, str] | None, needed: Mapping[str, str]) -> tuple[str, ...]:
    """Which permissions are missing, as GitHub writes them; none where it isn't known what is granted."""
    if granted is None:
        return ()
    levels = ("", "read", "write", "admin")
    return tuple(
        f"{name}: {level}"
        for name, level in needed.items()
        if levels.index(granted.get(name, "")) < levels.index(level)
    )
