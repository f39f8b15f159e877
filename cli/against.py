"""Which branch a change at the desk is proposed for, where nobody says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import policies
from adapters.git.local import LocalRepository
from cli.config import based, read
from domain.desk import Base, Desk
from domain.errors import HotfixGuardError, UnreadableInputError
from domain.pull_request import PolicyFile
from domain.wording import shortened

_NAME_IT = "name it by --base BRANCH"


def base_for(repository: LocalRepository, desk: Desk, told: tuple[Path | None, Path | None]) -> Base:
    """The production branch that the branch under judgement grew from.

    The policy file says which branches are production's. It is read from the default branch here: the one that then
    counts is the chosen branch's own.

    Args:
        repository: the repository.
        desk: how it stands.
        told: the policy file that was named, and the copy of the one that it extends.

    Raises:
        UnreadableInputError: it can't be told; the sentence says how to name it.
    """
    if not desk.head_oid:
        where = f"the branch {shortened(desk.branch, 80)}" if desk.branch else "HEAD"
        raise UnreadableInputError(f"{where} has no commit yet, so there is nothing to judge; commit the fix first")
    default = desk.default_base()
    production = _production(repository, told, default.oid if default else desk.head_oid)
    if not production.branches:
        return _other_than_here(desk, default)
    bases = desk.bases(production.holds)
    if not bases:
        patterns = ", ".join(production.branches)
        raise UnreadableInputError(f"no production branch ({patterns}) is here: git fetch gets it, or {_NAME_IT}")
    if desk.branch and production.holds(desk.branch):
        _on_production(desk.branch)
    found = repository.nearest(desk.head_oid, bases)
    return Base(found.name, found.shown, found.oid, f"production by {policies.POLICY_FILE}")


def production_for(repository: LocalRepository, desk: Desk, told: tuple[Path | None, Path | None]) -> Base:
    """The production branch that a new hotfix grows from: the one that is checked out, else as for `base_for`.

    Raises:
        UnreadableInputError: it can't be told; the sentence says how to name it.
    """
    here = desk.base(desk.branch, "it is checked out") if desk.branch else None
    default = desk.default_base()
    if not desk.head_oid and default is None:
        raise UnreadableInputError("there is no commit here yet that a hotfix could grow from")
    production = _production(repository, told, default.oid if default else desk.head_oid)
    if here and production.holds(here.name):
        return here
    if not production.branches and default:
        return default
    return base_for(repository, replace(desk, branch=""), told)


def _other_than_here(desk: Desk, default: Base | None) -> Base:
    if default is None:
        raise UnreadableInputError(
            f"nothing says which branch is production's: there is no default branch of a remote, no main and no "
            f"master here; {_NAME_IT}, or set production.branches in {policies.POLICY_FILE}"
        )
    if default.name == desk.branch:
        _on_production(desk.branch)
    return default


def _on_production(branch: str) -> None:
    raise UnreadableInputError(
        f"{shortened(branch, 80)} is the production branch itself: `hotfix start TITLE` makes a branch for the fix, "
        f"or name both --base and --head"
    )


def _production(
    repository: LocalRepository, told: tuple[Path | None, Path | None], oid: str
) -> policies.ProductionSettings:
    """What is said of production; a broken file still says this much, and its faults are told when it counts."""
    file, below = told
    found = read(file) if file else repository.policy_file(oid, policies.POLICY_FILE)
    return policies.lane_alone(_based(found, below)).production


def _based(file: PolicyFile | None, below: Path | None) -> PolicyFile | None:
    try:
        return based(file, below)
    except HotfixGuardError:
        return file


def first_line(head: str, base: Base, extra: Iterable[str] = ()) -> str:
    """What is judged against what, and how to choose otherwise."""
    return " ".join([f"{head} against {base.shown} ({base.why}; --base chooses another)", *extra])
