"""A pull request in one query, read into the house's values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.github.client import RepositoryClient, query
from adapters.github.people import commit, is_bot, login_of
from adapters.github.reading import reading
from domain.check_run import PublishedRun
from domain.errors import GitHubTroubleError
from domain.pull_request import Outline, PolicyFile, PullRequest, PullRequestRef, Review

#: Where a repository keeps its policies.
POLICY_FILE = ".github/hotfix.yml"

#: Seconds after which GitHub's list of commits has caught up with a push.
_CATCHING_UP = 3.0
_SHORT = 7

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OutlineReader:
    """Reads outlines of one repository's pull requests.

    Attributes:
        app_id: whose check runs are ours; None with a plain token, where every App's are read.
    """

    client: RepositoryClient
    app_id: int | None

    def read(self, number: int) -> Outline:
        """The pull request as it stands now.

        Raises:
            GitHubTroubleError: it can't be read whole just now.
            NotFoundError: there is no such pull request.
        """
        repository = self.client.ask(query("outline"), number=number, policyFile=POLICY_FILE, **self._app())
        with reading(f"pull request {self.client.name}#{number}"):
            told = repository["pullRequest"]
            head = self._head(told)
            reviews = self._reviews(told, number)
            pull_request = _pull_request(PullRequestRef(self.client.name, number), told, reviews)
            return _outline(pull_request, repository, head)

    def _app(self) -> dict[str, int]:
        return {} if self.app_id is None else {"appId": self.app_id}

    def _head(self, told: Told) -> Told:
        """The head commit; the list of commits stops at 250 and is empty where base holds them all."""
        last = [node["commit"] for node in told["headCommit"]["nodes"]]
        if last and last[0]["oid"] == told["headRefOid"]:
            head: Told = last[0]
            return head
        listed = [node["commit"]["oid"] for node in told["commits"]["nodes"]]
        if listed and told["commits"]["totalCount"] == len(listed) and told["headRefOid"] not in listed:
            raise GitHubTroubleError("GitHub's list of commits hasn't caught up with the push yet", _CATCHING_UP)
        found = self.client.ask(query("head"), head=told["headRefOid"], policyFile=POLICY_FILE, **self._app())
        by_oid: Told | None = found["object"]
        if by_oid is None:
            raise GitHubTroubleError("GitHub doesn't know the pull request's head commit yet", _CATCHING_UP)
        return by_oid

    def _reviews(self, told: Told, number: int) -> tuple[Review, ...]:
        """All reviews, oldest first; beyond a hundred page by page."""
        page = told["reviews"]
        found = list(page["nodes"])
        while page["pageInfo"]["hasPreviousPage"]:
            before = page["pageInfo"]["startCursor"]
            page = self.client.ask(query("reviews"), number=number, before=before)["pullRequest"]["reviews"]
            found = list(page["nodes"]) + found
        # A pending review is a draft that only its author sees; it has no time yet.
        return tuple(_review(node) for node in found if node["submittedAt"])


def _outline(pull_request: PullRequest, repository: Told, head: Told) -> Outline:
    base = repository["pullRequest"]["baseRef"]
    on_base = base["target"] if base else None
    if on_base is None and pull_request.state == "open":
        raise GitHubTroubleError(f"GitHub doesn't know the base branch {pull_request.base} just now")
    base_file = on_base["file"] if on_base else None
    changes = _changes_policy_file(pull_request, base_file, head["file"])
    default = repository["defaultBranchRef"]
    return Outline(
        pull_request=pull_request,
        default_branch=default["name"] if default else "",
        policy_file=_base_policy_file(on_base, pull_request.base) if on_base else None,
        head_policy_file=_head_policy_file(head, pull_request) if changes else None,
        changes_policy_file=changes,
        siblings=_siblings(pull_request, repository, head),
        published=tuple(_published(head)),
    )


def _pull_request(ref: PullRequestRef, told: Told, reviews: tuple[Review, ...]) -> PullRequest:
    state = str(told["state"]).lower()
    tip = told["baseRef"]["target"]["oid"] if told["baseRef"] else told["baseRefOid"]
    files = told["files"] or {"nodes": [], "totalCount": -1}
    commits = told["commits"]
    return PullRequest(
        ref=ref,
        title=told["title"],
        body=told["body"],
        author=login_of(told["author"]),
        state=state,
        is_draft=told["isDraft"],
        base=told["baseRefName"],
        # The tip of a base that holds the merge already would show no change at all.
        base_oid=tip if state == "open" else told["baseRefOid"],
        head=told["headRefName"],
        head_oid=told["headRefOid"],
        head_repository=told["headRepository"]["nameWithOwner"] if told["headRepository"] else "",
        labels=tuple(label["name"] for label in (told["labels"] or {"nodes": []})["nodes"]),
        additions=told["additions"],
        deletions=told["deletions"],
        changed_files=told["changedFiles"],
        paths=tuple(file["path"] for file in files["nodes"]),
        paths_complete=files["totalCount"] == len(files["nodes"]),
        commits=tuple(commit(node["commit"]) for node in commits["nodes"]),
        commits_complete=commits["totalCount"] == len(commits["nodes"]),
        reviews=reviews,
        last_pusher=_last_pusher(told),
        merge_commit_oid=told["mergeCommit"]["oid"] if told["mergeCommit"] else "",
        url=told["url"],
        author_is_bot=is_bot(told["author"]),
        merged_by=login_of(told["mergedBy"]),
        merged_at=datetime.fromisoformat(told["mergedAt"]) if told["mergedAt"] else None,
    )


def _review(told: Told) -> Review:
    return Review(
        login=login_of(told["author"]),
        state=told["state"],
        commit_oid=told["commit"]["oid"] if told["commit"] else "",
        submitted_at=datetime.fromisoformat(told["submittedAt"]),
        can_push=told["authorCanPushToRepository"],
        is_bot=is_bot(told["author"]),
    )


def _last_pusher(told: Told) -> str:
    """GraphQL tells who pushed only of a forced push, and only the newest commit's counts."""
    for event in told["timelineItems"]["nodes"]:
        if event["afterCommit"] and event["afterCommit"]["oid"] == told["headRefOid"]:
            return login_of(event["actor"])
    return ""


