"""What a backport pull request gets besides its commits: title, body, labels, people, a milestone, an auto-merge."""

from __future__ import annotations

from collections.abc import Callable

from domain import backport_report
from domain.backport import branch_name
from domain.backport_plan import TargetResult
from domain.errors import GitHubError, GitHubTroubleError
from domain.picks import PickOutcome, PickResult, Prerequisite
from domain.prerequisites import prerequisites
from domain.pull_request import NewPullRequest, OpenPullRequest
from handlers.backport_deed import Deed
from handlers.backport_targets import OUR_LABELS
from policies.backport_settings import CONFLICT_LABEL, AutoMerge
from policies.backport_targets import by_label
from policies.backport_templates import TemplateFaultError, render

#: GitHub's words where nothing keeps a pull request from being merged at once
#: (peter-evans/enable-pull-request-automerge#343, iterative/cml#955).
_NOTHING_REQUIRED = ("clean status", "Protected branch rules not configured")

#: Sees to one thing about a backport pull request; why it couldn't, or "".
Wish = Callable[[Deed, OpenPullRequest], str]


def new_pull_request(deed: Deed, result: TargetResult, picked: PickResult) -> tuple[NewPullRequest, tuple[str, ...]]:
    """The pull request to open, and what went wrong with its templates."""
    title, body, notes = texts(deed, result, picked)
    merged, is_draft = deed.merged, picked.outcome is PickOutcome.CONFLICT
    assigned = deed.configuration.backport.assign_author and not merged.author_is_bot and merged.author
    new = NewPullRequest(
        title=title,
        body=body,
        head=branch_name(merged.ref.number, result.target),
        base=result.target,
        is_draft=is_draft,
        labels=_labels(deed, is_draft=is_draft),
        assignees=(merged.author,) if assigned else (),
    )
    return new, notes


def texts(deed: Deed, result: TargetResult, picked: PickResult) -> tuple[str, str, tuple[str, ...]]:
    """Title and body of a backport, and what went wrong with their templates."""
    merged, settings, notes = deed.merged, deed.configuration.backport, []
    how = (result.method, deed.landed, picked)
    title, said = "", ""
    try:
        title = render(settings.title, backport_report.template_values(merged, result.target, how, in_title=True))
        said = render(settings.body, backport_report.template_values(merged, result.target, how, in_title=False))
    except TemplateFaultError as error:
        notes.append(f"The template for titles or bodies can't be used here: {error}")
    title = backport_report.fitting_title(title) or backport_report.default_title(merged, result.target)
    extra = backport_report.Extra(result.method, said, _prerequisites(deed, picked))
    body = backport_report.pull_request_body(merged, result.target, picked, extra)
    return backport_report.fitting_title(title), body, tuple(notes)


def _prerequisites(deed: Deed, picked: PickResult) -> tuple[Prerequisite, ...]:
    """What the target probably lacks where git met conflicts; nothing where it can't be told."""
    grown_from = deed.landed.picks[0].parent if deed.landed.picks else ""
    paths = [each.path for each in picked.conflicts]
    if not paths or not grown_from or not picked.onto:
        return ()
    try:
        return prerequisites(deed.hands.github.file_histories(grown_from, picked.onto, paths))
    except GitHubTroubleError:
        raise
    except GitHubError:
        return ()


def _labels(deed: Deed, *, is_draft: bool) -> tuple[str, ...]:
    """Labels of ours, and the original's but for those that trigger something."""
    settings, configuration = deed.configuration.backport, deed.configuration
    triggers = {label.casefold() for label in (*configuration.triggers.labels, *settings.skip)}
    asking = by_label(settings.labels, deed.merged.labels, OUR_LABELS)
    kept = [each for each in deed.merged.labels if each.casefold() not in triggers and each not in asking]
    ours = [*settings.add_labels, *([CONFLICT_LABEL] if is_draft else [])]
    return tuple(dict.fromkeys([*(kept if settings.copy_labels else []), *ours]))


def dress(deed: Deed, standing: OpenPullRequest, *, is_clean: bool) -> tuple[str, ...]:
    """See to milestone, reviewers and auto-merge; what couldn't be, one sentence each.

    Raises:
        GitHubTroubleError: GitHub is in trouble; another try sees to it.
    """
    wanted = (_milestone, _reviewers, *([_auto_merge] if is_clean else []))
    return tuple(note for wish in wanted if (note := _granted(wish, deed, standing)))


def _granted(wish: Wish, deed: Deed, standing: OpenPullRequest) -> str:
    try:
        return wish(deed, standing)
    except GitHubTroubleError:
        raise
    except GitHubError as error:
        return str(error)


def _milestone(deed: Deed, standing: OpenPullRequest) -> str:
    if deed.configuration.backport.copy_milestone and deed.merged.milestone:
        deed.hands.github.set_milestone(standing.number, deed.merged.milestone)
    return ""


def _reviewers(deed: Deed, standing: OpenPullRequest) -> str:
    reviewers = deed.configuration.backport.reviewers
    return deed.hands.github.ask_for_reviews(standing.number, reviewers) if reviewers else ""


def _auto_merge(deed: Deed, standing: OpenPullRequest) -> str:
    method = deed.configuration.backport.auto_merge
    if method is AutoMerge.OFF:
        return ""
    why_not = deed.hands.github.auto_merge(standing.number, str(method), standing.head_oid)
    if any(words in why_not for words in _NOTHING_REQUIRED):
        why_not = "nothing is required on that branch, so GitHub has nothing to wait for"
    return f"It doesn't merge by itself: {why_not}" if why_not else ""
