"""Let policies be in an emergency, on the record: `/hotfix override POLICY… --reason "…"`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import policies
from domain.command_words import OverrideRequest, UnclearCommandError, override_request
from domain.entry import Entry, EntryKind
from domain.errors import PolicyFileError
from domain.override import ALL
from domain.pull_request import Outline, PullRequest
from domain.wording import code
from handlers.look import look
from handlers.order import Order
from handlers.release_hotfix import newer_than
from handlers.rights import has_one_of, named
from policies import POLICY_FILE, OverrideSettings

#: A timer needn't wait longer: whatever expires later is found by the sweep.
_LONGEST_WAIT = timedelta(days=30)
_SECOND = timedelta(seconds=1)


def override_policies(order: Order) -> str:
    """Keep the override for the head that stands; why not, in Markdown, where it can't be.

    Raises:
        GitHubTroubleError: GitHub can't be read just now; another try answers the same comment.
    """
    try:
        request = override_request(order.command.argument)
    except UnclearCommandError as error:
        return str(error)
    if kept := order.kept(EntryKind.OVERRIDE):
        _want_inspections(order, kept)
        return ""
    outline = look(order.ref, order.ports)
    try:
        settings = policies.configure(outline.policy_file).override
    except PolicyFileError as error:
        return f"The policy file that counts can't be applied ({code(str(error))}), and that can't be overridden."
    why_not = _not_possible(request, settings) or newer_than(order, outline) or _may_not(order, outline, settings)
    return why_not or _keep(order, request, settings, outline.pull_request)


def why_nobody(settings: OverrideSettings) -> str:
    """Why nobody can override here, in Markdown, or ""."""
    if settings.roles:
        return ""
    return (
        f"Nobody may override policies here. To allow it, name a role in {code(POLICY_FILE)} on the base branch: "
        "`override: {roles: [ROLE]}`."
    )


def _not_possible(request: OverrideRequest, settings: OverrideSettings) -> str:
    if why_not := why_nobody(settings):
        return why_not
    known = [policy.name for policy in policies.POLICIES]
    for name in request.policies:
        if name not in (*known, ALL):
            near = policies.nearest(name, [*known, ALL])
            meant = f"Did you mean {code(near)}?" if near else f"There are: {', '.join(code(each) for each in known)}."
            return f"There is no policy {code(name)}. {meant}"
        if name in settings.exempt:
            return f"{code(name)} can't be overridden here: the policy file has it under `override: {{except: […]}}`."
    return ""


def _may_not(order: Order, outline: Outline, settings: OverrideSettings) -> str:
    if outline.pull_request.state != "open":
        return "This pull request isn't open any more: an override would change nothing."
    if not has_one_of(settings.roles, order.login, order.github):
        return f"Only somebody with the role {named(settings.roles)} may override policies here."
    if settings.confirmed or policies.has_no_part(outline.pull_request, order.login):
        return ""
    return (
        f"Only somebody with the role {named(settings.roles)} who is known to have no part in the change may override "
        "policies here; with `override: {confirmed: true}` a second person could stand in for that."
    )


def _keep(order: Order, request: OverrideRequest, settings: OverrideSettings, pull_request: PullRequest) -> str:
    asked = (ALL,) if ALL in request.policies else request.policies
    entry = order.entry(EntryKind.OVERRIDE, pull_request, asked, request.reason)
    entry = replace(entry, expires_at=order.given_at + settings.expires)
    if entry.has_expired(order.ports.now()):
        return "Your override had expired before it was read: look again and repeat it."
    order.ports.ledger.add_entry(entry)
    _want_inspections(order, entry)
    return ""


def _want_inspections(order: Order, entry: Entry) -> None:
    """Have the pull request judged with it, and again when it ends."""
    tasks, key = order.ports.tasks, str(order.ref)
    if entry.expires_at is not None:
        left = entry.expires_at - order.ports.now() + _SECOND
        tasks.want("inspect", key, delay=min(left, _LONGEST_WAIT).total_seconds())
    tasks.want("inspect", key)
