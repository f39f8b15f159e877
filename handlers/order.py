"""A command that a person gave in a comment, with all that carrying it out takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.commands import Command
from domain.pull_request import PullRequestRef
from handlers.ports import GitHub, Ports


@dataclass(frozen=True, slots=True)
class Order:
    """One command on one pull request.

    Attributes:
        comment_id: the comment that holds it; the same comment is the same order, however often it is delivered.
        login: who gave it, by the account that wrote the comment.
        given_at: when the comment was written, by GitHub's clock, in whole seconds.
    """

    command: Command
    ref: PullRequestRef
    comment_id: int
    login: str
    given_at: datetime
    github: GitHub
    ports: Ports
