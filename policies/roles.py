"""Roles as the policy file writes them, and names of roles as policies use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import re2
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from domain.people import Role
from policies.yaml_faults import nearest, quoted

#: GitHub's logins: letters, digits and single hyphens, at most 39 ("Changing your username"); accounts of managed
#: users end in an underscore and their enterprise's short code, old ones may end in a hyphen.
_LOGIN = re2.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:_[A-Za-z0-9]+)?")
_TEAM = re2.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


def is_login(text: str) -> bool:
    """Whether a text can be the login of an account."""
    return _LOGIN.fullmatch(text) is not None


def is_team(text: str) -> bool:
    """Whether a text can be a team, as "organisation/team"."""
    return _TEAM.fullmatch(text) is not None


def _login(text: str) -> str:
    login = text.removeprefix("@")
    if _LOGIN.fullmatch(login):
        return login
    if _TEAM.fullmatch(login):
        raise _form("{shown} is a team, not a person", text, f"move it to `teams: [{login}]`")
    if login.endswith("[bot]"):
        raise _form("{shown} is a bot, and bots don't approve", text, "name a person")
    raise _form("{shown} is no GitHub login: letters, digits and hyphens", text, "write the login alone, like `alice`")


def _team(text: str) -> str:
    team = text.removeprefix("@")
    if _TEAM.fullmatch(team):
        return team
    remedy = f"write `org/{team}` with your organisation's name" if _LOGIN.fullmatch(team) else "write it as `org/team`"
    raise _form("{shown} is no team: expected organisation/team", text, remedy)


def _form(message: str, text: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("form", message, {"shown": quoted(text), "remedy": remedy})


Login = Annotated[str, AfterValidator(_login)]
TeamName = Annotated[str, AfterValidator(_team)]


Permission = Literal["triage", "write", "maintain", "admin"]


class RoleSettings(BaseModel):
    """Who has a role: whoever any of its settings names. Logins and teams may be written with the `@` of a mention."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    teams: tuple[TeamName, ...] = Field(
        (), description="Teams as `organisation/team`, by their slugs; members of nested teams belong."
    )
    users: tuple[Login, ...] = Field((), description="Logins of people. Letter case doesn't count.")
    permission: Permission | None = Field(
        None, description="Whoever has at least this permission on the repository: triage, write, maintain or admin."
    )
    code_owners: bool = Field(
        False,
        description="Whether the role stands for the code owners of the changed files, by CODEOWNERS on the base "
        "branch: one owner of every owned file must approve.",
    )


def _filled(settings: RoleSettings) -> RoleSettings:
    named = settings.teams or settings.users or settings.permission
    if settings.code_owners and named:
        remedy = "make it two roles and require both, or `{any: […]}` without code owners"
        raise PydanticCustomError("mixed_role", "code owners are a role of their own", {"remedy": remedy})
    if not named and not settings.code_owners:
        remedy = "name people or teams, like `{users: [alice]}`"
        raise PydanticCustomError("empty_role", "nobody has this role", {"remedy": remedy})
    return settings


def _name(text: str) -> str:
    if not text.strip() or not text.isprintable():
        remedy = {"remedy": "give it a name, like `tech-lead`"}
        raise PydanticCustomError("role_name", "a role's name must be visible text", remedy)
    return text


RoleName = Annotated[str, AfterValidator(_name)]
FilledRole = Annotated[RoleSettings, AfterValidator(_filled)]


def role_of(name: str, settings: RoleSettings) -> Role:
    """The role that these settings describe."""
    return Role(name, settings.users, settings.teams, settings.permission or "", settings.code_owners)


class AnyRole(BaseModel):
    """Roles of which any one will do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    any: tuple[str, ...] = Field(min_length=2)


def _resolve(value: Any, info: ValidationInfo) -> Role:
    if isinstance(value, Role):
        return value
    if isinstance(value, Mapping) and set(value) == {"any"} and isinstance(value["any"], list | tuple):
        return _any([_resolve_name(name, info) for name in value["any"]])
    return _resolve_name(value, info)


def _any(roles: list[Role]) -> Role:
    remedy = {"remedy": "write `{any: [ROLE, ROLE]}` with roles of people or teams"}
    if len(roles) < 2:  # noqa: PLR2004 - a choice needs two
        raise PydanticCustomError("any_role", "a choice needs two roles", remedy)
    if any(role.owns_files for role in roles):
        raise PydanticCustomError("any_role", "code owners can't be one of a choice", remedy)
    return Role.any(tuple(roles))


def _resolve_name(value: Any, info: ValidationInfo) -> Role:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "expected a role's name")
    roles: Mapping[str, Role] = (info.context or {}).get("roles", {})
    if value not in roles:
        near = nearest(value, roles)
        message = "no role {name} is defined under `roles`" + ("; did you mean {near}?" if near else "")
        remedy = (
            f"write `{near}`, or define the role" if near else f"define it: `roles: {{{value}: {{users: [login]}}}}`"
        )
        context = {"name": quoted(value), "near": quoted(near), "remedy": remedy}
        raise PydanticCustomError("unknown_role", message, context)
    return roles[value]


def _role_name(role: Role) -> str | dict[str, list[str]]:
    return {"any": [each.name for each in role.any_of]} if role.any_of else role.name


def _of_people(role: Role) -> Role:
    """Refuse code owners where nobody looks up who owns the changed files: the role would never be filled."""
    if role.owns_files:
        remedy = {"remedy": "name a role of people or teams; code owners can be required under `approvals`"}
        raise PydanticCustomError("code_owners", "code owners can't be asked for here", remedy)
    return role


#: For the settings of policies: written as a role's name in the file, held as the role itself.
NamedRole = Annotated[
    Role,
    PlainValidator(_resolve, json_schema_input_type=str | AnyRole),
    PlainSerializer(_role_name, return_type=str | dict[str, list[str]]),
]

#: The same for policies that don't know who owns the changed files.
NamedPeople = Annotated[NamedRole, AfterValidator(_of_people)]
