"""Issues, labels, assignees, comments and reactions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.deeds.announcements import announce_issue, issue_shape
from sandbox.errors import RefusedError, invalid
from sandbox.model import Comment, Issue, Label, Milestone, Reaction
from sandbox.shapes import issues as shapes
from sandbox.shapes.people import simple_user
from sandbox.shapes.repositories import label as label_shape
from sandbox.world import Scope

#: The longest body of an issue or comment, in characters (GitHub: "body is too long (maximum is 65536 characters)").
MAX_BODY = 65_536


def open_issue(scope: Scope, title: str, body: str | None) -> Issue:
    """Open an issue."""
    _demand_short("Issue", body)
    number, now = len(scope.repository.issues) + 1, scope.store.now()
    app = scope.viewer.app.id if scope.viewer.app else None
    issue = Issue(scope.store.next_id(), number, scope.repository.id, scope.login, title, body, now, now, app_id=app)
    scope.repository.issues[number] = issue
    announce_issue(scope, issue, "opened")
    return issue


def _demand_short(resource: str, body: str | None) -> None:
    if body is not None and len(body) > MAX_BODY:
        raise invalid(resource, "body", "custom", f"body is too long (maximum is {MAX_BODY} characters)")


def edit_issue(scope: Scope, issue: Issue, changes: Mapping[str, Any]) -> None:
    """Change title or body, and announce what they were."""
    before: dict[str, Any] = {}
    _demand_short("Issue", changes.get("body"))
    for key in ("title", "body"):
        if key in changes and changes[key] != getattr(issue, key):
            before[key] = {"from": getattr(issue, key) or ""}
            setattr(issue, key, changes[key])
    if before:
        issue.updated_at = scope.store.now()
        announce_issue(scope, issue, "edited", changes=before)


def set_issue_state(scope: Scope, issue: Issue, state: str, reason: str | None) -> None:
    """Close or reopen an issue."""
    if state == issue.state:
        return
    now = scope.store.now()
    issue.state, issue.updated_at = state, now
    closed = state == "closed"
    issue.state_reason = (reason or "completed") if closed else "reopened"
    issue.closed_at, issue.closed_by = (now, scope.login) if closed else (None, None)
    announce_issue(scope, issue, "closed" if closed else "reopened")


# Labels


def label_named(scope: Scope, name: str, create: bool = True) -> Label:
    """The repository's label with a name; adding an unknown one to an issue creates it.

    Raises:
        RefusedError: there is none and none may be made (404).
    """
    found = scope.repository.labels.get(name.lower())
    if found is None and not create:
        raise RefusedError(404, "Label does not exist")
    return found or create_label(scope, name)


def create_label(scope: Scope, name: str, color: str = "ededed", description: str | None = None) -> Label:
    """Create a label.

    Raises:
        RefusedError: there is one of this name (422).
    """
    if name.lower() in scope.repository.labels:
        raise invalid("Label", "name", "already_exists")
    label = Label(scope.store.next_id(), name, color, description)
    scope.repository.labels[name.lower()] = label
    scope.announce("label", "created", label=label_shape(scope.world, scope.repository, label))
    return label


def add_labels(scope: Scope, issue: Issue, names: list[str]) -> None:
    """Add labels, each with an event of its own."""
    for label in [label_named(scope, name) for name in names]:
        if label not in issue.labels:
            issue.labels.append(label)
            _announce_label(scope, issue, label, "labeled")


def remove_label(scope: Scope, issue: Issue, name: str) -> None:
    """Take a label off.

    Raises:
        RefusedError: the issue doesn't bear it (404).
    """
    found = next((label for label in issue.labels if label.name.lower() == name.lower()), None)
    if found is None:
        raise RefusedError(404, "Label does not exist")
    issue.labels.remove(found)
    _announce_label(scope, issue, found, "unlabeled")


def replace_labels(scope: Scope, issue: Issue, names: list[str]) -> None:
    """Make these the issue's labels."""
    wanted = {name.lower() for name in names}
    for label in [each for each in issue.labels if each.name.lower() not in wanted]:
        remove_label(scope, issue, label.name)
    add_labels(scope, issue, names)


