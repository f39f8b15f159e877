"""Who may do what: roles made of users, teams and permissions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.change import PERMISSION, Membership


@dataclass(frozen=True, slots=True)
class Role:
    """A named group of people from the policy file.

    Attributes:
        users: logins, compared without regard to case as GitHub does.
        teams: teams as "org/slug"; members of nested teams belong.
        permission: the least permission on the repository that gives the role ("triage", "write", "maintain",
            "admin"), "" where none does.
        owns_files: whether it stands for the code owners of the changed files; who they are differs by change, so
            such a role has nobody until it is written out for one.
        any_of: the roles of which any one will do; then nothing else is set.
    """

    name: str
    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    permission: str = ""
    owns_files: bool = False
    any_of: tuple[Role, ...] = ()

    @classmethod
    def any(cls, roles: tuple[Role, ...]) -> Role:
        """The role of whoever has one of these."""
        return cls(" or ".join(role.name for role in roles), any_of=roles)

    @property
    def simple(self) -> Iterator[Role]:
        """Itself, or the roles of which any one will do."""
        for role in self.any_of:
            yield from role.simple
        if not self.any_of:
            yield self

    def questions(self, logins: frozenset[str]) -> frozenset[Membership]:
        """The questions whose answers decide which of these people have the role."""
        simple = tuple(self.simple)
        unknown = {login for login in logins if not any(role._names(login) for role in simple)}
        return frozenset(Membership(group, login) for role in simple for group in role._groups() for login in unknown)

    def has(self, login: str, members: frozenset[Membership]) -> bool:
        """Whether a person has the role, given the memberships that hold."""
        groups = (group for role in self.simple for group in role._groups())
        return any(role._names(login) for role in self.simple) or any(
            Membership(group, login) in members for group in groups
        )

    def _groups(self) -> tuple[str, ...]:
        return (*self.teams, *([PERMISSION + self.permission] if self.permission else []))

    def _names(self, login: str) -> bool:
        return login.casefold() in {user.casefold() for user in self.users}
