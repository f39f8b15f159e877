"""One GraphQL request: parsed, validated, priced and executed, its errors in GitHub's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from sandbox.auth import Viewer
from sandbox.graphql.cost import MAX_NODES, cost_of
from sandbox.graphql.nodes import Context
from sandbox.graphql.schema import executable_schema
from sandbox.world import Json, World


def execute(world: World, viewer: Viewer, query: str, variables: object = None) -> Json:
    """Answer a GraphQL request as GitHub does, with `data` and `errors`; the HTTP status is 200 either way.

    Hold the store's lock meanwhile. The query must hold one operation.
    """
    if not isinstance(variables, Mapping | None):
        return {"errors": [{"message": "Variables are not an object"}]}
    values = dict(variables or {})
    try:
        document, operation = _prepared(query)
        cost = cost_of(document, operation, values)
    except GraphQLError as error:
        return {"errors": [_written(error)]}
    problems = validate(executable_schema(), document)
    if problems:
        return {"errors": [_written(each) for each in problems]}
    if cost.nodes > MAX_NODES:
        return {"errors": [_too_many_nodes(cost.nodes)]}
    return _run(Context(world, viewer, cost.points, cost.nodes), document, values)


def _prepared(query: str) -> tuple[DocumentNode, OperationDefinitionNode]:
    document = parse(query)
    operation = get_operation_ast(document)
    if operation is None:
        raise GraphQLError("An operation name is required")
    return document, operation


def _run(context: Context, document: DocumentNode, values: dict[str, Any]) -> Json:
    result = execute_sync(executable_schema(), document, variable_values=values, context_value=context)
    if result.data is None and _refused_before_running(result):
        return {"errors": [_written(each) for each in result.errors or ()]}
    answer: Json = {"data": result.data}
    return {**answer, "errors": [_written(each) for each in result.errors]} if result.errors else answer


def _refused_before_running(result: ExecutionResult) -> bool:
    return all(error.path is None for error in result.errors or ())


def _written(error: GraphQLError) -> Json:
    """GitHub puts its `type` beside the message, where the specification would have it under `extensions`."""
    original = error.original_error
    if original is not None and not isinstance(original, GraphQLError):
        raise original
    extensions = dict(error.extensions or {})
    kind = extensions.pop("type", None)
    written: Json = {"type": kind} if kind else {}
    if error.path is not None:
        written["path"] = list(error.path)
    if extensions:
        written["extensions"] = extensions
    if error.locations:
        written["locations"] = [{"line": each.line, "column": each.column} for each in error.locations]
    return {**written, "message": error.message}


def _too_many_nodes(nodes: int) -> Json:
    sentence = f"This query requests up to {nodes:,} possible nodes which exceeds the maximum limit of {MAX_NODES:,}."
    return {"type": "MAX_NODE_LIMIT_EXCEEDED", "message": sentence}
