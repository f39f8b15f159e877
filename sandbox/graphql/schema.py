"""The executable schema: GitHub's words from `schema.graphql`, each field tied to the function that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from graphql import (
    GraphQLAbstractType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
)

from sandbox.graphql import checks, mutations, nodes, objects, people, pulls, queries, repositories, timeline
from sandbox.graphql.nodes import Fields, Info, default_field, stamp
from sandbox.model import Account, App, CheckRun, CheckSuite, Comment, Issue, PullRequest, Repository, Team

_ROOMS = (queries, mutations, repositories, pulls, timeline, checks, objects, people)

#: The GraphQL type of each class that fields are read from; an account says itself what it is.
_TYPES: Mapping[type, str] = {
    Repository: "Repository",
    PullRequest: "PullRequest",
    Issue: "Issue",
    Comment: "IssueComment",
    CheckRun: "CheckRun",
    CheckSuite: "CheckSuite",
    Team: "Team",
    App: "App",
    nodes.CommitNode: "Commit",
    nodes.TreeNode: "Tree",
    nodes.BlobNode: "Blob",
    nodes.TagNode: "Tag",
    nodes.RefNode: "Ref",
    nodes.LabelNode: "Label",
    nodes.MilestoneNode: "Milestone",
    nodes.StatusNode: "StatusContext",
    nodes.DeploymentNode: "Deployment",
    nodes.ReviewNode: "PullRequestReview",
    nodes.ThreadNode: "PullRequestReviewThread",
    nodes.QueueEntryNode: "MergeQueueEntry",
    nodes.ProtectionNode: "BranchProtectionRule",
    nodes.ReviewRequestNode: "ReviewRequest",
    nodes.ForcePushNode: "HeadRefForcePushedEvent",
    nodes.MergedNode: "MergedEvent",
}


@cache
def executable_schema() -> GraphQLSchema:
    """The schema, built once."""
    schema = build_schema((files("sandbox.graphql") / "schema.graphql").read_text())
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            _bind(kind, _fields_of(name))
        elif isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            kind.resolve_type = _type_of
        elif isinstance(kind, GraphQLScalarType) and name in {"DateTime", "GitTimestamp"}:
            # graphql-core means scalars to be given their functions so.
            kind.coerce_output_value = _time
    return schema


def _fields_of(name: str) -> Fields:
    return {field: resolve for room in _ROOMS for field, resolve in room.FIELDS.get(name, {}).items()}


def _bind(kind: GraphQLObjectType, resolvers: Fields) -> None:
    unknown = resolvers.keys() - kind.fields.keys()
    if unknown:
        raise LookupError(f"{kind.name} has no field {', '.join(sorted(unknown))}")
    of_git = _owned_repository if "repository" in kind.fields and kind.name not in {"Query", "Organization"} else None
    for name, field in kind.fields.items():
        field.resolve = resolvers.get(name) or (of_git if name == "repository" else None) or default_field


def _owned_repository(source: Any, info: Info) -> Repository:
    found: Repository = source.repository if hasattr(source, "repository") else nodes.repository_of(info, source)
    return found


def _type_of(value: Any, _: Info, __: GraphQLAbstractType) -> str:
    return value.type if isinstance(value, Account) else _TYPES[type(value)]


def _time(value: Any) -> str:
    return stamp(value) if isinstance(value, datetime) else str(value)
