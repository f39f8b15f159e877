"""Whether a person may give an order, asked of GitHub when the order comes."""

from __future__ import annotations

from collections.abc import Iterable

from domain.people import Role
from domain.wording import markdown
from handlers.ports import GitHub


def has_one_of(roles: Iterable[Role], login: str, github: GitHub) -> bool:
    """Whether a person has at least one of these roles.

    Raises:
        GitHubTroubleError: GitHub can't be read just now.
    """
    asked = tuple(roles)
    questions = frozenset(question for role in asked for question in role.questions(frozenset({login})))
    members = github.memberships(questions) if questions else frozenset()
    return any(role.has(login, members) for role in asked)


def named(roles: Iterable[Role]) -> str:
    """The roles' names in Markdown, as a choice: "lead, on-call or manager"."""
    names = [markdown(role.name) for role in roles]
    return " or ".join([*([", ".join(names[:-1])] if names[:-1] else []), *names[-1:]])
