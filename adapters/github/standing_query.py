"""The query for what stands around a head: only the parts that are asked for. Untrusted names travel as variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from domain.change import Needs
from domain.pull_request import PullRequest

_HERE = re.compile(r"#(?P<number>[1-9][0-9]{0,8})")
_ELSEWHERE = re.compile(r"(?P<owner>[A-Za-z0-9][A-Za-z0-9-]*)/(?P<name>[A-Za-z0-9._-]+)#(?P<number>[1-9][0-9]{0,8})")
_ID = re.compile(r"[A-Za-z][\w-]*-[\w-]*[0-9][\w-]*", re.ASCII)
#: An answer must be had within GitHub's ten seconds.
_MAX_ISSUES = 50
_DEPLOYMENT = "nodes { databaseId commitOid createdAt state latestStatus { state } }"
_NEWEST = "orderBy: { field: CREATED_AT, direction: DESC }"
_ISSUE = "number title url {state} labels(first: 50) {{ nodes {{ name }} }}"
#: The two kinds of state are two types, which may not share a name in one answer.
_AS_ISSUE, _AS_PULL = _ISSUE.format(state="state"), _ISSUE.format(state="pullState: state")
_SUBJECT = f"__typename ... on Issue {{ {_AS_ISSUE} }} ... on PullRequest {{ {_AS_PULL} }}"
_CHECK = """
__typename
... on CheckRun { databaseId name status conclusion detailsUrl checkSuite { app { databaseId slug } } }
... on StatusContext { context state targetUrl creator { __typename login } }
"""


@dataclass(frozen=True, slots=True)
class Connection:
    """A list that goes on page by page: where it stands in the repository's answer, and what is asked of it."""

    path: tuple[str, ...]
    asked: str

    def find(self, repository: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The connection in an answer, None where what it hangs on isn't there."""
        found: Mapping[str, Any] | None = repository
        for step in self.path:
            found = found.get(step) if found else None
        return found


CONNECTIONS: Mapping[str, Connection] = MappingProxyType(
    {
        "checks": Connection(
            ("head", "statusCheckRollup", "contexts"),
            f"statusCheckRollup {{ contexts(first: 100, after: $checks) {{ {{page}} nodes {{ {_CHECK} }} }} }}",
        ),
        "threads": Connection(
            ("pull", "reviewThreads"),
            "pull: pullRequest(number: $number) { reviewThreads(first: 100, after: $threads) { {page} nodes { "
            "isResolved isOutdated path line comments(first: 1) { nodes { url } } } } }",
        ),
        "tags": Connection(
            ("tags",),
            'tags: refs(refPrefix: "refs/tags/", first: 100, after: $tags, '
            "orderBy: { field: TAG_COMMIT_DATE, direction: DESC }) { {page} nodes { "
            "name target { oid ... on Tag { target { oid } } } } }",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Naming:
    """What is asked for by name, sorted by the way in which it is found.

    Attributes:
        here: the issues of this repository, "#12".
        elsewhere: those of others, "owner/name#12".
        titled: the ids that an issue's title holds.
    """

    environments: tuple[str, ...] = ()
    here: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    titled: tuple[str, ...] = ()

    @property
    def issues(self) -> bool:
        """Whether any issue is asked for."""
        return bool(self.here or self.elsewhere or self.titled)

    @classmethod
    def of(cls, needs: Needs) -> Naming:
        """The names in what is needed; what can't be an issue's is left out."""
        names = sorted(needs.issues)
        return cls(
            environments=tuple(sorted(needs.environments)),
            here=tuple(name for name in names if _HERE.fullmatch(name))[:_MAX_ISSUES],
            elsewhere=tuple(name for name in names if _ELSEWHERE.fullmatch(name))[:_MAX_ISSUES],
            titled=tuple(name for name in names if _ID.fullmatch(name)),
        )


@dataclass(frozen=True, slots=True)
class Query:
    """The query about one pull request."""

    pull_request: PullRequest
    names: Naming

    def further(self) -> Query:
        """The query for the next pages, which needs no names any more."""
        return replace(self, names=Naming())

    def document(self, cursors: Mapping[str, str | None]) -> tuple[str, dict[str, Any]]:
        """The query's text and variables; `cursors` names the connections and where they go on."""
        variables: dict[str, tuple[str, Any]] = {each: ("String", cursor) for each, cursor in cursors.items()}
        if "threads" in cursors:
            variables["number"] = ("Int!", self.pull_request.ref.number)
        on_head = _connections(cursors, {"checks"}) + self._deployments(variables)
        inside = _connections(cursors, {"threads", "tags"}) + self._environments() + self._issues(variables)
        if on_head:
            variables["head"] = ("GitObjectID!", self.pull_request.head_oid)
            inside.append(f"head: object(oid: $head) {{ ... on Commit {{ {' '.join(on_head)} }} }}")
        elsewhere = self._elsewhere(variables)
        declared = "".join(f", ${name}: {kind}" for name, (kind, _) in variables.items())
        text = (
            f"query Standing($owner: String!, $name: String!{declared}) {{ "
            f"repository(owner: $owner, name: $name) {{ nameWithOwner {' '.join(inside)} }} "
            f"{' '.join(elsewhere)} }}"
        )
        return text, {name: value for name, (_, value) in variables.items()}

    def _deployments(self, variables: dict[str, tuple[str, Any]]) -> list[str]:
        variables |= {f"env{number}": ("String!", each) for number, each in enumerate(self.names.environments)}
        return [
            f"d{number}: deployments(environments: [$env{number}], first: 1, {_NEWEST}) {{ {_DEPLOYMENT} }}"
            for number in range(len(self.names.environments))
        ]

    def _environments(self) -> list[str]:
        return [
            f"e{number}: deployments(environments: [$env{number}], first: 20, {_NEWEST}) {{ {_DEPLOYMENT} }}"
            for number in range(len(self.names.environments))
        ]

    def _issues(self, variables: dict[str, tuple[str, Any]]) -> list[str]:
        asked = [f"i{at}: issueOrPullRequest(number: $i{at}) {{ {_SUBJECT} }}" for at in range(len(self.names.here))]
        variables |= {f"i{at}": ("Int!", int(name.removeprefix("#"))) for at, name in enumerate(self.names.here)}
        if self.names.titled:
            asked.append(f"newest: issues(first: 100, {_NEWEST}) {{ nodes {{ __typename {_AS_ISSUE} }} }}")
        return asked

    def _elsewhere(self, variables: dict[str, tuple[str, Any]]) -> list[str]:
        asked = []
        for at, whole in enumerate(self.names.elsewhere):
            repository, _, number = whole.rpartition("#")
            owner, _, name = repository.partition("/")
            variables |= {f"oo{at}": ("String!", owner), f"on{at}": ("String!", name), f"oi{at}": ("Int!", int(number))}
            asked.append(
                f"o{at}: repository(owner: $oo{at}, name: $on{at}) {{ "
                f"found: issueOrPullRequest(number: $oi{at}) {{ {_SUBJECT} }} }}"
            )
        return asked


def may_lack(error: Mapping[str, Any]) -> bool:
    """Whether an error only says that an issue isn't there, or lies where we may not look."""
    path = [str(step) for step in error.get("path") or ()]
    if path and re.fullmatch(r"o[0-9]+", path[0]):
        return error.get("type") in {"NOT_FOUND", "FORBIDDEN"}
    return error.get("type") == "NOT_FOUND" and bool(path) and re.fullmatch(r"i[0-9]+", path[-1]) is not None


def _connections(cursors: Mapping[str, str | None], names: set[str]) -> list[str]:
    page = "pageInfo { hasNextPage endCursor }"
    return [CONNECTIONS[name].asked.replace("{page}", page) for name in sorted(names & cursors.keys())]
