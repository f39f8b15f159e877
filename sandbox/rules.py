"""What stands in the way of a merge or a push: branch protection and rulesets as one gate. Pure decisions.

Followed: docs.github.com, "About protected branches", "Available rules for rulesets" and "Troubleshooting required
status checks". Left out, because nothing here needs it: signatures, code owners' reviews, push restrictions by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

from sandbox.model import CheckRun, CommitStatus, PullRequest, Repository, RequiredCheck, RequiredReviews, Ruleset
from sandbox.suites import newest_runs, newest_statuses

#: A required check is satisfied by these conclusions ("About status checks").
SATISFYING = frozenset({"success", "neutral", "skipped"})
_OPINIONS = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")


@dataclass(frozen=True)
class Gate:
    """All that a branch asks for. `bypassed_by_admins`: an administrator may ignore it."""

    checks: tuple[RequiredCheck, ...] = ()
    strict: bool = False
    reviews: RequiredReviews | None = None
    pull_request_only: bool = False
    linear: bool = False
    locked: bool = False
    no_force_push: bool = False
    no_deletion: bool = False
    no_creation: bool = False
    queue: bool = False
    methods: frozenset[str] = frozenset({"merge", "squash", "rebase"})
    bypassed_by_admins: bool = False


def gate_of(repository: Repository, branch: str) -> Gate:
    """The gate of a branch: its protection and every active ruleset that covers it, the stricter of each."""
    gate = _protection_gate(repository, branch)
    for rule in rules_of(repository, branch):
        gate = _with_rule(gate, str(rule["type"]), rule.get("parameters") or {})
    return gate


def rules_of(repository: Repository, branch: str) -> list[Mapping[str, Any]]:
    """The rules that active rulesets lay on a branch, each naming its ruleset (`repository-rule-detailed`)."""
    source = {"ruleset_source_type": "Repository", "ruleset_source": repository.full_name}
    active = [each for each in repository.rulesets.values() if each.enforcement == "active"]
    covering = [each for each in active if covers(repository, each, branch)]
    return [{**rule, **source, "ruleset_id": each.id} for each in covering for rule in each.rules]


def covers(repository: Repository, ruleset: Ruleset, branch: str) -> bool:
    """Whether a ruleset's conditions select a branch (`~ALL`, `~DEFAULT_BRANCH`, or globs over the full ref name)."""

    def selected(pattern: str) -> bool:
        if pattern == "~DEFAULT_BRANCH":
            return branch == repository.default_branch
        return pattern == "~ALL" or fnmatch(f"refs/heads/{branch}", pattern)

    included = any(map(selected, ruleset.include))
    return ruleset.target == "branch" and included and not any(map(selected, ruleset.exclude))


def _protection_gate(repository: Repository, branch: str) -> Gate:
    guard = repository.protections.get(branch)
    if guard is None:
        return Gate()
    return Gate(
        checks=guard.required_checks or (),
        strict=guard.strict,
        reviews=guard.required_reviews,
        pull_request_only=guard.required_reviews is not None,
        linear=guard.required_linear_history,
        locked=guard.lock_branch,
        no_force_push=not guard.allow_force_pushes,
        no_deletion=not guard.allow_deletions,
        bypassed_by_admins=not guard.enforce_admins,
    )


def _with_rule(gate: Gate, kind: str, settings: Mapping[str, Any]) -> Gate:
    changes: dict[str, Any] = {"bypassed_by_admins": False}
    if kind == "required_status_checks":
        wanted = [RequiredCheck(c["context"], c.get("integration_id")) for c in settings["required_status_checks"]]
        strict = gate.strict or bool(settings.get("strict_required_status_checks_policy"))
        changes |= {"checks": (*gate.checks, *wanted), "strict": strict}
    elif kind == "pull_request":
        changes |= {"reviews": _stricter(gate.reviews, settings), "pull_request_only": True}
        changes |= {"methods": gate.methods & frozenset(settings.get("allowed_merge_methods") or gate.methods)}
    elif kind in _FLAGS:
        changes[_FLAGS[kind]] = True
    return Gate(**{**vars(gate), **changes})


_FLAGS = {
    "required_linear_history": "linear",
    "non_fast_forward": "no_force_push",
    "deletion": "no_deletion",
    "creation": "no_creation",
    "merge_queue": "queue",
    "update": "locked",
}


def _stricter(before: RequiredReviews | None, settings: Mapping[str, Any]) -> RequiredReviews:
    old = before or RequiredReviews(count=0)
    return RequiredReviews(
        max(old.count, int(settings.get("required_approving_review_count", 0))),
        old.dismiss_stale_reviews or bool(settings.get("dismiss_stale_reviews_on_push")),
        old.require_code_owner_reviews or bool(settings.get("require_code_owner_review")),
        old.require_last_push_approval or bool(settings.get("require_last_push_approval")),
    )


# Checks


