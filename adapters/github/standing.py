"""What stands around a head: checks, deployments, issues, threads and tags, all in one query built as asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from adapters.github import standing_query as asking
from adapters.github.client import RepositoryClient
from adapters.github.people import is_bot
from adapters.github.reading import reading
from adapters.github.standing_query import Naming, Query
from domain.change import Needs
from domain.errors import GitHubTroubleError
from domain.pull_request import PullRequest
from domain.surroundings import CheckState, DeploymentState, IssueState, Thread

#: A head with more checks or threads than this times a hundred is no pull request in earnest.
_MAX_PAGES = 20
#: Base grew from its newest releases; tags older than so many hundreds aren't looked for.
_MAX_TAG_PAGES = 5
#: The states in which another commit never arrived in the environment.
_NEVER_ARRIVED = frozenset({"abandoned", "error", "failure", "pending", "queued", "waiting"})

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found around a head; whatever nobody asked for is empty."""

    checks: tuple[CheckState, ...] = ()
    deployments: tuple[DeploymentState, ...] = ()
    issues: Mapping[str, IssueState | None] = field(default_factory=lambda: MappingProxyType({}))
    threads: tuple[Thread, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class _Pages:
    """The answers so far: the first one, and the elements of every connection."""

    first: Told
    nodes: dict[str, list[Told]]


@dataclass(frozen=True, slots=True)
class StandingReader:
    """Reads what stands around heads in one repository.

    Attributes:
        app_id: whose check runs are ours and left out, or we would wait for ourselves; None with a plain token.
    """

    client: RepositoryClient
    app_id: int | None

    def read(self, pull_request: PullRequest, needs: Needs, tagged: str = "") -> Standing:
        """Answer what the needs ask for, in one request (and one more for each further hundred).

        Args:
            pull_request: whose head and threads are meant.
            needs: what is asked for; without any of it, nothing is sent.
            tagged: the commit whose tags are asked for, "" for none.

        Raises:
            GitHubTroubleError: GitHub can't be read just now.
            NotPermittedError: a permission is missing.
        """
        names = Naming.of(needs)
        wanted = {"checks": needs.checks, "threads": needs.threads, "tags": bool(tagged)}
        if not any(wanted.values()) and not names.environments and not names.issues:
            return Standing(issues=MappingProxyType(dict.fromkeys(sorted(needs.issues))))
        with reading(f"what stands around {self.client.name}#{pull_request.ref.number}"):
            pages = self._pages(Query(pull_request, names), [each for each, asked in wanted.items() if asked], tagged)
            return Standing(
                checks=self._checks(pages.nodes.get("checks", [])),
                deployments=tuple(_deployments(pages.first["repository"], pull_request.head_oid, names.environments)),
                issues=MappingProxyType(_issues(pages.first, names, needs.issues)),
                threads=tuple(_threads(pages.nodes.get("threads", []))),
                tags=tuple(_tags(pages.nodes.get("tags", []), tagged)),
            )

    def _pages(self, query: Query, connections: Sequence[str], tagged: str) -> _Pages:
        cursors: dict[str, str | None] = dict.fromkeys(connections)
        data = self.client.ask_around(*query.document(cursors), may_lack=asking.may_lack)
        pages = _Pages(data, {each: [] for each in connections})
        for count in range(1, _MAX_PAGES + 1):
            cursors = _taken(data, pages, cursors)
            if count >= _MAX_TAG_PAGES or any(_tags(pages.nodes.get("tags", []), tagged)):
                cursors.pop("tags", None)
            if not cursors:
                return pages
            data = self.client.ask_around(*query.further().document(cursors))
        raise GitHubTroubleError(f"{self.client.name} has more checks or threads on one head than can be read")

    def _checks(self, nodes: Sequence[Told]) -> tuple[CheckState, ...]:
        """The newest of each name and App: GitHub numbers check runs in the order of their making."""
        found: dict[tuple[str, str, bool], CheckState] = {}
        for node in sorted(nodes, key=lambda each: each.get("databaseId") or 0):
            state = _status(node) if node["__typename"] == "StatusContext" else self._run(node)
            if state is not None:
                found[state.name, state.app, state.is_status] = state
        return tuple(found[key] for key in sorted(found))

    def _run(self, node: Told) -> CheckState | None:
        app = node["checkSuite"]["app"]
        if app and app["databaseId"] == self.app_id:
            return None
        state = str(node["conclusion"] or node["status"]).lower()
        return CheckState(node["name"], app["slug"] if app else "", state, url=node["detailsUrl"] or "")


def _taken(data: Told, pages: _Pages, cursors: Mapping[str, str | None]) -> dict[str, str | None]:
    """Take an answer's elements over; gives where each connection that goes on does so."""
    going_on: dict[str, str | None] = {}
    for name in cursors:
        connection = asking.CONNECTIONS[name].find(data["repository"])
        if connection is None:
            continue
        pages.nodes[name] += [node for node in connection["nodes"] if node]
        if connection["pageInfo"]["hasNextPage"]:
            going_on[name] = connection["pageInfo"]["endCursor"]
    return going_on


def _status(node: Told) -> CheckState:
    """A status: its App is told by its creator alone, which is the App's bot."""
    creator = node["creator"]
    app = str(creator["login"]).removesuffix("[bot]") if creator and is_bot(creator) else ""
    return CheckState(node["context"], app, str(node["state"]).lower(), is_status=True, url=node["targetUrl"] or "")


def _deployments(repository: Told, head: str, environments: Sequence[str]) -> Iterator[DeploymentState]:
    for number, environment in enumerate(environments):
        ours = (repository["head"] or {}).get(f"d{number}") or {"nodes": []}
        newest = next(iter(ours["nodes"]), None)
        if newest is None:
            continue
        created = datetime.fromisoformat(newest["createdAt"])
        later = [each for each in repository[f"e{number}"]["nodes"] if each["commitOid"] != head]
        passed = any(_is_later(each, newest) and _state(each) not in _NEVER_ARRIVED for each in later)
        yield DeploymentState(environment, _state(newest), created, is_latest=not passed)


def _is_later(one: Told, other: Told) -> bool:
    """GitHub's times have whole seconds; within one, its numbers tell the order."""
    key = [(datetime.fromisoformat(each["createdAt"]), each["databaseId"] or 0) for each in (one, other)]
    return key[0] > key[1]


def _state(deployment: Told) -> str:
    status = deployment["latestStatus"]
    return str(status["state"] if status else deployment["state"] or "pending").lower()


def _issues(data: Told, names: Naming, asked: frozenset[str]) -> dict[str, IssueState | None]:
    repository, found = data["repository"], dict[str, IssueState | None]()
    for name in sorted(asked):
        if name in names.here:
            found[name] = _issue(repository.get(f"i{names.here.index(name)}"))
        elif name in names.elsewhere:
            other = data.get(f"o{names.elsewhere.index(name)}")
            found[name] = _issue(other["found"]) if other else None
        else:
            titled = repository.get("newest") or {"nodes": []}
            found[name] = _titled(name, [each for each in titled["nodes"] if each]) if name in names.titled else None
    return found


def _titled(name: str, nodes: Sequence[Told]) -> IssueState | None:
    """The issue whose title holds an id as a whole word; an open one before one that is closed, then the newest."""
    whole = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.IGNORECASE)
    holding = [node for node in nodes if whole.search(node["title"])]
    return _issue(next(iter(sorted(holding, key=lambda node: node["state"] != "OPEN")), None))


def _issue(node: Told | None) -> IssueState | None:
    if node is None:
        return None
    return IssueState(
        number=node["number"],
        title=node["title"],
        state="open" if node.get("state", node.get("pullState")) == "OPEN" else "closed",
        labels=tuple(label["name"] for label in (node["labels"] or {"nodes": []})["nodes"]),
        is_pull_request=node["__typename"] == "PullRequest",
        url=node["url"],
    )


def _threads(nodes: Sequence[Told]) -> Iterator[Thread]:
    for node in nodes:
        if not node["isResolved"]:
            line = 0 if node["isOutdated"] else node["line"] or 0
            url = next((each["url"] for each in node["comments"]["nodes"] if each), "")
            yield Thread(node["path"], line, url)


def _tags(nodes: Sequence[Told], commit: str) -> Iterator[str]:
    """The names of the tags on a commit; an annotated tag is an object of its own that points at it."""
    for node in nodes:
        target = node["target"] or {}
        if commit in {target.get("oid"), (target.get("target") or {}).get("oid")}:
            yield node["name"]