def _changes_policy_file(pull_request: PullRequest, base: Told | None, head: Told | None) -> bool:
    if pull_request.paths_complete or POLICY_FILE in pull_request.paths:
        return POLICY_FILE in pull_request.paths
    return (base and base["oid"]) != (head and head["oid"])


def _base_policy_file(on_base: Told, branch: str) -> PolicyFile | None:
    if on_base["file"] is None:
        return None
    brought = [node["oid"] for node in on_base["history"]["nodes"]]
    source = f"{POLICY_FILE} at {branch} ({on_base['oid'][:_SHORT]})"
    return PolicyFile(_text(on_base["file"]), on_base["file"]["oid"], brought[0] if brought else "", source)


def _head_policy_file(head: Told, pull_request: PullRequest) -> PolicyFile | None:
    if head["file"] is None:
        return None
    source = f"{POLICY_FILE} at {pull_request.head} ({pull_request.head_oid[:_SHORT]})"
    return PolicyFile(_text(head["file"]), head["file"]["oid"], source=source)


def _text(file: Told) -> str | None:
    """The file's text; None for a directory, a binary file, or one that GitHub cuts off."""
    blob = file["object"]
    if not blob or "text" not in blob or blob["isBinary"] or blob["isTruncated"]:
        return None
    text: str | None = blob["text"]
    return text


def _siblings(pull_request: PullRequest, repository: Told, head: Told) -> tuple[int, ...]:
    """The other open pull requests with this head and this base: a check run belongs to the commit, not to them."""
    wanted = ("OPEN", pull_request.head_oid, pull_request.base)
    known = [*repository["pullRequests"]["nodes"], *_associated(pull_request, head)]
    found = {each["number"] for each in known if (each["state"], each["headRefOid"], each["baseRefName"]) == wanted}
    return tuple(sorted(found - {pull_request.ref.number}))


def _associated(pull_request: PullRequest, head: Told) -> Iterator[Told]:
    """The commit's pull requests in this repository; a fork that holds it has its own, numbered for themselves."""
    here = pull_request.ref.repository.casefold()
    for each in (head["associatedPullRequests"] or {"nodes": []})["nodes"]:
        if each and each["repository"]["nameWithOwner"].casefold() == here:
            yield each


def _published(head: Told) -> Iterator[PublishedRun]:
    """Our check runs, newest first: GitHub numbers them in the order of their making."""
    suites = (head["checkSuites"] or {"nodes": []})["nodes"]
    runs = [run for suite in suites for run in suite["checkRuns"]["nodes"]]
    for run in sorted(runs, key=lambda each: int(each["databaseId"]), reverse=True):
        yield PublishedRun(
            id=run["databaseId"],
            name=run["name"],
            external_id=run["externalId"] or "",
            status=run["status"].lower(),
            conclusion=(run["conclusion"] or "").lower(),
        )
