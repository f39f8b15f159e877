"""Find out where a merged pull request goes: by the settings, by labels, by what people commented, by what we began."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain import backport_report, commands
from domain.backport_orders import BackportOrder
from domain.backport_plan import Entry, Origin, Target, plan
from domain.comments import Comment
from domain.pull_request import Outline
from handlers.backport_deed import Hands
from handlers.ports import GitHub
from policies import Configuration
from policies.backport_settings import BACKPORT_LABEL, CONFLICT_LABEL
from policies.backport_targets import branches_needed, by_label, by_setting

OUR_LABELS = frozenset({BACKPORT_LABEL, CONFLICT_LABEL})


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a pull request shall go.

    Attributes:
        targets: the branches, each with its method.
        entries: what our comment remembers of them.
        skipped_by: the label that keeps the settings and labels from counting, "" where there is none.
    """

    targets: tuple[Target, ...]
    entries: tuple[Entry, ...] = ()
    skipped_by: str = ""


def asked(outline: Outline, configuration: Configuration, hands: Hands, *, is_hotfix: bool) -> Asked:
    """Everything that asks for a backport of a pull request.

    The settings count for hotfixes alone; labels and commands count for every pull request, since they name a branch.
    Commands are read from the comments each time: what was said before the merge is remembered there, and taking a
    comment away takes its wish away until it is fulfilled.

    Raises:
        GitHubTroubleError: GitHub can't be read just now.
    """
    pull_request, comments = outline.pull_request, hands.github.comments(outline.pull_request.ref.number)
    entries = _remembered(comments, hands)
    skipped_by = _skipping(pull_request.labels, configuration.backport.skip)
    wishes = [Target(each.target, each.method, Origin.EARLIER) for each in entries]
    if is_hotfix and not skipped_by:
        wishes += _by_setting(outline, configuration, hands.github)
    if not skipped_by:
        wishes += by_label(configuration.backport.labels, pull_request.labels, OUR_LABELS).values()
    wishes += _by_command(comments, hands.github)
    return Asked(plan(wishes, pull_request.base), entries, skipped_by if is_hotfix else "")


def _remembered(comments: Sequence[Comment], hands: Hands) -> tuple[Entry, ...]:
    for comment in comments:
        ours = comment.login.casefold() == hands.login.casefold() or (hands.anybodys and comment.is_bot)
        if ours and backport_report.COMMENT_MARKER in comment.body:
            return backport_report.remembered(comment.body)
    return ()


def _skipping(labels: tuple[str, ...], skip: tuple[str, ...]) -> str:
    wanted = {each.casefold() for each in skip}
    return next((label for label in labels if label.casefold() in wanted), "")


def _by_setting(outline: Outline, configuration: Configuration, github: GitHub) -> list[Target]:
    targets = configuration.backport.targets
    needed = branches_needed(targets)
    branches = github.branches(needed.names) if needed.names else frozenset()
    branches = branches.union(*(github.branches_beginning(prefix) for prefix in sorted(needed.prefixes)))
    # Our own branches are nobody's release.
    known = frozenset(branch for branch in branches if not branch.startswith("hotfix-guard/"))
    return [*by_setting(targets, outline.pull_request.base, outline.default_branch, known)]


def _by_command(comments: Sequence[Comment], github: GitHub) -> Iterator[Target]:
    """The targets that people with write access named; who wrote nothing of the kind isn't asked about."""
    for comment in comments:
        command = commands.parse(comment.body) if comment.login and not comment.is_bot else None
        if command is None or command.name != "backport":
            continue
        order = BackportOrder.parse(command.argument)
        if order.targets and github.can_write(comment.login):
            yield from order.targets
