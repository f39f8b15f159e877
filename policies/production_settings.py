"""The section `production` of the policy file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from policies.patterns import BranchGlob, matches_branch
from policies.texts import Text


class ProductionSettings(BaseModel):
    """Which branches are production, and what may go there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    branches: tuple[BranchGlob, ...] = Field(
        (),
        description="Patterns for the branches that production is deployed from: `*` stops at a slash, `**` crosses "
        "it. Whatever reaches one of them by a direct push, or is merged into it without a satisfied verdict, is "
        "recorded as an issue. On other branches that goes for merged hotfixes alone.",
    )
    only_hotfixes: bool = Field(
        False,
        description="Whether nothing but hotfixes may go into these branches. Our own backports, and pull requests "
        "that were released from the hotfix lane, still may.",
    )
    pushers: tuple[Text, ...] = Field(
        (), description="Accounts that may push directly, such as that of a release's automation. Letter case is free."
    )
    labels: tuple[Text, ...] = Field(
        ("merged-around",), description="The labels of an issue that records what went around the gate."
    )

    @model_validator(mode="after")
    def _has_branches(self) -> ProductionSettings:
        if self.only_hotfixes and not self.branches:
            context = {"remedy": "name them: `branches: [main]`"}
            raise PydanticCustomError("production", "only_hotfixes needs the branches that it speaks of", context)
        return self

    def holds(self, branch: str) -> bool:
        """Whether a branch is one of production's."""
        return any(matches_branch(glob, branch) for glob in self.branches)
