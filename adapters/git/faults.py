"""What git's and GitHub's words on a failure mean to us."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import (
    GitError,
    HotfixGuardError,
    NotFoundError,
    NotPermittedError,
    ProtectedBranchError,
    UnreadableInputError,
)

_LONGEST = 300
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@|(?i:(?<=authorization: )\S+ \S+)")


class ForeignRepositoryError(UnreadableInputError):
    """A local repository that git doesn't trust, since it belongs to another user of this machine."""


class MissingCommitError(UnreadableInputError):
    """The remote doesn't hand out a commit that was asked for by its object id."""


#: GitHub's own words when it turns a push away (repo-sync/github-sync#23; its docs "About protected branches" and
#: "About rulesets"), and those of git with LC_ALL=C.
_WORKFLOWS = r"refusing to allow .* (create or )?update workflow|without [`']?workflows?[`']? (scope|permission)"
_PROTECTED = r"GH006|protected branch (update|hook)|GH013|rule violations|push declined due to|hook declined"
_FORBIDDEN = r"returned error: 403|permission to \S+ denied|write access to repository not granted|HTTP 403"
_ARCHIVED = r"repository was archived"
_UNKNOWN_PERSON = r"returned error: 401|authentication failed|could not read (username|password)|invalid username"
_NO_BRANCH = r"couldn't find remote ref|remote ref does not exist"
_NO_REPOSITORY = r"repository .* not found|returned error: 404|does not appear to be a git repository"
_FOREIGN = r"dubious ownership"
_NO_FOLDER = r"not a git repository|invalid gitfile"
_NOT_HANDED_OUT = r"not our ref|no such remote ref|unadvertised object"
_PARTIAL = r"promisor remote|could not fetch [0-9a-f]{40}|transport '\w+' not allowed"
_NO_REVISION = (
    r"unknown revision|bad revision|not a valid object name|ambiguous argument|bad object|needed a single revision"
    r"|invalid object|unable to read tree|expected commit type"
)

_TRUST = "if you trust it, run: git config --global --add safe.directory DIRECTORY"

#: The first line that fits decides; an empty sentence stands for git's own.
_MEANINGS: tuple[tuple[str, type[HotfixGuardError], str], ...] = (
    (_WORKFLOWS, NotPermittedError, "the push changes workflow files: the permission 'workflows: write' is missing"),
    (_ARCHIVED, UnreadableInputError, "the repository is archived, so nothing can be pushed to it"),
    (_PROTECTED, ProtectedBranchError, "a branch protection, ruleset or hook of the repository refuses the push"),
    (_FORBIDDEN, NotPermittedError, "the repository refuses access: the permission 'contents: {level}' is missing"),
    (_UNKNOWN_PERSON, NotPermittedError, "git's access was refused: the token is missing, expired or not valid here"),
    (_NO_BRANCH, NotFoundError, ""),
    (_NO_REPOSITORY, NotFoundError, "the repository doesn't exist, or we may not see it"),
    (_FOREIGN, ForeignRepositoryError, f"the repository belongs to another user of this machine; {_TRUST}"),
    (_NO_FOLDER, UnreadableInputError, "this is no git repository"),
    (_NOT_HANDED_OUT, MissingCommitError, "the repository has no such commit, or doesn't hand it out"),
    (_PARTIAL, UnreadableInputError, "contents are missing here (a partial clone); run: git fetch --refetch"),
    (_NO_REVISION, UnreadableInputError, ""),
)


@contextmanager
def pull_request_ref(number: int, oid: str) -> Iterator[str]:
    """The ref that GitHub keeps for a pull request, for a `with` in which a commit is looked for there.

    Raises:
        UnreadableInputError: there is no such ref, or no number; then the commit can't be had.
    """
    ref = f"refs/pull/{number}/head"
    if not number:
        raise UnreadableInputError(f"the repository has no commit {oid}, or doesn't hand it out")
    try:
        yield ref
    except NotFoundError as error:
        if ref not in str(error):
            raise
        raise UnreadableInputError(f"the repository has no commit {oid} and no {ref}") from error


def fault(command: str, stdout: bytes, stderr: bytes) -> HotfixGuardError:
    """The error that a failed git command means, with one sentence that holds no secret."""
    words = _readable(stderr) + "\n" + _readable(stdout)
    for pattern, kind, sentence in _MEANINGS:
        if re.search(pattern, words, re.IGNORECASE):
            level = "write" if command == "push" else "read"
            return kind(sentence.format(level=level) or _sentence(command, words))
    return GitError(_sentence(command, words))


def _readable(raw: bytes) -> str:
    return _CREDENTIALS.sub("", raw.decode("utf-8", "replace"))


def _sentence(command: str, words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:", "remote: error", "!"))] or lines
    sentence = f"git {command} failed: {(told or ['without a word'])[0][:_LONGEST]}"
    return "".join(char if char.isprintable() else " " for char in sentence)
