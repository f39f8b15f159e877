"""The outside as the handlers see it: Protocols that `adapters` makes real and `app` wires together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.backport import MergedPullRequest, PickRequest, PickResult
from domain.backport_plan import BranchStanding
from domain.change import Evidence, Membership, Needs
from domain.check_run import CheckRun, PublishedRun
from domain.comments import Comment
from domain.entry import Entry
from domain.landing import BranchTip, Landings
from domain.picks import ConflictedFile, MergeRequest, PickedCommit, ResolutionRequest, SignedBranch
from domain.prerequisites import FileHistories
from domain.pull_request import NewPullRequest, OpenPullRequest, Outline, PolicyFile, PullRequestRef
from domain.record import PullRequestRecord, Push, Release, SavedVerdict, StoredDelivery
from domain.revert import Ancestry, RevertProof, RevertRequest


class GitHub(Protocol):
    """One repository of GitHub, seen as our installation there.

    Every method raises `GitHubTroubleError` where another try may help, `NotPermittedError` where a permission is
    missing and `NotFoundError` where there is nothing to find.
    """

    def outline(self, number: int) -> Outline:
        """Read a pull request afresh, in one query."""

    def fetch(self, outline: Outline, needs: Needs) -> Evidence:
        """Answer all needs at once, pinned by the outline's SHAs."""

    def publish_check_run(self, run: CheckRun, published: PublishedRun | None, *, rerequested: bool = False) -> bool:
        """Make the check run on GitHub say what `run` says; whether anything had to be written."""

    def open_pull_requests(self) -> Sequence[OpenPullRequest]:
        """All open pull requests; where a repository has thousands, this takes one request a hundred."""

    def pull_requests_of(self, head_oid: str) -> Sequence[int]:
        """The numbers of the open pull requests that a commit is the head of, forks included."""

    def merge_group(self, base: str, head_oid: str, head_ref: str) -> Sequence[int]:
        """The numbers of the pull requests that a merge group's head would merge, in order.

        Args:
            base: the branch that the queue merges into.
            head_oid: the group's head.
            head_ref: the group's own branch, without "refs/heads/".
        """

    def check_runs(self, head_oid: str, name: str) -> Sequence[PublishedRun]:
        """Our check runs of that name on a commit, newest first."""

    def ancestry(self, base_oid: str, head_oid: str, oids: Sequence[str]) -> Ancestry:
        """Where head grew from base, and which of these commits base held there."""

    def permission(self, login: str) -> str:
        """A person's role on the repository: "admin", "maintain", "write", "triage", "read", "none" or a custom one."""

    def can_administer(self, login: str) -> bool:
        """Whether a person is an administrator of the repository."""

    def can_write(self, login: str) -> bool:
        """Whether a person has write access to the repository."""

    def memberships(self, questions: frozenset[Membership]) -> frozenset[Membership]:
        """Which of these memberships hold."""

    def merged_pull_request(self, number: int) -> MergedPullRequest | None:
        """A merged pull request with base's history below its merge; None while it isn't merged."""

    def branches(self, names: frozenset[str]) -> frozenset[str]:
        """Which of these branches exist."""

    def landings(self, branch: str, before_oid: str) -> Landings | None:
        """What landed on a branch since it stood at a commit; None where there is no such branch."""

    def branch_tips(self, names: Sequence[str]) -> Sequence[BranchTip]:
        """Where these branches stand, those that exist, and first of all the default branch."""

    def branches_named_like(self, part: str) -> Sequence[str]:
        """The names of the branches that hold a part, as far as they are read at once."""

    def find_pull_requests(self, head: str, base: str) -> Sequence[OpenPullRequest]:
        """The pull requests, in any state, from a branch of this repository to a base, newest first."""

    def open_pull_request(self, new: NewPullRequest) -> OpenPullRequest:
        """Open a pull request, or find the open one that already stands for the same branches."""

    def deployed(self, environment: str) -> str:
        """The commit that was deployed last to an environment with success, "" where none was."""

    def file_histories(self, grown_from: str, target: str, paths: Sequence[str]) -> Mapping[str, FileHistories]:
        """What changed files lately below two commits, newest first, by one query; for ten files at most."""

    def sign_branch(self, branch: str, commits: Sequence[PickedCommit]) -> SignedBranch:
        """Make a branch of new commits that GitHub signs, from staged ones; somebody's branch is never touched."""

    def unstage_branch(self, branch: str) -> None:
        """Take away what was staged for a branch; it may be gone before."""

    def open_issue(self, marker: str, title: str, body: str, labels: tuple[str, ...]) -> int:
        """The number of our issue that holds the hidden marker, open or closed; opened where there is none."""

    def upsert_comment(self, number: int, marker: str, body: str) -> None:
        """Make the one comment of ours that holds the hidden marker say `body`."""

    def comments(self, number: int) -> Sequence[Comment]:
        """The comments on a pull request, oldest first."""

    def granted(self) -> Mapping[str, str] | None:
        """What our installation may do, as GitHub writes permissions; None where that can't be asked."""

    def branches_beginning(self, prefix: str) -> frozenset[str]:
        """The branches whose names begin so."""

    def tree(self, commit_oid: str) -> str:
        """The tree of a commit."""

    def branch(self, name: str) -> BranchStanding | None:
        """A branch, and the open pull requests from it and into it; None where there is none."""

    def delete_branch(self, name: str) -> bool:
        """Delete a branch; whether it is gone, which it may have been before."""

    def auto_merge(self, number: int, method: str, head_oid: str) -> str:
        """Have GitHub merge a pull request once nothing blocks it; why it won't, in GitHub's words, or ""."""

    def ask_for_reviews(self, number: int, reviewers: tuple[str, ...]) -> str:
        """Ask people and teams ("organisation/team") for a review; why it couldn't be, or ""."""

    def set_milestone(self, number: int, milestone: int) -> None:
        """Put a pull request into a milestone."""

    def react(self, comment_id: int, reaction: str) -> None:
        """Put a reaction ("eyes", "+1", "-1", "confused") on a comment; may be repeated."""


