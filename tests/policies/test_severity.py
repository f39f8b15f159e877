from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import yaml

from domain.entry import Entry, EntryKind
from domain.finding import Level, Outcome
from domain.pull_request import PolicyFile
from domain.verdict import Conclusion, PolicyOutcome, Verdict
from policies import Configuration, configure, show, verdict
from policies.diff_size import DiffSize
from tests.builders import a_change
from tests.policies.outlines import an_outline

AT = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
FILE = """\
version: 1
severities:
  P0: {description: production is down, within: 2h}
  P1: {description: a feature is broken, within: 24h, labels: [urgent, P1]}
  P2: {hotfix: false, instead: the next release}
policies:
  diff-size: {fewer_than: {P0: 40, default: 5}}
  hotfix-comment: {level: off}
  regression-test: {level: {P0: advisory, default: required}}
  dependencies: {level: off}
  approvals: {level: off}
"""


def read(text: str = FILE) -> Configuration:
    return configure(PolicyFile(text, oid="f" * 40))


def judged(*labels: str, body: str = "", text: str = FILE) -> Verdict:
    change = a_change({"cart.py": ("a = 1\n", "a = 2\n")}, body=body)
    return verdict(read(text), replace(change, labels=labels))


def severity(*labels: str, body: str = "") -> PolicyOutcome:
    return next(policy for policy in judged(*labels, body=body).policies if policy.name == "severity")


@pytest.mark.parametrize(
    ("labels", "body", "expected"),
    [
        (("P0",), "", "P0"),
        (("p0", "hotfix"), "", "P0"),
        (("urgent",), "", "P1"),
        ((), "**Severity:** P1", "P1"),
        ((), "### Severity\n\nP0 (critical)\n", "P0"),
        ((), "## Severity\n\n- [ ] P0\n- [x] P1 a feature\n", "P1"),
        (("P0",), "Severity: P0", "P0"),
        ((), "```\nSeverity: P0\n```", None),
        ((), "> Severity: P0", None),
        ((), "Severity: P0 / P1 / P2", None),
        ((), "<!-- Severity: P0 -->", None),
        ((), "P0 is not the word", None),
        (("P00",), "", None),
    ],
)
def test_label_or_description_tells_the_severity(labels: tuple[str, ...], body: str, expected: str | None) -> None:
    outcome = severity(*labels, body=body)
    assert outcome.facts["severity"] == expected
    assert outcome.outcome is (Outcome.PASS if expected else Outcome.FAIL)


def test_a_missing_severity_says_what_to_add() -> None:
    (finding,) = severity("hotfix").findings
    assert finding.message == "no severity is told"
    assert finding.remedy == (
        "add the label P0 or write `Severity: P0` into the description or say `/hotfix severity P0` "
        "(or another severity). Severities here: P0 (production is down, within 2h), "
        "P1 (a feature is broken, within 24h), P2 (no hotfix)"
    )


def test_at_the_desk_labels_and_description_that_nobody_gave_are_left_to_github() -> None:
    assert severity().outcome is Outcome.SKIP
    change = replace(a_change({"cart.py": ("a = 1\n", "a = 2\n")}), outline=an_outline(labels=(), body=""))
    told = {policy.name: policy.outcome for policy in verdict(read(), change).policies}
    assert told["severity"] is Outcome.FAIL


def test_two_severities_that_contradict_each_other_are_refused() -> None:
    outcome = severity("P1", body="Severity: P0")
    assert outcome.outcome is Outcome.FAIL
    assert outcome.findings[0].message == "label P1 says P1 and the description says P0: they contradict each other"


def test_a_severity_that_is_no_hotfix_is_told_where_to_go_instead() -> None:
    outcome = severity("P2")
    assert outcome.outcome is Outcome.FAIL
    assert outcome.findings[0].message == "P2 is no hotfix here; it goes into the next release"
    assert "use the next release" in outcome.findings[0].remedy


def test_every_setting_may_differ_by_severity() -> None:
    sizes = {
        name: next(policy.fewer_than for policy in read().policies_at(name) if isinstance(policy, DiffSize))
        for name in ("P0", "P1", "P2", "")
    }
    assert sizes == {"P0": 40, "P1": 5, "P2": 5, "": 5}


