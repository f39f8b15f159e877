"""Accounts, organisations, teams and Apps, as GraphQL tells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLError

from sandbox.graphql.access import forbidden, not_found, visible_repository
from sandbox.graphql.connections import Connection, listed, page_of
from sandbox.graphql.nodes import ActorNode, Fields, Info, account, context, upper
from sandbox.model import Account, App, Repository, Team
from sandbox.shapes.people import account_node
from sandbox.store import node_id


def actor_login(source: Account, _: Info) -> str:
    """A bot's login: GraphQL leaves the `[bot]` out that REST puts behind it."""
    return source.login.removesuffix("[bot]")


def _url(source: Account, info: Info) -> str:
    return f"{context(info).world.url}{_path(source, info)}"


def _path(source: Account, _: Info) -> str:
    return f"/apps/{source.login.removesuffix('[bot]')}" if source.type == "Bot" else f"/{source.login}"


_ACCOUNT: Fields = {
    "id": lambda source, _: account_node(source),
    "databaseId": lambda source, _: source.id,
    "url": _url,
    "resourcePath": _path,
}


def _team(source: Account, info: Info, slug: str) -> Team | None:
    if not _may_see_members(info):
        raise forbidden()
    return context(info).store.team(source.login, slug)


def _teams(source: Account, info: Info, query: str | None = None) -> list[Team]:
    if not _may_see_members(info):
        raise forbidden()
    teams = [team for team in context(info).store.teams.values() if team.organization.lower() == source.login.lower()]
    return [team for team in teams if query is None or query.lower() in team.slug]


def _may_see_members(info: Info) -> bool:
    viewer = context(info).viewer
    return viewer.installation is None or (viewer.permissions or {}).get("members") in {"read", "write", "admin"}


def _team_members(source: Team, info: Info, **arguments: Any) -> dict[str, Any]:
    page = page_of(info, arguments)
    roles = _roles(source, info, arguments.get("membership", "ALL"))
    query, wanted = arguments.get("query"), arguments.get("role")
    chosen = {
        login: role
        for login, role in roles.items()
        if (query is None or query.lower() in login.lower()) and (wanted is None or role.upper() == wanted)
    }
    people = [found for login in chosen if (found := account(info, login))]
    return Connection(people, page, edges_with=lambda person: {"role": upper(chosen[person.login])}).fields()


def _roles(team: Team, info: Info, membership: str) -> dict[str, str]:
    everybody = context(info).store.team_members(team)
    if membership == "IMMEDIATE":
        return team.members
    if membership == "CHILD_TEAM":
        return {login: role for login, role in everybody.items() if login not in team.members}
    return everybody


def _child_teams(source: Team, info: Info, immediateOnly: bool = True) -> Iterator[Team]:  # noqa: N803 -- GitHub's name
    for child in context(info).store.child_teams(source):
        yield child
        if not immediateOnly:
            yield from _child_teams(child, info, immediateOnly=False)


def _members_with_role(source: Account, info: Info, **arguments: Any) -> dict[str, Any]:
    page = page_of(info, arguments)
    people = [found for login in source.members if (found := account(info, login))]
    return Connection(people, page, edges_with=lambda person: {"role": source.members[person.login].upper()}).fields()


def _repository(source: Account, info: Info, name: str, **_: Any) -> Repository:
    return visible_repository(info, source.login, name)


def organization(_: Any, info: Info, login: str) -> Account:
    """An organisation by login."""
    found = account(info, login)
    if found is None or found.type != "Organization":
        raise not_found(f"Could not resolve to an Organization with the login of '{login}'.")
    return found


def user(_: Any, info: Info, login: str) -> Account:
    """A person by login."""
    found = account(info, login)
    if found is None or found.type != "User":
        raise not_found(f"Could not resolve to a User with the login of '{login}'.")
    return found


def viewer(_: Any, info: Info) -> Account:
    """Whoever asks; an installation sees its bot, under the login with `[bot]`."""
    return context(info).viewer.account


def _commit_user(source: ActorNode, info: Info) -> Account | None:
    return context(info).store.account_of(source.person.email)


def _commit_date(source: ActorNode, _: Info) -> str:
    return source.person.date.isoformat()


def _organization_of(source: Team, info: Info) -> Account:
    found = account(info, source.organization)
    if found is None:
        raise GraphQLError(f"the organization {source.organization} is gone")
    return found


def _app_field(source: App, _: Info) -> str:
    return node_id("A", source.id)


FIELDS: dict[str, Fields] = {
    "User": _ACCOUNT,
    "Bot": {**_ACCOUNT, "login": actor_login},
    "Organization": {
        **_ACCOUNT,
        "team": _team,
        "teams": listed(_teams),
        "membersWithRole": _members_with_role,
        "repository": _repository,
    },
    "Team": {
        "id": lambda source, _: node_id("T", source.id),
        "databaseId": lambda source, _: source.id,
        "combinedSlug": lambda source, _: f"{source.organization}/{source.slug}",
        "organization": _organization_of,
        "parentTeam": lambda source, info: context(info).store.teams.get(source.parent_id or 0),
        "childTeams": listed(_child_teams),
        "members": _team_members,
        "privacy": lambda source, _: "SECRET" if source.privacy == "secret" else "VISIBLE",
    },
    "App": {"id": _app_field, "databaseId": lambda source, _: source.id},
    "GitActor": {
        "name": lambda source, _: source.person.name,
        "email": lambda source, _: source.person.email,
        "date": _commit_date,
        "user": _commit_user,
    },
}
