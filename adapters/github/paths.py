"""Names from outside as parts of a URL's path."""

from __future__ import annotations

from urllib.parse import quote

from domain.errors import NotFoundError


def segment(name: str) -> str:
    """A name as one part of a path.

    Raises:
        NotFoundError: nothing at GitHub can have it, and it would lead to another path (".", "..", "", "a/b").
    """
    if name in {"", ".", ".."} or "/" in name:
        raise NotFoundError(f"GitHub has nothing that is named {name!r}")
    return quote(name, safe="")


def repository_path(repository: str) -> str:
    """The path of a repository "owner/name" in the REST API.

    Raises:
        NotFoundError: it isn't of that form.
    """
    owner, _, name = repository.partition("/")
    if not owner or not name or "/" in name:
        raise NotFoundError(f"{repository!r} is no repository: expected owner/name")
    return f"/repos/{segment(owner)}/{segment(name)}"
