"""Pass on what somebody approved by word of mouth: `/hotfix approved-by @PERSON HOW AND WHEN`."""

from __future__ import annotations

import policies
from domain.entry import EntryKind
from domain.errors import PolicyFileError
from domain.pull_request import Outline
from domain.wording import code
from handlers.look import look
from handlers.order import Order
from handlers.release_hotfix import newer_than
from handlers.rights import has_one_of, named

_USAGE = "Say who approved, how and when: `/hotfix approved-by @PERSON HOW AND WHEN`."


def approve_verbally(order: Order) -> str:
    """Keep the approval for the head that stands; why not, in Markdown, where it can't be.

    Raises:
        GitHubTroubleError: GitHub can't be read just now; another try answers the same comment.
    """
    who, _, how = order.command.argument.partition(" ")
    login, how = who.removeprefix("@"), how.strip()
    if order.kept(EntryKind.VERBAL_APPROVAL) is None:
        if not policies.is_login(login) or not how:
            return _USAGE
        outline = look(order.ref, order.ports)
        if why_not := _may_not(order, login, outline) or newer_than(order, outline):
            return why_not
        order.ports.ledger.add_entry(order.entry(EntryKind.VERBAL_APPROVAL, outline.pull_request, (login,), how))
    order.ports.tasks.want("inspect", str(order.ref))
    return ""


def _may_not(order: Order, login: str, outline: Outline) -> str:
    if outline.pull_request.state != "open":
        return "This pull request isn't open any more: an approval would change nothing."
    try:
        configuration = policies.configure(outline.policy_file)
    except PolicyFileError as error:
        return f"The policy file that counts can't be applied ({code(str(error))}): mend it first."
    if not configuration.verbal_approvals:
        return (
            f"Approvals by word of mouth don't count here. {code(policies.POLICY_FILE)} on the base branch allows them "
            "with `policies: {approvals: {verbal: true}}`."
        )
    if login.casefold() == order.login.casefold():
        return "You are here yourself: approve with a review."
    if not order.github.can_write(order.login):
        return "Only somebody with write access may pass on an approval."
    return _may_not_approve(order, login, outline, configuration)


def _may_not_approve(order: Order, login: str, outline: Outline, configuration: policies.Configuration) -> str:
    """Why the approval wouldn't count; code owners differ by change, and the verdict itself says who they are."""
    if not policies.has_no_part(outline.pull_request, login):
        return f"{code(login)} isn't known to have no part in the change, and so can't approve it."
    roles = configuration.approving_roles
    if not roles:
        has_access = order.github.can_write(login)
        return "" if has_access else f"{code(login)} has no write access, so the approval doesn't count."
    if has_one_of(roles, login, order.github) or any(role.owns_files for role in roles):
        return ""
    return f"{code(login)} has none of the roles that approve here: {named(roles)}."
