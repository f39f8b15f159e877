"""Where a change grew from, and which commits lie there, by GitHub's comparison of two commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.github.client import RepositoryClient
from adapters.github.reading import reading
from adapters.github.transport import Request
from domain.revert import Ancestry, OnBase

#: What we want stands outside the lists, and the files are on the first page only ("Compare two commits").
_SMALL = {"per_page": 1, "page": 2}
_IS_ANCESTOR = ("ahead", "identical")
_NOT_FOUND, _UNPROCESSABLE = 404, 422


@dataclass(frozen=True, slots=True)
class AncestryReader:
    """Asks about commits of one repository."""

    client: RepositoryClient

    def of(self, base_oid: str, head_oid: str, oids: Sequence[str]) -> Ancestry:
        """Which of these commits are on base where head grew from it; one request, and one more for each.

        A commit that isn't there, or is no commit of the repository, is `elsewhere`.

        Raises:
            GitHubTroubleError: GitHub can't be read just now.
            NotPermittedError: a permission is missing.
        """
        told = self._compare(base_oid, head_oid)
        with reading("a comparison"):
            merge_base = str(told["merge_base_commit"]["sha"]) if told else ""
        found = [self._on_base(oid, merge_base) if merge_base else None for oid in oids]
        elsewhere = tuple(oid for oid, each in zip(oids, found, strict=True) if each is None)
        return Ancestry(merge_base, tuple(each for each in found if each), elsewhere)

    def _on_base(self, oid: str, merge_base: str) -> OnBase | None:
        told = self._compare(oid, merge_base)
        with reading("a comparison"):
            if told is None or told["status"] not in _IS_ANCESTOR or told["merge_base_commit"]["sha"] != oid:
                return None
            parents = told["base_commit"]["parents"]
            return OnBase(oid, str(parents[0]["sha"]) if parents else "", int(told["ahead_by"]))

    def _compare(self, one: str, other: str) -> dict[str, Any] | None:
        """The comparison; None where there is no such commit, or no history in common."""
        request = Request("GET", f"{self.client.path}/compare/{one}...{other}", _SMALL)
        answer = self.client.send(request, frozenset({_NOT_FOUND, _UNPROCESSABLE}))
        if answer.status in {_NOT_FOUND, _UNPROCESSABLE}:
            return None
        told: dict[str, Any] = answer.json()
        return told