def unsatisfied(checks: Iterable[RequiredCheck], repository: Repository, sha: str) -> list[RequiredCheck]:
    """The required checks that a commit doesn't satisfy: the newest run (or status) of the name counts.

    A check pinned to an App is satisfied by that App alone, by its check run or its status.
    """
    runs, statuses = newest_runs(repository, sha), newest_statuses(repository, sha)
    return [check for check in checks if not _satisfied(check, runs, statuses)]


def _satisfied(check: RequiredCheck, runs: list[CheckRun], statuses: list[CommitStatus]) -> bool:
    anyone = check.app_id in {None, -1}
    answers = [
        run.status == "completed" and run.conclusion in SATISFYING
        for run in runs
        if run.name == check.context and (anyone or run.app_id == check.app_id)
    ]
    answers += [
        status.state == "success"
        for status in statuses
        if status.context == check.context and (anyone or status.app_id == check.app_id)
    ]
    return bool(answers) and all(answers)


def rollup(repository: Repository, sha: str) -> str | None:
    """How all checks and statuses of a commit stand together: SUCCESS, PENDING, FAILURE, ERROR; None without any."""
    runs, statuses = newest_runs(repository, sha), newest_statuses(repository, sha)
    states = {status.state.upper() for status in statuses} | {_state(run) for run in runs}
    return next((state for state in ("ERROR", "FAILURE", "PENDING", "SUCCESS") if state in states), None)


def _state(run: CheckRun) -> str:
    if run.status != "completed":
        return "PENDING"
    return "SUCCESS" if run.conclusion in SATISFYING else "FAILURE"


# Reviews


def opinions(pull: PullRequest) -> dict[str, str]:
    """The newest opinion of each reviewer; a comment is none, and a dismissed review means none any more."""
    newest = {review.user: review.state for review in pull.reviews if review.state in _OPINIONS}
    return {login: state for login, state in newest.items() if state != "DISMISSED"}


def review_decision(pull: PullRequest, wanted: RequiredReviews | None, writers: frozenset[str]) -> str | None:
    """APPROVED, CHANGES_REQUESTED or REVIEW_REQUIRED; None where no review is required.

    Only reviewers with write access count; with `require_last_push_approval` the last pusher's own doesn't.
    """
    held = {login: state for login, state in opinions(pull).items() if login in writers}
    if "CHANGES_REQUESTED" in held.values():
        return "CHANGES_REQUESTED"
    if wanted is None or wanted.count == 0:
        return None
    mute = {pull.last_pusher} if wanted.require_last_push_approval else set()
    approvals = [login for login, state in held.items() if state == "APPROVED" and login not in mute]
    return "APPROVED" if len(approvals) >= wanted.count else "REVIEW_REQUIRED"


def blockers(gate: Gate, repository: Repository, pull: PullRequest, facts: tuple[frozenset[str], bool]) -> list[str]:
    """Why a pull request may not be merged, in the words of GitHub's answers; empty if it may.

    `facts` are the logins with write access, and whether the head contains the tip of its base.
    """
    writers, up_to_date = facts
    reasons = []
    if gate.locked:
        reasons.append("This branch is locked and cannot be merged into.")
    reasons += _review_blockers(gate, review_decision(pull, gate.reviews, writers))
    if gate.strict and not up_to_date:
        reasons.append("Head branch is out of date: it must be updated before merging.")
    missing = unsatisfied(gate.checks, repository, pull.head_sha)
    if len(missing) > 1:
        reasons.append(f"{len(missing)} of {len(gate.checks)} required status checks are expected.")
    elif missing:
        reasons.append(f'Required status check "{missing[0].context}" is expected.')
    return reasons


def _review_blockers(gate: Gate, decision: str | None) -> list[str]:
    if gate.reviews and decision == "REVIEW_REQUIRED":
        plural = "review is" if gate.reviews.count == 1 else "reviews are"
        return [f"At least {gate.reviews.count} approving {plural} required by reviewers with write access."]
    if gate.reviews and gate.reviews.count and decision == "CHANGES_REQUESTED":
        return ["Changes have been requested on this pull request by a reviewer with write access."]
    return []


# Pushes


@dataclass(frozen=True)
class Move:
    """A branch from one SHA to another (None: absent); `forced` if commits get lost."""

    before: str | None
    after: str | None
    forced: bool = False


def push_refusal(repository: Repository, branch: str, move: Move, admin: bool) -> str | None:
    """Why a branch may not be moved by a push; None if it may."""
    before, after = move.before, move.after
    gate = gate_of(repository, branch)
    if gate.bypassed_by_admins and admin:
        return None
    if after is None:
        return "Cannot delete this branch" if gate.no_deletion else None
    if gate.locked or (gate.no_creation and before is None):
        why = "change this locked branch" if gate.locked else "create ref due to creations being restricted."
        return f"Cannot {why}"
    if gate.no_force_push and move.forced:
        return "Cannot force-push to this branch"
    if (gate.pull_request_only or gate.queue) and before is not None:
        return "Changes must be made through a pull request."
    missing = unsatisfied(gate.checks, repository, after) if before is not None else []
    return f'Required status check "{missing[0].context}" is expected.' if missing else None
