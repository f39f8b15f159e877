"""The policy `checks`: what other checks say of the head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from domain.change import Change, Needs
from domain.finding import Finding, Inspection, Level, Outcome, WaitingOn
from domain.pull_request import Outline
from domain.surroundings import CheckState
from policies.base import LEVEL, Policy, needs_github
from policies.yaml_faults import nearest

#: How our own check runs begin unless the service calls them otherwise, which the file can't know and the outline
#: tells; a verdict that waited for itself would never come.
_OURS = "hotfix: "

_LONGEST = 255

#: States of which more will come by itself: GitHub's "status" of a check run before it is completed ("REST API
#: endpoints for check runs"), and the states of a commit status that aren't final ("… for commit statuses").
_RUNNING = frozenset({"queued", "in_progress", "waiting", "requested", "pending", "expected"})


class Accepted(StrEnum):
    """Conclusions that may count as success."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    SKIPPED = "skipped"


class RequiredCheck(BaseModel):
    """A check run or commit status that must have succeeded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: What a setting that takes one is said to take.
    PHRASE: ClassVar[str] = "a check's name"

    name: str = Field(description="The check run's name, or the status's context.")
    app: str = Field(
        "", max_length=100, description="The slug of the App that it has to come from, e.g. `github-actions`."
    )

    @field_validator("name")
    @classmethod
    def _is_not_ours(cls, name: str) -> str:
        if fault := _fault(name):
            raise ValueError(fault)
        return name

    def __str__(self) -> str:
        """The name with the App it is pinned to."""
        return f"{self.name} of {self.app}" if self.app else self.name

    def is_met_by(self, state: CheckState) -> bool:
        """Whether a check is the one that is meant."""
        return state.name == self.name and (not self.app or state.app.casefold() == self.app.casefold())


def _fault(name: str) -> str:
    """Why a check can't be asked for by this name, "" where it can."""
    if not name.strip() or len(name) > _LONGEST:
        return f"a check's name has 1 to {_LONGEST} characters"
    return f"{name!r} is this verdict itself, which can't wait for itself" if name.startswith(_OURS) else ""


def _named(value: object) -> object:
    """A name alone stands for the check of that name by any App."""
    if not isinstance(value, str):
        return value
    if fault := _fault(value):
        raise ValueError(fault)
    return RequiredCheck(name=value)


class Checks(Policy):
    """Let a hotfix through only when other checks have succeeded on its head.

    Only `success` counts by default. GitHub's own required checks take `neutral` and `skipped` for success as well; on
    the fast lane a test that didn't run is no test, so they have to be allowed by `accept`. Where several Apps report a
    check of one name, all of them have to succeed. A name alone can be reported by anybody who may write statuses, so
    name the App too.

    Why: under pressure people merge while the tests still run, or after the wrong ones have passed.
    Passes: `build` and `test` of `github-actions` succeeded on the commit that is the head now.
    Fails: `test` failed; and it waits while `build` is queued, or hasn't begun.
    Remedy: mend what the named check complains of, and push; what still runs is waited for.
    """

    name: ClassVar[str] = "checks"

    level: Level = Field(Level.OFF, description=LEVEL)
    required: tuple[Annotated[RequiredCheck, BeforeValidator(_named)], ...] = Field(
        (),
        description="The checks that must have succeeded: a name alone, or `{name: test, app: github-actions}`, which "
        "counts only from that App. Matrix checks are named one by one.",
    )
    accept: tuple[Accepted, ...] = Field(
        (Accepted.SUCCESS,), description="The conclusions that count: `success`, and if wanted `neutral` and `skipped`."
    )

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.level is not Level.OFF and not self.required:
            raise ValueError("no check is named: add them under `required`, like `required: [test]`")
        if not self.accept:
            raise ValueError("no conclusion is accepted, so no check could succeed: write `accept: [success]`")
        return self

    def needs(self, outline: Outline) -> Needs:  # noqa: ARG002 - the same for every pull request
        """The checks on the head."""
        return Needs(checks=True)

    def inspect(self, change: Change) -> Inspection:
        """Look for each required check among those of the head."""
        if change.outline is None:
            return needs_github("checks")
        ours = f"{change.outline.check_name}: "
        theirs = tuple(state for state in change.evidence.checks if not state.name.startswith((_OURS, ours)))
        found = [_Found(check, theirs, frozenset(self.accept)) for check in self.required]
        failed = [*self._itself(ours), *(finding for one in found for finding in one.failures())]
        asking = [finding for one in found for finding in one.asking()]
        running = [finding for one in found for finding in one.running()]
        findings = (*failed, *asking, *running)
        outcome = Outcome.FAIL if failed else Outcome.WAIT if findings else Outcome.PASS
        facts = {"required": [one.facts() for one in found]}
        waiting_on = WaitingOn.MACHINES if running else WaitingOn.PEOPLE
        return Inspection(outcome, _summary(found, failed, running), findings, facts, waiting_on)

    def _itself(self, ours: str) -> Iterator[Finding]:
        for check in self.required:
            if check.name.startswith(ours):
                message = f"{check.name} is this verdict itself, which can't wait for itself"
                yield Finding(message, remedy="take it out of `required` in the policy file on the base branch")


