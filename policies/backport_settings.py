"""The section `backport` of the policy file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from policies.backport_targets import LabelPattern, TargetEntry
from policies.backport_templates import Template
from policies.roles import is_login, is_team
from policies.texts import Text
from policies.yaml_faults import quoted

#: The labels that we put on ourselves; none of them ever asks for a backport.
BACKPORT_LABEL = "backport"
CONFLICT_LABEL = "backport-conflict"


class AutoMerge(StrEnum):
    """Whether a clean backport merges by itself as soon as GitHub lets it, and how."""

    OFF = "off"
    MERGE = "merge"
    SQUASH = "squash"
    REBASE = "rebase"


def _reviewer(text: str) -> str:
    name = text.removeprefix("@")
    if is_login(name) or is_team(name):
        return name
    context = {"name": quoted(text), "remedy": "write a login like `alice`, or a team like `acme/on-call`"}
    raise PydanticCustomError("reviewer", "{name} is neither a login nor a team", context)


Reviewer = Annotated[str, AfterValidator(_reviewer)]


class BackportSettings(BaseModel):
    """Where a merged hotfix goes next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    targets: tuple[TargetEntry, ...] | None = Field(
        None,
        description="Branches that get a backport pull request: names, patterns (`release/*`), `{branch: develop, "
        "method: merge}` to merge the hotfix's branch back, `{releases: 'release/*', without: ['release/0.*']}` for "
        "every supported release from the base up. Left out, it is `develop` where that exists, else the default "
        "branch; with an empty list there is none.",
    )
    labels: tuple[LabelPattern, ...] = Field(
        (r"^backport[- /]+(?P<branch>.+)$",),
        description="Patterns (RE2) for labels that ask for a backport to the branch in the group `branch`, on any "
        "pull request.",
    )
    skip: tuple[Text, ...] = Field(
        ("skip-backport",), description="Labels with which only `/hotfix backport` carries a pull request anywhere."
    )
    sign_off: bool = Field(False, description="Whether picked commits are signed off (`Signed-off-by`) by the App.")
    verified: bool = Field(
        False,
        description="Whether the commits are made anew through GitHub's API, so that GitHub signs them and shows them "
        "as Verified; their authors are then kept as co-authors.",
    )
    title: Template = Field(
        "[{{ target }}] {{ title }}",
        description="Template (Jinja2) of a backport's title. It may name number, title, description, author, url, "
        "base, target, method, labels, milestone, commits (sha, subject) and conflicts (path, kind).",
    )
    body: Template = Field(
        "", description="Template of what a backport's body says besides our own words, with the same names."
    )
    add_labels: tuple[Text, ...] = Field((BACKPORT_LABEL,), description="Labels for every backport.")
    copy_labels: bool = Field(
        True, description="Whether a backport gets the original's labels, those that trigger something left out."
    )
    copy_milestone: bool = Field(False, description="Whether a backport gets the original's milestone.")
    assign_author: bool = Field(True, description="Whether a backport is assigned to the original's author.")
    reviewers: tuple[Reviewer, ...] = Field(
        (), description="People and teams (`organisation/team`) who are asked to review a backport."
    )
    auto_merge: AutoMerge = Field(
        AutoMerge.OFF,
        description="Whether a clean backport merges by itself once everything that its branch requires is fulfilled.",
    )
    delete_backport_branches: bool = Field(
        True, description="Whether a backport's branch is deleted when its pull request is closed."
    )
    delete_hotfix_branch: bool = Field(
        True,
        description="Whether the hotfix's own branch is deleted once every backport is merged, and nothing else "
        "rests on it.",
    )
    propose_reverts: bool = Field(
        True, description="Whether the merged revert of a hotfix is told which backports still hold it."
    )
