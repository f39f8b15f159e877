"""The policy that the regression test was seen to fail without the fix."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from domain.change import Change, Needs
from domain.finding import Finding, Inspection, Level, Outcome, WaitingOn
from domain.proof import CHECK
from domain.pull_request import Outline
from domain.surroundings import CheckState
from policies.base import LEVEL, Policy

#: States of a check run that hasn't ended ("REST API endpoints for check runs", `status`).
_RUNNING = frozenset({"queued", "in_progress", "waiting", "requested", "pending"})
_HOW = "the Action in mode `prove` makes it"


class ProofOfTest(Policy):
    """Ask for the proof that the regression test fails without the fix and passes with it.

    The proof is the check run `hotfix-proof` on the head, which the Action makes in mode `prove`; `hotfix prove` says
    the same at the desk. It counts only as a check run of the App that is named, for anybody who may write statuses
    could set a status of that name. An exact revert needs none.

    Why: a test that passes without the fix as well wouldn't have caught the fault, and won't the next time.
    Passes: `hotfix-proof` of `github-actions` succeeded on the commit that is the head now.
    Fails: `hotfix-proof` failed, for the test passes without the fix; and it waits while the proof is made.
    Remedy: run `hotfix prove --base origin/main`, and make the test fail without the fix.
    """

    name: ClassVar[str] = "proof"
    exempts_reverts: ClassVar[bool] = True

    level: Level = Field(Level.OFF, description=LEVEL)
    app: str = Field(
        "github-actions",
        min_length=1,
        max_length=100,
        description="The slug of the App whose check run counts; workflows have `github-actions`.",
    )

    def needs(self, outline: Outline) -> Needs:  # noqa: ARG002 - the same for every pull request
        """The checks on the head."""
        return Needs(checks=True)

    def inspect(self, change: Change) -> Inspection:
        """Look for the proof among the checks of the head."""
        if change.outline is None:
            return Inspection(Outcome.SKIP, "at the desk, `hotfix prove` makes the proof")
        runs = [state for state in change.evidence.checks if state.name == CHECK and not state.is_status]
        ours = [state for state in runs if state.app.casefold() == self.app.casefold()]
        facts = {"app": self.app, "states": [state.state for state in ours]}
        failed = tuple(_failed(state) for state in ours if state.state not in _RUNNING | {"success"})
        if failed:
            return Inspection(Outcome.FAIL, "the test isn't proven", failed, facts)
        running = [state for state in ours if state.state in _RUNNING]
        if running or not ours:
            finding = _running(running[0]) if running else self._absent(runs)
            return Inspection(Outcome.WAIT, "the proof is to come", (finding,), facts, WaitingOn.MACHINES)
        return Inspection(Outcome.PASS, "the test fails without the fix and passes with it", facts=facts)

    def _absent(self, elsewhere: list[CheckState]) -> Finding:
        said = f"{CHECK} of {self.app} hasn't begun on the head"
        if not elsewhere:
            return Finding(said, remedy=f"wait until it begins; {_HOW}")
        whose = elsewhere[0].app or "somebody unknown"
        return Finding(said, remedy=f"wait for {self.app}; the one by {whose} doesn't count")


def _failed(state: CheckState) -> Finding:
    where = f" ({state.url})" if state.url else ""
    return Finding(f"{CHECK} ended as {state.state}", remedy=f"do what it says{where}, and push")


def _running(state: CheckState) -> Finding:
    remedy = f"wait until it has ended{f' ({state.url})' if state.url else ''}; the verdict follows by itself"
    return Finding(f"{CHECK} is {state.state.replace('_', ' ')}", remedy=remedy)
