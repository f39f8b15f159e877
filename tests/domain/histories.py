"""Histories that git itself made, and what GitHub would tell of a pull request in them."""

import itertools
from pathlib import Path

from domain.backport import Landed, MergedPullRequest, landed
from domain.pull_request import Commit, PullRequestRef, Signature
from tests.adapters.git_repositories import Repository

REF = PullRequestRef("acme/shop", 12)


class History:
    """A working repository with a base branch `main` and a pull request's branch `hotfix`."""

    def __init__(self, path: Path) -> None:
        self.desk = Repository.create(path)
        self._seconds = itertools.count(1_700_000_000)
        self.commit("start")
        self.commit("more")
        self.desk.git("checkout", "-q", "-b", "hotfix")

    def commit(self, name: str, message: str = "", content: str = "x\n") -> str:
        (self.desk.path / name).write_text(content)
        self.desk.git("add", name)
        self.desk.git("commit", "-q", "--allow-empty", *self._now(), "-m", message or f"Add {name}")
        return self.tip()

    def tip(self, branch: str = "HEAD") -> str:
        return self.desk.git("rev-parse", branch)

    def on(self, branch: str) -> None:
        self.desk.git("checkout", "-q", branch)

    def base_moves(self, name: str = "elsewhere") -> None:
        self.on("main")
        self.commit(name)
        self.on("hotfix")

    def merge(self, into: str, other: str) -> str:
        self.on(into)
        self.desk.git("merge", "-q", "--no-ff", "-m", f"Merge {other}", other)
        return self.tip()

    def squash(self, message: str = "Fix all (#12)") -> str:
        self.on("main")
        self.desk.git("merge", "-q", "--squash", "hotfix")
        self.desk.git("commit", "-q", *self._now(), "-m", message)
        return self.tip()

    def rebase(self) -> str:
        """What GitHub's "Rebase and merge" does: new committers, merges left out."""
        own = self.desk.git("rev-list", "--reverse", "--no-merges", "main..hotfix").split()
        self.on("main")
        for oid in own:
            self.desk.git("-c", "user.name=GitHub", "cherry-pick", "--allow-empty", oid)
        return self.tip()

    def merged(self, before: str, head: str, merge: str) -> MergedPullRequest:
        """What GitHub would say of the pull request; base may have gone on since, as long as the merge is in it."""
        commits = self._log(f"{before}..{head}", "--reverse", "--topo-order")
        history = self._log(merge, "--first-parent", f"--max-count={len(commits) + 1}")
        return MergedPullRequest(REF, "Fix", "ann", "", "main", head, merge, commits, history)

    def lands(self, before: str, head: str, merge: str) -> Landed:
        found = landed(self.merged(before, head, merge))
        if found.picks:
            self._picks_bring_everything(found, before, merge)
        return found

    def _picks_bring_everything(self, found: Landed, before: str, merge: str) -> None:
        self.desk.git("checkout", "-q", "--detach", before)
        for pick in found.picks:
            parents = self.desk.git("rev-parse", f"{pick.oid}^@").split()
            assert pick.parent == parents[pick.mainline - 1]
            mainline = ("-m", str(pick.mainline)) if len(parents) > 1 else ()
            self.desk.git("cherry-pick", "--allow-empty", *mainline, pick.oid)
        assert self.tip("HEAD^{tree}") == self.tip(f"{merge}^{{tree}}")

    def _now(self) -> tuple[str]:
        """No two commits are made in the same second."""
        return (f"--date={next(self._seconds)} +0000",)

    def _log(self, *arguments: str) -> tuple[Commit, ...]:
        out = self.desk.git("log", "--format=%H%x00%P%x00%an%x00%ae%x00%aI%x00%B%x01", *arguments, "--")
        rows = [row.strip("\n").split("\0") for row in out.split("\x01") if row.strip("\n")]
        return tuple(
            Commit(row[0], row[5], (Signature(row[2], row[3]),), None, tuple(row[1].split()), row[4]) for row in rows
        )


def oids(found: Landed) -> list[str]:
    """What is to be carried over."""
    return [pick.oid for pick in found.picks]
