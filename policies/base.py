"""What every policy is: its settings, and one pure method."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from domain.change import Change, Needs
from domain.finding import Facts, Finding, Inspection, Level, Outcome
from domain.pull_request import Outline

#: What `level` means; a policy that a repository has to ask for repeats the field with the default `off`.
LEVEL = "`required` blocks the merge, `advisory` only warns, `off` leaves the policy out."


class Policy(BaseModel, ABC):
    """One thing that a hotfix must be.

    A subclass's docstring answers Why, Passes, Fails and Remedy; its fields are its settings in the policy file. A
    policy never sees that a setting may differ by severity: the file is read once for each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ClassVar[str]
    #: Whether an exact revert needs no judging by it: what it asks for was asked when the change came.
    exempts_reverts: ClassVar[bool] = False

    level: Level = Field(Level.REQUIRED, description=LEVEL)

    def needs(self, outline: Outline) -> Needs:  # noqa: ARG002 - most policies need the same for every pull request
        """What the policy must know beyond the outline to judge it."""
        return Needs(files=True)

    @abstractmethod
    def inspect(self, change: Change) -> Inspection:
        """Judge a change. Pure: the same change gets the same answer."""


def judged(findings: tuple[Finding, ...], summary: str, facts: Facts) -> Inspection:
    """The inspection of a policy for which every finding is a failure."""
    return Inspection(Outcome.FAIL if findings else Outcome.PASS, summary, findings, facts)


def needs_github(what: str) -> Inspection:
    """The inspection of a policy that can't judge at the desk; `what` names what only GitHub knows."""
    return Inspection(Outcome.SKIP, f"{what} are known to GitHub alone; the pull request's check run will judge them")


def unreadable(findings: tuple[Finding, ...], summary: str, facts: Facts) -> Inspection:
    """The inspection of a policy that found something it can't read: never a pass."""
    return Inspection(Outcome.ERROR, summary, findings, facts)
