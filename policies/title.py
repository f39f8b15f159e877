"""The policy `title`: a hotfix can be told from its title."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from domain.change import Change, Needs
from domain.finding import Finding, Inspection, Level
from domain.pull_request import Outline
from domain.wording import shortened
from policies.base import LEVEL, Policy, judged, needs_github
from policies.patterns import Pattern, matches


class Title(Policy):
    """Ask for a title of an agreed form.

    Patterns are regular expressions of RE2's syntax; one of them has to match the whole title. Letter case counts
    unless a pattern begins with `(?i)`.

    Why: in a merge queue, a release note and a night's chat the title is all that people see.
    Passes: `[HOTFIX] Round the cart's total once`.
    Fails: `Update cart.py`, or `[HOTFIX]` with nothing behind it.
    Remedy: edit the title to the form that the finding names.
    """

    name: ClassVar[str] = "title"

    level: Level = Field(Level.OFF, description=LEVEL)
    patterns: tuple[Pattern, ...] = Field(
        (r"(?i)(\[hotfix\]|hotfix:) *\S.*",),
        description="Regular expressions (RE2) of which one must match the whole title.",
    )
    example: str = Field(
        "[HOTFIX] Round the cart's total once",
        max_length=256,
        description="A title of the right form, shown to whoever has a wrong one; it has to match a pattern.",
    )

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.level is not Level.OFF and not self.patterns:
            raise ValueError("no pattern is given, so no title could be right: add one under `patterns`")
        own = self.example not in {"", type(self).model_fields["example"].default}  # as `hotfix config show` writes it
        if own and not self._is_right(self.example):
            raise ValueError(f"the example {shortened(self.example, 80)!r} matches none of the patterns")
        return self

    def needs(self, outline: Outline) -> Needs:  # noqa: ARG002 - the same for every pull request
        """Nothing: the outline tells the title."""
        return Needs()

    def inspect(self, change: Change) -> Inspection:
        """Hold the title against the patterns."""
        title = change.title.strip()
        if change.outline is None and not title:
            return needs_github("titles")
        facts = {"title": title, "patterns": list(self.patterns)}
        if self._is_right(title):
            return judged((), "the title has the agreed form", facts)
        message = f"the title {shortened(title, 80)!r} hasn't the agreed form" if title else "the title is empty"
        finding = Finding(message, remedy=f"edit the title to be like: {self._shown()}")
        return judged((finding,), "the title hasn't the agreed form", facts)

    def _is_right(self, title: str) -> bool:
        return any(matches(pattern, title) for pattern in self.patterns)

    def _shown(self) -> str:
        """The example where it is one of these patterns, else the patterns themselves."""
        return self.example if self.example and self._is_right(self.example) else " or ".join(self.patterns)
