"""One merged pull request on its way to its targets, with all that carrying it takes of the outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from domain.backport import Landed, MergedPullRequest
from domain.backport_plan import Entry
from domain.backport_proof import check_name
from domain.pull_request import Outline
from handlers.ports import Git, GitHub
from policies import Configuration

#: Without these nothing can be pushed or opened.
NEEDED = MappingProxyType({"contents": "write", "pull_requests": "write"})
WORKFLOWS = MappingProxyType({"workflows": "write"})
_WORKFLOW_FOLDER = ".github/workflows/"


@dataclass(frozen=True, slots=True)
class Hands:
    """What carrying takes of the outside.

    Attributes:
        login: our own login, as the author of comments and pull requests.
        anybodys: whether backport pull requests and what a comment remembers count whoever of us wrote them: at the
            desk and in a workflow, the App may have begun what we go on with.
        check: the name of our check on backports.
    """

    github: GitHub
    git: Git
    login: str
    anybodys: bool = False
    check: str = check_name("hotfix")


@dataclass(frozen=True, slots=True)
class Deed:
    """What was merged, which commits that put on base, and how this repository wants it carried.

    Attributes:
        entries: what our comment remembers of each target.
        granted: what our installation may do, None where that isn't known.
        touches_workflows: whether the pull request changes workflow files.
    """

    merged: MergedPullRequest
    landed: Landed
    configuration: Configuration
    hands: Hands
    entries: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))
    granted: Mapping[str, str] | None = None
    touches_workflows: bool = False

    def is_done(self, target: str) -> bool:
        """Whether an earlier run opened a target's pull request and saw to all that belongs to it."""
        entry = self.entries.get(target)
        return entry is not None and entry.is_done and entry.number > 0


def touches_workflows(outline: Outline) -> bool:
    """Whether a pull request changes workflow files, as far as GitHub named its files."""
    return any(path.startswith(_WORKFLOW_FOLDER) for path in outline.pull_request.paths)
