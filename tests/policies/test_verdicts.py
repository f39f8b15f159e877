import logging
from dataclasses import replace
from typing import ClassVar

import pytest

from domain.change import Change, Membership, Needs
from domain.errors import PolicyFileError
from domain.finding import Inspection, Level, Outcome
from domain.people import Role
from domain.pull_request import Outline, PolicyFile
from domain.verdict import Conclusion
from policies import broken_policy_file, configure, desk_needs, inspect, lint, needs
from policies.approvals import Approvals
from policies.base import Policy
from tests.builders import a_change
from tests.policies.outlines import a_review, an_outline

BROKEN = PolicyFile(
    "version: 1\npolicies: {diffsize: {}}\n",
    oid="f" * 40,
    commit_oid="3f2a1c9" + "0" * 33,
    source=".github/hotfix.yml at main (b81e04d)",
)


class Crashing(Policy):
    """A policy with a fault of its own."""

    name: ClassVar[str] = "crashing"

    def inspect(self, change: Change) -> Inspection:
        raise RuntimeError("secret contents of a file")


class Pleased(Policy):
    """A policy that likes everything."""

    name: ClassVar[str] = "pleased"

    def inspect(self, change: Change) -> Inspection:
        return Inspection(Outcome.PASS, "fine")


def brings(file: PolicyFile | None) -> Outline:
    return replace(an_outline(), changes_policy_file=True, head_policy_file=file)


def test_a_policy_that_crashes_is_an_error_that_blocks_and_the_others_still_speak(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        verdict = inspect((Crashing(), Pleased()), a_change())
    assert verdict.conclusion is Conclusion.FAILURE
    assert [policy.outcome for policy in verdict.policies] == [Outcome.ERROR, Outcome.PASS]
    (finding,) = verdict.policies[0].findings
    assert "this is a fault in Hotfix Guard, not in the change" in finding.message
    assert verdict.policies[0].facts["crash"] == "RuntimeError"
    assert "the policy crashing crashed" in caplog.text


def test_what_a_crash_quotes_from_a_file_is_not_published() -> None:
    assert "secret" not in repr(inspect((Crashing(),), a_change()))


def test_an_advisory_policy_that_crashes_only_warns() -> None:
    verdict = inspect((Crashing(level=Level.ADVISORY),), a_change())
    assert (verdict.conclusion, verdict.policies[0].outcome) == (Conclusion.SUCCESS, Outcome.WARN)


def test_the_policies_are_told_in_their_order() -> None:
    configuration = configure(None)
    verdict = inspect(configuration.policies, a_change())
    assert [policy.name for policy in verdict.policies] == [policy.name for policy in configuration.policies]


def test_needs_are_those_of_all_policies_together() -> None:
    role = Role("lead", teams=("acme/leads",))
    policies = (Pleased(), Approvals(required=(role,)))
    question = frozenset({Membership("acme/leads", "bob")})
    assert needs(policies, an_outline(a_review("bob"))) == Needs(files=True, memberships=question)
    assert needs((), an_outline()) == Needs()


def test_the_desk_asks_for_no_memberships() -> None:
    role = Role("lead", teams=("acme/leads",))
    assert desk_needs((Pleased(), Approvals(required=(role,)))) == Needs(files=True)


def test_a_pull_request_that_leaves_the_policy_file_alone_is_not_linted() -> None:
    assert lint(an_outline()) is None


def test_a_valid_policy_file_at_head_is_no_obstacle_and_applies_later() -> None:
    outcome = lint(brings(PolicyFile("version: 1\n", oid="")))
    assert outcome is not None
    assert (outcome.name, outcome.outcome) == ("policy-file", Outcome.PASS)
    assert outcome.summary == "the policy file at head is valid; it applies after the merge"


def test_a_removed_policy_file_is_allowed_and_said() -> None:
    outcome = lint(brings(None))
    assert outcome is not None
    assert outcome.outcome is Outcome.PASS
    assert outcome.summary == "the policy file is removed; after the merge the built-in policies apply"


def test_a_broken_policy_file_at_head_fails_on_its_line() -> None:
    outcome = lint(brings(BROKEN))
    assert outcome is not None
    assert (outcome.level, outcome.outcome) == (Level.REQUIRED, Outcome.FAIL)
    (finding,) = outcome.findings
    assert (finding.path, finding.line) == (".github/hotfix.yml", 2)
    assert finding.message == "unknown policy 'diffsize'; did you mean 'diff-size'?"
    assert finding.remedy == "write `diff-size`"
    assert outcome.facts["faults"] == [{"line": 2, "column": 12, "message": finding.message}]


def test_a_tip_that_is_itself_at_fault_is_named_once() -> None:
    with pytest.raises(PolicyFileError) as caught:
        configure(replace(BROKEN, source=".github/hotfix.yml at main (3f2a1c9)"))
    (outcome,) = broken_policy_file(caught.value, BROKEN).policies
    assert "at main (3f2a1c9): unknown policy" in outcome.findings[0].message


@pytest.mark.parametrize("file", [BROKEN, None])
def test_a_broken_policy_file_at_base_blocks_and_names_place_and_commit(file: PolicyFile | None) -> None:
    with pytest.raises(PolicyFileError) as caught:
        configure(BROKEN)
    verdict = broken_policy_file(caught.value, file)
    assert verdict.conclusion is Conclusion.FAILURE
    (outcome,) = verdict.policies
    assert (outcome.name, outcome.outcome) == ("policy-file", Outcome.ERROR)
    (finding,) = outcome.findings
    since = " since commit 3f2a1c9" if file else ""
    assert finding.message == (
        f"line 2, column 12 of .github/hotfix.yml at main (b81e04d){since}: "
        "unknown policy 'diffsize'; did you mean 'diff-size'?"
    )
    assert finding.path == ""
