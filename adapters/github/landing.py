"""What lies around a merge: branches and whether they may go, merges that come by themselves, what we may do."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from adapters.github.client import RepositoryClient, query
from adapters.github.problems import message_of
from adapters.github.reading import reading
from adapters.github.transport import Request
from domain.backport_plan import BranchStanding
from domain.errors import GitHubError, GitHubTroubleError, NotPermittedError

_NOT_FOUND, _UNPROCESSABLE = 404, 422
_HEADS = "refs/heads/"


@dataclass(frozen=True, slots=True)
class LandingDesk:
    """Looks after one repository's branches and merges.

    Attributes:
        client: the repository's door.
        writer: the same under a token that may write contents.
    """

    client: RepositoryClient
    writer: RepositoryClient

    def beginning(self, prefix: str) -> frozenset[str]:
        """The branches whose names begin so; GitHub tells them all in one answer ("List matching references")."""
        found = self.client.get(f"/git/matching-refs/heads/{quote(prefix)}")
        with reading(f"the branches that begin with {prefix}"):
            return frozenset(str(each["ref"]).removeprefix(_HEADS) for each in found)

    def tree(self, commit_oid: str) -> str:
        """The tree of a commit."""
        told = self.client.get(f"/git/commits/{commit_oid}")
        with reading(f"the commit {commit_oid[:7]}"):
            return str(told["tree"]["sha"])

    def branch(self, name: str) -> BranchStanding | None:
        """A branch, and the open pull requests from it and into it; None where there is none."""
        request = Request("GET", f"{self.client.path}/branches/{quote(name, safe='')}")
        answer = self.client.send(request, frozenset({_NOT_FOUND}))
        if answer.status == _NOT_FOUND:
            return None
        owner = self.client.owner
        with reading(f"the branch {name}"):
            told = answer.json()
            return BranchStanding(
                oid=str(told["commit"]["sha"]),
                is_protected=bool(told["protected"]),
                pull_requests=self._open(head=f"{owner}:{name}") | self._open(base=name),
            )

    def _open(self, **which: str) -> frozenset[int]:
        return frozenset(int(each["number"]) for each in self.client.listed("/pulls", state="open", **which))

    def delete(self, name: str) -> bool:
        """Delete a branch; whether it is gone, which it may have been before.

        Raises:
            NotPermittedError: a permission is missing.
        """
        request = Request("DELETE", f"{self.writer.path}/git/refs/heads/{quote(name)}")
        answer = self.writer.send(request, frozenset({_UNPROCESSABLE}))
        return answer.status != _UNPROCESSABLE or "does not exist" in message_of(answer.text)

    def auto_merge(self, number: int, method: str, head_oid: str) -> str:
        """Have GitHub merge a pull request once nothing blocks it; why it won't, in GitHub's words, or "".

        Args:
            number: the pull request.
            method: "merge", "squash" or "rebase".
            head_oid: the head that may be merged.
        """
        with reading(f"pull request {self.client.name}#{number}"):
            told = self.client.get(f"/pulls/{number}")
            if told["auto_merge"] is not None:
                return ""
            variables = {"id": str(told["node_id"]), "method": method.upper(), "head": head_oid}
        body = {"query": query("auto_merge"), "variables": variables}
        answer = self.writer.send(Request("POST", "graphql", body=body)).json()
        errors = answer.get("errors") if isinstance(answer, dict) else None
        return "; ".join(str(error.get("message", ""))[:200] for error in errors) if errors else ""

    def ask_for_reviews(self, number: int, reviewers: tuple[str, ...]) -> str:
        """Ask people and teams ("organisation/team") for a review; why it couldn't be, or "".

        One who can't review makes GitHub refuse all, so each is then asked alone.
        """
        try:
            self._ask(number, reviewers)
        except (GitHubTroubleError, NotPermittedError):
            raise
        except GitHubError as error:
            if len(reviewers) == 1:
                return f"{reviewers[0]} can't be asked for a review: {error}"
            return "; ".join(filter(None, (self.ask_for_reviews(number, (each,)) for each in reviewers)))
        return ""

    def _ask(self, number: int, reviewers: tuple[str, ...]) -> None:
        teams = [each.partition("/")[2] for each in reviewers if "/" in each]
        people = [each for each in reviewers if "/" not in each]
        wanted = {"reviewers": people, "team_reviewers": teams}
        body = {key: who for key, who in wanted.items() if who}
        self.client.write("POST", f"/pulls/{number}/requested_reviewers", body)

    def set_milestone(self, number: int, milestone: int) -> None:
        """Put a pull request into a milestone."""
        self.client.write("PATCH", f"/issues/{number}", {"milestone": milestone})
