"""REST: repositories, forks and rulesets (docs.github.com/rest/repos)."""

from __future__ import annotations

import re
import shutil
from typing import Any

from sandbox.errors import RefusedError, invalid
from sandbox.model import Repository, Ruleset
from sandbox.rest.calls import Call, Reply, Route, at, demand, reading_body
from sandbox.rules import rules_of
from sandbox.shapes import gates as gate_shapes
from sandbox.shapes import repositories as shapes

_SETTINGS = (
    "allow_merge_commit",
    "allow_squash_merge",
    "allow_rebase_merge",
    "allow_auto_merge",
    "delete_branch_on_merge",
    "private",
    "archived",
)


def _full(call: Call, repository: Repository) -> Any:
    viewer = demand(call.viewer)
    role = "read" if viewer.installation else call.store.permission(repository, viewer.login)
    return shapes.full_repository(call.world, repository, role)


def get_repository(call: Call) -> Any:
    """`GET /repos/{owner}/{repo}`."""
    return _full(call, call.repo)


def update_repository(call: Call) -> Any:
    """`PATCH /repos/{owner}/{repo}`: description, default branch, visibility and the ways to merge."""
    for name in (name for name in _SETTINGS if name in call.body):
        setattr(call.repo, name, call.flag(name))
    call.repo.description = call.optional_text("description") or call.repo.description
    branch = call.optional_text("default_branch")
    if branch:
        if call.git.branch(branch) is None:
            raise invalid("Repository", "default_branch", "invalid")
        call.repo.default_branch = branch
        (call.repo.path / "HEAD").write_text(f"ref: refs/heads/{branch}\n")
    return _full(call, call.repo)


def create_for_organization(call: Call) -> Any:
    """`POST /orgs/{org}/repos`."""
    account = demand(call.store.account(call.args["org"]))
    if account.members.get(demand(call.viewer).login) is None:
        raise RefusedError(403, "You need admin access to the organization before adding a repository to it.")
    return _full(call, _create(call, account.login))


def create_for_user(call: Call) -> Any:
    """`POST /user/repos`."""
    return _full(call, _create(call, demand(call.viewer).login))


def _create(call: Call, owner: str) -> Repository:
    name = _valid_name(call.text("name"))
    if call.store.repository(owner, name):
        raise invalid("Repository", "name", "custom", "name already exists on this account")
    repository = call.store.add_repository(owner, name, call.optional_text("default_branch") or "main")
    repository.private, repository.description = call.flag("private"), call.optional_text("description")
    call.store.add_default_labels(repository)
    return repository


def _valid_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", name) or name in {".", ".."}:
        raise invalid("Repository", "name", "invalid")
    return name


def create_fork(call: Call) -> Any:
    """`POST /forks`: into the viewer's account."""
    owner, name = demand(call.viewer).login, _valid_name(call.optional_text("name") or call.repo.name)
    found = call.store.repository(owner, name)
    if found:
        return _full(call, found)
    fork = call.store.add_repository(owner, name, call.repo.default_branch)
    fork.parent_id = call.repo.id
    shutil.copytree(call.repo.path / "objects", fork.path / "objects", dirs_exist_ok=True)
    for ref, sha in {**call.git.refs("refs/heads/"), **call.git.refs("refs/tags/")}.items():
        call.store.git(fork).set_ref(ref, sha)
    return _full(call, fork)


# Rulesets


def list_rulesets(call: Call) -> Any:
    """`GET /rulesets`."""
    return [gate_shapes.ruleset(call.world, call.repo, each) for each in call.page(list(call.repo.rulesets.values()))]


def create_ruleset(call: Call) -> Any:
    """`POST /rulesets`."""
    with reading_body():
        names = (call.body.get("conditions") or {}).get("ref_name") or {"include": ["~ALL"], "exclude": []}
        ruleset = Ruleset(
            id=call.store.next_id(),
            name=call.text("name"),
            target=call.optional_text("target") or "branch",
            enforcement=call.text("enforcement"),
            include=tuple(names["include"]),
            exclude=tuple(names.get("exclude", ())),
            rules=tuple({"type": rule["type"], **rule} for rule in call.body.get("rules", [])),
            bypass_actors=tuple(dict(actor) for actor in call.body.get("bypass_actors", [])),
            created_at=call.store.now(),
        )
    call.repo.rulesets[ruleset.id] = ruleset
    return gate_shapes.ruleset(call.world, call.repo, ruleset)


def get_ruleset(call: Call) -> Any:
    """`GET /rulesets/{id}`."""
    return gate_shapes.ruleset(call.world, call.repo, demand(call.repo.rulesets.get(call.args["id"])))


def delete_ruleset(call: Call) -> Any:
    """`DELETE /rulesets/{id}`."""
    demand(call.repo.rulesets.pop(call.args["id"], None))
    return Reply(None, 204)


def branch_rules(call: Call) -> Any:
    """`GET /rules/branches/{branch}`."""
    return list(call.page(rules_of(call.repo, call.args["branch"])))


_ADMIN = "administration:write"

ROUTES = (
    Route("POST", "/orgs/<org>/repos", create_for_organization, status=201),
    Route("POST", "/user/repos", create_for_user, status=201),
    *at(
        "/repos/<owner>/<repo>",
        Route("GET", "", get_repository),
        Route("PATCH", "", update_repository, _ADMIN, role="admin"),
        Route("POST", "/forks", create_fork, "contents:read", 202),
        Route("GET", "/rulesets", list_rulesets),
        Route("POST", "/rulesets", create_ruleset, _ADMIN, 201, "admin"),
        Route("GET", "/rulesets/<int:id>", get_ruleset),
        Route("DELETE", "/rulesets/<int:id>", delete_ruleset, _ADMIN, role="admin"),
        Route("GET", "/rules/branches/<path:branch>", branch_rules),
    ),
)
