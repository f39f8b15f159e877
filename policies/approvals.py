"""The policy `approvals`: somebody else has read the change, and it is the right somebody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from domain.change import Change, Needs
from domain.finding import Facts, Finding, Inspection, Outcome
from domain.people import Role
from domain.pull_request import Outline
from policies.base import Policy, needs_github
from policies.reviewing import WRITE_ACCESS, Opinions, Standing, match, opinions, unknown_people
from policies.roles import NamedRole

_MOST_COMMITS = 100


class Approvals(Policy):
    """Let a hotfix through only when the right people have approved its current head.

    Why: the person who wrote a fix under pressure is the last one to see its mistake.
    Passes: bob, who has write access and none of the commits, approved the commit that is the head now.
    Fails: the author approved it, or bob did and somebody pushed another commit since.
    Remedy: ask a person with the missing role, who has no part in the change, to approve the current head.

    Nobody who opened the pull request, wrote, co-wrote or committed one of its commits, or pushed last can approve it;
    nor can a bot. Each role takes a person of its own: one person can't stand for two. Whoever has a role counts
    for it, with or without write access. Somebody with write access or a required role who requests changes blocks.
    """

    name: ClassVar[str] = "approvals"

    required: tuple[NamedRole, ...] = Field(
        (),
        description="The roles of which one person each must approve; a role named twice takes two people. "
        "With none it takes one person with write access.",
    )

    def needs(self, outline: Outline) -> Needs:
        """Ask of the teams only for people whose opinion could count."""
        found = opinions(outline.pull_request)
        objecting = {review.login for review in found.objections if not review.can_push}
        people = frozenset(objecting | {review.login for review in found.approvals}) - {""}
        questions = (role.questions(people) for role in self.required)
        return Needs(memberships=frozenset().union(*questions))

    def inspect(self, change: Change) -> Inspection:
        """Match the required roles with the people who approved the head."""
        if change.outline is None:
            return needs_github("approvals")
        found = opinions(change.outline.pull_request)
        standings = self._standings(change, found)
        unjudged = (*_unknown(change.outline), *_incomplete(change.outline))
        waiting = (*self._objections(change, found), *_missing(standings, found, change.head))
        outcome = Outcome.FAIL if unjudged else Outcome.WAIT if waiting else Outcome.PASS
        summary = _summary(standings, len(waiting), len(unjudged))
        return Inspection(outcome, summary, (*unjudged, *waiting), _facts(standings, found))

    def _standings(self, change: Change, found: Opinions) -> tuple[Standing, ...]:
        """For each required role the people who could stand for it, and the one who does."""
        members = change.evidence.members
        if not self.required:
            writers = tuple(review.login for review in found.approvals if review.can_push)
            return match([Standing(WRITE_ACCESS, None, writers)])
        logins = [review.login for review in found.approvals]
        return match(
            [
                Standing(role.name, role, tuple(login for login in logins if role.has(login, members)))
                for role in self.required
            ]
        )

    def _objections(self, change: Change, found: Opinions) -> tuple[Finding, ...]:
        members = change.evidence.members
        counting = [
            review.login
            for review in found.objections
            if review.can_push or any(role.has(review.login, members) for role in self.required)
        ]
        return tuple(
            Finding(f"{login} requested changes", remedy=f"settle them and ask {login} for a new review")
            for login in counting
        )


def _unknown(outline: Outline) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            f"commit {oid[:7]} names {person.name} <{person.email}>, whose e-mail belongs to no GitHub account; "
            "an unknown author might be the one who approves",
            remedy=f"ask {person.name} to add {person.email} to their account, or rewrite the commit; then re-check",
        )
        for oid, person in unknown_people(outline.pull_request)
    )


def _incomplete(outline: Outline) -> tuple[Finding, ...]:
    if outline.pull_request.commits_complete:
        return ()
    message = f"the pull request has more than {_MOST_COMMITS} commits, so not all of its authors are known"
    return (Finding(message, remedy=f"squash it to {_MOST_COMMITS} commits or fewer"),)


def _missing(standings: tuple[Standing, ...], found: Opinions, head: str) -> tuple[Finding, ...]:
    taken = {standing.user: standing.name for standing in standings if standing.user}
    return tuple(_missing_one(standing, taken, found, head) for standing in standings if not standing.user)


def _missing_one(standing: Standing, taken: dict[str, str], found: Opinions, head: str) -> Finding:
    role, head = standing.role, head[:7]
    if role is None:
        remedy = f"ask one person with write access who has no part in the change to approve head {head}"
        return Finding("no approval by a person with write access yet", remedy=remedy)
    elsewhere = "".join(f" ({user} already stands for {taken[user]})" for user in standing.able if user in taken)
    message = f"no approval by {role.name} yet{elsewhere}"
    asked = _whom(role, frozenset(user.casefold() for user in taken) | found.involved)
    if not asked:
        remedy = f"nobody is left who could: name more people under `roles: {role.name}` on the base branch"
        return Finding(message, remedy=remedy)
    return Finding(message, remedy=f"ask {asked} to approve head {head}")


def _whom(role: Role, ruled_out: frozenset[str]) -> str:
    people = [user for user in role.users if user.casefold() not in ruled_out]
    people += [f"a member of {team}" for team in role.teams]
    if len(people) < 2:  # noqa: PLR2004 - a choice needs two
        return "".join(people)
    return f"one of {', '.join(people[:-1])} or {people[-1]}"


def _summary(standings: tuple[Standing, ...], waiting: int, unjudged: int) -> str:
    given = [f"{standing.user} for {standing.name}" for standing in standings if standing.user]
    said = f"approved by {', '.join(given)}" if given else "no approval that counts yet"
    if unjudged:
        return f"{said}; not all authors are known"
    return f"{said}; {len(given)} of {len(standings)} given" if waiting else said


def _facts(standings: tuple[Standing, ...], found: Opinions) -> Facts:
    return {
        "required": [standing.name for standing in standings],
        "given": [{"role": standing.name, "user": standing.user} for standing in standings if standing.user],
        "ignored": [{"user": user, "why": why} for user, why in (*found.ignored, *_unable(standings, found))],
    }


def _unable(standings: tuple[Standing, ...], found: Opinions) -> Iterator[tuple[str, str]]:
    able = {login for standing in standings for login in standing.able}
    roleless = any(standing.role is None for standing in standings)
    why = "has no write access" if roleless else "has none of the required roles"
    return ((review.login, why) for review in found.approvals if review.login not in able)
