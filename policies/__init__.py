"""The policies in their order, and what is done with them."""

from __future__ import annotations

from domain.errors import PolicyFileError
from domain.pull_request import Outline, PolicyFile
from domain.verdict import PolicyOutcome
from policies import policy_file, reference, verdicts
from policies.approvals import Approvals
from policies.base import Policy
from policies.configuration import Configuration, show
from policies.dependencies import Dependencies
from policies.diff_size import DiffSize
from policies.hotfix_comment import HotfixComment
from policies.policy_file import POLICY_FILE
from policies.regression_test import RegressionTest
from policies.reviewing import has_no_part
from policies.severity import SeverityTold
from policies.triggers import trigger
from policies.verdicts import broken_policy_file, desk_needs, inspect, needed, needs, verdict

__all__ = [
    "POLICIES",
    "POLICY_FILE",
    "Configuration",
    "PolicyFileError",
    "broken_policy_file",
    "configure",
    "desk_needs",
    "has_no_part",
    "inspect",
    "lint",
    "markdown",
    "needed",
    "needs",
    "show",
    "trigger",
    "verdict",
]

#: Every policy, in the order of the check run's table.
POLICIES: tuple[type[Policy], ...] = (SeverityTold, DiffSize, HotfixComment, RegressionTest, Dependencies, Approvals)


def configure(file: PolicyFile | None) -> Configuration:
    """What a policy file decides; the built-in defaults where there is none.

    Raises:
        PolicyFileError: it can't be applied; every fault found is in it, with its place.
    """
    return policy_file.configure(file, POLICIES)


def lint(outline: Outline) -> PolicyOutcome | None:
    """Judge the policy file that a pull request brings, without applying it; None where it brings none."""
    return verdicts.lint(outline, POLICIES)


def markdown() -> str:
    """The reference of the policy file and its policies, as `docs/policies.md` holds it."""
    return reference.markdown(POLICIES)
