"""What was merged, what a merge group would merge, and which branches there are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.github.client import RepositoryClient, query
from adapters.github.people import commit, is_bot, login_of
from adapters.github.reading import reading
from domain.backport import MergedPullRequest
from domain.pull_request import Commit, PullRequestRef

#: GitHub lists at most 250 commits of a pull request ("List commits on a pull request").
_MAX_COMMIT_PAGES = 3
#: A base with many merges hides its first parents; past this the walk ends and the plan says "unknown".
_MAX_HISTORY_PAGES = 5
_REFS_A_QUERY = 100
#: `gh-readonly-queue/BASE/pr-NUMBER-SHA`, the branch of a merge group.
_GROUP_BRANCH = re.compile(r"(?:refs/heads/)?gh-readonly-queue/.+/pr-(?P<number>\d+)-[0-9a-f]+")

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MergeReader:
    """Reads what one repository's merges did and will do."""

    client: RepositoryClient

    def merged(self, number: int) -> MergedPullRequest | None:
        """A merged pull request with base's history below its merge; None while it isn't merged."""
        with reading(f"pull request {self.client.name}#{number}"):
            told = self.client.ask(query("merged"), number=number, after=None)["pullRequest"]
            if not told["merged"]:
                return None
            commits = self._commits(told, number)
            merge = told["mergeCommit"]
            return MergedPullRequest(
                ref=PullRequestRef(self.client.name, number),
                title=told["title"],
                author=login_of(told["author"]),
                url=told["url"],
                base=told["baseRefName"],
                head_oid=told["headRefOid"],
                merge_commit_oid=merge["oid"] if merge else "",
                commits=commits,
                landed=self._landed(merge, len(commits) + 1) if merge else (),
                labels=tuple(label["name"] for label in (told["labels"] or {"nodes": []})["nodes"]),
                author_is_bot=is_bot(told["author"]),
                body=told["body"],
                head=told["headRefName"],
                head_repository=told["headRepository"]["nameWithOwner"] if told["headRepository"] else "",
                milestone=told["milestone"]["number"] if told["milestone"] else 0,
                milestone_title=told["milestone"]["title"] if told["milestone"] else "",
                changed_files=told["changedFiles"],
            )

    def group(self, base: str, head_oid: str, head_ref: str) -> Sequence[int]:
        """The numbers of the pull requests that a merge group's head would merge, in order.

        Each entry of the queue is built on the one before it, so the way back from the group's head names them all.
        An entry that has left the queue since leaves its number in the group's branch.
        """
        with reading(f"the merge queue of {base}"):
            queue = self.client.ask(query("queue"), branch=base)["mergeQueue"]
            entries = (queue["entries"] or {"nodes": []})["nodes"] if queue else []
            by_head = {each["headCommit"]["oid"]: each for each in entries if each["headCommit"]}
            numbers: list[int] = []
            at = head_oid
            # Taking entries out on the way makes even a circle end.
            while (entry := by_head.pop(at, None)) is not None:
                if entry["pullRequest"]:
                    numbers.insert(0, entry["pullRequest"]["number"])
                at = entry["baseCommit"]["oid"] if entry["baseCommit"] else ""
        named = _GROUP_BRANCH.fullmatch(head_ref)
        return tuple(numbers) or ((int(named["number"]),) if named else ())

    def branches(self, names: frozenset[str]) -> frozenset[str]:
        """Which of these branches exist."""
        wanted = sorted(names)
        found: set[str] = set()
        for start in range(0, len(wanted), _REFS_A_QUERY):
            batch = wanted[start : start + _REFS_A_QUERY]
            variables = {f"r{number}": f"refs/heads/{name}" for number, name in enumerate(batch)}
            refs = self.client.ask(_refs_query(len(batch)), **variables)
            found |= {name for number, name in enumerate(batch) if refs.get(f"f{number}")}
        return frozenset(found)

    def _commits(self, told: Told, number: int) -> tuple[Commit, ...]:
        page = told["commits"]
        nodes = list(page["nodes"])
        for _ in range(_MAX_COMMIT_PAGES - 1):
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
            page = self.client.ask(query("merged"), number=number, after=after)["pullRequest"]["commits"]
            nodes += page["nodes"]
        return tuple(commit(node["commit"]) for node in nodes)

    def _landed(self, merge: Told, count: int) -> tuple[Commit, ...]:
        """The merge commit and what lies below it, along first parents.

        GitHub's history is in date order with every merged branch in it, so the walk picks its way through.
        """
        known = _by_oid(merge["history"]["nodes"])
        found: list[Commit] = []
        oid, pages = merge["oid"], 1
        while len(found) < count:
            if oid not in known:
                if pages == _MAX_HISTORY_PAGES:
                    break
                pages += 1
                below = self.client.ask(query("history"), **{"from": oid})["object"]
                known = _by_oid(below["history"]["nodes"]) if below else {}
                if oid not in known:
                    break
            found.append(known[oid])
            if not known[oid].parents:
                break
            oid = known[oid].parents[0]
        return tuple(found)


def _by_oid(nodes: Sequence[Told]) -> dict[str, Commit]:
    return {node["oid"]: commit(node) for node in nodes}


def _refs_query(count: int) -> str:
    variables = "".join(f", $r{number}: String!" for number in range(count))
    fields = " ".join(f"f{number}: ref(qualifiedName: $r{number}) {{ name }}" for number in range(count))
    return (
        f"query Branches($owner: String!, $name: String!{variables}) {{ "
        f"repository(owner: $owner, name: $name) {{ {fields} }} }}"
    )
