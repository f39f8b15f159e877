"""Who belongs to which team, and who may do what in the repository."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol

from adapters.github.client import RepositoryClient
from adapters.github.credentials import Clock
from adapters.github.paths import segment
from adapters.github.reading import reading
from adapters.github.transport import Request
from domain.change import PERMISSION, Membership
from domain.errors import NotFoundError

#: How long an answer counts. A webhook tells of no change in a team to an App without that permission.
FRESH_FOR = timedelta(minutes=5)

_NO = 404

#: GitHub's permissions on a repository, least first ("Repository roles for an organization"). `permission` of the
#: answer knows three of them and folds `maintain` into "write" and `triage` into "read".
_RANKS = ("read", "triage", "write", "maintain", "admin")


class Memory(Protocol):
    """Answers kept between evaluations; the ledger is one."""

    def recall(self, key: str, newer_than: datetime) -> str | None:
        """A remembered answer, None where there is none that new."""

    def remember(self, key: str, value: str, at: datetime) -> None:
        """Keep an answer."""


class NoMemory:
    """Keeps nothing: for a single evaluation there is nothing to gain."""

    def recall(self, key: str, newer_than: datetime) -> str | None:  # noqa: ARG002
        """Nothing is known."""
        return None

    def remember(self, key: str, value: str, at: datetime) -> None:
        """Nothing is kept."""


@dataclass(frozen=True, slots=True)
class MembershipReader:
    """Asks about people: one cached question per person and team, never a listing."""

    client: RepositoryClient
    memory: Memory
    clock: Clock

    def holding(self, questions: frozenset[Membership]) -> frozenset[Membership]:
        """Which of these memberships hold; members of nested teams belong.

        Raises:
            NotPermittedError: the App lacks `members: read`.
            GitHubTroubleError: GitHub can't be read just now.
        """
        return frozenset(self._holding(questions))

    def permissions(self, logins: frozenset[str]) -> Mapping[str, str]:
        """People's roles on the repository by login ("Get repository permissions for a user", `role_name`).

        A role of the organisation's own has a name of its own; those who have no access are "none".
        """
        now, found = self.clock(), dict[str, str]()
        for login in sorted(logins):
            key = json.dumps(["permission", self.client.name.casefold(), login.casefold()])
            known = self.memory.recall(key, now - FRESH_FOR)
            if known is None:
                known = self.role(login)
                self.memory.remember(key, known, now)
            found[login] = known
        return MappingProxyType(found)

    def role(self, login: str) -> str:
        """A person's role on the repository as it stands now, "none" where there is no such person."""
        try:
            told = self._told(login)
        except NotFoundError:
            return "none"
        with reading("a permission"):
            return "none" if told is None or told["permission"] == "none" else str(told["role_name"])

    def can_administer(self, login: str) -> bool:
        """Whether a person is an administrator of the repository."""
        return self._permission(login) == "admin"

    def can_write(self, login: str) -> bool:
        """Whether a person has write access; GitHub folds `maintain` and custom roles into "write"."""
        return self._permission(login) in {"admin", "maintain", "write"}

    def _holding(self, questions: frozenset[Membership]) -> Iterator[Membership]:
        now = self.clock()
        for question in sorted(questions, key=lambda each: (each.team, each.login)):
            key = self._key(question)
            known = self.memory.recall(key, now - FRESH_FOR)
            if known is None:
                known = "yes" if self._is_member(question) else "no"
                self.memory.remember(key, known, now)
            if known == "yes":
                yield question

    def _is_member(self, question: Membership) -> bool:
        if question.team.startswith(PERMISSION):
            return self._permitted(question.login, question.team.removeprefix(PERMISSION))
        organization, _, team = question.team.partition("/")
        try:
            path = f"/orgs/{segment(organization)}/teams/{segment(team)}/memberships/{segment(question.login)}"
        except NotFoundError:
            return False
        answer = self.client.send(Request("GET", path), frozenset({_NO}))
        with reading("a team membership"):
            # An invitation that nobody has accepted is "pending".
            return answer.status != _NO and answer.json()["state"] == "active"

    def _key(self, question: Membership) -> str:
        """What the answer is remembered by; what begins it is forgotten when GitHub tells of a change."""
        group, login = question.team.casefold(), question.login.casefold()
        if group.startswith(PERMISSION):
            return json.dumps(["permission", self.client.name.casefold(), group, login])
        return json.dumps(["membership", group, login])

    def _permitted(self, login: str, least: str) -> bool:
        """Whether a person has at least a permission; a role of the organisation's own is worth what it builds on."""
        told = self._told(login)
        with reading("a permission"):
            if told is None:
                return False
            had = {told["permission"], told["role_name"]} & set(_RANKS)
            return any(_RANKS.index(each) >= _RANKS.index(least) for each in had)

    def _permission(self, login: str) -> str:
        told = self._told(login)
        with reading("a permission"):
            return "none" if told is None else str(told["permission"])

    def _told(self, login: str) -> Any:
        path = f"{self.client.path}/collaborators/{segment(login)}/permission"
        answer = self.client.send(Request("GET", path), frozenset({_NO}))
        return None if answer.status == _NO else answer.json()