class _Found:
    """What there is on the head for one required check."""

    def __init__(self, check: RequiredCheck, theirs: Sequence[CheckState], accepted: frozenset[str]) -> None:
        self.check = check
        self.states = [state for state in theirs if check.is_met_by(state)]
        self.elsewhere = [state for state in theirs if state.name == check.name and state not in self.states]
        self.names = sorted({state.name for state in theirs})
        self.accepted = accepted

    @property
    def is_met(self) -> bool:
        return bool(self.states) and all(state.state in self.accepted for state in self.states)

    def failures(self) -> Iterator[Finding]:
        for state in self.states:
            if state.state not in self.accepted | _RUNNING | {"action_required"}:
                yield Finding(f"{self.check} ended as {state.state}", remedy=_mend(state))

    def asking(self) -> Iterator[Finding]:
        for state in self.states:
            if state.state == "action_required":
                yield Finding(f"{self.check} asks a person to do something", remedy=f"see to it{_at(state)}")

    def running(self) -> Iterator[Finding]:
        for state in self.states:
            if state.state in _RUNNING:
                remedy = f"wait until it has ended{_at(state)}; the verdict follows by itself"
                yield Finding(f"{self.check} is {state.state.replace('_', ' ')}", remedy=remedy)
        if not self.states:
            yield Finding(f"{self.check} hasn't begun on the head", remedy=self._absent())

    def facts(self) -> dict[str, Any]:
        """The check with the states that stand on the head, none where it hasn't begun."""
        return {"name": self.check.name, "app": self.check.app, "states": [state.state for state in self.states]}

    def _absent(self) -> str:
        if self.elsewhere:
            whose = " and ".join(sorted({state.app or "somebody unknown" for state in self.elsewhere}))
            return f"wait for {self.check.app}; there is one of this name by {whose}, which doesn't count"
        near = nearest(self.check.name, self.names)
        hint = f"; there is {near}: if that is meant, mend the name in the policy file" if near else ""
        return f"wait until it begins; if it never does, start it{hint}"


def _mend(state: CheckState) -> str:
    if state.state in {Accepted.NEUTRAL, Accepted.SKIPPED}:
        return f"make it run and succeed{_at(state)}; or add {state.state} to `accept` on the base branch"
    return f"mend what it complains of{_at(state)} and push, or run it again"


def _at(state: CheckState) -> str:
    return f" ({state.url})" if state.url else ""


def _summary(found: list[_Found], failed: list[Finding], running: list[Finding]) -> str:
    met = sum(one.is_met for one in found)
    said = f"{met} of {len(found)} required {'check' if len(found) == 1 else 'checks'} succeeded"
    if failed:
        return f"{said}, {len(failed)} didn't"
    return f"{said}, {len(running)} to come" if running else said
