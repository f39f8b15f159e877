"""HTTP to one GitHub: PyGithub's requester with the defaults that hurt a server taken out."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests
import urllib3
from github import Github
from github.Requester import Requester
from urllib3 import Retry

from adapters.github.problems import refusal
from adapters.github.server import GitHubServer
from domain.errors import GitHubTroubleError

log = logging.getLogger(__name__)

JSON = "application/vnd.github+json"
DIFF = "application/vnd.github.diff"

#: The version that our requests are written for ("API Versions").
_API_VERSION = "2022-11-28"
#: Seconds to connect and between bytes; GitHub itself gives up on a query after 10.
_TIMEOUT = 20
_TROUBLE = frozenset({500, 502, 503, 504})


class Tokens(Protocol):
    """Where the token of a request comes from."""

    def token(self) -> str:
        """A token that is good now."""

    def forget(self, token: str) -> None:
        """GitHub refused this token: don't give it again."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to GitHub.

    Attributes:
        path: below the API's root, "/repos/…"; every part that isn't ours has gone through `segment`.
        body: what is sent as JSON, None for nothing.
    """

    verb: str
    path: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)
    body: object = None
    accept: str = JSON

    @property
    def reads(self) -> bool:
        """Whether it changes nothing at GitHub, so that it may be sent twice."""
        return self.verb == "GET" or self.is_graphql

    @property
    def is_graphql(self) -> bool:
        """Whether it goes to GraphQL; we send queries there and no mutations."""
        return self.path == "graphql"

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """GitHub's answer; the headers' names are in lower case."""

    request: Request
    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:
        """The body's value.

        Raises:
            GitHubTroubleError: it is no JSON.
        """
        try:
            return json.loads(self.text)
        except ValueError as error:
            raise GitHubTroubleError(f"GitHub answered {self.request} with something that is no JSON") from error


class Transport:
    """Sends requests and counts them.

    PyGithub keeps a request in flight on its connection object, so every thread gets a requester of its own; its
    keep-alive session then serves all repositories of this GitHub.
    """

    def __init__(self, server: GitHubServer, *, pause: float = 0.5) -> None:
        """Make a transport; nothing is sent.

        Args:
            server: which GitHub.
            pause: seconds before a reading request is tried a second time.
        """
        self.server = server
        self._pause = pause
        self._local = threading.local()
        self._lock = threading.Lock()
        self._sent = 0
        # PyGithub's debug lines hold whole answers, freshly minted tokens among them.
        logging.getLogger("github.Requester").setLevel(logging.INFO)

    @property
    def sent(self) -> int:
        """How many requests have been sent, those that failed included."""
        return self._sent

    def send(self, request: Request, tokens: Tokens, allowed: frozenset[int] = frozenset()) -> Answer:
        """Send a request and give its answer.

        Args:
            request: what to send.
            tokens: where its token comes from; one that GitHub refuses is replaced once.
            allowed: statuses of 400 and above that the caller wants to see.

        Raises:
            GitHubTroubleError: no answer, or one that another try may better.
            NotPermittedError: a permission is missing.
            NotFoundError: there is nothing for us.
            GitHubError: GitHub refuses the request for another reason.
        """
        token = tokens.token()
        answer = self._persistently(request, token)
        if answer.status == requests.codes.unauthorized:
            tokens.forget(token)
            if (renewed := tokens.token()) != token:
                answer = self._persistently(request, renewed)
        if answer.status >= requests.codes.multiple_choices and answer.status not in allowed:
            raise refusal(str(request), answer.status, answer.headers, answer.text)
        return answer

    def _persistently(self, request: Request, token: str) -> Answer:
        """Try a reading request twice; one that writes is never repeated blindly."""
        if request.reads:
            try:
                answer = self._once(request, token)
                if answer.status not in _TROUBLE:
                    return answer
            except GitHubTroubleError as error:
                log.debug("trying again: %s", error)
            time.sleep(self._pause)
        return self._once(request, token)

    def _once(self, request: Request, token: str) -> Answer:
        requester = self._requester()
        started = time.monotonic()
        try:
            status, headers, text = requester.requestJson(
                request.verb,
                requester.graphql_url if request.is_graphql else request.path,
                parameters=dict(request.parameters),
                headers={"Authorization": f"Bearer {token}", "Accept": request.accept},
                input=request.body,
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, RuntimeError) as error:
            self._local.requester = None
            where = f"GitHub can't be reached at {self.server.api_url} (GITHUB_API_URL says which it is)"
            raise GitHubTroubleError(f"{where}: {request} ended in {type(error).__name__}") from error
        finally:
            with self._lock:
                self._sent += 1
        spent = (time.monotonic() - started) * 1000
        log.debug("%s %d %.0f ms, %s left", request, status, spent, headers.get("x-ratelimit-remaining", "?"))
        return Answer(request, status, headers, text)

    def _requester(self) -> Requester:
        found: Requester | None = getattr(self._local, "requester", None)
        if found is None:
            found = Github(
                base_url=self.server.api_url,
                timeout=_TIMEOUT,
                user_agent="hotfix-guard",
                # Its own retries repeat POST and sleep until a rate limit resets; ours are in `_persistently`.
                retry=Retry(total=0, connect=0, read=0, redirect=False, status=0, raise_on_status=False),
                seconds_between_requests=0,
                seconds_between_writes=0,
                lazy=True,
                api_version=_API_VERSION,
            ).requester
            self._local.requester = found
        return found
