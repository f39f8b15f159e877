"""REST: users, organisations, teams and collaborators.

Accounts are made at `/admin/…`, as a site administrator does on GitHub Enterprise Server.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.errors import RefusedError, invalid
from sandbox.model import Account, Team
from sandbox.rest.calls import Call, Reply, Route, demand
from sandbox.shapes import people as shapes
from sandbox.shapes.repositories import permissions
from sandbox.store import PERMISSIONS

_LEGACY = {"maintain": "write", "triage": "read"}
#: Names that the API takes for permissions ("pull", "push"), and those that the roles have ("read", "write").
_ROLES = {"pull": "read", "push": "write"}


def get_viewer(call: Call) -> Any:
    """`GET /user`."""
    viewer = demand(call.viewer)
    if viewer.installation:
        raise RefusedError(403, "Resource not accessible by integration")
    return shapes.full_user(call.world, viewer.account)


def get_user(call: Call) -> Any:
    """`GET /users/{username}`."""
    return shapes.full_user(call.world, demand(call.store.account(call.args["login"])))


def create_user(call: Call) -> Any:
    """`POST /admin/users`."""
    _demand_site_admin(call)
    account = _create(call, "User")
    account.name = call.optional_text("name")
    return shapes.simple_user(call.world, account.login)


def create_user_token(call: Call) -> Any:
    """`POST /admin/users/{username}/authorizations`: a token to act as that person."""
    _demand_site_admin(call)
    return {"token": call.store.user_token(demand(call.store.account(call.args["login"])).login)}


def create_organization(call: Call) -> Any:
    """`POST /admin/organizations`."""
    _demand_site_admin(call)
    account = _create(call, "Organization")
    account.members[call.text("admin")] = "admin"
    return shapes.organization(call.world, account)


def _demand_site_admin(call: Call) -> None:
    if not demand(call.viewer).account.site_admin:
        raise RefusedError(403, "Must be a site administrator.")


def _create(call: Call, kind: str) -> Account:
    login = call.text("login")
    if not re.fullmatch(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,38}", login):
        raise invalid("User", "login", "invalid")
    if call.store.account(login):
        raise invalid("User", "login", "already_exists")
    return call.store.add_account(login, kind, call.optional_text("email"))


# Organisations and teams


def _organization(call: Call, write: bool = False) -> Account:
    account = demand(call.store.account(call.args["org"]))
    viewer = demand(call.viewer)
    if viewer.installation:
        _demand_installed(call, account, "write" if write else "read")
    elif write and account.members.get(viewer.login) != "admin":
        raise RefusedError(403, "You must be an admin to do this.")
    return account


def _demand_installed(call: Call, account: Account, level: str) -> None:
    viewer = demand(call.viewer)
    granted = (viewer.permissions or {}).get("members", "none")
    here = viewer.installation and viewer.installation.account.lower() == account.login.lower()
    if not here or granted not in {level, "write"}:
        raise RefusedError(403, "Resource not accessible by integration")


def _team(call: Call, write: bool = False) -> Team:
    organization = _organization(call, write)
    return demand(call.store.team(organization.login, call.args["slug"]))


def get_organization(call: Call) -> Any:
    """`GET /orgs/{org}`."""
    return shapes.full_organization(call.world, demand(call.store.account(call.args["org"])))


def set_membership(call: Call) -> Any:
    """`PUT /orgs/{org}/memberships/{username}`: the invitation is accepted at once."""
    account = _organization(call, write=True)
    user, role = demand(call.store.account(call.args["login"])), call.optional_text("role") or "member"
    account.members[user.login] = role
    url = f"{call.world.api}/orgs/{account.login}/memberships/{user.login}"
    return {
        "url": url,
        "state": "active",
        "role": role,
        "organization_url": url.rpartition("/memberships")[0],
        "organization": shapes.organization(call.world, account),
        "user": shapes.simple_user(call.world, user.login),
    }


def list_teams(call: Call) -> Any:
    """`GET /orgs/{org}/teams`."""
    name = _organization(call).login
    own = [each for each in call.store.teams.values() if each.organization == name]
    return [shapes.team(call.world, each) for each in call.page(own)]


def create_team(call: Call) -> Any:
    """`POST /orgs/{org}/teams`; `parent_team_id` nests it."""
    organization, name = _organization(call, write=True), call.text("name")
    slug = "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
    if call.store.team(organization.login, slug):
        raise invalid("Team", "name", "already_exists")
    team = Team(call.store.next_id(), organization.login, slug, name, call.optional_text("description"))
    team.parent_id = call.body.get("parent_team_id")
    call.store.teams[team.id] = team
    return shapes.full_team(call.world, team)


def get_team(call: Call) -> Any:
    """`GET /orgs/{org}/teams/{slug}`."""
    return shapes.full_team(call.world, _team(call))


def team_members(call: Call) -> Any:
    """`GET /orgs/{org}/teams/{slug}/members`, those of nested teams among them."""
    found = call.page(list(call.store.team_members(_team(call))))
    return [shapes.simple_user(call.world, login) for login in found]


def child_teams(call: Call) -> Any:
    """`GET /orgs/{org}/teams/{slug}/teams`."""
    return [shapes.team(call.world, each) for each in call.page(call.store.child_teams(_team(call)))]


def get_team_membership(call: Call) -> Any:
    """`GET /orgs/{org}/teams/{slug}/memberships/{username}`; members of nested teams are members, too."""
    role = demand(call.store.team_members(_team(call)).get(_account(call).login))
    return _membership(call, role)


def set_team_membership(call: Call) -> Any:
    """`PUT /orgs/{org}/teams/{slug}/memberships/{username}`; it makes the person a member of the organisation."""
    team, user, role = _team(call, write=True), _account(call), call.optional_text("role") or "member"
    team.members[user.login] = role
    _organization(call).members.setdefault(user.login, "member")
    return _membership(call, role)


def remove_team_membership(call: Call) -> Any:
    """`DELETE /orgs/{org}/teams/{slug}/memberships/{username}`."""
    _team(call, write=True).members.pop(_account(call).login, None)
    return Reply(None, 204)


def _account(call: Call) -> Account:
    return demand(call.store.account(call.args["login"]))


def _membership(call: Call, role: str) -> Any:
    url = f"{call.world.api}/orgs/{call.args['org']}/teams/{call.args['slug']}/memberships/{call.args['login']}"
    return {"url": url, "role": role, "state": "active"}


def set_team_repository(call: Call) -> Any:
    """`PUT /orgs/{org}/teams/{slug}/repos/{owner}/{repo}`."""
    team = _team(call, write=True)
    repository = demand(call.store.repository(call.args["holder"], call.args["name"]))
    team.repositories[repository.id] = _role(call.optional_text("permission") or "push")
    return Reply(None, 204)


# Collaborators


def _role(permission: str) -> str:
    role = _ROLES.get(permission, permission)
    if role not in PERMISSIONS:
        raise invalid("Repository", "permission", "invalid")
    return role


def list_collaborators(call: Call) -> Any:
    """`GET /collaborators`."""
    return [_collaborator(call, login) for login in call.page(call.store.collaborators(call.repo))]


def _collaborator(call: Call, login: str) -> Any:
    role = call.store.permission(call.repo, login)
    return {**shapes.simple_user(call.world, login), "permissions": permissions(role), "role_name": role}


def is_collaborator(call: Call) -> Any:
    """`GET /collaborators/{username}`: 204 or 404."""
    demand(_account(call).login in call.store.collaborators(call.repo) or None)
    return Reply(None, 204)


def set_collaborator(call: Call) -> Any:
    """`PUT /collaborators/{username}`: the invitation is accepted at once."""
    call.repo.collaborators[_account(call).login] = _role(call.optional_text("permission") or "push")
    return Reply(None, 204)


def remove_collaborator(call: Call) -> Any:
    """`DELETE /collaborators/{username}`."""
    call.repo.collaborators.pop(_account(call).login, None)
    return Reply(None, 204)


def get_permission(call: Call) -> Any:
    """`GET /collaborators/{username}/permission`; `permission` knows four words, `role_name` all."""
    viewer, user = demand(call.viewer), _account(call)
    if viewer.installation is None and not viewer.may(call.store, call.repo, "contents:write"):
        raise RefusedError(403, "Must have push access to view collaborator permission.")
    role = call.store.permission(call.repo, user.login)
    legacy = _LEGACY.get(role, role)
    return {"permission": legacy, "role_name": role, "user": _collaborator(call, user.login)}


_TEAM, _PEOPLE = "/orgs/<org>/teams/<slug>", "/repos/<owner>/<repo>/collaborators"

ROUTES = (
    Route("GET", "/user", get_viewer),
    Route("GET", "/users/<login>", get_user, auth="any"),
    Route("POST", "/admin/users", create_user, status=201),
    Route("POST", "/admin/users/<login>/authorizations", create_user_token, status=201),
    Route("POST", "/admin/organizations", create_organization, status=201),
    Route("GET", "/orgs/<org>", get_organization, auth="any"),
    Route("PUT", "/orgs/<org>/memberships/<login>", set_membership),
    Route("GET", "/orgs/<org>/teams", list_teams),
    Route("POST", "/orgs/<org>/teams", create_team, status=201),
    Route("GET", _TEAM, get_team),
    Route("GET", f"{_TEAM}/members", team_members),
    Route("GET", f"{_TEAM}/teams", child_teams),
    Route("GET", f"{_TEAM}/memberships/<login>", get_team_membership),
    Route("PUT", f"{_TEAM}/memberships/<login>", set_team_membership),
    Route("DELETE", f"{_TEAM}/memberships/<login>", remove_team_membership),
    Route("PUT", f"{_TEAM}/repos/<holder>/<name>", set_team_repository),
    Route("GET", _PEOPLE, list_collaborators),
    Route("GET", f"{_PEOPLE}/<login>", is_collaborator),
    Route("PUT", f"{_PEOPLE}/<login>", set_collaborator, "administration:write", role="admin"),
    Route("DELETE", f"{_PEOPLE}/<login>", remove_collaborator, "administration:write", role="admin"),
    Route("GET", f"{_PEOPLE}/<login>/permission", get_permission),
)
