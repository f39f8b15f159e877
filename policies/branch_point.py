"""The policy `branch-point`: a hotfix grew from what production runs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import Field

from domain.change import Change, Needs
from domain.finding import Finding, Inspection, Level
from domain.pull_request import Outline
from domain.surroundings import BranchPoint as Point
from policies.base import LEVEL, Policy, judged, needs_github, unreadable
from policies.patterns import BranchGlob, matches_branch
from policies.texts import BranchName

#: So many commits a finding names, and a command lists.
_NAMED = 10


class Origin(StrEnum):
    """Where on the base branch a hotfix may begin."""

    BASE = "base"
    TIP = "tip"
    TAG = "tag"


class BranchPoint(Policy):
    """Let a hotfix grow from production, and bring along nothing that only the development branch has.

    By default a hotfix may begin at any commit of the base branch: a hotfix that was merged in between makes no other
    one wrong. With `tip` it has to begin at base's newest commit, so that it was tested on what production runs now,
    and each merge into base makes the others rebase; with `tag` at a commit that bears a release's tag. A commit is
    foreign where one of the branches in `not_from` holds it and base doesn't. A branch that doesn't exist holds
    nothing, and the summary says so.

    Why: a hotfix that began on the development branch carries unreleased work into production.
    Passes: a branch from `main` with the one commit that mends the fault.
    Fails: a branch from `develop`, whose three newest features would go to production with it.
    Remedy: move the hotfix's own commits onto base with the `git rebase --onto` that the finding gives.
    """

    name: ClassVar[str] = "branch-point"

    level: Level = Field(Level.OFF, description=LEVEL)
    grown_from: Origin = Field(
        Origin.BASE,
        description="Where a hotfix may begin: at any commit of the `base` branch, at its `tip`, or at a release's "
        "`tag`.",
    )
    tags: tuple[BranchGlob, ...] = Field(
        ("v*",), description="With `grown_from: tag`: patterns for the tags of releases; `*` stops at a slash."
    )
    not_from: tuple[BranchName, ...] = Field(
        ("develop",), description="Branches by their full names whose own commits must not come along."
    )

    def needs(self, outline: Outline) -> Needs:
        """Where the change left base, and which of its commits the other branches hold."""
        return Needs(branch_point=True, other_branches=frozenset(self.not_from) - {outline.pull_request.base})

    def inspect(self, change: Change) -> Inspection:
        """Judge where the change began and what it brings along."""
        point = change.evidence.branch_point
        if point is None and change.outline is None:
            return needs_github("branch points")
        if point is None or not point.oid:
            return _unknown()
        places = _Places.of(change)
        findings = (*self._begins_wrong(point, places), *self._drags(point, change, places))
        return judged(findings, self._summary(point, places, findings), self._facts(point))

    def _begins_wrong(self, point: Point, places: _Places) -> Iterator[Finding]:
        if self.grown_from is Origin.TIP and not point.is_tip:
            remedy = f"run: git fetch origin && git rebase {places.onto}{places.branch}"
            yield Finding(f"the change began at {point.oid[:12]}, and {places.base} has moved on since", remedy=remedy)
        if self.grown_from is Origin.TAG and not self._releases(point):
            remedy = (
                "run, with the tag of the release in production for TAG: "
                f"git fetch --tags origin && git rebase --onto TAG {point.oid[:12]}{places.branch}"
            )
            wanted = " or ".join(self.tags)
            yield Finding(f"the change began at {point.oid[:12]}, which bears no tag like {wanted}", remedy=remedy)

    def _drags(self, point: Point, change: Change, places: _Places) -> Iterator[Finding]:
        foreign = {branch: oids for branch, oids in sorted(point.foreign.items()) if oids and branch in self.not_from}
        remedy = _transplant(foreign, change, places)
        for branch, oids in foreign.items():
            named = ", ".join(oid[:12] for oid in oids[:_NAMED]) + (" …" if len(oids) > _NAMED else "")
            those = "1 commit" if len(oids) == 1 else f"{len(oids)} commits"
            yield Finding(f"{those} of {branch} that {places.base} hasn't would come along: {named}", remedy=remedy)

    def _releases(self, point: Point) -> list[str]:
        return [tag for tag in point.tags if any(matches_branch(glob, tag) for glob in self.tags)]

    def _summary(self, point: Point, places: _Places, findings: tuple[Finding, ...]) -> str:
        where = "the tip of " if point.is_tip else ""
        said = f"grown from {where}{places.base} at {point.oid[:12]}"
        if self.grown_from is Origin.TAG and self._releases(point):
            said += f" ({', '.join(self._releases(point))})"
        dragged = sum(len(oids) for branch, oids in point.foreign.items() if branch in self.not_from)
        if findings:
            return f"{said}, not as agreed" + (f"; {dragged} foreign" if dragged else "")
        absent = [branch for branch in self.not_from if branch not in point.foreign and branch != places.base]
        return said + (f"; there is no branch {' or '.join(absent)}" if absent else "")

    def _facts(self, point: Point) -> dict[str, Any]:
        return {
            "began_at": point.oid,
            "is_tip": point.is_tip,
            "tags": list(point.tags),
            "foreign": {branch: list(oids) for branch, oids in sorted(point.foreign.items())},
        }


class _Places:
    """The names that a person's git knows the two sides by.

    They come from a pull request, whose branch may be named `$(reboot)`: in a command they are quoted.

    Attributes:
        base: for sentences; `onto` for commands.
        branch: the head branch for the end of a command, with the blank before it; "" at the desk.
    """

    def __init__(self, base: str, onto: str, branch: str = "") -> None:
        self.base = base
        self.onto = shlex.quote(onto)
        self.branch = f" {shlex.quote(branch)}" if branch else ""

    @classmethod
    def of(cls, change: Change) -> _Places:
        """The branches of a pull request; at the desk the commit of base, and whatever is checked out."""
        if change.outline is None:
            return cls("the base branch", change.base)
        pull_request = change.outline.pull_request
        # git would take a branch that is named `--exec=…` for an option: then it's whatever is checked out.
        branch = "" if pull_request.head.startswith("-") else pull_request.head
        return cls(pull_request.base, f"origin/{pull_request.base}", branch)


def _unknown() -> Inspection:
    finding = Finding("git didn't say where the change began", remedy="re-check in a minute")
    return unreadable((finding,), "the branch point is unknown", {})


def _transplant(foreign: dict[str, tuple[str, ...]], change: Change, places: _Places) -> str:
    """The commands that leave the foreign commits behind."""
    theirs = {oid for oids in foreign.values() for oid in oids}
    own = [commit.oid[:12] for commit in change.commits if commit.oid not in theirs and len(commit.parents) < 2]  # noqa: PLR2004
    if not own or (len(foreign) > 1 and len(own) > _NAMED):
        return (
            f"begin anew from base and take only what mends the fault: git switch -c NEW-BRANCH {places.onto} "
            "&& git cherry-pick -x COMMIT"
        )
    if len(foreign) > 1:
        return f"run: git fetch origin && git switch -c NEW-BRANCH {places.onto} && git cherry-pick {' '.join(own)}"
    # `upstream..branch` leaves out whatever the other branch holds, however often it was merged in between.
    other = shlex.quote(f"origin/{next(iter(foreign), '')}")
    command = f"git fetch origin && git rebase --onto {places.onto} {other}{places.branch}"
    return f"run: {command} and push with --force-with-lease"
