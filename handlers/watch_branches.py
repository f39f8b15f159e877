"""Which branches are looked at for what goes around the gate, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.landing import BranchTip
from domain.pull_request import PullRequestRef
from events.models import PullRequestEvent, PushEvent
from handlers.find_bypasses import BranchRef, production_of
from handlers.look import BRANCH
from handlers.ports import GitHub, Ports
from policies import POLICY_FILE

#: What makes a pattern more than a name.
_WILD = "*?[\\"


def want_watch(event: PushEvent, ports: Ports, _received_at: datetime) -> None:
    """A watched branch was pushed to; a changed policy file may make others production's from now on."""
    if event.deleted or not event.ref.startswith(BRANCH):
        return
    branch = BranchRef(event.repository.full_name, event.ref.removeprefix(BRANCH))
    if ports.ledger.seen_tip(branch.repository, branch.name):
        ports.tasks.want("watch", str(branch))
    touched = {path for commit in event.commits for path in (*commit.added, *commit.modified)}
    if POLICY_FILE in touched:
        ports.tasks.want("sweep", branch.repository)


def want_audit(event: PullRequestEvent, ports: Ports, _received_at: datetime) -> None:
    """A pull request was merged: a hotfix needs its verdict."""
    if event.pull_request.merged:
        ports.tasks.want("audit", str(PullRequestRef(event.repository.full_name, event.pull_request.number)))


def want_watches(repository: str, ports: Ports) -> None:
    """Want a look at every branch of production that isn't where it was examined, and watch those that are new.

    Raises:
        GitHubTroubleError: GitHub can't be read just now.
    """
    github = ports.github(repository)
    tips = list(github.branch_tips(ports.ledger.watched_branches(repository)))
    known = {tip.name for tip in tips}
    further = [name for name in _named(tips, github, ports, repository) if name not in known]
    if further:
        tips += [tip for tip in github.branch_tips(further) if tip.name not in known]
    for tip in tips:
        if production_of(tip.policy_file, repository, ports).production.holds(tip.name):
            ports.ledger.see_branch(repository, tip.name, tip.oid)
            if ports.ledger.seen_tip(repository, tip.name) != tip.oid:
                ports.tasks.want("watch", str(BranchRef(repository, tip.name)))


def _named(tips: list[BranchTip], github: GitHub, ports: Ports, repository: str) -> Iterator[str]:
    """The branches that the default branch's policy file, the first of these, calls production's."""
    if not tips:
        return
    production = production_of(tips[0].policy_file, repository, ports).production
    for glob in production.branches:
        start = min((glob.find(char) for char in _WILD if char in glob), default=-1)
        if start < 0:
            yield glob
        else:
            yield from (name for name in github.branches_named_like(glob[:start]) if production.holds(name))
