"""The section `override` of the policy file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from domain.people import Role
from policies.durations import Duration
from policies.roles import NamedRole
from policies.texts import Text
from policies.yaml_faults import nearest, quoted

#: The label of the issue in which an override is looked at again.
REVIEW_LABEL = "hotfix-override"


def _known(name: str, info: ValidationInfo) -> str:
    """Refuse what names no policy: it would protect nothing."""
    names: Iterable[str] | None = (info.context or {}).get("policies")
    if names is None or name in names:
        return name
    near = nearest(name, names)
    message = "there is no policy {name}" + ("; did you mean {near}?" if near else "")
    remedy = f"write `{near}`" if near else "`hotfix policies` lists them"
    raise PydanticCustomError("unknown_policy", message, {"name": quoted(name), "near": quoted(near), "remedy": remedy})


def _people(role: Role) -> Role:
    """Refuse a role that stands for other people with each change: who overrides must be known beforehand."""
    if role.owns_files:
        raise PydanticCustomError(
            "code_owners", "code owners can't override", {"remedy": "name a role of people or teams"}
        )
    return role


PolicyName = Annotated[str, AfterValidator(_known)]


class OverrideSettings(BaseModel):
    """Who may let policies be in an emergency, for how long, and which ones never."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: tuple[Annotated[NamedRole, AfterValidator(_people)], ...] = Field(
        (), description='The roles that may say `/hotfix override POLICY… --reason "…"`. With none nobody may.'
    )
    confirmed: bool = Field(
        False, description="Whether a second person with one of these roles has to say `/hotfix confirm`."
    )
    expires: Duration = Field(timedelta(hours=24), description="How long an override counts at most, like `24h`.")
    exempt: tuple[PolicyName, ...] = Field(
        (), alias="except", description="Policies that can't be overridden, by anybody."
    )
    labels: tuple[Text, ...] = Field(
        (REVIEW_LABEL,),
        description="Labels of the issue that is opened after the merge, to look at the override again.",
    )
