"""Presets and `extends`: what a file says itself counts, the preset says the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from domain.errors import PolicyFileError
from domain.finding import Level
from domain.pull_request import PolicyFile
from policies import Configuration, configure, json_schema, preset_roles, presets, yaml_text
from policies.approvals import Approvals
from policies.diff_size import DiffSize
from policies.reference import EXAMPLE

SCHEMA = Path(__file__).parents[2] / "docs" / "hotfix.schema.json"
ROLES = """\
roles:
  engineering-lead: {users: [alice]}
  on-call-manager: {users: [bob]}
  product-manager: {users: [carol]}
"""


def read(text: str) -> Configuration:
    return configure(PolicyFile(text, oid=""))


def a_policy(configuration: Configuration, kind: type[Any], severity: str = "") -> Any:
    return next(policy for policy in configuration.readings[severity] if isinstance(policy, kind))


def test_the_preset_says_what_the_file_leaves_out() -> None:
    configuration = read(f"version: 1\nextends: git-flow\n{ROLES}")
    assert tuple(configuration.severities) == ("P0", "P1", "P2")
    assert [each.name for each in configuration.backport.targets or ()] == ["develop"]
    names = [role.name for role in a_policy(configuration, Approvals, "P0").required]
    assert names == ["engineering-lead", "on-call-manager"]


@pytest.mark.parametrize(
    ("preset", "roles"),
    [
        ("default", []),
        ("git-flow", ["engineering-lead"]),
        ("github-flow", ["engineering-lead"]),
        ("kars", ["senior-engineer"]),
        ("kilo-emergency", ["tech-lead", "on-call"]),
        ("spec-kit", []),
        ("trunk", ["engineering-lead"]),
        ("two-hour", ["incident-commander"]),
    ],
)
def test_a_preset_with_an_owner_has_a_way_out_by_roles_that_it_has_filled_anyway(preset: str, roles: list[str]) -> None:
    filled = "".join(f"  {role}: {{users: [{role}]}}\n" for role in preset_roles(preset))
    override = read(f"version: 1\nextends: {preset}\n" + (f"roles:\n{filled}" if filled else "")).override
    assert [role.name for role in override.roles] == roles
    assert set(roles) <= set(preset_roles(preset))


def test_what_can_not_be_made_good_is_not_overridden_by_a_preset() -> None:
    roles = "roles: {tech-lead: {users: [a]}, on-call: {users: [b]}, security: {users: [c]}}\n"
    kilo = read(f"version: 1\nextends: kilo-emergency\n{roles}").override
    assert kilo.confirmed
    assert kilo.exempt == ("security",)
    assert read("version: 1\nextends: kars\nroles: {senior-engineer: {users: [a]}}\n").override.exempt == (
        "migrations",
    )


def test_what_the_file_says_itself_counts() -> None:
    own = "policies:\n  diff-size: {fewer_than: 3}\n  branch-name: {level: off}\nbackport: {targets: [next]}\n"
    configuration = read(f"version: 1\nextends: trunk\n{ROLES}{own}")
    assert a_policy(configuration, DiffSize).fewer_than == 3
    assert [each.name for each in configuration.backport.targets or ()] == ["next"]
    levels = {policy.name: policy.level for policy in configuration.policies}
    assert levels["focus"] is Level.REQUIRED
    assert "branch-name" not in levels


def test_a_severity_is_changed_without_losing_the_others_or_their_order() -> None:
    own = "severities:\n  P3: {hotfix: false}\n  P1: {within: 8h}\n"
    configuration = read(f"version: 1\nextends: git-flow\n{ROLES}{own}")
    assert tuple(configuration.severities) == ("P0", "P1", "P2", "P3")
    assert configuration.severities["P1"].description == "an important function is broken for many"
    assert str(configuration.severities["P1"].within) == "8:00:00"


def test_a_role_that_nobody_fills_is_told_at_the_line_of_extends() -> None:
    with pytest.raises(PolicyFileError) as caught:
        read("version: 1\nextends: kars\n")
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (2, 10)
    assert problem.message == "no role 'senior-engineer' is defined under `roles`"


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(PolicyFileError) as caught:
        read("version: 1\nextends: gitflow\n")
    (problem,) = caught.value.problems
    assert (problem.message, problem.remedy) == ("there is no preset 'gitflow'", "write `git-flow`")


@pytest.mark.parametrize("name", presets.names())
def test_a_preset_is_no_chain_and_says_whom_it_suits(name: str) -> None:
    document, problems = yaml_text.parse(presets.text(name))
    assert isinstance(document, yaml_text.Section)
    assert not problems
    assert document.entry("extends") is None
    assert document.entry("roles") is None
    assert "\n# Suits " in presets.text(name)


def test_the_schema_in_the_documentation_is_fresh() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema(), "run `make docs`"


@pytest.mark.parametrize("text", [EXAMPLE, *(presets.text(name) for name in presets.names())])
def test_the_schema_accepts_what_is_valid(text: str) -> None:
    jsonschema_rs.validator_for(json_schema()).validate(yaml.safe_load(text))


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "version: 2",
        "version: 1\nrols: {}",
        "version: 1\npolicies: {diff-sise: {}}",
        "version: 1\npolicies: {diff-size: {fewer_than: many}}",
        "version: 1\npolicies: {diff-size: {fewer_than: {P0: many}}}",
        "version: 1\npolicies: {diff-size: {level: of}}",
        "version: 1\ntriggers: {labels: 5}",
    ],
)
def test_the_schema_refuses_what_is_not(text: str) -> None:
    assert not jsonschema_rs.validator_for(json_schema()).is_valid(yaml.safe_load(text))
