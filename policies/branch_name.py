"""The policy `branch-name`: a hotfix can be told from its branch."""

from __future__ import annotations

import shlex
from typing import ClassVar, Self

from pydantic import Field, model_validator

from domain.change import Change, Needs
from domain.finding import Finding, Inspection, Level
from domain.pull_request import Outline
from domain.wording import shortened
from policies.base import LEVEL, Policy, judged, needs_github
from policies.patterns import Pattern, matches


class BranchName(Policy):
    """Ask for a head branch with a name of an agreed form.

    Patterns are regular expressions of RE2's syntax; one of them has to match the whole name. Letter case counts
    unless a pattern begins with `(?i)`.

    Why: pipelines, protections and people tell what may go to production by the branch's name.
    Passes: `hotfix/round-the-total-once`.
    Fails: `patch-1`.
    Remedy: push the same commits to a branch with such a name and open the pull request from there.
    """

    name: ClassVar[str] = "branch-name"

    level: Level = Field(Level.OFF, description=LEVEL)
    patterns: tuple[Pattern, ...] = Field(
        (r"hotfix/[A-Za-z0-9][A-Za-z0-9._/-]*",),
        description="Regular expressions (RE2) of which one must match the whole name of the head branch.",
    )
    example: str = Field(
        "hotfix/round-the-total-once",
        max_length=255,
        description="A name of the right form, shown to whoever has a wrong one; it has to match a pattern.",
    )

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.level is not Level.OFF and not self.patterns:
            raise ValueError("no pattern is given, so no branch could be right: add one under `patterns`")
        if "example" in self.model_fields_set and self.example and not self._is_right(self.example):
            raise ValueError(f"the example {shortened(self.example, 80)!r} matches none of the patterns")
        return self

    def needs(self, outline: Outline) -> Needs:  # noqa: ARG002 - the same for every pull request
        """Nothing: the outline tells the head branch."""
        return Needs()

    def inspect(self, change: Change) -> Inspection:
        """Hold the head branch's name against the patterns."""
        branch = change.outline.pull_request.head if change.outline else change.branch
        if not branch:
            return needs_github("the names of head branches")
        facts = {"branch": branch, "patterns": list(self.patterns)}
        if self._is_right(branch):
            return judged((), f"the branch {shortened(branch, 80)} has the agreed form", facts)
        message = f"the branch {shortened(branch, 80)!r} hasn't the agreed form"
        return judged((Finding(message, remedy=self._remedy(branch, is_desk=change.outline is None)),), message, facts)

    def _is_right(self, branch: str) -> bool:
        return any(matches(pattern, branch) for pattern in self.patterns)

    def _remedy(self, branch: str, *, is_desk: bool) -> str:
        is_shown = bool(self.example) and self._is_right(self.example)
        like = self.example if is_shown else " or ".join(self.patterns)
        if is_desk:
            command = f" (git branch -m {shlex.quote(branch)} {shlex.quote(self.example)})" if is_shown else ""
            return f"rename the branch to one named like {like}{command}"
        if not is_shown:
            return f"push these commits to a branch named like {like} and open the pull request anew"
        command = f"git push origin {shlex.quote(branch)}:refs/heads/{shlex.quote(self.example)}"
        return f"push these commits to a branch named like {like} ({command}) and open the pull request anew"
