"""What landed on branches, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adapters.github.client import RepositoryClient, query
from adapters.github.outline import POLICY_FILE
from adapters.github.people import login_of
from adapters.github.reading import reading
from adapters.github.transport import Request
from domain.landing import BranchTip, LandedCommit, LandedPullRequest, Landings
from domain.pull_request import PolicyFile, PullRequestRef

#: Pages of fifty commits that one look reads at most; beyond it the oldest are left out, and that is told.
_MAX_PAGES = 10
#: Pages of a hundred branches: no repository has more branches of production.
_MAX_BRANCH_PAGES = 5
_TIPS_A_QUERY = 20
_SHORT = 7
_NOT_FOUND, _UNPROCESSABLE = 404, 422
_TIP = """
fragment Tip on Ref {
  name
  target {
    oid
    ... on Commit { file(path: $policyFile) { oid object { ... on Blob { text isBinary isTruncated } } } }
  }
}
"""
_NAMES = """
query BranchNames($owner: String!, $name: String!, $part: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    refs(refPrefix: "refs/heads/", query: $part, first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { name }
    }
  }
}
"""

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Fresh:
    """The commits that a branch holds now and didn't before; see `Landings` for the flags."""

    oids: frozenset[str]
    rewritten: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class LandingReader:
    """Reads what reached one repository's branches."""

    client: RepositoryClient

    def since(self, branch: str, before_oid: str) -> Landings | None:
        """What landed on a branch since it stood at a commit; None where there is no such branch.

        One request where little landed; a comparison more where the branch was pushed by force.

        Raises:
            GitHubTroubleError: GitHub can't be read just now.
        """
        tips = self.tips((branch,))
        tip = next((each.oid for each in tips if each.name == branch), "")
        if not tip or tip == before_oid:
            return Landings(tip) if tip else None
        with reading(f"what landed on {branch}"):
            return self._walk(branch, tip, before_oid)

    def tips(self, names: Sequence[str]) -> tuple[BranchTip, ...]:
        """Where these branches stand, those that exist, and first of all the default branch."""
        found: dict[str, BranchTip] = {}
        batches = [names[start : start + _TIPS_A_QUERY] for start in range(0, len(names), _TIPS_A_QUERY)] or [()]
        for batch in batches:
            variables = {f"r{number}": f"refs/heads/{name}" for number, name in enumerate(batch)}
            told = self.client.ask(_tips_query(len(batch)), policyFile=POLICY_FILE, **variables)
            with reading("the branches"):
                refs = [told["defaultBranchRef"], *(told[f"f{number}"] for number in range(len(batch)))]
                found |= {ref["name"]: _tip(ref) for ref in refs if ref and ref["target"]}
        return tuple(found.values())

    def named_like(self, part: str) -> tuple[str, ...]:
        """The names of the branches that hold a part, as far as they are read at once."""
        names: list[str] = []
        after: str | None = None
        for _ in range(_MAX_BRANCH_PAGES):
            with reading("the branches"):
                page = self.client.ask(_NAMES, part=part, after=after)["refs"]
                names += [node["name"] for node in page["nodes"]]
                after = page["pageInfo"]["endCursor"]
                if not page["pageInfo"]["hasNextPage"]:
                    break
        return tuple(names)

    def _walk(self, branch: str, tip: str, before_oid: str) -> Landings:
        """Follow first parents from the tip to where the branch stood, or to what it held already."""
        told = self._page(branch, tip, before_oid)
        file, known, recent = _policy_file(told["before"], branch), _by_oid(told), told["pullRequests"]["nodes"]
        fresh = None if _leads_to(before_oid, tip, known) else self._fresh(before_oid, tip)
        found: list[LandedCommit] = []
        oid, pages = tip, 1
        while oid and oid != before_oid and (fresh is None or oid in fresh.oids):
            if oid not in known:
                if pages == _MAX_PAGES:
                    break
                known, pages = _by_oid(self._page(branch, oid, before_oid)), pages + 1
            found.append(self._commit(known[oid], recent, branch))
            oid = _first_parent(known[oid])
        ended = oid == before_oid or (fresh is not None and fresh.complete and oid not in fresh.oids)
        return Landings(tip, tuple(reversed(found)), fresh is not None and fresh.rewritten, ended, file)

    def _page(self, branch: str, oid: str, before_oid: str) -> Told:
        asked = {"branch": branch, "from": oid, "before": before_oid, "policyFile": POLICY_FILE}
        return self.client.ask(query("landings"), **asked)

    def _fresh(self, before_oid: str, tip: str) -> _Fresh:
        """What a branch holds now and didn't hold before ("Compare two commits")."""
        oids: set[str] = set()
        for page in range(1, _MAX_PAGES + 1):
            path = f"{self.client.path}/compare/{before_oid}...{tip}"
            request = Request("GET", path, {"per_page": 100, "page": page})
            answer = self.client.send(request, frozenset({_NOT_FOUND, _UNPROCESSABLE}))
            if answer.status in {_NOT_FOUND, _UNPROCESSABLE}:
                return _Fresh(frozenset(), rewritten=True, complete=False)
            told = answer.json()
            oids |= {commit["sha"] for commit in told["commits"]}
            if not told["commits"] or len(oids) >= told["total_commits"]:
                break
        return _Fresh(frozenset(oids), told["status"] in {"diverged", "behind"}, len(oids) >= told["total_commits"])

    def _commit(self, node: Told, recent: Sequence[Told], branch: str) -> LandedCommit:
        author = node["author"] or {"name": "", "user": None}
        name = author["user"]["login"] if author["user"] else author["name"] or ""
        associated = (node["associatedPullRequests"] or {"nodes": []})["nodes"]
        theirs = [*self._merged(associated, branch)]
        known = [*theirs, *self._merged(recent, branch)]
        own = next((each for each in known if each.merge_oid == node["oid"]), None)
        return LandedCommit(node["oid"], node["messageHeadline"], name, own or next(iter(theirs), None))

    def _merged(self, told: Sequence[Told], branch: str) -> Iterator[LandedPullRequest]:
        """The pull requests of this repository that were merged into this very branch."""
        here = self.client.name.casefold()
        for each in told:
            if not each or not each["merged"] or each["baseRefName"] != branch:
                continue
            if each["repository"]["nameWithOwner"].casefold() == here:
                yield _pull_request(PullRequestRef(self.client.name, each["number"]), each)


