"""Everything that Hotfix Guard raises on purpose.

One root, so that a door (web, Action, command line) can show any of them as one sentence.
"""

from __future__ import annotations

from dataclasses import dataclass


class HotfixGuardError(Exception):
    """Something went wrong that a person can be told about in one sentence."""


class UnreadableInputError(HotfixGuardError):
    """What we were given can't be read: a repository, a revision, a file, a payload. Exit code 2."""


class SettingsError(HotfixGuardError):
    """The service is set up in a way that it must not start with."""


class GitHubError(HotfixGuardError):
    """GitHub answered in a way that ends the deed."""


class GitHubTroubleError(GitHubError):
    """GitHub can't be read or written just now; never the author's fault, always worth another try.

    Attributes:
        retry_after: seconds to wait before the next try, 0 where GitHub named none.
    """

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotFoundError(GitHubError):
    """The repository, pull request or installation doesn't exist, or we may not see it."""


class NotPermittedError(GitHubError):
    """The installation lacks a permission; the message names it where GitHub does."""


class ProtectedBranchError(NotPermittedError):
    """The repository's own protection, a ruleset or a hook refuses the branch."""


class GitError(HotfixGuardError):
    """A git command failed in a way that another try may mend (network, lock, time limit)."""


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One fault in a policy file.

    Attributes:
        message: what is wrong and what was expected, one sentence.
        line: 1-based line, 0 where the file as a whole is meant.
        column: 1-based column, 0 likewise.
        remedy: what to write instead; may be empty.
        source: the file that is at fault where it is another one: a file that the policy file extends.
    """

    message: str
    line: int = 0
    column: int = 0
    remedy: str = ""
    source: str = ""

    def told(self, file: str) -> str:
        """The fault with its place: "FILE:LINE:COLUMN: message".

        Args:
            file: the policy file that it was found by.
        """
        named = self.source or file
        where = f"{named}:{self.line}:{self.column}" if self.line else named
        return f"{where}: {self.message}"


class PolicyFileError(HotfixGuardError):
    """A policy file that can't be applied, with every fault found in it (at least one)."""

    def __init__(self, source: str, problems: tuple[FileProblem, ...]) -> None:
        super().__init__(problems[0].told(source))
        self.source = source
        self.problems = problems
