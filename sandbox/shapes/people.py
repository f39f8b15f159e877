"""Accounts, teams, Apps and installations as JSON."""

from __future__ import annotations

from urllib.parse import quote

from sandbox.model import Account, App, Installation, Repository, Team, Token
from sandbox.store import node_id
from sandbox.world import Json, World, stamp

_NODE_KINDS = {"User": "U", "Bot": "BOT", "Organization": "O"}
_USER_LINKS = {
    "followers_url": "followers",
    "following_url": "following{/other_user}",
    "gists_url": "gists{/gist_id}",
    "starred_url": "starred{/owner}{/repo}",
    "subscriptions_url": "subscriptions",
    "organizations_url": "orgs",
    "repos_url": "repos",
    "events_url": "events{/privacy}",
    "received_events_url": "received_events",
}


def simple_user(world: World, login: str) -> Json:
    """A `simple-user`: any account, as it appears inside other objects."""
    account = world.store.account(login)
    if account is None:
        return ghost(world, login)
    return _user(world, account)


def ghost(world: World, login: str) -> Json:
    """The account that stands where a deleted one was."""
    return _user(world, Account(10137, login, "User", world.store.now()))


def optional_user(world: World, login: str | None) -> Json | None:
    """A `nullable-simple-user`."""
    return simple_user(world, login) if login else None


def _user(world: World, account: Account) -> Json:
    name = quote(account.login)  # a bot's brackets stand in addresses as %5Bbot%5D
    api = f"{world.api}/users/{name}"
    page = f"apps/{account.login.removesuffix('[bot]')}" if account.type == "Bot" else name
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account_node(account),
        "avatar_url": f"{world.url}/avatars/{name}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{world.url}/{page}",
        **{key: f"{api}/{path}" for key, path in _USER_LINKS.items()},
        "type": account.type,
        "site_admin": account.site_admin,
    }


def account_node(account: Account) -> str:
    """The global id of an account."""
    return node_id(_NODE_KINDS[account.type], account.id)


def full_user(world: World, account: Account) -> Json:
    """A `public-user`."""
    nothing = ("company", "blog", "location", "email", "hireable", "bio", "twitter_username")
    owned = sum(r.owner == account.login for r in world.store.repositories.values())
    return {
        **_user(world, account),
        "name": account.name,
        **dict.fromkeys(nothing),
        "public_repos": owned,
        **dict.fromkeys(("public_gists", "followers", "following"), 0),
        "created_at": stamp(account.created_at),
        "updated_at": stamp(account.created_at),
    }


def organization(world: World, account: Account) -> Json:
    """An `organization-simple`, as webhooks carry it."""
    api = f"{world.api}/orgs/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account_node(account),
        "url": api,
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events",
        "hooks_url": f"{api}/hooks",
        "issues_url": f"{api}/issues",
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "avatar_url": f"{world.url}/avatars/{account.login}",
        "description": None,
    }


def full_organization(world: World, account: Account) -> Json:
    """A `team-organization`, which is also what `GET /orgs/{org}` answers."""
    owned = sum(r.owner == account.login for r in world.store.repositories.values())
    return {
        **organization(world, account),
        "has_organization_projects": False,
        "has_repository_projects": False,
        "public_repos": owned,
        **dict.fromkeys(("public_gists", "followers", "following"), 0),
        "html_url": f"{world.url}/{account.login}",
        "created_at": stamp(account.created_at),
        "updated_at": stamp(account.created_at),
        "archived_at": None,
        "type": "Organization",
    }


def team_simple(world: World, team: Team, permission: str = "pull") -> Json:
    """A `team-simple`."""
    owner = world.store.account(team.organization)
    api = f"{world.api}/organizations/{owner.id if owner else 0}/team/{team.id}"
    return {
        "id": team.id,
        "node_id": node_id("T", team.id),
        "name": team.name,
        "slug": team.slug,
        "description": team.description,
        "privacy": team.privacy,
        "notification_setting": "notifications_enabled",
        "permission": permission,
        "url": api,
        "html_url": f"{world.url}/orgs/{team.organization}/teams/{team.slug}",
        "members_url": f"{api}/members{{/member}}",
        "repositories_url": f"{api}/repos",
        "type": "organization",
        "organization_id": owner.id if owner else 0,
    }


def team(world: World, value: Team, permission: str = "pull") -> Json:
    """A `team`, with its parent."""
    parent = world.store.teams.get(value.parent_id or 0)
    return {**team_simple(world, value, permission), "parent": team_simple(world, parent) if parent else None}


def full_team(world: World, value: Team) -> Json:
    """A `team-full`."""
    owner = world.store.account(value.organization)
    return {
        **team(world, value),
        "members_count": len(world.store.team_members(value)),
        "repos_count": len(value.repositories),
        "created_at": stamp(owner.created_at if owner else None),
        "updated_at": stamp(owner.created_at if owner else None),
        "organization": full_organization(world, owner) if owner else None,
    }


def app(world: World, value: App) -> Json:
    """An `integration`: the App as it appears in check runs and at `GET /app`."""
    return {
        "id": value.id,
        "slug": value.slug,
        "node_id": node_id("A", value.id),
        "client_id": value.client_id,
        "owner": simple_user(world, value.owner),
        "name": value.name,
        "description": "",
        "external_url": f"{world.url}/apps/{value.slug}",
        "html_url": f"{world.url}/apps/{value.slug}",
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.created_at),
        "permissions": dict(value.permissions),
        "events": list(value.events),
    }


def optional_app(world: World, number: int | None) -> Json | None:
    """A `nullable-integration`, by the App's id."""
    return app(world, world.store.apps[number]) if number in world.store.apps else None


def installation(world: World, value: Installation) -> Json:
    """An `installation`."""
    account = simple_user(world, value.account)
    return {
        "id": value.id,
        "account": account,
        "repository_selection": "all" if value.repository_ids is None else "selected",
        "access_tokens_url": f"{world.api}/app/installations/{value.id}/access_tokens",
        "repositories_url": f"{world.api}/installation/repositories",
        "html_url": f"{world.url}/organizations/{value.account}/settings/installations/{value.id}",
        "app_id": value.app_id,
        "app_slug": world.store.apps[value.app_id].slug,
        "target_id": account["id"],
        "target_type": account["type"],
        "permissions": dict(value.permissions),
        "events": list(value.events),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.created_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": stamp(value.suspended_at),
    }


def installation_token(token: Token, repositories: list[Json] | None) -> Json:
    """An `installation-token`; `repositories` only when the token was narrowed to some."""
    narrowed = {"repositories": repositories} if repositories is not None else {}
    return {
        "token": token.value,
        "expires_at": stamp(token.expires_at),
        "permissions": dict(token.permissions or {}),
        "repository_selection": "selected" if repositories is not None else "all",
        **narrowed,
    }


def repository_brief(repository: Repository) -> Json:
    """A repository as the `installation` event lists it."""
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
    }
