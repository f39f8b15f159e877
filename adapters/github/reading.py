"""Answers that lack what GitHub promises are trouble, not a crash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import GitHubTroubleError


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Read an answer; whatever is missing or of another type closes the gate instead of passing for nothing.

    Raises:
        GitHubTroubleError: the answer isn't of the form that GitHub documents.
    """
    try:
        yield
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise GitHubTroubleError(f"GitHub's answer for {what} can't be read: {type(error).__name__} {error}") from error
