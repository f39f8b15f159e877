"""A pull request as GitHub tells it in one query, in frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.check_run import PublishedRun
from domain.entry import Entry


@dataclass(frozen=True, slots=True, order=True)
class PullRequestRef:
    """Which pull request: a repository as "owner/name" and its number."""

    repository: str
    number: int

    def __str__(self) -> str:
        """GitHub's own short form, "owner/name#12"."""
        return f"{self.repository}#{self.number}"

    @classmethod
    def parse(cls, text: str) -> PullRequestRef:
        """Read "owner/name#12".

        Raises:
            ValueError: it has another form.
        """
        repository, _, number = text.rpartition("#")
        if repository.count("/") != 1 or not number.isdecimal():
            raise ValueError(f"{text!r} is no pull request: expected owner/name#number")
        return cls(repository, int(number))


@dataclass(frozen=True, slots=True)
class Signature:
    """Who made a commit, as git and GitHub know them.

    Attributes:
        login: the account that the e-mail maps to, "" where it maps to none: then the person is unknown.
    """

    name: str
    email: str
    login: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a pull request or of a local range.

    Attributes:
        authors: the author first, then everybody named in a `Co-authored-by` trailer.
        parents: the object ids of its parents.
        authored: when its author made it, as GitHub writes times; "" where nobody asked.
    """

    oid: str
    message: str
    authors: tuple[Signature, ...]
    committer: Signature | None
    parents: tuple[str, ...] = ()
    authored: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """One submitted review.

    Attributes:
        login: the reviewer's account, "" where the account is gone.
        state: APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING, GitHub's words.
        commit_oid: the head it was given on, "" where GitHub no longer knows.
        can_push: whether the reviewer has push access to the repository now.
        is_bot: whether the account is a GitHub App's or a bot's.
        told_by: who passed it on, where it was given by word of mouth; "" where it stands on GitHub.
        how: how and when it was given by word of mouth, in that person's words.
    """

    login: str
    state: str
    commit_oid: str
    submitted_at: datetime
    can_push: bool = False
    is_bot: bool = False
    told_by: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """The policy file as it stands on one commit.

    Attributes:
        text: None where it is no text (binary, too large, a directory).
        oid: the blob's object id; the same id is the same file.
        commit_oid: the commit that last changed it, "" where unknown.
        source: where it was read, for messages, e.g. ".github/hotfix.yml at main (3f2a1c9)".
        problem: why there is no text, as a sentence; "" where it isn't known better than that.
        is_private: whether it was read in a repository that isn't everybody's to read.
        is_default: whether it is the owner's default, read because the repository has no file of its own.
        base: the file of another repository that it extends, where it does and somebody read it.
    """

    text: str | None
    oid: str
    commit_oid: str = ""
    source: str = ".github/hotfix.yml"
    problem: str = ""
    is_private: bool = False
    is_default: bool = False
    base: PolicyFile | None = None


@dataclass(frozen=True, slots=True)
class PullRequest:
    """What GitHub says of a pull request.

    Attributes:
        author: the account that opened it, "" where it is gone ("ghost").
        state: "open", "closed" or "merged".
        base: the base branch's name; `base_oid` its tip when it was read.
        head: the head branch's name; `head_oid` its tip; `head_repository` "owner/name", "" where it is gone.
        additions: lines added by GitHub's own count, as are `deletions` and `changed_files`.
        paths: the paths that it changes; `paths_complete` is False where GitHub named only the first hundred.
        last_pusher: who pushed the head last, "" where GitHub doesn't say.
        merge_commit_oid: the commit on base that the merge made, "" while unmerged.
        merged_by: the account that merged it, "" while unmerged or where GitHub doesn't say; `merged_at` when.
    """

    ref: PullRequestRef
    title: str
    body: str
    author: str
    state: str
    is_draft: bool
    base: str
    base_oid: str
    head: str
    head_oid: str
    head_repository: str
    labels: tuple[str, ...] = ()
    additions: int = 0
    deletions: int = 0
    changed_files: int = 0
    paths: tuple[str, ...] = ()
    paths_complete: bool = True
    commits: tuple[Commit, ...] = ()
    commits_complete: bool = True
    reviews: tuple[Review, ...] = ()
    last_pusher: str = ""
    merge_commit_oid: str = ""
    url: str = ""
    author_is_bot: bool = False
    merged_by: str = ""
    merged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """Everything that one query tells about a pull request and that a verdict may rest on.

    Attributes:
        policy_file: the base branch's policy file, None where there is none.
        head_policy_file: the head's, where the pull request changes it.
        changes_policy_file: whether the pull request touches the policy file's path.
        siblings: the numbers of the other open pull requests with the same head commit and the same base.
        published: our own check runs on the head, newest first.
        entries: what people said of this head towards this base that still counts, oldest first, and the newest
            severity that was told by command towards this base. GitHub doesn't tell them; the ledger does.
        check_name: how our own check runs are called, before ": <base>".
    """

    pull_request: PullRequest
    default_branch: str
    policy_file: PolicyFile | None = None
    head_policy_file: PolicyFile | None = None
    changes_policy_file: bool = False
    siblings: tuple[int, ...] = ()
    published: tuple[PublishedRun, ...] = ()
    entries: tuple[Entry, ...] = ()
    check_name: str = "hotfix"


@dataclass(frozen=True, slots=True)
class OpenPullRequest:
    """A pull request that stands on GitHub, as far as idempotence and the sweep need to know it.

    Attributes:
        state: "open", "closed" or "merged".
        updated_at: when anything about it last changed by GitHub's account.
    """

    number: int
    body: str
    author: str
    state: str
    is_draft: bool
    head_oid: str = ""
    base: str = ""
    url: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewPullRequest:
    """A pull request to open."""

    title: str
    body: str
    head: str
    base: str
    is_draft: bool = False
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
