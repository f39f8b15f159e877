"""Tell how grave an incident is: `/hotfix severity NAME REASON`."""

from __future__ import annotations

import policies
from domain.entry import EntryKind
from domain.errors import PolicyFileError
from domain.wording import code
from handlers.look import look
from handlers.order import Order
from handlers.rights import has_one_of, named


def tell_severity(order: Order) -> str:
    """Keep the severity that the command tells; why not, in Markdown, where it can't be.

    Raises:
        GitHubTroubleError: GitHub can't be read just now; another try answers the same comment.
    """
    name, _, reason = order.command.argument.partition(" ")
    if order.kept(EntryKind.SEVERITY) is None:
        outline = look(order.ref, order.ports)
        try:
            configuration = policies.configure(outline.policy_file)
        except PolicyFileError as error:
            return f"The policy file that counts can't be applied ({code(str(error))}): mend it first."
        if why_not := _unknown(name, configuration) or _may_not(order, configuration):
            return why_not
        severity = policies.severity_named(configuration.severities, name)
        subjects = (severity.name,) if severity else ()
        entry = order.entry(EntryKind.SEVERITY, outline.pull_request, subjects, reason.strip())
        order.ports.ledger.add_entry(entry)
    order.ports.tasks.want("inspect", str(order.ref))
    return ""


def _unknown(name: str, configuration: policies.Configuration) -> str:
    if not configuration.severities:
        return f"No severities are defined here: {code(policies.POLICY_FILE)} does it under `severities`."
    if policies.severity_named(configuration.severities, name):
        return ""
    known = ", ".join(
        code(severity.name) + (f" ({code(severity.description)})" if severity.description else "")
        for severity in configuration.severities.values()
    )
    said = f"There is no severity {code(name)} here." if name else "Say which severity: `/hotfix severity NAME REASON`."
    return f"{said} There are: {known}."


def _may_not(order: Order, configuration: policies.Configuration) -> str:
    if order.github.can_write(order.login):
        return ""
    roles = configuration.approving_roles
    if has_one_of(roles, order.login, order.github):
        return ""
    also = f", or the role {named(roles)}," if roles else ""
    return f"Only somebody with write access{also} may tell the severity."