class Git(Protocol):
    """git without a working tree, against one repository of GitHub."""

    def cherry_pick(self, request: PickRequest) -> PickResult:
        """Pick commits onto a branch and push the result; nothing is left behind on this machine."""

    def merge(self, request: MergeRequest) -> PickResult:
        """Merge a commit into a branch grown from the target, and push that; nothing is left behind on this machine."""

    def unresolved(self, request: ResolutionRequest) -> Sequence[ConflictedFile]:
        """The conflicted files of a backport branch that no person has resolved yet."""

    def reverted(self, request: RevertRequest) -> RevertProof:
        """Whether a change is the exact inverse of commits on base.

        Raises `UnreadableInputError` where a commit can't be had and `GitError` where another try may help.
        """


class Ledger(Protocol):
    """Our durable record: what was received, what is owed, what was decided."""

    def store_delivery(self, delivery: StoredDelivery) -> bool:
        """Keep a delivery; False where one with this GUID is kept already."""

    def delivery(self, guid: str) -> StoredDelivery:
        """A kept delivery; raises `UnreadableInputError` where there is none."""

    def pull_request(self, ref: PullRequestRef) -> PullRequestRecord:
        """What is remembered of a pull request; an empty record where nothing is."""

    def see_head(self, ref: PullRequestRef, head_oid: str, base: str, at: datetime) -> datetime:
        """Remember when a head was first seen; the time that counts (the earlier one where known before)."""

    def ask_again(self, ref: PullRequestRef, *, rewrite: bool) -> None:
        """Forget what the newest verdict rested on; with `rewrite`, have the check run written even if unchanged."""

    def save_verdict(self, ref: PullRequestRef, verdict: SavedVerdict) -> None:
        """Remember what was decided and what it rested on."""

    def release(self, ref: PullRequestRef, release: Release) -> None:
        """Take a pull request out of the hotfix lane for one head and one base."""

    def add_entry(self, entry: Entry) -> bool:
        """Append an entry to its repository's chain; False where the same kind and source stand there already."""

    def entries(self, ref: PullRequestRef) -> Sequence[Entry]:
        """The entries on a pull request in the order in which they were written; number 0 for direct pushes."""

    def verdict_on(self, ref: PullRequestRef, head_oid: str, base: str) -> SavedVerdict | None:
        """The newest verdict on a head towards a base, None where there is none."""

    def seen_tip(self, repository: str, branch: str) -> str:
        """Up to which commit a branch was examined, "" where it isn't watched."""

    def see_branch(self, repository: str, branch: str, oid: str) -> None:
        """Watch a branch from a commit on; one that is watched already goes on from where it stands."""

    def save_tip(self, repository: str, branch: str, oid: str) -> None:
        """Remember up to which commit a branch was examined."""

    def watched_branches(self, repository: str) -> Sequence[str]:
        """The names of the branches that are watched."""

    def close(self, ref: PullRequestRef) -> None:
        """Remember that a pull request is closed and that nothing more is owed to it."""

    def note_push(self, push: Push) -> bool:
        """Remember who pushed; whether that says something new."""

    def pusher(self, repository: str, oid: str, refs: Collection[str]) -> str:
        """Who made one of these refs point at a commit last, "" where we weren't told."""

    def headed_by(self, repository: str, oid: str) -> Sequence[int]:
        """The numbers of the open pull requests that were judged last with this head."""

    def hotfixes_headed_by(self, repository: str, oid: str) -> Sequence[int]:
        """The numbers of the open hotfixes that were judged last with this head."""

    def open_hotfixes(self, repository: str) -> Sequence[int]:
        """The numbers of the hotfixes that were open when we last looked: lost `closed` events are healed from it."""

    def save_installation(self, repository: str, installation_id: int) -> None:
        """Remember which installation serves a repository (0: none any more)."""

    def repositories(self) -> Sequence[str]:
        """The repositories that an installation serves, as far as we were told."""

    def recall(self, key: str, newer_than: datetime) -> str | None:
        """A remembered answer of the outside (a team membership), None where there is none that new."""

    def remember(self, key: str, value: str, at: datetime) -> None:
        """Keep an answer of the outside."""

    def forget(self, prefix: str) -> None:
        """Forget the answers whose keys begin so."""


