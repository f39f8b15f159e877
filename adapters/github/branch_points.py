"""Where a change left base, and which of its commits belong to other branches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from adapters.github.cache import Cache
from adapters.github.client import RepositoryClient
from adapters.github.problems import refusal
from adapters.github.reading import reading
from adapters.github.transport import Request

#: GitHub's limit for a page of a comparison ("Compare two commits").
_PER_PAGE = 100
#: A change with more commits than ten pages is told by its first ones; they are the oldest, where foreign ones stand.
_MAX_PAGES = 10
_NOT_FOUND = 404
_NO_COMMON_ANCESTOR = "no common ancestor"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What head holds beyond a base.

    Attributes:
        merge_base: where both meet.
        commits: the commits that head holds and base doesn't, oldest first.
    """

    merge_base: str
    commits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparisonReader:
    """Compares commits and branches of one repository."""

    client: RepositoryClient
    cache: Cache

    def of(self, base_oid: str, head_oid: str) -> Comparison | None:
        """Two commits compared; None where they have no history in common."""
        key = ("comparison", self.client.name, base_oid, head_oid)
        kept: Comparison | None = self.cache.get(key)
        if kept is None:
            kept = self._compared(base_oid, head_oid, unrelated_only=True)
            if kept is not None:
                self.cache.put(key, kept, 100 + 100 * len(kept.commits))
        return kept

    def foreign(self, ours: Comparison, head_oid: str, branches: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """By branch those of the change's commits that it holds; a branch that doesn't exist is absent."""
        found: dict[str, tuple[str, ...]] = {}
        for branch in sorted(branches):
            beyond = self._compared(branch, head_oid, unrelated_only=False)
            if beyond is not None:
                new = set(beyond.commits)
                found[branch] = tuple(oid for oid in ours.commits if oid not in new)
        return found

    def _compared(self, base: str, head: str, *, unrelated_only: bool) -> Comparison | None:
        """Args: unrelated_only: whether only a missing common ancestor may be the answer, no missing end."""
        path = f"{self.client.path}/compare/{quote(base, safe='')}...{head}"
        commits: list[str] = []
        merge_base = ""
        for page in range(1, _MAX_PAGES + 1):
            request = Request("GET", path, {"per_page": _PER_PAGE, "page": page})
            answer = self.client.send(request, frozenset({_NOT_FOUND}))
            if answer.status == _NOT_FOUND:
                if unrelated_only and _NO_COMMON_ANCESTOR not in answer.text.lower():
                    raise refusal(str(request), answer.status, answer.headers, answer.text)
                return None
            with reading(f"the comparison of {base} and {head[:7]}"):
                told: Mapping[str, Any] = answer.json()
                merge_base = str(told["merge_base_commit"]["sha"])
                commits += [str(each["sha"]) for each in told["commits"]]
                if len(commits) >= told["total_commits"] or not told["commits"]:
                    break
        return Comparison(merge_base, tuple(commits))
