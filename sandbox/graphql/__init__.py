"""GitHub's GraphQL endpoint over the sandbox's store."""

from sandbox.graphql.execution import execute

__all__ = ["execute"]
