"""The policy `approvals`: somebody else has read the change, and it is the right somebody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from pydantic import Field, ValidationInfo, model_validator

from domain.change import Change, Membership, Needs
from domain.entry import EntryKind
from domain.finding import Facts, Finding, Inspection, Level, Outcome
from domain.people import Role
from domain.pull_request import Outline
from policies.approving import stand, too_few, written_out
from policies.base import Policy, needs_github
from policies.code_owners import PLACES
from policies.reviewing import WRITE_ACCESS, Opinions, Standing, opinions, unknown_people
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
        description="The roles of which one person each must approve; a role named twice takes two people, and "
        "`{any: [ROLE, ROLE]}` takes one of either. With none it takes one person with write access.",
    )
    distinct: bool = Field(
        True, description="Whether each role takes a person of its own; with `false` one may stand for several."
    )
    verbal: bool = Field(
        False,
        description="Whether `/hotfix approved-by @PERSON HOW AND WHEN` counts as that person's approval of the head, "
        "which the person is to confirm with a review.",
    )
    resolved_threads: bool = Field(False, description="Whether every review thread must be resolved.")

    @model_validator(mode="after")
    def _can_be_filled(self, info: ValidationInfo) -> Self:
        if info.context and self.level is not Level.OFF and self.distinct and (fault := too_few(self.required)):
            raise ValueError(fault)
        return self

    def needs(self, outline: Outline) -> Needs:
        """Ask of groups only for people whose opinion could count."""
        found = self._opinions(outline)
        spoken = frozenset(review.login for review in found.approvals if review.told_by)
        objecting = {review.login for review in found.objections if not review.can_push}
        people = frozenset(objecting | {review.login for review in found.approvals}) - {""}
        roles = self.required or (Role(WRITE_ACCESS, permission="write"),)
        asked = people if self.required else spoken
        owned = any(role.owns_files for role in self.required)
        return Needs(
            memberships=frozenset[Membership]().union(*(role.questions(asked) for role in roles)),
            code_owners=people if owned else frozenset(),
            base_paths=frozenset(PLACES if owned else ()),
            threads=self.resolved_threads,
        )

    def inspect(self, change: Change) -> Inspection:
        """Match the required roles with the people who approved the head."""
        if change.outline is None:
            return needs_github("approvals")
        found = self._opinions(change.outline)
        roles, unowned = written_out(self.required, change)
        standings = stand(roles, found, change.evidence.members, distinct=self.distinct)
        unjudged = (*_unknown(change.outline), *_incomplete(change.outline), *unowned)
        waiting = (*_objections(roles, change, found), *_missing(standings, found, change.head), *self._open(change))
        promised = _promised(standings, found)
        outcome = _outcome(unjudged, waiting, promised)
        summary = _summary(standings, len(waiting), len(unjudged), found)
        return Inspection(outcome, summary, (*unjudged, *waiting, *promised), _facts(standings, found))

    def _opinions(self, outline: Outline) -> Opinions:
        words = [entry for entry in outline.entries if entry.kind is EntryKind.VERBAL_APPROVAL]
        return opinions(outline.pull_request, words if self.verbal else ())

    def _open(self, change: Change) -> Iterator[Finding]:
        threads = change.evidence.unresolved_threads if self.resolved_threads else ()
        for thread in threads:
            yield Finding("a review thread isn't resolved", thread.path, thread.line, "answer it and resolve it")


def _outcome(*unlike_a_pass: tuple[Finding, ...]) -> Outcome:
    """The first kind of finding that there is decides."""
    outcomes = (Outcome.FAIL, Outcome.WAIT, Outcome.DEFER)
    return next((outcome for outcome, found in zip(outcomes, unlike_a_pass, strict=True) if found), Outcome.PASS)


def _objections(roles: tuple[Role, ...], change: Change, found: Opinions) -> Iterator[Finding]:
    members = change.evidence.members
    for review in found.objections:
        if review.can_push or any(role.has(review.login, members) for role in roles):
            remedy = f"settle them and ask {review.login} for a new review"
            yield Finding(f"{review.login} requested changes", remedy=remedy)


def _promised(standings: tuple[Standing, ...], found: Opinions) -> tuple[Finding, ...]:
    """What people who approved by word of mouth still have to write."""
    needed = {standing.user for standing in standings}
    return tuple(
        Finding(
            f"{review.login} approved by word of mouth, says {review.told_by}: {review.how}",
            remedy=f"{review.login} confirms it with an approving review of this head",
        )
        for review in found.approvals
        if review.told_by and review.login in needed
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
    simple = tuple(role.simple)
    people = [user for each in simple for user in each.users if user.casefold() not in ruled_out]
    people += [f"a member of {team}" for each in simple for team in each.teams]
    people += [f"somebody with {each.permission} permission" for each in simple if each.permission]
    people = list(dict.fromkeys(people))
    if len(people) < 2:  # noqa: PLR2004 - a choice needs two
        return "".join(people)
    return f"one of {', '.join(people[:-1])} or {people[-1]}"


def _summary(standings: tuple[Standing, ...], waiting: int, unjudged: int, found: Opinions) -> str:
    spoken = {review.login for review in found.approvals if review.told_by}
    given = [
        f"{standing.user} for {standing.name}{' by word of mouth' if standing.user in spoken else ''}"
        for standing in standings
        if standing.user
    ]
    said = f"approved by {', '.join(given)}" if given else "no approval that counts yet"
    if unjudged:
        return f"{said}; not all authors are known"
    return f"{said}; {len(given)} of {len(standings)} given" if waiting else said


def _facts(standings: tuple[Standing, ...], found: Opinions) -> Facts:
    return {
        "required": [standing.name for standing in standings],
        "given": [_given(standing, found) for standing in standings if standing.user],
        "ignored": [{"user": user, "why": why} for user, why in (*found.ignored, *_unable(standings, found))],
    }


def _given(standing: Standing, found: Opinions) -> Facts:
    told = next((each for each in found.approvals if each.told_by and each.login == standing.user), None)
    words = {"told_by": told.told_by, "how": told.how} if told else {}
    return {"role": standing.name, "user": standing.user, **words}


def _unable(standings: tuple[Standing, ...], found: Opinions) -> Iterator[tuple[str, str]]:
    able = {login for standing in standings for login in standing.able}
    roleless = any(standing.role is None for standing in standings)
    why = "has no write access" if roleless else "has none of the required roles"
    return ((review.login, why) for review in found.approvals if review.login not in able)
