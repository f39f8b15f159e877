"""The roots of every query: a repository, a person, any object by its id, and the price."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sandbox.graphql import nodes
from sandbox.graphql.access import demand, not_found
from sandbox.graphql.nodes import Fields, Info, context
from sandbox.graphql.people import organization, user, viewer
from sandbox.graphql.repositories import repository
from sandbox.model import PullRequest, Repository
from sandbox.store import parse_node_id

#: Points an hour for an installation (docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-
#: api, "Primary rate limit").
POINTS = 5000

_Finder = Callable[[Repository, list[str]], Any]


def _by_id(_: Any, info: Info, id: str) -> Any:  # noqa: A002 -- GitHub's name
    found = find(info, id)
    if found is None:
        raise not_found(f"Could not resolve to a node with the global id of '{id}'")
    return found


def _by_ids(_: Any, info: Info, ids: list[str]) -> list[Any]:
    return [find(info, each) for each in ids]


def find(info: Info, text: str) -> Any:
    """The object with a global id, of any kind that has one here; None where there is none to see."""
    kind, parts = parse_node_id(text)
    store = context(info).store
    try:
        if kind in {"U", "BOT", "O"}:
            return next((each for each in store.accounts.values() if each.id == int(parts[0])), None)
        if kind == "A":
            return store.apps.get(int(parts[0]))
        if kind == "T" and len(parts) == 1:
            return store.teams.get(int(parts[0]))
        return _find_in_repository(info, kind, parts)
    except (ValueError, IndexError):
        return None


def _find_in_repository(info: Info, kind: str, parts: list[str]) -> Any:
    here = context(info)
    owner = here.store.repositories.get(int(parts[0]))
    if owner is None or not here.viewer.sees(here.store, owner) or kind not in _FINDERS:
        return None
    need, find = _FINDERS[kind]
    demand(info, owner, need)
    return find(owner, parts[1:])


def _pull(owner: Repository, rest: list[str]) -> PullRequest | None:
    return next((each for each in owner.pulls if each.pull_id == int(rest[0])), None)


def _issue(owner: Repository, rest: list[str]) -> Any:
    return next((each for each in owner.issues.values() if each.id == int(rest[0])), None)


def _label(owner: Repository, rest: list[str]) -> Any:
    found = next((each for each in owner.labels.values() if each.id == int(rest[0])), None)
    return nodes.LabelNode(owner, found) if found else None


def _review(owner: Repository, rest: list[str]) -> Any:
    pairs = [nodes.ReviewNode(pull, each) for pull in owner.pulls for each in pull.reviews]
    return next((pair for pair in pairs if pair.value.id == int(rest[0])), None)


def _thread(owner: Repository, rest: list[str]) -> Any:
    pairs = [nodes.ThreadNode(pull, each) for pull in owner.pulls for each in pull.threads]
    return next((pair for pair in pairs if pair.value.id == int(rest[0])), None)


_FINDERS: dict[str, tuple[str, _Finder]] = {
    "R": ("metadata:read", lambda owner, _: owner),
    "PR": ("pull_requests:read", _pull),
    "I": ("issues:read", _issue),
    "IC": ("issues:read", lambda owner, rest: owner.comments.get(int(rest[0]))),
    "LA": ("issues:read", _label),
    "PRR": ("pull_requests:read", _review),
    "PRRT": ("pull_requests:read", _thread),
    "CR": ("checks:read", lambda owner, rest: owner.check_runs.get(int(rest[0]))),
    "CS": ("checks:read", lambda owner, rest: owner.check_suites.get(int(rest[0]))),
    "C": ("contents:read", lambda owner, rest: nodes.CommitNode(owner, rest[0])),
}


def _rate_limit(_: Any, info: Info, **__: Any) -> dict[str, Any]:
    here = context(info)
    return {
        "cost": here.cost,
        "nodeCount": here.node_count,
        "limit": POINTS,
        "used": here.cost,
        "remaining": POINTS - here.cost,
        "resetAt": (here.store.now() + timedelta(hours=1)).replace(minute=0, second=0),
    }


FIELDS: dict[str, Fields] = {
    "Query": {
        "id": lambda *_: "query",
        "node": _by_id,
        "nodes": _by_ids,
        "organization": organization,
        "rateLimit": _rate_limit,
        "repository": repository,
        "user": user,
        "viewer": viewer,
    },
}
