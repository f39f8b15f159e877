"""Carry a pull request to more branches: by `/hotfix backport BRANCH…`, and by labels put on after the merge."""

from __future__ import annotations

from datetime import datetime

from domain.backport_orders import BackportOrder
from domain.pull_request import PullRequestRef
from domain.wording import code
from events.models import PullRequestEvent
from handlers.order import Order
from handlers.ports import Ports
from handlers.prove_backport import is_own_backport, original_of


def order_backport(order: Order) -> str:
    """Take an order; why it can't be, in Markdown, or "".

    The comment itself is what remembers it: an open pull request is carried after its merge, a merged one at once.

    Raises:
        GitHubTroubleError: GitHub can't be read just now; another try answers the same comment.
    """
    wish = BackportOrder.parse(order.command.argument)
    if wish.why_not:
        return wish.why_not
    if not order.github.can_write(order.login):
        return "Only people with write access to the repository may ask for a backport."
    pull_request = order.github.outline(order.ref.number).pull_request
    if is_own_backport(pull_request, order.ports.app_login()):
        return f"This is a backport itself. Ask for another one on #{original_of(pull_request)}."
    named = frozenset(target.branch for target in wish.targets)
    if pull_request.base in named:
        return f"It goes into {code(pull_request.base)} itself; there is nothing to carry there."
    if missing := sorted(named - order.github.branches(named)):
        names = ", ".join(code(each) for each in missing)
        return f"There is no branch {names} in this repository. Nothing was ordered; comment again with its full name."
    order.ports.tasks.want("backport", str(order.ref))
    return ""


def want_late_backport(event: PullRequestEvent, ports: Ports, _received_at: datetime) -> None:
    """A label was put on a merged pull request: it may ask for a backport."""
    if event.pull_request.merged:
        ports.tasks.want("backport", str(PullRequestRef(event.repository.full_name, event.pull_request.number)))
