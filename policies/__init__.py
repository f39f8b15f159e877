"""The policies in their order, and what is done with them."""

from __future__ import annotations

from typing import Any

from domain.errors import PolicyFileError
from domain.pull_request import Outline, PolicyFile
from domain.verdict import PolicyOutcome
from policies import policy_file, presets, reference, schema, starting, verdicts
from policies.approvals import Approvals
from policies.base import Policy
from policies.branch_forms import (
    branch_forms,
    branch_name_asked,
    incident_id_asked,
    incident_wanted,
    is_branch_right,
    not_from,
    severity_told,
    titled,
)
from policies.branch_name import BranchName
from policies.branch_point import BranchPoint
from policies.changelog import Changelog
from policies.checks import Checks
from policies.configuration import Configuration, show
from policies.dependencies import Dependencies
from policies.deployed import Deployed
from policies.description import Description
from policies.diff_size import DiffSize
from policies.extending import POLICY_FILE, RemoteFile, extended_file
from policies.focus import Focus
from policies.hotfix_comment import HotfixComment
from policies.incident import Incident
from policies.migrations import Migrations
from policies.override_settings import OverrideSettings
from policies.overriding import ended, may_stand
from policies.production_settings import ProductionSettings
from policies.proof import ProofOfTest
from policies.regression_test import RegressionTest
from policies.reviewing import has_no_part
from policies.roles import is_login
from policies.security import Security
from policies.severities import named as severity_named
from policies.severity import SeverityTold
from policies.starting import pull_request_template, starting_file
from policies.title import Title
from policies.triggers import trigger
from policies.verdicts import broken_policy_file, desk_needs, hotfixes_only, inspect, needed, needs, verdict
from policies.version_bump import VersionBump
from policies.yaml_faults import nearest

__all__ = [
    "POLICIES",
    "POLICY_FILE",
    "Configuration",
    "OverrideSettings",
    "PolicyFileError",
    "ProductionSettings",
    "RemoteFile",
    "branch_forms",
    "branch_name_asked",
    "broken_policy_file",
    "configure",
    "desk_needs",
    "ended",
    "extended_file",
    "has_no_part",
    "hotfixes_only",
    "incident_id_asked",
    "incident_wanted",
    "inspect",
    "is_branch_right",
    "is_login",
    "json_schema",
    "lane_alone",
    "lint",
    "markdown",
    "may_stand",
    "nearest",
    "needed",
    "needs",
    "not_from",
    "preset_alone",
    "preset_roles",
    "presets",
    "pull_request_template",
    "severity_named",
    "severity_told",
    "show",
    "starting_file",
    "titled",
    "trigger",
    "verdict",
]

#: Every policy, in the order of the check run's table.
POLICIES: tuple[type[Policy], ...] = (
    SeverityTold,
    Title,
    BranchName,
    BranchPoint,
    Description,
    Incident,
    DiffSize,
    HotfixComment,
    RegressionTest,
    Focus,
    Dependencies,
    Migrations,
    VersionBump,
    Changelog,
    Security,
    Checks,
    ProofOfTest,
    Deployed,
    Approvals,
)


def configure(file: PolicyFile | None) -> Configuration:
    """What a policy file decides; the built-in defaults where there is none.

    Raises:
        PolicyFileError: it can't be applied; every fault found is in it, with its place.
    """
    return policy_file.configure(file, POLICIES)


def lane_alone(file: PolicyFile | None) -> Configuration:
    """What a broken policy file still says of who is a hotfix and of production; everything else is built in."""
    return policy_file.lane_alone(file, POLICIES)


def lint(outline: Outline) -> PolicyOutcome | None:
    """Judge the policy file that a pull request brings, without applying it; None where it brings none."""
    return verdicts.lint(outline, POLICIES)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the policy file, as `docs/hotfix.schema.json` holds it."""
    return schema.schema(POLICIES)


def preset_roles(preset: str) -> tuple[str, ...]:
    """The roles that a preset's policies name, in its order."""
    return starting.roles_of(preset, POLICIES)


def preset_alone(preset: str) -> str:
    """The text of a policy file for repositories without one: a preset whose roles are the maintainers'."""
    return starting.preset_alone(preset, POLICIES)


def markdown() -> str:
    """The reference of the policy file and its policies, as `docs/policies.md` holds it."""
    return reference.markdown(POLICIES)
