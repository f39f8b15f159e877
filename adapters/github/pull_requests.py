"""Pull requests found and opened, comments kept, reactions given: every deed may be repeated."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.github.client import RepositoryClient, query
from adapters.github.people import login_of
from adapters.github.problems import message_of, refusal
from adapters.github.reading import reading
from adapters.github.transport import Request
from domain.comments import Comment
from domain.errors import GitHubError, GitHubTroubleError
from domain.pull_request import NewPullRequest, OpenPullRequest

log = logging.getLogger(__name__)

#: "Body is too long (maximum is 65536 characters)".
_MAX_BODY = 65_536
_UNPROCESSABLE = 422

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PullRequestDesk:
    """Finds, opens and comments on one repository's pull requests.

    Attributes:
        client: the repository's door.
    """

    client: RepositoryClient

    def standing(self) -> Sequence[OpenPullRequest]:
        """All open pull requests, oldest first; one request a hundred."""
        return tuple(found for found in self._open())

    def headed_by(self, head_oid: str) -> Sequence[int]:
        """The numbers of the open pull requests that a commit is the head of, forks included.

        GitHub's own answer (`commits/SHA/pulls`) leaves forks out, so this looks through all that are open.
        """
        return tuple(found.number for found in self._open() if found.head_oid == head_oid)

    def find(self, head: str, base: str) -> Sequence[OpenPullRequest]:
        """The pull requests, in any state, from a branch of this repository to a base, newest first."""
        with reading(f"the pull requests from {head}"):
            return tuple(_told_by_rest(found) for found in self._from(head, base))

    def open(self, new: NewPullRequest) -> OpenPullRequest:
        """Open a pull request, or find the open one that already stands for the same branches.

        Raises:
            GitHubTroubleError: GitHub can't be written just now, or didn't say whether it wrote: the next try finds it.
            NotPermittedError: the App lacks `pull_requests: write`.
            GitHubError: GitHub won't have it, e.g. because the branches don't differ.
        """
        with reading(f"the pull request from {new.head}"):
            told = self._standing_from(new) or self._created(new)
            opened = _told_by_rest(told)
            labels = {label["name"] for label in told["labels"]}
            assigned = {person["login"].casefold() for person in told["assignees"] or ()}
        self._dress(opened.number, [each for each in new.labels if each not in labels], "labels")
        self._assign(opened.number, [each for each in new.assignees if each.casefold() not in assigned])
        return opened

    def upsert_comment(self, number: int, marker: str, body: str, ours: str) -> None:
        """Make the first comment by `ours` that holds the marker say `body`, or write one.

        The marker alone proves nothing: anybody can copy it from the page's source.
        """
        body = body[:_MAX_BODY]
        for comment in self.client.listed(f"/issues/{number}/comments"):
            with reading(f"the comments of {self.client.name}#{number}"):
                author = (comment["user"] or {"login": ""})["login"]
                is_ours = author.casefold() == ours.casefold() and marker in (comment["body"] or "")
            if not is_ours:
                continue
            if comment["body"] != body:
                self.client.write("PATCH", f"/issues/comments/{comment['id']}", {"body": body})
            return
        self.client.write("POST", f"/issues/{number}/comments", {"body": body})

    def comments(self, number: int) -> Sequence[Comment]:
        """The comments on a pull request, oldest first."""
        with reading(f"the comments of {self.client.name}#{number}"):
            return tuple(_comment(told) for told in self.client.listed(f"/issues/{number}/comments"))

    def react(self, comment_id: int, reaction: str) -> None:
        """Put a reaction on a comment; GitHub keeps one of each kind per account."""
        self.client.write("POST", f"/issues/comments/{comment_id}/reactions", {"content": reaction})

    def _open(self) -> Iterator[OpenPullRequest]:
        after: str | None = None
        while True:
            with reading("the open pull requests"):
                page = self.client.ask(query("open"), after=after)["pullRequests"]
                found = [_told_by_graphql(node) for node in page["nodes"]]
                after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
            yield from found
            if after is None:
                return

    def _from(self, head: str, base: str) -> list[dict[str, Any]]:
        where = {"head": f"{self.client.owner}:{head}", "state": "all", "sort": "created", "direction": "desc"}
        found = self.client.listed("/pulls", **where, **({"base": base} if base else {}))
        # An owner may have the fork and the original, so the owner's name alone doesn't tell which branch.
        return [each for each in found if each["head"]["ref"] == head and self._is_own(each["head"]["repo"])]

    def _is_own(self, repository: Told | None) -> bool:
        return repository is not None and repository["full_name"].casefold() == self.client.name.casefold()

    def _standing_from(self, new: NewPullRequest) -> dict[str, Any] | None:
        return next((each for each in self._from(new.head, new.base) if each["state"] == "open"), None)

    def _created(self, new: NewPullRequest) -> dict[str, Any]:
        body: dict[str, Any] = {"title": new.title, "body": new.body[:_MAX_BODY], "head": new.head, "base": new.base}
        answer = self._post(body | {"draft": new.is_draft})
        if isinstance(answer, GitHubError) and new.is_draft and "draft" in str(answer).lower():
            # Private repositories on some plans have no drafts.
            answer = self._post(body | {"draft": False})
        if isinstance(answer, GitHubError):
            if "already exists" in str(answer) and (standing := self._standing_from(new)):
                return standing
            raise answer
        return answer

    def _post(self, body: Mapping[str, Any]) -> dict[str, Any] | GitHubError:
        request = Request("POST", f"{self.client.path}/pulls", body=body)
        answer = self.client.send(request, frozenset({_UNPROCESSABLE}))
        if answer.status == _UNPROCESSABLE:
            log.debug("%s refused: %s", request, message_of(answer.text))
            return refusal(str(request), answer.status, answer.headers, answer.text)
        created = answer.json()
        if not isinstance(created, dict):
            raise GitHubTroubleError(f"GitHub's answer for {request} is no object")
        return created

    def _dress(self, number: int, names: list[str], what: str) -> None:
        if names:
            self.client.write("POST", f"/issues/{number}/{what}", {what: names})

    def _assign(self, number: int, logins: list[str]) -> None:
        """Assign whoever can be; a person who left is no reason to fail."""
        try:
            self._dress(number, logins, "assignees")
        except GitHubTroubleError:
            raise
        except GitHubError as error:
            log.warning("%s#%d keeps its assignees: %s", self.client.name, number, error)


def _comment(told: Told) -> Comment:
    user = told["user"] or {"login": "", "type": "User"}
    return Comment(int(told["id"]), user["login"], told["body"] or "", is_bot=user["type"] == "Bot")


def _told_by_rest(told: Told) -> OpenPullRequest:
    return OpenPullRequest(
        number=told["number"],
        body=told["body"] or "",
        author=(told["user"] or {"login": ""})["login"],
        state="merged" if told.get("merged_at") else told["state"],
        is_draft=bool(told.get("draft")),
        head_oid=told["head"]["sha"],
        base=told["base"]["ref"],
        url=told["html_url"],
        updated_at=datetime.fromisoformat(told["updated_at"]),
    )


def _told_by_graphql(told: Told) -> OpenPullRequest:
    return OpenPullRequest(
        number=told["number"],
        body=told["body"],
        author=login_of(told["author"]),
        state=told["state"].lower(),
        is_draft=told["isDraft"],
        head_oid=told["headRefOid"],
        base=told["baseRefName"],
        url=told["url"],
        updated_at=datetime.fromisoformat(told["updatedAt"]),
    )
