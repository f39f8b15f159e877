"""Answer `/hotfix …` in a comment on a pull request."""

from __future__ import annotations

from datetime import datetime

import policies
from domain import commands
from domain.commands import COMMANDS, Command
from domain.errors import PolicyFileError
from domain.people import Role
from domain.pull_request import Outline, PullRequestRef
from domain.record import Release
from domain.wording import code, markdown
from events.models import Comment, IssueCommentEvent
from handlers.look import look
from handlers.ports import GitHub, Ports


def answer_command(event: IssueCommentEvent, ports: Ports, _received_at: datetime) -> None:
    """Do what a comment asks, once, and say so on the comment.

    Raises:
        GitHubTroubleError: GitHub can't be read or written just now; another try answers the same comment.
    """
    command = commands.parse(event.comment.body or "")
    person = event.comment.user
    if command is None or event.issue.pull_request is None or person is None or person.type == "Bot":
        return
    ref = PullRequestRef(event.repository.full_name, event.issue.number)
    github = ports.github(ref.repository)
    refusal = _obey(command, ref, event.comment, github, ports)
    github.react(event.comment.id, "confused" if refusal else "+1")
    if refusal:
        marker = f"<!-- hotfix-guard:answer {event.comment.id} -->"
        github.upsert_comment(ref.number, marker, f"{marker}\n@{person.login} {refusal}")


def _obey(command: Command, ref: PullRequestRef, comment: Comment, github: GitHub, ports: Ports) -> str:
    """Carry a command out; why not, in Markdown, where it can't be."""
    if command.name == "recheck":
        ports.ledger.ask_again(ref, rewrite=False)
        ports.tasks.want("inspect", str(ref))
        return ""
    if command.name == "release":
        return _release(command, ref, comment, github, ports)
    known = "\n".join(f"- {what}" for what in COMMANDS.values())
    return f"There is no command {code('/hotfix ' + command.name)}. What can be said:\n\n{known}"


def _release(command: Command, ref: PullRequestRef, comment: Comment, github: GitHub, ports: Ports) -> str:
    login = comment.user.login if comment.user else ""
    if not command.argument:
        return "Say why: `/hotfix release REASON`. The reason is kept in the record."
    outline = look(ref, ports)
    head_oid = outline.pull_request.head_oid
    # The comment names no head, so a push after it must not inherit it. GitHub's times have no fraction of a second.
    seen = ports.ledger.see_head(ref, head_oid, outline.pull_request.base, ports.now()).replace(microsecond=0)
    if seen > comment.created_at:
        return f"The head is {code(head_oid[:7])} now, which is newer than your comment. Look again and repeat it."
    if why_not := _may_not_release(login, outline, github):
        return why_not
    ports.ledger.release(ref, Release(head_oid, outline.pull_request.base, login, command.argument, comment.created_at))
    ports.tasks.want("inspect", str(ref))
    return ""


def _may_not_release(login: str, outline: Outline, github: GitHub) -> str:
    """Why a person may not release, in Markdown, or "".

    An administrator may; so may whoever has a role that approves hotfixes here and has no part in the change.
    """
    if github.can_administer(login):
        return ""
    roles = _approving_roles(outline)
    questions = frozenset(question for role in roles for question in role.questions(frozenset({login})))
    members = github.memberships(questions) if questions else frozenset()
    if policies.has_no_part(outline.pull_request, login) and any(role.has(login, members) for role in roles):
        return ""
    named = ", ".join(markdown(role.name) for role in roles)
    who = (
        f"somebody with the role {named} who has no part in the change, or an administrator"
        if roles
        else ("an administrator of the repository")
    )
    return f"Only {who} may release a pull request from the hotfix lane."


def _approving_roles(outline: Outline) -> tuple[Role, ...]:
    try:
        return policies.configure(outline.policy_file).approving_roles
    except PolicyFileError:
        return ()
