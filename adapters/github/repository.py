"""One repository of GitHub, as the handlers see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.github.ancestry import AncestryReader
from adapters.github.branch_points import ComparisonReader
from adapters.github.cache import Cache
from adapters.github.checks import CheckRunWriter
from adapters.github.client import RepositoryClient
from adapters.github.contents import ContentReader
from adapters.github.credentials import Clock, utc_now
from adapters.github.deployments import DeploymentReader
from adapters.github.evidence import EvidenceReader
from adapters.github.file_histories import HistoryReader
from adapters.github.issues import IssueDesk
from adapters.github.landing import LandingDesk
from adapters.github.landings import LandingReader
from adapters.github.memberships import MembershipReader, Memory, NoMemory
from adapters.github.merges import MergeReader
from adapters.github.outline import OutlineReader
from adapters.github.pull_requests import PullRequestDesk
from adapters.github.signing import SigningDesk
from adapters.github.standing import StandingReader
from domain.backport import MergedPullRequest
from domain.backport_plan import BranchStanding
from domain.change import Evidence, Membership, Needs
from domain.check_run import CheckRun, PublishedRun
from domain.comments import Comment
from domain.landing import BranchTip, Landings
from domain.picks import PickedCommit, SignedBranch, staged
from domain.prerequisites import FileHistories
from domain.pull_request import NewPullRequest, OpenPullRequest, Outline
from domain.revert import Ancestry


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a repository's view shares with others.

    Attributes:
        login: gives our own login, as the author of comments.
        app_id: whose check runs are ours; None with a plain token.
        memory: where answers about people are kept.
        cache: where diffs and files are kept.
    """

    login: Callable[[], str]
    app_id: int | None = None
    memory: Memory = field(default_factory=NoMemory)
    cache: Cache = field(default_factory=Cache)
    clock: Clock = utc_now


@dataclass(frozen=True, slots=True)
class Landing:
    """What it takes to look after merges and branches.

    Attributes:
        writer: the repository's door under a token that may write contents.
        granted: tells what our installation may do; None where that can't be asked.
    """

    writer: RepositoryClient
    granted: Callable[[], Mapping[str, str] | None] = lambda: None


