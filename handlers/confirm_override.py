"""Stand behind an override as the second person: `/hotfix confirm`."""

from __future__ import annotations

import policies
from domain.entry import EntryKind
from domain.errors import PolicyFileError
from domain.pull_request import Outline
from domain.wording import code
from handlers.look import look
from handlers.order import Order
from handlers.override_policies import why_nobody
from handlers.release_hotfix import newer_than
from handlers.rights import has_one_of, named
from policies import OverrideSettings


def confirm_override(order: Order) -> str:
    """Keep the confirmation of this head's overrides; why not, in Markdown, where it can't be.

    Raises:
        GitHubTroubleError: GitHub can't be read just now; another try answers the same comment.
    """
    if order.kept(EntryKind.CONFIRMATION) is None:
        outline = look(order.ref, order.ports)
        try:
            settings = policies.configure(outline.policy_file).override
        except PolicyFileError as error:
            return f"The policy file that counts can't be applied ({code(str(error))}), and that can't be overridden."
        if why_not := why_nobody(settings) or newer_than(order, outline) or _may_not(order, outline, settings):
            return why_not
        entry = order.entry(EntryKind.CONFIRMATION, outline.pull_request, reason=order.command.argument)
        order.ports.ledger.add_entry(entry)
        if not _given(outline):
            order.ports.tasks.want("inspect", str(order.ref))
            return _too_early(outline)
    order.ports.tasks.want("inspect", str(order.ref))
    return ""


def _may_not(order: Order, outline: Outline, settings: OverrideSettings) -> str:
    if not has_one_of(settings.roles, order.login, order.github):
        return f"Only somebody with the role {named(settings.roles)} may confirm an override here."
    given = _given(outline)
    others = [login for login in given if login.casefold() != order.login.casefold()]
    if given and not others:
        return "You gave this override yourself: it takes a second person to confirm it."
    if others and not policies.may_stand(outline.pull_request, (order.login, *others)):
        return "One of the two who stand behind an override must be known to have no part in the change."
    return ""


def _given(outline: Outline) -> list[str]:
    """Who gave the overrides of the head that stands."""
    return [entry.login for entry in outline.entries if entry.kind is EntryKind.OVERRIDE]


def _too_early(outline: Outline) -> str:
    """Deliveries come in any order: an override that is older than this comment may still be on its way."""
    head = code(outline.pull_request.head_oid[:7])
    return (
        f"No override of the head {head} is known yet. One that was given before your comment will count as confirmed "
        "when it is read; one that is given later has to be confirmed again."
    )
