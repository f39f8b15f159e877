"""What a repository's policy file comes to: the policies with their settings, and what is around them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from domain.people import Role
from policies.approvals import Approvals
from policies.base import Policy
from policies.patterns import BranchGlob
from policies.yaml_faults import quoted

#: The only version of the file's form so far.
VERSION = 1


def _visible(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError(
            "blank", "expected text, found nothing but blanks", {"remedy": "write it, or leave it out"}
        )
    return text


def _branch(name: str) -> str:
    """Check a branch's name by what `git check-ref-format --branch` refuses."""
    context = {"name": quoted(name), "remedy": "write one branch's full name, like `develop`"}
    parts = name.split("/")
    if any(char in "*?[" for char in name):
        raise PydanticCustomError("branch", "{name} is no branch name: patterns are not possible here", context)
    if any(not char.isprintable() or char in " ~^:\\" for char in name) or ".." in name or "@{" in name:
        raise PydanticCustomError("branch", "{name} is no branch name", context)
    if name.startswith("-") or name == "@" or any(not part or part[0] == "." or part[-1] == "." for part in parts):
        raise PydanticCustomError("branch", "{name} is no branch name", context)
    if any(part.endswith(".lock") for part in parts):
        raise PydanticCustomError("branch", "{name} is no branch name: git reserves `.lock`", context)
    return name


Text = Annotated[str, StringConstraints(min_length=1), AfterValidator(_visible)]
BranchName = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_branch)]


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


class BackportSettings(BaseModel):
    """Where a merged hotfix goes next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    targets: tuple[BranchName, ...] | None = Field(
        None,
        description="Branches that get a backport pull request. Left out, it is `develop` where that exists, else the "
        "default branch; with an empty list there is none.",
    )


class Configuration(BaseModel):
    """Everything that a policy file decides, checked.

    Attributes:
        roles: the defined roles by their names.
        policies: the policies that count, in their order, none of them `off`.
        switched_off: the names of those that are `off`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    triggers: Triggers = Field(default_factory=Triggers)
    roles: Annotated[Mapping[str, Role], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({})
    )
    policies: tuple[Policy, ...] = ()
    switched_off: tuple[str, ...] = ()
    backport: BackportSettings = Field(default_factory=BackportSettings)

    @property
    def approving_roles(self) -> tuple[Role, ...]:
        """The roles that the policy `approvals` requires; none where it is off or requires none."""
        found = (policy.required for policy in self.policies if isinstance(policy, Approvals))
        return next(found, ())

    @property
    def digest(self) -> str:
        """The same for the same effective settings, however they were written; for fingerprints of verdicts."""
        return hashlib.sha256(json.dumps(settings(self), sort_keys=True).encode()).hexdigest()


def settings(configuration: Configuration) -> dict[str, Any]:
    """The effective configuration in the form of a policy file, as JSON values, with every default written out."""
    policies = {policy.name: policy.model_dump(mode="json") for policy in configuration.policies}
    off = {name: {"level": "off"} for name in configuration.switched_off}
    backport = configuration.backport.model_dump(mode="json", exclude_none=True)
    return {
        "version": VERSION,
        "triggers": configuration.triggers.model_dump(mode="json"),
        "roles": {
            name: {"teams": list(role.teams), "users": list(role.users)} for name, role in configuration.roles.items()
        },
        "policies": policies | off,
        "backport": backport,
    }


def show(configuration: Configuration) -> str:
    """The effective configuration as a policy file that configures exactly the same."""
    return yaml.safe_dump(
        settings(configuration), sort_keys=False, default_flow_style=None, allow_unicode=True, width=120
    )
