"""What people and programs wrote below a pull request."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a pull request.

    Attributes:
        login: the account that wrote it, "" where it is gone.
    """

    id: int
    login: str
    body: str
    is_bot: bool = False
