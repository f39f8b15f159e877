"""Reviews: submitted, edited, dismissed."""

from __future__ import annotations

from sandbox.deeds.announcements import announce_review
from sandbox.deeds.progress import advance
from sandbox.deeds.pushes import dismiss
from sandbox.errors import RefusedError
from sandbox.model import PullRequest, Review
from sandbox.world import Scope

_STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


def create_review(scope: Scope, pull: PullRequest, event: str | None, body: str, sha: str | None = None) -> Review:
    """Start a review and, with an event, submit it at once.

    Raises:
        RefusedError: the event is unknown, the body missing, or the author judges the own pull request (422).
    """
    if any(each.user == scope.login and each.state == "PENDING" for each in pull.reviews):
        raise RefusedError(422, "Unprocessable Entity", ["User can only have one pending review per pull request"])
    number, now = scope.store.next_id(), scope.store.now()
    review = Review(number, scope.login, "PENDING", body, sha or pull.head_sha, now)
    if event:
        _check(scope, pull, event, body)
    pull.reviews.append(review)
    return submit_review(scope, pull, review, event) if event else review


def submit_review(scope: Scope, pull: PullRequest, review: Review, event: str) -> Review:
    """Submit a pending review.

    Raises:
        RefusedError: it was submitted before, or may not be so (422).
    """
    if review.state != "PENDING":
        raise RefusedError(422, "Unprocessable Entity", ["Could not submit a review that is not pending"])
    _check(scope, pull, event, review.body)
    review.state, review.submitted_at = _STATES[event], scope.store.now()
    review.updated_at = review.submitted_at
    if scope.login in pull.requested_reviewers:
        pull.requested_reviewers.remove(scope.login)
    announce_review(scope, pull, review, "submitted")
    advance(scope)
    return review


def _check(scope: Scope, pull: PullRequest, event: str, body: str) -> None:
    if event not in _STATES:
        raise RefusedError(
            422, "Unprocessable Entity", ["Variable $event of type PullRequestReviewEvent was provided invalid value"]
        )
    if event != "COMMENT" and scope.login == pull.user:
        word = "approve" if event == "APPROVE" else "request changes on"
        raise RefusedError(422, "Unprocessable Entity", [f"Can not {word} your own pull request"])
    if event != "APPROVE" and not body.strip():
        raise RefusedError(422, "Unprocessable Entity", ["Body is required for this review event"])


def edit_review(scope: Scope, pull: PullRequest, review: Review, body: str) -> Review:
    """Change the text of a review."""
    before, review.body, review.updated_at = review.body, body, scope.store.now()
    announce_review(scope, pull, review, "edited", changes={"body": {"from": before}})
    return review


def dismiss_review(scope: Scope, pull: PullRequest, review: Review, message: str) -> Review:
    """Dismiss a review.

    Raises:
        RefusedError: only approvals and requests for changes can be dismissed (422).
    """
    if review.state not in {"APPROVED", "CHANGES_REQUESTED"}:
        raise RefusedError(
            422, "Unprocessable Entity", [f"Can not dismiss a {review.state.lower()} pull request review"]
        )
    dismiss(scope, pull, review, message)
    return review


def delete_pending(scope: Scope, pull: PullRequest, review: Review) -> None:
    """Throw a review away that was never submitted.

    Raises:
        RefusedError: it was (422).
    """
    if review.state != "PENDING" or review.user != scope.login:
        raise RefusedError(422, "Unprocessable Entity", ["Can not delete a non-pending pull request review"])
    pull.reviews.remove(review)
