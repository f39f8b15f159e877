"""The section `backport` of the policy file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from policies.texts import BranchName


class BackportSettings(BaseModel):
    """Where a merged hotfix goes next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    targets: tuple[BranchName, ...] | None = Field(
        None,
        description="Branches that get a backport pull request. Left out, it is `develop` where that exists, else the "
        "default branch; with an empty list there is none.",
    )
