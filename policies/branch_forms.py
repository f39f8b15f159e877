"""How a repository calls the branches and pull requests of its hotfixes, for whoever begins one."""

from __future__ import annotations

from domain.branch_form import BranchForm
from domain.finding import Level
from domain.severity import Severity
from policies.branch_name import BranchName
from policies.branch_point import BranchPoint
from policies.configuration import Configuration
from policies.description import Description
from policies.incident import Incident, Tracker
from policies.patterns import matches, matches_branch
from policies.severities import assess
from policies.title import Title

#: Tried in this order where the policy file doesn't say which one it wants.
_USUAL = (BranchForm("hotfix/", is_dated=True), BranchForm("hotfix/"), BranchForm("hotfix/", width=3))
_PREFIXES = ("[HOTFIX] ", "HOTFIX: ", "hotfix: ")


def branch_forms(configuration: Configuration) -> tuple[BranchForm, ...]:
    """The forms to try for a new branch, the best first."""
    policy = next((each for each in configuration.every_policy if isinstance(each, BranchName)), None)
    is_own = policy is not None and "example" in policy.model_fields_set
    own = (BranchForm.like(policy.example), BranchForm.beginning_like(policy.example)) if policy and is_own else ()
    globs = (
        glob
        for glob in configuration.triggers.branches
        if glob.endswith("*") and not set("*?[\\") & set(glob[:-1].rstrip("*"))
    )
    triggered = tuple(BranchForm(glob.rstrip("*"), is_dated=True) for glob in globs if not glob.startswith("hotfix/"))
    return (*own, *_USUAL, *triggered)


def is_branch_right(configuration: Configuration, name: str) -> bool:
    """Whether a branch of that name passes the policy `branch-name`, or, where it is off, is a hotfix's by its name."""
    found = [each for each in configuration.every_policy if isinstance(each, BranchName)]
    if found:
        return all(any(matches(pattern, name) for pattern in policy.patterns) for policy in found)
    globs = configuration.triggers.branches
    return not globs or any(matches_branch(glob, name) for glob in globs)


def titled(configuration: Configuration, title: str) -> str:
    """A title as the policy `title` wants it, where a usual beginning is all that it lacks."""
    found = [each for each in configuration.every_policy if isinstance(each, Title)]
    tries = (title, *(f"{prefix}{title}" for prefix in _PREFIXES))
    fitting = (each for each in tries if all(any(matches(one, each) for one in policy.patterns) for policy in found))
    return next(fitting, title)


def severity_told(configuration: Configuration, body: str) -> Severity | None:
    """The severity that a description tells, None where it tells none."""
    return assess(configuration.severities, (), body).severity


def incident_wanted(configuration: Configuration) -> Incident | None:
    """The policy `incident` where it asks for an issue here, else None."""
    found = (each for each in configuration.every_policy if isinstance(each, Incident))
    return next((each for each in found if each.tracker is Tracker.GITHUB and each.level is not Level.OFF), None)


def incident_id_asked(configuration: Configuration, example: str) -> bool:
    """Whether a hotfix has to name an incident that an id like this one may stand for."""
    policies = configuration.every_policy
    by_policy = (
        each.tracker is Tracker.GITHUB or any(matches(pattern, example) for pattern in each.patterns)
        for each in policies
        if isinstance(each, Incident)
    )
    described = (name for each in policies if isinstance(each, Description) for name in (*each.fields, *each.sections))
    return any(by_policy) or any(name.casefold() == "incident" for name in described)


def branch_name_asked(configuration: Configuration) -> str:
    """The patterns that the policy `branch-name` asks for, "" where it is off."""
    found = (each for each in configuration.every_policy if isinstance(each, BranchName))
    return next((" or ".join(each.patterns) for each in found), "")


def not_from(configuration: Configuration) -> frozenset[str]:
    """The branches whose own commits no hotfix may bring along."""
    found = (each for each in configuration.every_policy if isinstance(each, BranchPoint))
    return frozenset(name for each in found for name in each.not_from)
