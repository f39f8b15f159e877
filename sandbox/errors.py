"""A request refused, in GitHub's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class RefusedError(Exception):
    """GitHub says no: an HTTP status, a message and, for validation failures, what is wrong field by field."""

    def __init__(self, status: int, message: str, errors: Sequence[Mapping[str, Any] | str] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = list(errors)


def not_found() -> RefusedError:
    """What GitHub answers for things that are not there, and for those that one may not see."""
    return RefusedError(404, "Not Found")


def invalid(resource: str, field: str, code: str, message: str | None = None) -> RefusedError:
    """A validation failure of one field (docs.github.com, "Troubleshooting the REST API", "Validation failed")."""
    error = {"resource": resource, "field": field, "code": code}
    return RefusedError(422, "Validation Failed", [{**error, "message": message} if message else error])


def malformed(sentence: str) -> RefusedError:
    """A body that doesn't have the documented form."""
    return RefusedError(422, f"Invalid request.\n\n{sentence}")
