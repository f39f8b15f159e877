"""Have an override looked at again: one issue once the pull request is merged."""

from __future__ import annotations

import policies
from domain import override_review
from domain.entry import EntryKind
from domain.errors import PolicyFileError
from domain.pull_request import Outline, PullRequestRef
from handlers.look import look
from handlers.ports import Ports
from policies import OverrideSettings


def review_override(ref: PullRequestRef, ports: Ports) -> None:
    """Open the issue for the overrides that the verdict on the merged head counted; nothing where there are none.

    Safe to repeat: the issue is found again by its marker.

    Raises:
        GitHubTroubleError: GitHub can't be read or written just now.
    """
    given = [entry for entry in ports.ledger.entries(ref) if entry.kind is EntryKind.OVERRIDE]
    if not given:
        return
    outline = look(ref, ports)
    merged = outline.pull_request
    if merged.state != "merged":
        return
    verdict = ports.ledger.verdict_on(ref, merged.head_oid, merged.base)
    speaking = [entry for entry in given if entry.speaks_of(merged.head_oid, merged.base)]
    overrides = override_review.reviewed(speaking, verdict.report) if verdict else ()
    if overrides:
        title, body = override_review.title(merged, overrides), override_review.body(merged, overrides)
        marker = override_review.marker(ref.number)
        ports.github(ref.repository).open_issue(marker, title, body, _settings(outline).labels)


def _settings(outline: Outline) -> OverrideSettings:
    try:
        return policies.configure(outline.policy_file).override
    except PolicyFileError:
        # The file was broken since: what was overridden is looked at all the same.
        return OverrideSettings()