class GitHubRepository:
    """One repository of GitHub, seen as our installation there (or as the owner of a token).

    Every method raises `GitHubTroubleError` where another try may help, `NotPermittedError` where a permission is
    missing and `NotFoundError` where there is nothing to find.
    """

    def __init__(self, client: RepositoryClient, around: Surroundings, landing: Landing | None = None) -> None:
        self._login = around.login
        self._outlines = OutlineReader(client, around.app_id)
        self._people = MembershipReader(client, around.memory, around.clock)
        contents = ContentReader(client, around.cache)
        standing, comparisons = StandingReader(client, around.app_id), ComparisonReader(client, around.cache)
        self._evidence = EvidenceReader(client, contents, self._people, standing, comparisons, around.cache)
        self._checks = CheckRunWriter(client, around.app_id)
        self._desk = PullRequestDesk(client)
        self._merges = MergeReader(client)
        self._issues = IssueDesk(client)
        self._landings = LandingReader(client)
        self._deployments = DeploymentReader(client)
        self._ancestry = AncestryReader(client)
        landing = landing or Landing(client)
        self._granted = landing.granted
        self._landing = LandingDesk(client, landing.writer)
        self._histories = HistoryReader(client)
        self._signing = SigningDesk(landing.writer)

    def outline(self, number: int) -> Outline:
        """Read a pull request afresh, in one query."""
        return self._outlines.read(number)

    def fetch(self, outline: Outline, needs: Needs) -> Evidence:
        """Answer all needs at once, pinned by the outline's SHAs."""
        return self._evidence.fetch(outline, needs)

    def publish_check_run(self, run: CheckRun, published: PublishedRun | None, *, rerequested: bool = False) -> bool:
        """Make the check run on GitHub say what `run` says; whether anything had to be written."""
        return self._checks.publish(run, published, rerequested=rerequested)

    def check_runs(self, head_oid: str, name: str) -> Sequence[PublishedRun]:
        """Our check runs of that name on a commit, newest first."""
        return self._checks.of(head_oid, name)

    def open_pull_requests(self) -> Sequence[OpenPullRequest]:
        """All open pull requests; where a repository has thousands, this takes one request a hundred."""
        return self._desk.standing()

    def pull_requests_of(self, head_oid: str) -> Sequence[int]:
        """The numbers of the open pull requests that a commit is the head of, forks included."""
        return self._desk.headed_by(head_oid)

    def merge_group(self, base: str, head_oid: str, head_ref: str = "") -> Sequence[int]:
        """The numbers of the pull requests that a merge group's head would merge, in order."""
        return self._merges.group(base, head_oid, head_ref)

    def ancestry(self, base_oid: str, head_oid: str, oids: Sequence[str]) -> Ancestry:
        """Where head grew from base, and which of these commits base held there."""
        return self._ancestry.of(base_oid, head_oid, oids)

    def permission(self, login: str) -> str:
        """A person's role on the repository: "admin", "maintain", "write", "triage", "read", "none" or a custom one."""
        return self._people.role(login)

    def can_administer(self, login: str) -> bool:
        """Whether a person is an administrator of the repository."""
        return self._people.can_administer(login)

    def can_write(self, login: str) -> bool:
        """Whether a person has write access to the repository."""
        return self._people.can_write(login)

    def memberships(self, questions: frozenset[Membership]) -> frozenset[Membership]:
        """Which of these memberships hold."""
        return self._people.holding(questions)

    def merged_pull_request(self, number: int) -> MergedPullRequest | None:
        """A merged pull request with base's history below its merge; None while it isn't merged."""
        return self._merges.merged(number)

    def branches(self, names: frozenset[str]) -> frozenset[str]:
        """Which of these branches exist."""
        return self._merges.branches(names)

    def landings(self, branch: str, before_oid: str) -> Landings | None:
        """What landed on a branch since it stood at a commit; None where there is no such branch."""
        return self._landings.since(branch, before_oid)

    def branch_tips(self, names: Sequence[str]) -> Sequence[BranchTip]:
        """Where these branches stand, those that exist, and first of all the default branch."""
        return self._landings.tips(names)

    def branches_named_like(self, part: str) -> Sequence[str]:
        """The names of the branches that hold a part, as far as they are read at once."""
        return self._landings.named_like(part)

    def find_pull_requests(self, head: str, base: str) -> Sequence[OpenPullRequest]:
        """The pull requests, in any state, from a branch of this repository to a base, newest first."""
        return self._desk.find(head, base)

    def open_pull_request(self, new: NewPullRequest) -> OpenPullRequest:
        """Open a pull request, or find the open one that already stands for the same branches."""
        return self._desk.open(new)

    def deployed(self, environment: str) -> str:
        """The commit that was deployed last to an environment with success, "" where none was."""
        return self._deployments.newest(environment)

    def file_histories(self, grown_from: str, target: str, paths: Sequence[str]) -> Mapping[str, FileHistories]:
        """What changed files lately below two commits, newest first, by one query; for ten files at most."""
        return self._histories.of(grown_from, target, paths)

    def sign_branch(self, branch: str, commits: Sequence[PickedCommit]) -> SignedBranch:
        """Make a branch of new commits that GitHub signs, from staged ones; somebody's branch is never touched."""
        return self._signing.sign(branch, commits)

    def unstage_branch(self, branch: str) -> None:
        """Take away what was staged for a branch; it may be gone before."""
        self._signing.unstage(staged(branch))

    def open_issue(self, marker: str, title: str, body: str, labels: tuple[str, ...]) -> int:
        """The number of our issue that holds the hidden marker, open or closed; opened where there is none."""
        return self._issues.open(marker, (title, body), labels, self._login())

    def upsert_comment(self, number: int, marker: str, body: str) -> None:
        """Make the one comment of ours that holds the hidden marker say `body`."""
        self._desk.upsert_comment(number, marker, body, self._login())

    def react(self, comment_id: int, reaction: str) -> None:
        """Put a reaction ("eyes", "+1", "-1", "confused") on a comment; may be repeated."""
        self._desk.react(comment_id, reaction)

    def comments(self, number: int) -> Sequence[Comment]:
        """The comments on a pull request, oldest first."""
        return self._desk.comments(number)

    def granted(self) -> Mapping[str, str] | None:
        """What our installation may do, as GitHub writes permissions; None where that can't be asked."""
        return self._granted()

    def branches_beginning(self, prefix: str) -> frozenset[str]:
        """The branches whose names begin so."""
        return self._landing.beginning(prefix)

    def tree(self, commit_oid: str) -> str:
        """The tree of a commit."""
        return self._landing.tree(commit_oid)

    def branch(self, name: str) -> BranchStanding | None:
        """A branch, and the open pull requests from it and into it; None where there is none."""
        return self._landing.branch(name)

    def delete_branch(self, name: str) -> bool:
        """Delete a branch; whether it is gone, which it may have been before."""
        return self._landing.delete(name)

    def auto_merge(self, number: int, method: str, head_oid: str) -> str:
        """Have GitHub merge a pull request once nothing blocks it; why it won't, in GitHub's words, or ""."""
        return self._landing.auto_merge(number, method, head_oid)

    def ask_for_reviews(self, number: int, reviewers: tuple[str, ...]) -> str:
        """Ask people and teams ("organisation/team") for a review; why it couldn't be, or ""."""
        return self._landing.ask_for_reviews(number, reviewers)

    def set_milestone(self, number: int, milestone: int) -> None:
        """Put a pull request into a milestone."""
        self._landing.set_milestone(number, milestone)
