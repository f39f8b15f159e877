"""The policy `deployed`: the head has run somewhere before it runs in production."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from domain.change import Change, Needs
from domain.finding import Finding, Inspection, Level, Outcome, WaitingOn
from domain.pull_request import Outline
from domain.surroundings import DeploymentState
from policies.base import LEVEL, Policy, needs_github

# GitHub's states of a deployment (GraphQL, "DeploymentState"), sorted by what a hotfix may think of them.
_SUCCEEDED = frozenset({"success", "active"})
_RUNNING = frozenset({"queued", "pending", "in_progress"})
_FAILED = frozenset({"failure", "error"})
_GONE = frozenset({"inactive", "destroyed", "abandoned"})
_WAITING = "waiting"


class Deployed(Policy):
    """Let a hotfix through only when its head was deployed to an environment, such as staging.

    GitHub knows of deployments that a workflow with `environment:`, or a tool through the deployments API, reports.
    While one is under way the verdict waits and comes by itself. A deployment that waits for somebody's approval, that
    has been taken down, or that another commit has replaced, waits for people.

    Why: the first environment that a fix runs in shouldn't be production.
    Passes: the commit that is the head now was deployed to staging, and still stands there.
    Fails: its deployment to staging failed; and it waits where nobody has deployed it yet.
    Remedy: deploy the head to the environment; after each push again.
    """

    name: ClassVar[str] = "deployed"

    level: Level = Field(Level.OFF, description=LEVEL)
    environment: str = Field(
        "staging",
        min_length=1,
        max_length=255,
        description="The environment's name as GitHub shows it. Letter case doesn't count.",
    )
    still_there: bool = Field(
        True, description="Whether the head must be what stands there now; else it is enough that it once ran there."
    )

    def needs(self, outline: Outline) -> Needs:  # noqa: ARG002 - the same for every pull request
        """The deployments of the head to the environment."""
        return Needs(environments=frozenset({self.environment}))

    def inspect(self, change: Change) -> Inspection:
        """Judge the newest deployment of the head."""
        if change.outline is None:
            return needs_github("deployments")
        wanted = self.environment.casefold()
        theirs = (one for one in change.evidence.deployments if one.environment.casefold() == wanted)
        newest = max(theirs, key=lambda one: one.created_at, default=None)
        head = change.head[:7]
        if newest is None:
            message = f"head {head} hasn't been deployed to {self.environment}"
            return self._waits(message, f"deploy {head} to {self.environment}", None)
        return self._judged(newest, head)

    def _judged(self, newest: DeploymentState, head: str) -> Inspection:
        where = self.environment
        if newest.state in _FAILED:
            message = f"the deployment of head {head} to {where} ended as {newest.state}"
            finding = Finding(
                message, remedy=f"see the deployment's log, mend what it says and deploy to {where} again"
            )
            return Inspection(Outcome.FAIL, message, (finding,), self._facts(newest))
        if newest.state in _RUNNING:
            message = f"the deployment of head {head} to {where} is {newest.state.replace('_', ' ')}"
            finding = Finding(message, remedy="wait until it has ended; the verdict follows by itself")
            return Inspection(Outcome.WAIT, message, (finding,), self._facts(newest), WaitingOn.MACHINES)
        if newest.state == _WAITING:
            message = f"the deployment of head {head} to {where} waits for an approval or a timer"
            return self._waits(message, f"ask a reviewer of {where} to approve the deployment", newest)
        return self._ended(newest, head)

    def _ended(self, newest: DeploymentState, head: str) -> Inspection:
        where, again = self.environment, f"deploy {head} to {self.environment} again"
        if newest.state in _SUCCEEDED and (newest.is_latest or not self.still_there):
            return Inspection(Outcome.PASS, f"head {head} was deployed to {where}", facts=self._facts(newest))
        if newest.state == "inactive" and not self.still_there:
            # GitHub makes only successful deployments inactive ("REST API endpoints for deployment statuses").
            return Inspection(Outcome.PASS, f"head {head} once ran in {where}", facts=self._facts(newest))
        if newest.state in _SUCCEEDED | _GONE and not newest.is_latest:
            return self._waits(f"another commit stands in {where} now, not head {head}", again, newest)
        if newest.state in _GONE:
            return self._waits(f"the deployment of head {head} to {where} is {newest.state}", again, newest)
        return self._waits(f"nobody knows what the state {newest.state!r} of {where} means", again, newest)

    def _waits(self, message: str, remedy: str, newest: DeploymentState | None) -> Inspection:
        return Inspection(Outcome.WAIT, message, (Finding(message, remedy=remedy),), self._facts(newest))

    def _facts(self, newest: DeploymentState | None) -> dict[str, Any]:
        """`state` is None where the head was never deployed there."""
        return {
            "environment": self.environment,
            "state": newest.state if newest else None,
            "is_latest": newest.is_latest if newest else None,
        }