class Deliveries(Protocol):
    """GitHub's own list of what it tried to deliver to us."""

    def failed(self, since: datetime) -> Sequence[int]:
        """The ids of the deliveries since then whose newest attempt failed."""

    def redeliver(self, delivery_id: int) -> None:
        """Ask GitHub to try a delivery again; it keeps its GUID."""


class Tasks(Protocol):
    """What is owed later. Wanting something twice does it at least once after the last want, never twice at once."""

    def want(self, flow: str, key: str, *, delay: float = 0.0) -> None:
        """Want a flow ("deliver", "inspect", "backport", …) for a key, `delay` seconds from now."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that a handler may reach.

    Attributes:
        github: the installation's view of a repository "owner/name".
        now: the current time, aware and in UTC.
        check_name: the check run's name before ": <base>", "hotfix" unless set otherwise.
        app_id: our App's id; checks of other Apps are none of our business.
        app_login: gives our own login, as the author of pull requests and comments.
        version: the program's version; a new one judges everything anew.
        policy_file: a file of any repository that we may read, by repository, path and ref ("" for the default
            branch); None where there is none.
    """

    github: Callable[[str], GitHub]
    git: Git
    ledger: Ledger
    tasks: Tasks
    now: Callable[[], datetime]
    app_login: Callable[[], str]
    check_name: str = "hotfix"
    app_id: int = 0
    version: str = ""
    policy_file: Callable[[str, str, str], PolicyFile | None] = lambda _repository, _path, _ref: None