def test_the_level_differs_by_severity() -> None:
    told = {name: judged(name).policies for name in ("P0", "P1")}
    levels = {
        name: [policy.level for policy in found if policy.name == "regression-test"] for name, found in told.items()
    }
    assert levels == {"P0": [Level.ADVISORY], "P1": [Level.REQUIRED]}


def test_without_a_default_the_gravest_severity_counts_until_one_is_told() -> None:
    text = FILE.replace("default: 5", "P1: 20, P2: 5")
    (size,) = (policy for policy in read(text).policies if isinstance(policy, DiffSize))
    assert size.fewer_than == 40


def test_a_severity_that_the_description_alone_tells_passes() -> None:
    quiet = FILE.replace("regression-test: {level: {P0: advisory, default: required}}", "regression-test: {level: off}")
    assert judged(body="Severity: P0", text=quiet).conclusion is Conclusion.SUCCESS


def test_the_policy_can_be_switched_off_although_severities_are_defined() -> None:
    text = FILE + "  severity: {level: off}\n"
    assert "severity" in read(text).switched_off


def test_without_severities_nobody_is_asked_for_one() -> None:
    assert "severity" in read("version: 1\n").switched_off


def test_what_is_shown_configures_the_same_again() -> None:
    configuration = read()
    again = configure(PolicyFile(show(configuration), oid=""))
    assert again == configuration
    assert yaml.safe_load(show(configuration))["policies"]["diff-size"]["fewer_than"] == {
        "default": 5, "P0": 40, "P1": 5, "P2": 5,
    }  # fmt: skip


DEFERRING = FILE.replace(
    "regression-test: {level: {P0: advisory, default: required}}",
    "regression-test: {defer: {severities: [P0], within: 24h}}",
)


def test_a_missing_test_may_be_promised_where_the_severity_allows_it() -> None:
    found = judged("P0", text=DEFERRING)
    outcome = next(policy for policy in found.policies if policy.name == "regression-test")
    assert (found.conclusion, outcome.outcome) == (Conclusion.SUCCESS, Outcome.DEFER)
    assert outcome.summary.endswith("deferred at P0: a test is due within 24h of the merge")
    assert outcome.facts["deferred"] == {"severity": "P0", "within_minutes": 1440}


@pytest.mark.parametrize("labels", [("P1",), ()])
def test_at_other_severities_nothing_is_deferred(labels: tuple[str, ...]) -> None:
    found = judged(*labels, text=DEFERRING)
    assert [policy.outcome for policy in found.policies if policy.name == "regression-test"] == [Outcome.FAIL]


def test_where_no_severity_is_told_the_strictest_level_counts() -> None:
    text = FILE.replace("level: {P0: advisory, default: required}", "level: {P0: off, P1: required, P2: advisory}")
    levels = {policy.name: policy.level for policy in read(text).policies}
    assert levels["regression-test"] is Level.REQUIRED


def commanded(name: str, *labels: str, text: str = FILE) -> PolicyOutcome:
    change = a_change({"cart.py": ("a = 1\n", "a = 2\n")})
    entry = Entry(EntryKind.SEVERITY, "acme/shop", 12, "alice", "1", AT, (name,), "only the search is slow")
    outline = replace(an_outline(labels=labels), entries=(entry,))
    judged_by = verdict(read(text), replace(change, labels=labels, outline=outline))
    return next(policy for policy in judged_by.policies if policy.name == "severity")


def test_a_command_settles_what_labels_contradict_and_names_who_lowered_it() -> None:
    found = commanded("P1", "P0", "P1")
    assert found.outcome is Outcome.PASS
    assert found.summary == (
        "P1 (a feature is broken, within 24h), lowered from P0 by alice's command: only the search is slow; "
        "label P0 says P0"
    )
    assert found.facts["command"] == {"by": "alice", "reason": "only the search is slow", "lowered_from": "P0"}


def test_a_command_alone_tells_a_severity_and_raises_it_without_ado() -> None:
    assert commanded("P0").summary.endswith("told by alice's command: only the search is slow")
    assert commanded("P0", "P1").facts["command"]["lowered_from"] is None
    assert commanded("P2").outcome is Outcome.FAIL


def test_a_command_counts_for_nothing_where_its_severity_is_no_longer_defined() -> None:
    assert commanded("P7", "P1").facts["severity"] == "P1"
    assert commanded("P7").outcome is Outcome.FAIL
