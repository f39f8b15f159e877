"""Whoever begins a hotfix gets a branch and a title that pass, whatever the policy file asks for."""

from __future__ import annotations

from datetime import date

import pytest

import policies
from domain.pull_request import PolicyFile

DAY = date(2026, 1, 31)


def configured(text: str) -> policies.Configuration:
    return policies.configure(PolicyFile(text, "", source="hotfix.yml"))


def name_for(configuration: policies.Configuration) -> str:
    """What `hotfix start` calls the branch."""
    names = (form.name("Payment timeout", DAY, ()) for form in policies.branch_forms(configuration))
    return next(name for name in names if policies.is_branch_right(configuration, name))


@pytest.mark.parametrize("preset", policies.presets.names())
def test_every_preset_gets_a_branch_and_a_title_of_its_form(preset: str) -> None:
    roles = {role: f"person-{number}" for number, role in enumerate(policies.preset_roles(preset))}
    configuration = configured(policies.starting_file(preset, roles))
    numbered = preset == "spec-kit"
    assert name_for(configuration) == ("hotfix/001-payment-timeout" if numbered else "hotfix/20260131-payment-timeout")
    expected = "[HOTFIX] Payment timeout" if preset == "two-hour" else "Payment timeout"
    assert policies.titled(configuration, "Payment timeout") == expected
    assert (policies.incident_wanted(configuration) is not None) == (preset == "kars")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("triggers: {branches: [urgent/**]}", "urgent/20260131-payment-timeout"),
        ("policies: {branch-name: {level: required, patterns: ['fix-.+'], example: fix-cart}}", "fix-payment-timeout"),
        ("policies: {branch-name: {level: required, patterns: ['INC-[0-9]+ x'], example: ''}}", ""),
        ("policies: {branch-name: {level: required, patterns: ['h/HF-[0-9]+_.+'], example: h/HF-12_x}}", "h/HF-01_"),
    ],
)
def test_other_forms_are_read_off_triggers_and_examples(text: str, name: str) -> None:
    configuration = configured(f"version: 1\n{text}\n")
    if name:
        assert name_for(configuration).startswith(name)
    else:
        with pytest.raises(StopIteration):
            name_for(configuration)


def test_a_title_that_no_beginning_mends_is_kept() -> None:
    configuration = configured("version: 1\npolicies: {title: {level: required, patterns: ['INC-[0-9]+ .+']}}\n")
    assert policies.titled(configuration, "Payment") == "Payment"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("title: {level: required, patterns: ['.+']}", False),
        ("incident: {level: required}", True),
        ("incident: {level: off}", False),
        ("incident: {level: required, tracker: external, patterns: ['PD-[0-9]+']}", False),
        ("description: {level: required, fields: [Impact, incident]}", True),
        ("description: {level: required, fields: [Impact]}", False),
    ],
)
def test_an_incident_is_made_up_only_where_one_like_it_is_asked_for(policy: str, *, expected: bool) -> None:
    configuration = configured(f"version: 1\npolicies:\n  {policy}\n")
    assert policies.incident_id_asked(configuration, "HOTFIX-20260131-001") is expected
