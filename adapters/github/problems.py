"""GitHub's refusals, told as the house's errors."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from domain.errors import GitHubError, GitHubTroubleError, NotFoundError, NotPermittedError

#: Where neither `retry-after` nor `x-ratelimit-reset` says when, at least a minute must pass ("Rate limits for the
#: REST API", "Exceeding the rate limit").
RATE_LIMIT_PAUSE = 60.0
#: The primary limit is told by the hour.
LONGEST_PAUSE = 3600.0

_MAX_MESSAGE = 300
_RATE_WORDS = ("rate limit", "abuse detection", "submitted too quickly")
#: GitHub's words where GraphQL finds nothing, as its answers hold them.
_NO_PULL_REQUEST = re.compile(r"Could not resolve to a PullRequest with the number of (\d+)")
_NO_REPOSITORY = "Could not resolve to a Repository"
#: What a GraphQL field that is refused needs; GraphQL names no permission itself.
_PERMISSIONS = {
    "checkSuites": "checks: read",
    "d": "deployments: read",
    "e": "deployments: read",
    "file": "contents: read",
    "history": "contents: read",
    "i": "issues: read",
    "mergeQueue": "merge_queues: read",
    "newest": "issues: read",
    "object": "contents: read",
    "pull": "pull_requests: read",
    "pullRequest": "pull_requests: read",
    "pullRequests": "pull_requests: read",
    "statusCheckRollup": "checks: read and statuses: read",
    "tags": "contents: read",
}


def refusal(what: str, status: int, headers: Mapping[str, str], body: str) -> GitHubError:
    """The error that an HTTP answer of 400 and above (or an unfollowed redirect) stands for.

    Args:
        what: the request, as "GET /repos/…", for the message.
        status: the HTTP status.
        headers: the answer's headers, names in lower case.
        body: the answer's text.
    """
    said = _message(body)
    if status == 429 or (status == 403 and _is_rate_limit(headers, said)):  # noqa: PLR2004
        return GitHubTroubleError(f"GitHub limits our requests: {said or what}", _pause(headers))
    if status >= 500 or status == 408:  # noqa: PLR2004
        return GitHubTroubleError(f"GitHub is in trouble: {what} was answered with {status} {said}".rstrip())
    if status == 401:  # noqa: PLR2004
        return NotPermittedError(f"GitHub doesn't accept our credentials for {what}: {said}")
    if status in {403, 451}:
        return NotPermittedError(_not_permitted(what, headers, said))
    if status in {301, 302, 307, 308, 404, 410}:
        return NotFoundError(f"GitHub has nothing for us at {what} ({status} {said})")
    return GitHubError(f"GitHub refuses {what} ({status}): {said}")


def graphql_refusal(repository: str, errors: Sequence[Any]) -> GitHubError:
    """The error that the `errors` of a GraphQL answer stand for; such an answer comes with HTTP 200.

    Args:
        repository: what was asked about, "owner/name".
        errors: what GitHub says, entry by entry.
    """
    what = f"the query about {repository}"
    first = next((error for error in errors if isinstance(error, dict)), {})
    said = _plain(str(first.get("message", "an error without a message")))
    kind = str(first.get("type", ""))
    # Our queries number their aliases.
    path = [str(part).rstrip("0123456789") for part in first.get("path") or ()]
    if kind == "RATE_LIMITED" or _says_rate_limit(said):
        return GitHubTroubleError(f"GitHub limits our requests: {said}", RATE_LIMIT_PAUSE)
    if kind == "NOT_FOUND":
        return NotFoundError(_missing(repository, said))
    if kind in {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
        needed = next((_PERMISSIONS[part] for part in reversed(path) if part in _PERMISSIONS), "")
        return NotPermittedError(f"GitHub forbids {what}{f', which needs {needed}' if needed else ''}: {said}")
    return GitHubTroubleError(f"GitHub couldn't answer {what}: {said}")


def _missing(repository: str, said: str) -> str:
    if number := _NO_PULL_REQUEST.search(said):
        return f"{repository} has no pull request {number[1]}"
    if said.startswith(_NO_REPOSITORY):
        return f"there is no repository {repository}, or the token can't see it"
    return f"GitHub has nothing for us at the query about {repository}: {said}"


def message_of(body: str) -> str:
    """What GitHub says in an error's body, its details included, as one short line."""
    return _message(body)


def _not_permitted(what: str, headers: Mapping[str, str], said: str) -> str:
    # GitHub names what would do, e.g. "checks=write" ("Troubleshooting the REST API").
    needed = headers.get("x-accepted-github-permissions", "").replace("=", ": ")
    return f"GitHub forbids {what}{f', which needs {_plain(needed)}' if needed else ''}: {said}"


def _is_rate_limit(headers: Mapping[str, str], said: str) -> bool:
    return "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0" or _says_rate_limit(said)


def _says_rate_limit(said: str) -> bool:
    return any(words in said.lower() for words in _RATE_WORDS)


def _pause(headers: Mapping[str, str]) -> float:
    try:
        if "retry-after" in headers:
            return min(max(float(headers["retry-after"]), 1.0), LONGEST_PAUSE)
        if headers.get("x-ratelimit-remaining") == "0":
            left = float(headers["x-ratelimit-reset"]) - time.time()
            return min(max(left + 1.0, 1.0), LONGEST_PAUSE)
    except (KeyError, ValueError):
        pass
    return RATE_LIMIT_PAUSE


def _message(body: str) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return _plain(body)
    if not isinstance(said, dict):
        return _plain(body)
    details = [_detail(error) for error in said.get("errors") or () if error]
    return _plain("; ".join([str(said.get("message", "")), *details]))


def _detail(error: object) -> str:
    if not isinstance(error, dict):
        return str(error)
    return str(error.get("message") or " ".join(str(error.get(key, "")) for key in ("resource", "field", "code")))


def _plain(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_MESSAGE else line[:_MAX_MESSAGE] + "…"
