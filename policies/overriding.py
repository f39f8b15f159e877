"""What overrides make of a verdict. Pure: who has a role was settled when the command was given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from domain.entry import Entry, EntryKind
from domain.finding import Level
from domain.override import Override, OverrideState
from domain.pull_request import PullRequest
from domain.verdict import PolicyOutcome, Verdict
from policies.override_settings import OverrideSettings
from policies.reviewing import has_no_part


def overridden(
    verdict: Verdict, settings: OverrideSettings, pull_request: PullRequest, entries: Iterable[Entry]
) -> Verdict:
    """The verdict with every blocking outcome that an override covers turned into a warning.

    Args:
        verdict: what the policies came to.
        settings: what the policy file allows.
        pull_request: the pull request under judgement.
        entries: what was said of this head towards this base and still counts.
    """
    standing = overrides(settings, pull_request, entries)
    counting = [override for override in standing if override.state is OverrideState.COUNTS]
    policies = tuple(_weighed(policy, settings, counting) for policy in verdict.policies)
    return replace(Verdict.of(policies), reason=verdict.reason, overrides=tuple(_used(standing, policies)))


def overrides(settings: OverrideSettings, pull_request: PullRequest, entries: Iterable[Entry]) -> tuple[Override, ...]:
    """The overrides among entries that hold, oldest first, each with how it stands."""
    told = tuple(entries)
    given = (entry for entry in told if entry.kind is EntryKind.OVERRIDE)
    confirmations = tuple(entry for entry in told if entry.kind is EntryKind.CONFIRMATION)
    return tuple(_standing(entry, confirmations, settings, pull_request) for entry in given)


def ended(entries: Iterable[Entry], pull_request: PullRequest, now: datetime) -> tuple[Override, ...]:
    """The newest override, if it was given for another head or base or its time is over; else none."""
    given = sorted((entry for entry in entries if entry.kind is EntryKind.OVERRIDE), key=lambda entry: entry.at)
    newest = given[-1] if given else None
    if newest is None or newest.holds_for(pull_request.head_oid, pull_request.base, now):
        return ()
    here = newest.speaks_of(pull_request.head_oid, pull_request.base)
    return (override_of(newest, OverrideState.EXPIRED if here else OverrideState.OUTDATED),)


def override_of(entry: Entry, state: OverrideState) -> Override:
    """An override with nothing known but its entry."""
    return Override(
        asked=entry.subjects,
        login=entry.login,
        confirmed_by="",
        reason=entry.reason,
        head_oid=entry.head_oid,
        base=entry.base,
        at=entry.at,
        expires_at=entry.expires_at,
        source=entry.source,
        state=state,
    )


def may_stand(pull_request: PullRequest, logins: Iterable[str]) -> bool:
    """Whether at least one of these people is known to have no part in the change."""
    return any(has_no_part(pull_request, login) for login in logins)


def _standing(
    entry: Entry, confirmations: tuple[Entry, ...], settings: OverrideSettings, pull_request: PullRequest
) -> Override:
    # A comment can arrive before an older one, so it isn't the order of arrival that counts.
    seconds = [
        each.login for each in confirmations if each.login.casefold() != entry.login.casefold() and each.at >= entry.at
    ]
    able = [login for login in seconds if may_stand(pull_request, (entry.login, login))]
    found = replace(override_of(entry, OverrideState.COUNTS), confirmed_by=next(iter(able or seconds), ""))
    return replace(found, state=_state(found, settings, pull_request))


def _state(override: Override, settings: OverrideSettings, pull_request: PullRequest) -> OverrideState:
    if not settings.roles:
        return OverrideState.NOT_ALLOWED
    if settings.confirmed and not override.confirmed_by:
        return OverrideState.UNCONFIRMED
    behind = [login for login in (override.login, override.confirmed_by) if login]
    return OverrideState.COUNTS if may_stand(pull_request, behind) else OverrideState.INVOLVED


def _weighed(policy: PolicyOutcome, settings: OverrideSettings, counting: list[Override]) -> PolicyOutcome:
    blocks = policy.level is Level.REQUIRED and policy.needs_attention
    if not blocks or policy.name in settings.exempt:
        return policy
    override = next((each for each in counting if each.covers(policy.name)), None)
    return policy.overridden_by(override) if override else policy


def _used(standing: Iterable[Override], policies: tuple[PolicyOutcome, ...]) -> Iterable[Override]:
    for override in standing:
        names = tuple(policy.name for policy in policies if policy.override == override)
        yield replace(override, overridden=names)
