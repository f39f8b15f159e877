"""Commits made anew through GitHub's Git Data API, so that GitHub signs them and calls them "Verified".

GitHub signs for a bot only if the request names neither author nor committer ("About commit signature verification",
"Signature verification for bots"). The author is kept as a co-author in the message, so that the change still counts as
theirs ("Creating a commit with multiple authors").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from adapters.github.client import RepositoryClient
from adapters.github.problems import message_of
from adapters.github.reading import reading
from adapters.github.transport import Request
from domain.errors import GitHubError
from domain.picks import PickedCommit, SignedBranch, signed_message

_NOT_FOUND, _UNPROCESSABLE = 404, 422


@dataclass(frozen=True, slots=True)
class SigningDesk:
    """Makes branches of commits that GitHub signed.

    Attributes:
        writer: the repository's door under a token that may write contents.
    """

    writer: RepositoryClient

    def sign(self, branch: str, commits: Sequence[PickedCommit]) -> SignedBranch:
        """Make a branch of new commits with the same trees, messages and first parents' order.

        What an earlier try made is found again: GitHub's signature proves that the commits are ours. A branch that
        holds anything else is never touched.

        Args:
            branch: the branch to create.
            commits: what was pushed to a ref that nobody sees, so that their trees are on the server; oldest first.
        """
        standing = self._tip(branch)
        if standing:
            return self._standing(standing, commits)
        tip = commits[0].parents[0]
        for commit in commits:
            tip = self._commit(commit, tip)
        return SignedBranch(tip) if self._create(branch, tip) else self._standing(self._tip(branch), commits)

    def unstage(self, ref: str) -> None:
        """Take away the ref that nobody sees; it may be gone before."""
        request = Request("DELETE", f"{self.writer.path}/git/{quote(ref)}")
        self.writer.send(request, frozenset({_NOT_FOUND, _UNPROCESSABLE}))

    def _commit(self, commit: PickedCommit, parent: str) -> str:
        body = {"message": signed_message(commit), "tree": commit.tree, "parents": [parent, *commit.parents[1:]]}
        with reading(f"the commit made in {self.writer.name}"):
            return str(self.writer.write("POST", "/git/commits", body)["sha"])

    def _create(self, branch: str, tip: str) -> bool:
        """Whether the branch was created; it may have come to be meanwhile."""
        body = {"ref": f"refs/heads/{branch}", "sha": tip}
        answer = self.writer.send(
            Request("POST", f"{self.writer.path}/git/refs", body=body), frozenset({_UNPROCESSABLE})
        )
        if answer.status != _UNPROCESSABLE:
            return True
        if "already exists" in message_of(answer.text):
            return False
        raise GitHubError(f"GitHub refuses to create the branch {branch}: {message_of(answer.text)}")

    def _tip(self, branch: str) -> str:
        request = Request("GET", f"{self.writer.path}/git/ref/heads/{quote(branch)}")
        answer = self.writer.send(request, frozenset({_NOT_FOUND}))
        if answer.status == _NOT_FOUND:
            return ""
        with reading(f"the branch {branch}"):
            return str(answer.json()["object"]["sha"])

    def _standing(self, tip: str, commits: Sequence[PickedCommit]) -> SignedBranch:
        at = tip
        for commit in reversed(commits):
            told = self.writer.get(f"/git/commits/{at}")
            with reading(f"the commit {at}"):
                if not _is_ours(told, commit):
                    return SignedBranch(tip, is_foreign=True)
                at = str(told["parents"][0]["sha"])
        return SignedBranch(tip)


def _is_ours(told: Any, commit: PickedCommit) -> bool:
    # The tree may differ: the target may have moved between two tries.
    same = str(told["message"]).strip() == signed_message(commit).strip()
    return same and bool(told["verification"]["verified"]) and len(told["parents"]) == len(commit.parents)
