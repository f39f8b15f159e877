"""Git as the person at the desk runs it: with their settings, credentials, remotes and hooks.

Everything that is judged is read by `adapters.git.run` instead, which trusts nothing of that.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

from adapters.git.faults import fault
from adapters.git.run import Done
from domain.errors import GitError

#: A hook before a push may run a whole test suite.
_SECONDS = 900
#: A hook's surroundings, which would make git look at another repository than the folder's.
_NOT_PASSED = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})


@dataclass(frozen=True, slots=True)
class OwnGit:
    """The person's git in a folder.

    Attributes:
        folder: the repository.
    """

    folder: Path

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> Done:
        """Run one git command; it may ask the person for a password.

        Args:
            arguments: the subcommand and what follows.
            codes: exit codes that are no failure.

        Raises:
            GitError: it failed; where the reason is known, a sentence of its own (see `adapters.git.faults`).
        """
        environment = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED}
        try:
            done = subprocess.run(  # noqa: S603
                ["git", *arguments],  # noqa: S607
                cwd=self.folder,
                env={**environment, "LC_ALL": "C"},
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=False,
            )
        except OSError as error:
            raise GitError(f"git can't be started in that folder: {error.strerror}") from error
        except subprocess.TimeoutExpired as error:
            raise GitError(f"git {arguments[0]} took longer than {_SECONDS} s") from error
        if done.returncode not in codes:
            raise fault(arguments[0], done.stdout, done.stderr)
        return Done(done.returncode, done.stdout, done.stderr)

    def address(self, remote: str) -> str:
        """The address that a remote is pushed to."""
        return self.run("remote", "get-url", "--push", remote).text

    def tip(self, remote: str, branch: str) -> str:
        """The commit that a remote's branch is at now, "" where there is none.

        Raises:
            GitError: the remote can't be reached.
        """
        return self.run("ls-remote", "--refs", remote, f"refs/heads/{branch}").text.partition("\t")[0]

    def was_at(self, branch: str) -> frozenset[str]:
        """The commits that a branch here was ever at, as far as its reflog goes back."""
        return frozenset(self.run("reflog", "show", "--format=%H", f"refs/heads/{branch}", codes=(0, 128)).text.split())

    def holds(self, oid: str, ancestor: str) -> bool:
        """Whether a commit has another one, or is it; False where either isn't here."""
        return self.run("merge-base", "--is-ancestor", ancestor, oid, codes=(0, 1, 128)).code == 0

    def refs_of(self, remote: str, *patterns: str) -> tuple[str, ...]:
        """The full names of a remote's refs.

        Raises:
            GitError: it can't be reached.
        """
        lines = self.run("ls-remote", "--refs", remote, *patterns).text.splitlines()
        return tuple(line.partition("\t")[2] for line in lines)

    def claim(self, remote: str, branch: tuple[str, str], refs: tuple[str, ...]) -> bool:
        """Create a branch of a remote together with refs that hold its ids, all or none.

        A push to a ref that is there already, at the very same commit, succeeds in git: so the ids' refs point at a
        commit that nobody else can have made.

        Args:
            remote: the remote.
            branch: the branch's full name, and the commit to create it at.
            refs: the full names of the refs that hold the ids.

        Returns:
            False where somebody has one of them already.

        Raises:
            GitError: the remote can't be reached, or refuses.
        """
        name, oid = branch
        mark = self.mark(oid)
        leases = (f"--force-with-lease={ref}:" for ref in (name, *refs))
        asked = ("push", "--porcelain", "--atomic", "--no-verify", "--no-follow-tags", *leases, remote)
        done = self.run(*asked, f"{oid}:{name}", *(f"{mark}:{ref}" for ref in refs), codes=(0, 1))
        if done.code == 0:
            return not any(line.startswith("=\t") for line in done.text.splitlines())
        said = done.text + done.stderr.decode("utf-8", "replace")
        # Two pushes at once may both see that there is nothing; the remote then locks the ref for one of them.
        if any(words in said for words in ("stale info", "already exists", "cannot lock ref", "failed to update ref")):
            return False
        raise fault("push", done.stdout, done.stderr)

    def mark(self, oid: str) -> str:
        """A new commit without a parent that nobody else can have made, with the files of another one."""
        who = ("-c", "user.name=Hotfix Guard", "-c", "user.email=hotfix-guard@localhost")
        message = f"Hold an id for a hotfix\n\n{secrets.token_hex(16)}"
        return self.run(*who, "commit-tree", "-m", message, f"{oid}^{{tree}}").text
