"""Who may read what, and the errors that say no; GraphQL errors travel in an answer of HTTP 200."""

from __future__ import annotations

from graphql import GraphQLError

from sandbox.graphql.nodes import Info, context
from sandbox.model import Repository


def not_found(message: str) -> GraphQLError:
    """There is no such thing, or the viewer may not know of it."""
    return GraphQLError(message, extensions={"type": "NOT_FOUND"})


def forbidden() -> GraphQLError:
    """The App's installation lacks a permission."""
    return GraphQLError("Resource not accessible by integration", extensions={"type": "FORBIDDEN"})


def unprocessable(message: str) -> GraphQLError:
    """A mutation that makes no sense as things stand."""
    return GraphQLError(message, extensions={"type": "UNPROCESSABLE"})


def visible_repository(info: Info, owner: str, name: str) -> Repository:
    """A repository that the viewer can see.

    Raises:
        GraphQLError: there is none (NOT_FOUND).
    """
    here = context(info)
    found = here.store.repository(owner, name)
    if found is None or not here.viewer.sees(here.store, found):
        raise not_found(f"Could not resolve to a Repository with the name '{owner}/{name}'.")
    return found


def demand(info: Info, repository: Repository, need: str) -> None:
    """Insist on a permission (`checks:read`); what is public may be read by everybody.

    Raises:
        GraphQLError: it's missing (FORBIDDEN).
    """
    here = context(info)
    readable = not repository.private and need.endswith(":read")
    if not readable and not here.viewer.may(here.store, repository, need):
        raise forbidden()
