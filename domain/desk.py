"""What stands around a change at somebody's desk: branches, remote, and which of them is production's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: What a default branch is called where no remote says which one it is.
_USUAL = ("main", "master")


@dataclass(frozen=True, slots=True)
class Base:
    """A branch that a change may be proposed for.

    Attributes:
        name: the branch's own name, e.g. "main".
        shown: how a person names it here, e.g. "origin/main".
        oid: the commit that it is at.
        why: why it was chosen.
    """

    name: str
    shown: str
    oid: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A repository on this machine, as far as its refs tell of it.

    Attributes:
        branch: the branch that is checked out, "" for a detached head.
        head_oid: the commit that is checked out, "" where there is none yet.
        local: the branches here, with their commits.
        remote: the remote that counts, "" where there is none: "origin", or the only one.
        remote_branches: its branches as they were fetched last, without the remote's name.
        default: the remote's default branch, "" where it was never told.
    """

    branch: str
    head_oid: str
    local: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    remote: str = ""
    remote_branches: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    default: str = ""

    def base(self, name: str, why: str = "") -> Base | None:
        """A branch as the remote has it, else as it is here; None where there is none."""
        if name in self.remote_branches:
            return Base(name, f"{self.remote}/{name}", self.remote_branches[name], why)
        return Base(name, name, self.local[name], why) if name in self.local else None

    def default_base(self) -> Base | None:
        """The default branch, as far as it can be told."""
        told = self.base(self.default, f"the default branch of {self.remote}") if self.default else None
        usual = (self.base(name, "the usual name of a production branch") for name in _USUAL)
        return told or next((base for base in usual if base), None)

    def bases(self, holds: Callable[[str], bool]) -> tuple[Base, ...]:
        """The branches whose names a pattern holds, each once, those that are usual first.

        Args:
            holds: whether a branch is one of those.
        """
        names = [name for name in {**self.remote_branches, **self.local} if holds(name)]
        names.sort(key=lambda name: (name != self.default, name not in _USUAL, name))
        return tuple(base for name in names if (base := self.base(name)))

    @property
    def names(self) -> frozenset[str]:
        """Every branch's name, here and at the remote."""
        return frozenset(self.local) | frozenset(self.remote_branches)