def _announce_label(scope: Scope, issue: Issue, label: Label, action: str) -> None:
    issue.updated_at = scope.store.now()
    announce_issue(scope, issue, action, label=label_shape(scope.world, scope.repository, label))


# Assignees and milestone


def set_assignees(scope: Scope, issue: Issue, logins: list[str]) -> None:
    """Make these the assignees; people without access are silently left out, as on GitHub."""
    known = scope.store.collaborators(scope.repository)
    wanted = [login for login in dict.fromkeys(logins) if login in known]
    for login in [each for each in issue.assignees if each not in wanted]:
        issue.assignees.remove(login)
        announce_issue(scope, issue, "unassigned", assignee=simple_user(scope.world, login))
    for login in [each for each in wanted if each not in issue.assignees]:
        issue.assignees.append(login)
        announce_issue(scope, issue, "assigned", assignee=simple_user(scope.world, login))


def set_milestone(scope: Scope, issue: Issue, number: int | None) -> None:
    """Put the issue into a milestone, or take it out.

    Raises:
        RefusedError: there is no such milestone (422).
    """
    if number is not None and (not isinstance(number, int) or number not in scope.repository.milestones):
        raise invalid("Issue", "milestone", "invalid")
    issue.milestone = scope.repository.milestones[number] if number is not None else None
    issue.updated_at = scope.store.now()


def create_milestone(scope: Scope, title: str, description: str | None) -> Milestone:
    """Create a milestone."""
    number, now = len(scope.repository.milestones) + 1, scope.store.now()
    milestone = Milestone(scope.store.next_id(), number, title, scope.login, now, description)
    scope.repository.milestones[number] = milestone
    return milestone


# Comments


def create_comment(scope: Scope, issue: Issue, body: str) -> Comment:
    """Comment on an issue or pull request.

    Raises:
        RefusedError: the text is empty or too long (422).
    """
    if not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    _demand_short("IssueComment", body)
    now, app = scope.store.now(), scope.viewer.app.id if scope.viewer.app else None
    comment = Comment(scope.store.next_id(), scope.repository.id, issue.number, scope.login, body, now, now, app)
    scope.repository.comments[comment.id] = comment
    issue.updated_at = now
    _announce_comment(scope, comment, "created")
    return comment


def edit_comment(scope: Scope, comment: Comment, body: str) -> Comment:
    """Change a comment's text."""
    _demand_short("IssueComment", body)
    before, comment.body, comment.updated_at = comment.body, body, scope.store.now()
    _announce_comment(scope, comment, "edited", changes={"body": {"from": before}})
    return comment


def delete_comment(scope: Scope, comment: Comment) -> None:
    """Delete a comment."""
    del scope.repository.comments[comment.id]
    _announce_comment(scope, comment, "deleted")


def _announce_comment(scope: Scope, comment: Comment, action: str, **more: object) -> None:
    issue = issue_shape(scope, scope.repository.issues[comment.issue_number])
    shape = shapes.comment(scope.world, scope.repository, comment)
    scope.announce("issue_comment", action, issue=issue, comment=shape, **more)


def react(scope: Scope, comment: Comment, content: str) -> tuple[Reaction, bool]:
    """React to a comment; giving the same reaction again returns the first one and False.

    Raises:
        RefusedError: GitHub has no such reaction (422).
    """
    if content not in shapes.REACTIONS:
        raise invalid("Reaction", "content", "invalid")
    for reaction in comment.reactions:
        if (reaction.user, reaction.content) == (scope.login, content):
            return reaction, False
    reaction = Reaction(scope.store.next_id(), scope.login, content, scope.store.now())
    comment.reactions.append(reaction)
    return reaction, True
