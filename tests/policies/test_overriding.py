"""What an override lets be, and what it never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import report
from domain.entry import Entry, EntryKind
from domain.finding import Finding, Inspection, Level, Outcome
from domain.override import OverrideState
from domain.people import Role
from domain.pull_request import PullRequest, Signature
from domain.verdict import Conclusion, PolicyOutcome, Verdict
from policies.override_settings import OverrideSettings
from policies.overriding import ended, overridden
from tests.policies.outlines import HEAD, OLD_HEAD, a_commit_by, a_person, an_outline

AT = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
ENDS = AT + timedelta(hours=4)
GIVEN = Entry(
    EntryKind.OVERRIDE, "acme/shop", 12, "bob", "1", AT, ("all",), "the shop is down", HEAD, "main", ENDS
)  # fmt: skip
CONFIRMED = replace(GIVEN, kind=EntryKind.CONFIRMATION, login="carol", source="2", at=AT + timedelta(minutes=1))
PULL_REQUEST = an_outline().pull_request


def settings(**more: Any) -> OverrideSettings:
    return OverrideSettings.model_validate({"roles": [Role("lead", ("bob", "carol"))], **more})


def an_outcome(name: str, outcome: Outcome, level: Level = Level.REQUIRED) -> PolicyOutcome:
    found = (Finding(f"{name} found something", remedy="mend it"),) if outcome is not Outcome.PASS else ()
    return PolicyOutcome.of(name, level, Inspection(outcome, f"{name} says {outcome}", found))


RED = Verdict.of(
    (
        an_outcome("severity", Outcome.PASS),
        an_outcome("diff-size", Outcome.FAIL),
        an_outcome("dependencies", Outcome.ERROR),
        an_outcome("focus", Outcome.FAIL, Level.ADVISORY),
        an_outcome("approvals", Outcome.WAIT),
    )
)


def judged(
    *entries: Entry, pull_request: PullRequest = PULL_REQUEST, exempt: tuple[str, ...] = (), **more: Any
) -> Verdict:
    return overridden(RED, settings(**{"except": exempt, **more}), pull_request, entries)


def test_everything_that_blocks_becomes_a_warning_with_its_findings() -> None:
    verdict = judged(GIVEN)
    assert verdict.conclusion is Conclusion.SUCCESS
    assert [policy.name for policy in verdict.policies if policy.override] == ["diff-size", "dependencies", "approvals"]
    size = verdict.policies[1]
    assert (size.outcome, size.without_override, size.findings) == (
        Outcome.WARN,
        Outcome.FAIL,
        RED.policies[1].findings,
    )
    assert size.summary == (
        "overridden by bob until 2026-05-04 14:30 UTC: the shop is down; without it fail: diff-size says fail"
    )
    assert verdict.policies[0] == RED.policies[0]
    assert verdict.policies[3] == RED.policies[3]


def test_only_what_was_named_and_is_no_exception_is_let_be() -> None:
    assert judged(replace(GIVEN, subjects=("diff-size",))).conclusion is Conclusion.FAILURE
    exempt = judged(GIVEN, exempt=("dependencies",))
    assert exempt.conclusion is Conclusion.FAILURE
    assert exempt.overrides[0].overridden == ("diff-size", "approvals")


@pytest.mark.parametrize(
    ("entries", "more", "state"),
    [
        ((GIVEN,), {"confirmed": True}, OverrideState.UNCONFIRMED),
        ((GIVEN, CONFIRMED), {"confirmed": True}, OverrideState.COUNTS),
        ((GIVEN, replace(CONFIRMED, login="BOB")), {"confirmed": True}, OverrideState.UNCONFIRMED),
        ((GIVEN, replace(CONFIRMED, at=AT - timedelta(seconds=1))), {"confirmed": True}, OverrideState.UNCONFIRMED),
        ((replace(GIVEN, login="alice"), CONFIRMED), {"confirmed": True}, OverrideState.COUNTS),
        ((GIVEN, replace(CONFIRMED, login="alice")), {"confirmed": True}, OverrideState.COUNTS),
        ((replace(GIVEN, login="alice"),), {}, OverrideState.INVOLVED),
        ((GIVEN,), {"roles": []}, OverrideState.NOT_ALLOWED),
    ],
)
def test_who_must_stand_behind_an_override(
    entries: tuple[Entry, ...], more: dict[str, Any], state: OverrideState
) -> None:
    verdict = judged(*entries, **more)
    assert [override.state for override in verdict.overrides] == [state]
    assert (verdict.conclusion is Conclusion.SUCCESS) is (state is OverrideState.COUNTS)


def test_where_an_author_is_unknown_nobody_is_known_to_have_no_part() -> None:
    stranger = a_commit_by(Signature("Nobody", "nobody@example.org"))
    verdict = judged(GIVEN, CONFIRMED, pull_request=replace(PULL_REQUEST, commits=(stranger,)), confirmed=True)
    assert verdict.overrides[0].state is OverrideState.INVOLVED


def test_two_who_both_wrote_it_cant_override_together() -> None:
    theirs = replace(PULL_REQUEST, commits=(a_commit_by(a_person("bob"), a_person("carol")),))
    verdict = judged(GIVEN, CONFIRMED, pull_request=theirs, confirmed=True)
    assert verdict.overrides[0].state is OverrideState.INVOLVED


def test_of_ended_overrides_the_newest_is_told_with_why_it_ended() -> None:
    earlier = replace(GIVEN, head_oid=OLD_HEAD)
    (told,) = ended((earlier, replace(earlier, source="0", at=AT - timedelta(hours=1))), PULL_REQUEST, AT)
    assert (told.state, told.source) == (OverrideState.OUTDATED, "1")
    (over,) = ended((GIVEN,), PULL_REQUEST, AT + timedelta(hours=4))
    assert over.state is OverrideState.EXPIRED
    assert ended((earlier, replace(GIVEN, source="3", at=AT + timedelta(minutes=5))), PULL_REQUEST, AT) == ()
    assert ended((replace(GIVEN, base="develop"),), PULL_REQUEST, AT)[0].state is OverrideState.OUTDATED


def test_overrides_have_a_section_of_their_own() -> None:
    outdated = ended((replace(GIVEN, head_oid=OLD_HEAD, subjects=("diff-size", "focus")),), PULL_REQUEST, AT)
    verdict = judged(GIVEN, CONFIRMED, exempt=("dependencies",))
    verdict = replace(verdict, overrides=(*outdated, *verdict.overrides))
    assert report.check_run("hotfix: main", HEAD, verdict).summary.partition("\n\n### ")[2] == (
        "Overrides\n\n"
        "- bob's override of `diff-size`, `focus` (the shop is down) was given for the head `ccccccc` towards `main` "
        "and ended with it; what stands now would need another\n"
        "- `diff-size`, `approvals`: overridden by bob, confirmed by carol, until 2026-05-04 14:30 UTC: "
        "the shop is down"
    )
    data = report.as_data(verdict, base="b", merge_base="m", head=HEAD)
    assert data["overrides"][1] == {
        "by": "bob",
        "confirmed_by": "carol",
        "asked": ["all"],
        "overridden": ["diff-size", "approvals"],
        "reason": "the shop is down",
        "head": HEAD,
        "base": "main",
        "at": "2026-05-04T10:30:00+00:00",
        "expires_at": "2026-05-04T14:30:00+00:00",
        "state": "counts",
        "source": "1",
    }
    assert data["policies"][1]["without_override"] == "fail"
    assert "without_override" not in data["policies"][0]
    assert report.title(replace(verdict, policies=(*verdict.policies[:2], verdict.policies[4]))) == (
        "1 policy satisfied, 2 overridden"
    )


def test_words_of_an_override_are_no_markup() -> None:
    verdict = judged(replace(GIVEN, reason="<!-- x --> @everybody | [a](b)"))
    summary = report.check_run("hotfix: main", HEAD, verdict).summary
    assert summary.count("<!--") == summary.count("\\<!--") > 0
    assert "@everybody" not in summary
    assert "[a](b)" not in summary
