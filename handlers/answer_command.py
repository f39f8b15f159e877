"""Answer `/hotfix …` in a comment on a pull request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from domain import commands
from domain.commands import COMMANDS
from domain.pull_request import PullRequestRef
from domain.wording import code
from events.models import IssueCommentEvent
from handlers.approve_verbally import approve_verbally
from handlers.backport_command import order_backport
from handlers.confirm_override import confirm_override
from handlers.order import Order
from handlers.override_policies import override_policies
from handlers.ports import Ports
from handlers.release_hotfix import release_hotfix
from handlers.tell_severity import tell_severity


def answer_command(event: IssueCommentEvent, ports: Ports, _received_at: datetime) -> None:
    """Do what a comment asks, once, and say so on the comment.

    Raises:
        GitHubTroubleError: GitHub can't be read or written just now; another try answers the same comment.
    """
    command = commands.parse(event.comment.body or "")
    comment, person = event.comment, event.comment.user
    if command is None or event.issue.pull_request is None or person is None or person.type == "Bot":
        return
    ref = PullRequestRef(event.repository.full_name, event.issue.number)
    github = ports.github(ref.repository)
    refusal = _obey(Order(command, ref, comment.id, person.login, comment.created_at, github, ports))
    github.react(comment.id, "confused" if refusal else "+1")
    if refusal:
        marker = f"<!-- hotfix-guard:answer {comment.id} -->"
        github.upsert_comment(ref.number, marker, f"{marker}\n@{person.login} {refusal}")


def _obey(order: Order) -> str:
    """Carry an order out; why not, in Markdown, where it can't be."""
    carry_out = ORDERS.get(order.command.name)
    return carry_out(order) if carry_out else _unknown(order)


def _unknown(order: Order) -> str:
    known = "\n".join(f"- {what}" for what in COMMANDS.values())
    return f"There is no command {code('/hotfix ' + order.command.name)}. What can be said:\n\n{known}"


def _recheck(order: Order) -> str:
    order.ports.ledger.ask_again(order.ref, rewrite=False)
    order.ports.tasks.want("inspect", str(order.ref))
    return ""


#: What carries out each command of `domain.commands.COMMANDS`; each tells why not, in Markdown, or "".
ORDERS: Mapping[str, Callable[[Order], str]] = MappingProxyType(
    {
        "recheck": _recheck,
        "backport": order_backport,
        "release": release_hotfix,
        "severity": tell_severity,
        "approved-by": approve_verbally,
        "override": override_policies,
        "confirm": confirm_override,
    }
)
