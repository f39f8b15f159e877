"""REST: issues, labels, assignees, milestones, comments and reactions (docs.github.com/rest/issues)."""

from __future__ import annotations

from typing import Any

from sandbox.deeds import issues, pulls
from sandbox.errors import not_found
from sandbox.model import Comment, Issue, PullRequest
from sandbox.rest.calls import Call, Reply, Route, at, demand, reading_body
from sandbox.shapes import issues as shapes
from sandbox.shapes.repositories import label as label_shape
from sandbox.shapes.repositories import milestone as milestone_shape


def _issue(call: Call) -> Issue:
    return call.scope.issue(call.args["number"])


def _shape(call: Call, issue: Issue) -> Any:
    return shapes.issue(call.world, call.repo, issue)


def list_issues(call: Call) -> Any:
    """`GET /issues` (pull requests are among them): by state, labels, creator, assignee and since."""
    state = call.query.get("state", "open")
    wanted = {name.lower() for name in call.query.get("labels", "").split(",") if name}
    found = [issue for issue in call.repo.issues.values() if state in {"all", issue.state}]
    found = [issue for issue in found if wanted <= {label.name.lower() for label in issue.labels}]
    if "creator" in call.query:
        found = [issue for issue in found if issue.user == call.query["creator"]]
    if "assignee" in call.query:
        found = [issue for issue in found if call.query["assignee"] in {*issue.assignees, "*"}]
    key = "updated_at" if call.query.get("sort") == "updated" else "created_at"
    descending = call.query.get("direction", "desc") == "desc"
    found.sort(key=lambda issue: (getattr(issue, key), issue.number), reverse=descending)
    return [_shape(call, issue) for issue in call.page(found)]


def create_issue(call: Call) -> Any:
    """`POST /issues`."""
    issue = issues.open_issue(call.scope, call.text("title"), call.optional_text("body"))
    issues.add_labels(call.scope, issue, call.texts("labels"))
    issues.set_assignees(call.scope, issue, call.texts("assignees"))
    issues.set_milestone(call.scope, issue, call.body.get("milestone"))
    return _shape(call, issue)


def get_issue(call: Call) -> Any:
    """`GET /issues/{number}`."""
    return _shape(call, _issue(call))


def update_issue(call: Call) -> Any:
    """`PATCH /issues/{number}`: title, body, state, labels, assignees, milestone."""
    issue, body = _issue(call), call.body
    issues.edit_issue(call.scope, issue, {key: call.optional_text(key) for key in ("title", "body") if key in body})
    if "labels" in body:
        issues.replace_labels(call.scope, issue, _names(call))
    if "assignees" in body:
        issues.set_assignees(call.scope, issue, call.texts("assignees"))
    if "milestone" in body:
        issues.set_milestone(call.scope, issue, body["milestone"])
    _set_state(call, issue)
    return _shape(call, issue)


def _set_state(call: Call, issue: Issue) -> None:
    state = call.optional_text("state")
    if state not in {"open", "closed"}:
        return
    if isinstance(issue, PullRequest):
        pulls.set_state(call.scope, issue, state)
    else:
        issues.set_issue_state(call.scope, issue, state, call.optional_text("state_reason"))


# Labels


def _names(call: Call) -> list[str]:
    given = call.body.get("labels", call.body.get(""))
    with reading_body():
        return [each if isinstance(each, str) else str(each["name"]) for each in given or []]


def _labels(call: Call, issue: Issue) -> Any:
    return [label_shape(call.world, call.repo, label) for label in issue.labels]


def list_issue_labels(call: Call) -> Any:
    """`GET /issues/{number}/labels`."""
    return _labels(call, _issue(call))


def add_labels(call: Call) -> Any:
    """`POST /issues/{number}/labels`: `{"labels": […]}` or the list alone."""
    issues.add_labels(call.scope, _issue(call), _names(call))
    return _labels(call, _issue(call))


def replace_labels(call: Call) -> Any:
    """`PUT /issues/{number}/labels`."""
    issues.replace_labels(call.scope, _issue(call), _names(call))
    return _labels(call, _issue(call))


def remove_label(call: Call) -> Any:
    """`DELETE /issues/{number}/labels/{name}`."""
    issues.remove_label(call.scope, _issue(call), call.args["name"])
    return _labels(call, _issue(call))


def remove_labels(call: Call) -> Any:
    """`DELETE /issues/{number}/labels`."""
    issues.replace_labels(call.scope, _issue(call), [])
    return Reply(None, 204)


def list_labels(call: Call) -> Any:
    """`GET /labels`."""
    return [label_shape(call.world, call.repo, label) for label in call.page(list(call.repo.labels.values()))]


def create_label(call: Call) -> Any:
    """`POST /labels`."""
    color = (call.optional_text("color") or "ededed").removeprefix("#")
    label = issues.create_label(call.scope, call.text("name"), color, call.optional_text("description"))
    return label_shape(call.world, call.repo, label)


def get_label(call: Call) -> Any:
    """`GET /labels/{name}`."""
    return label_shape(call.world, call.repo, demand(call.repo.labels.get(call.args["name"].lower())))


# Assignees and milestones


