"""Who may do what: roles made of users and teams."""

from __future__ import annotations

from dataclasses import dataclass

from domain.change import Membership


@dataclass(frozen=True, slots=True)
class Role:
    """A named group of people from the policy file.

    Attributes:
        users: logins, compared without regard to case as GitHub does.
        teams: teams as "org/slug"; members of nested teams belong.
    """

    name: str
    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def questions(self, logins: frozenset[str]) -> frozenset[Membership]:
        """The team questions whose answers decide which of these people have the role."""
        unknown = {login for login in logins if not self._names(login)}
        return frozenset(Membership(team, login) for team in self.teams for login in unknown)

    def has(self, login: str, members: frozenset[Membership]) -> bool:
        """Whether a person has the role, given the memberships that hold."""
        return self._names(login) or any(Membership(team, login) in members for team in self.teams)

    def _names(self, login: str) -> bool:
        return login.casefold() in {user.casefold() for user in self.users}
