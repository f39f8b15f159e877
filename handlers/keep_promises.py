"""Keep on record what a merged hotfix still owes: a test that may follow, an approval that was only spoken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.entry import Entry, EntryKind
from domain.finding import Outcome
from domain.pull_request import PullRequest, PullRequestRef
from handlers.look import look
from handlers.ports import Ports


def keep_promises(ref: PullRequestRef, ports: Ports) -> None:
    """Enter each policy that the verdict on the merged head deferred; nothing where there is none.

    Safe to repeat: an entry is found again by the merge and the policy.

    Raises:
        GitHubTroubleError: GitHub can't be read just now.
    """
    if not ports.ledger.pull_request(ref).is_hotfix:
        return
    merged = look(ref, ports).pull_request
    verdict = ports.ledger.verdict_on(ref, merged.head_oid, merged.base)
    if merged.state != "merged" or merged.merged_at is None or verdict is None:
        return
    for policy in json.loads(verdict.report)["policies"]:
        if policy["outcome"] == Outcome.DEFER:
            ports.ledger.add_entry(_entry(policy, merged, merged.merged_at))


def _entry(policy: Mapping[str, Any], merged: PullRequest, at: datetime) -> Entry:
    within = policy["facts"].get("deferred", {}).get("within_minutes")
    return Entry(
        kind=EntryKind.PROMISE,
        repository=merged.ref.repository,
        number=merged.ref.number,
        login=merged.merged_by or merged.author,
        source=f"{merged.merge_commit_oid} {policy['name']}",
        at=at,
        subjects=(policy["name"],),
        reason=policy["summary"],
        head_oid=merged.head_oid,
        base=merged.base,
        expires_at=at + timedelta(minutes=within) if within else None,
    )
