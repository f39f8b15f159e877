"""The section `triggers` of the policy file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from policies.patterns import BranchGlob
from policies.texts import Text


class Triggers(BaseModel):
    """What makes a pull request a hotfix: any one of these is enough."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[Text, ...] = Field(("hotfix",), description="Labels. Letter case doesn't count, as on GitHub.")
    branches: tuple[BranchGlob, ...] = Field(
        ("hotfix/*",),
        description="Patterns for the head branch: `*` stops at a slash, `**` crosses it. Letter case counts.",
    )
    titles: tuple[Text, ...] = Field(
        ("[HOTFIX]", "HOTFIX:"),
        description="Literal beginnings of the title, not patterns. Letter case and blanks before it don't count.",
    )
