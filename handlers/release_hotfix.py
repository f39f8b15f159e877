"""Take a pull request out of the hotfix lane: `/hotfix release REASON`."""

from __future__ import annotations

import policies
from domain.entry import EntryKind
from domain.errors import PolicyFileError
from domain.people import Role
from domain.pull_request import Outline
from domain.record import Release
from domain.wording import code, markdown
from handlers.look import look
from handlers.order import Order
from handlers.ports import GitHub


def release_hotfix(order: Order) -> str:
    """Take the pull request out of the lane for the head that stands; why not, in Markdown, where it can't be.

    Raises:
        GitHubTroubleError: GitHub can't be read just now; another try answers the same comment.
    """
    if not order.command.argument:
        return "Say why: `/hotfix release REASON`. The reason is kept in the record."
    ports = order.ports
    outline = look(order.ref, ports)
    pull_request = outline.pull_request
    if why_not := newer_than(order, outline):
        return why_not
    if why_not := _may_not_release(order.login, outline, order.github):
        return why_not
    release = Release(pull_request.head_oid, pull_request.base, order.login, order.command.argument, order.given_at)
    ports.ledger.add_entry(order.entry(EntryKind.RELEASE, pull_request, reason=release.reason))
    ports.ledger.release(order.ref, release)
    ports.tasks.want("inspect", str(order.ref))
    return ""


def newer_than(order: Order, outline: Outline) -> str:
    """Why an order can't speak of the head that stands now, in Markdown, or "".

    A comment names no head, so a push after it must not inherit what it says.
    """
    pull_request, ports = outline.pull_request, order.ports
    seen = ports.ledger.see_head(order.ref, pull_request.head_oid, pull_request.base, ports.now())
    # GitHub's times have no fraction of a second.
    if seen.replace(microsecond=0) <= order.given_at:
        return ""
    head = code(pull_request.head_oid[:7])
    return f"The head is {head} now, which is newer than your comment. Look again and repeat it."


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