def add_assignees(call: Call) -> Any:
    """`POST /issues/{number}/assignees`."""
    issue = _issue(call)
    issues.set_assignees(call.scope, issue, [*issue.assignees, *call.texts("assignees")])
    return _shape(call, issue)


def remove_assignees(call: Call) -> Any:
    """`DELETE /issues/{number}/assignees`."""
    issue, gone = _issue(call), call.texts("assignees")
    issues.set_assignees(call.scope, issue, [login for login in issue.assignees if login not in gone])
    return _shape(call, issue)


def list_milestones(call: Call) -> Any:
    """`GET /milestones`."""
    state = call.query.get("state", "open")
    found = [each for each in call.repo.milestones.values() if state in {"all", each.state}]
    return [milestone_shape(call.world, call.repo, each) for each in call.page(found)]


def create_milestone(call: Call) -> Any:
    """`POST /milestones`."""
    milestone = issues.create_milestone(call.scope, call.text("title"), call.optional_text("description"))
    return milestone_shape(call.world, call.repo, milestone)


# Comments


def _comment(call: Call) -> Comment:
    if call.args["comment_id"] not in call.repo.comments:
        raise not_found()
    return call.repo.comments[call.args["comment_id"]]


def list_comments(call: Call) -> Any:
    """`GET /issues/{number}/comments`, oldest first."""
    found = [each for each in call.repo.comments.values() if each.issue_number == _issue(call).number]
    return [shapes.comment(call.world, call.repo, each) for each in call.page(found)]


def list_all_comments(call: Call) -> Any:
    """`GET /issues/comments`."""
    found = list(call.repo.comments.values())
    return [shapes.comment(call.world, call.repo, each) for each in call.page(found)]


def create_comment(call: Call) -> Any:
    """`POST /issues/{number}/comments`."""
    return shapes.comment(call.world, call.repo, issues.create_comment(call.scope, _issue(call), call.text("body")))


def get_comment(call: Call) -> Any:
    """`GET /issues/comments/{comment_id}`."""
    return shapes.comment(call.world, call.repo, _comment(call))


def update_comment(call: Call) -> Any:
    """`PATCH /issues/comments/{comment_id}`."""
    return shapes.comment(call.world, call.repo, issues.edit_comment(call.scope, _comment(call), call.text("body")))


def delete_comment(call: Call) -> Any:
    """`DELETE /issues/comments/{comment_id}`."""
    issues.delete_comment(call.scope, _comment(call))
    return Reply(None, 204)


def list_reactions(call: Call) -> Any:
    """`GET /issues/comments/{comment_id}/reactions`."""
    return [shapes.reaction(call.world, call.repo, each) for each in call.page(_comment(call).reactions)]


def create_reaction(call: Call) -> Any:
    """`POST /issues/comments/{comment_id}/reactions`: 201, or 200 for one that is there already."""
    reaction, new = issues.react(call.scope, _comment(call), call.text("content"))
    return Reply(shapes.reaction(call.world, call.repo, reaction), 201 if new else 200)


_READ, _WRITE = "issues+pull_requests:read", "issues+pull_requests:write"

ROUTES = at(
    "/repos/<owner>/<repo>",
    Route("GET", "/issues", list_issues, "issues:read"),
    Route("POST", "/issues", create_issue, "issues:write", 201, "read"),
    Route("GET", "/issues/<int:number>", get_issue, _READ),
    Route("PATCH", "/issues/<int:number>", update_issue, _WRITE, role="triage"),
    Route("GET", "/issues/<int:number>/labels", list_issue_labels, _READ),
    Route("POST", "/issues/<int:number>/labels", add_labels, _WRITE, role="triage"),
    Route("PUT", "/issues/<int:number>/labels", replace_labels, _WRITE, role="triage"),
    Route("DELETE", "/issues/<int:number>/labels", remove_labels, _WRITE, role="triage"),
    Route("DELETE", "/issues/<int:number>/labels/<path:name>", remove_label, _WRITE, role="triage"),
    Route("GET", "/labels", list_labels, "issues:read"),
    Route("POST", "/labels", create_label, "issues:write", 201),
    Route("GET", "/labels/<path:name>", get_label, "issues:read"),
    Route("POST", "/issues/<int:number>/assignees", add_assignees, _WRITE, 201),
    Route("DELETE", "/issues/<int:number>/assignees", remove_assignees, _WRITE),
    Route("GET", "/milestones", list_milestones, "issues:read"),
    Route("POST", "/milestones", create_milestone, "issues:write", 201),
    Route("GET", "/issues/<int:number>/comments", list_comments, _READ),
    Route("POST", "/issues/<int:number>/comments", create_comment, _WRITE, 201, "read"),
    Route("GET", "/issues/comments", list_all_comments, "issues:read"),
    Route("GET", "/issues/comments/<int:comment_id>", get_comment, _READ),
    Route("PATCH", "/issues/comments/<int:comment_id>", update_comment, _WRITE),
    Route("DELETE", "/issues/comments/<int:comment_id>", delete_comment, _WRITE),
    Route("GET", "/issues/comments/<int:comment_id>/reactions", list_reactions, _READ),
    Route("POST", "/issues/comments/<int:comment_id>/reactions", create_reaction, _WRITE, 201, "read"),
)