def _first_parent(node: Told) -> str:
    return next((str(parent["oid"]) for parent in node["parents"]["nodes"]), "")


def _leads_to(before_oid: str, tip: str, known: Mapping[str, Told]) -> bool:
    """Whether first parents lead from the tip to a commit, as far as they are known."""
    oid = tip
    while oid in known and oid != before_oid:
        oid = _first_parent(known[oid])
    return oid == before_oid


def _by_oid(told: Told) -> dict[str, Told]:
    return {node["oid"]: node for node in told["object"]["history"]["nodes"]}


def _pull_request(ref: PullRequestRef, told: Told) -> LandedPullRequest:
    return LandedPullRequest(
        ref=ref,
        title=told["title"],
        url=told["url"],
        base=told["baseRefName"],
        head_oid=told["headRefOid"],
        merge_oid=told["mergeCommit"]["oid"] if told["mergeCommit"] else "",
        merged_by=login_of(told["mergedBy"]),
        merged_at=datetime.fromisoformat(told["mergedAt"]),
    )


def _tip(ref: Told) -> BranchTip:
    target = ref["target"]
    return BranchTip(ref["name"], target["oid"], _policy_file(target, ref["name"]))


def _policy_file(commit: Told | None, branch: str) -> PolicyFile | None:
    file = commit.get("file") if commit else None
    if commit is None or file is None:
        return None
    blob = file["object"]
    is_text = blob and "text" in blob and not blob["isBinary"] and not blob["isTruncated"]
    source = f"{POLICY_FILE} at {branch} ({commit['oid'][:_SHORT]})"
    found = PolicyFile(None, file["oid"], source=source)
    return replace(found, text=blob["text"]) if is_text else found


def _tips_query(count: int) -> str:
    variables = "".join(f", $r{number}: String!" for number in range(count))
    fields = " ".join(f"f{number}: ref(qualifiedName: $r{number}) {{ ...Tip }}" for number in range(count))
    return (
        f"query BranchTips($owner: String!, $name: String!, $policyFile: String!{variables}) {{ "
        f"repository(owner: $owner, name: $name) {{ defaultBranchRef {{ ...Tip }} {fields} }} }}{_TIP}"
    )
