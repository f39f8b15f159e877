"""Builders of what GitHub says of a pull request, for the policies that look at people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.change import Change, Evidence, Membership
from domain.pull_request import Commit, Outline, PullRequest, PullRequestRef, Review, Signature
from tests.builders import ALICE

HEAD = "a" * 40
OLD_HEAD = "c" * 40
_START = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
GITHUB = Signature("GitHub", "noreply@github.com")


def a_person(login: str) -> Signature:
    """A person whose commits GitHub knows."""
    return Signature(login.title(), f"{login}@example.org", login)


def a_commit_by(*authors: Signature, committer: Signature | None = None, oid: str = HEAD) -> Commit:
    """A commit by an author and co-authors, committed by the author unless said otherwise."""
    return Commit(oid, "Fix it", authors, committer or authors[0])


def a_review(login: str, state: str = "APPROVED", **fields: Any) -> Review:
    """A review of the current head by a person with write access."""
    return replace(Review(login, state, HEAD, _START, can_push=True), **fields)


def in_order(*reviews: Review) -> tuple[Review, ...]:
    """These reviews, a minute apart."""
    return tuple(
        replace(review, submitted_at=_START + timedelta(minutes=minute)) for minute, review in enumerate(reviews)
    )


def an_outline(*reviews: Review, **fields: Any) -> Outline:
    """Alice's pull request with one commit of hers and these reviews, oldest first."""
    pull_request = PullRequest(
        ref=PullRequestRef("acme/shop", 12),
        title="Fix the cart",
        body="",
        author="alice",
        state="open",
        is_draft=False,
        base="main",
        base_oid="b" * 40,
        head="hotfix/cart",
        head_oid=HEAD,
        head_repository="acme/shop",
        commits=(a_commit_by(ALICE),),
        reviews=in_order(*reviews),
        last_pusher="alice",
    )
    return Outline(replace(pull_request, **fields), default_branch="main")


def judged_on(outline: Outline, members: Sequence[Membership] = ()) -> Change:
    """The change of an outline, with the memberships that hold."""
    return Change.of(outline, Evidence(members=frozenset(members)))
