"""REST: reviews (docs.github.com/rest/pulls/reviews)."""

from __future__ import annotations

from typing import Any

from sandbox.deeds import reviews
from sandbox.errors import not_found
from sandbox.model import PullRequest, Review
from sandbox.rest.calls import Call, Route, at
from sandbox.shapes.pulls import review as shape


def _pull(call: Call) -> PullRequest:
    return call.scope.pull(call.args["number"])


def _review(call: Call) -> Review:
    found = [review for review in _pull(call).reviews if review.id == call.args["review_id"]]
    if not found:
        raise not_found()
    return found[0]


def _shape(call: Call, review: Review) -> Any:
    return shape(call.world, call.repo, _pull(call), review)


def list_reviews(call: Call) -> Any:
    """`GET /reviews`, oldest first; pending ones are their author's alone."""
    found = [review for review in _pull(call).reviews if review.state != "PENDING" or review.user == call.scope.login]
    return [_shape(call, review) for review in call.page(found)]


def create_review(call: Call) -> Any:
    """`POST /reviews`; without an event it stays pending."""
    sha, event = call.optional_text("commit_id"), call.optional_text("event")
    body = call.optional_text("body") or ""
    return _shape(call, reviews.create_review(call.scope, _pull(call), event, body, sha))


def get_review(call: Call) -> Any:
    """`GET /reviews/{review_id}`."""
    return _shape(call, _review(call))


def update_review(call: Call) -> Any:
    """`PUT /reviews/{review_id}`: its text."""
    return _shape(call, reviews.edit_review(call.scope, _pull(call), _review(call), call.text("body")))


def delete_review(call: Call) -> Any:
    """`DELETE /reviews/{review_id}`: a pending one."""
    review = _review(call)
    shown = _shape(call, review)
    reviews.delete_pending(call.scope, _pull(call), review)
    return shown


def submit_review(call: Call) -> Any:
    """`POST /reviews/{review_id}/events`."""
    review = _review(call)
    review.body = call.optional_text("body") or review.body
    return _shape(call, reviews.submit_review(call.scope, _pull(call), review, call.text("event")))


def dismiss_review(call: Call) -> Any:
    """`PUT /reviews/{review_id}/dismissals`."""
    return _shape(call, reviews.dismiss_review(call.scope, _pull(call), _review(call), call.text("message")))


ROUTES = at(
    "/repos/<owner>/<repo>/pulls/<int:number>/reviews",
    Route("GET", "", list_reviews, "pull_requests:read"),
    Route("POST", "", create_review, "pull_requests:write", role="read"),
    Route("GET", "/<int:review_id>", get_review, "pull_requests:read"),
    Route("PUT", "/<int:review_id>", update_review, "pull_requests:write", role="read"),
    Route("DELETE", "/<int:review_id>", delete_review, "pull_requests:write", role="read"),
    Route("POST", "/<int:review_id>/events", submit_review, "pull_requests:write", role="read"),
    Route("PUT", "/<int:review_id>/dismissals", dismiss_review, "pull_requests:write"),
)
