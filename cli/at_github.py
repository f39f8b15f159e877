"""GitHub at the desk and in a workflow: one run, through a token that was given to us."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from urllib.parse import urlsplit

from adapters.git import Picker
from adapters.github import TokenGitHub
from adapters.github.server import GitHubServer
from adapters.ledger import passing_ledger
from domain.errors import SettingsError, UnreadableInputError
from domain.pull_request import PullRequestRef, Signature
from handlers.ports import Ports

GITHUB_COM = "https://api.github.com"
_COMMITTER = Signature("Hotfix Guard", "hotfix-guard[bot]@users.noreply.github.com")


class _Nothing:
    """Takes what a run wants later and leaves it: whoever has no service looks again at the next run."""

    def want(self, flow: str, key: str, *, delay: float = 0.0) -> None:
        """Leave it."""


@contextmanager
def at_github() -> Iterator[Ports]:
    """Everything that a handler may reach, for one run; what the service remembers is unknown here.

    `GITHUB_TOKEN` or `GH_TOKEN` is the token, `GITHUB_API_URL` says which GitHub.

    Raises:
        SettingsError: there is no token, or the address is none.
    """
    token = os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN") or ""
    if not token:
        raise SettingsError("set GITHUB_TOKEN to a token that can read the repository")
    with passing_ledger() as ledger:
        github = TokenGitHub(token, os.environ.get("GITHUB_API_URL") or GITHUB_COM, ledger)
        yield Ports(
            github=github.repository,
            git=Picker(github.clone_url, github.clone_token, _COMMITTER),
            ledger=ledger,
            tasks=_Nothing(),
            now=lambda: datetime.now(UTC),
            app_login=lambda: github.login,
            version=version("hotfix-guard"),
            policy_file=github.policy_file,
        )


def pull_request_ref(text: str) -> PullRequestRef:
    """Which pull request an argument means.

    Args:
        text: "owner/name#12", or the pull request's address in the browser.

    Raises:
        UnreadableInputError: it is neither.
        SettingsError: the address is on another GitHub than `GITHUB_API_URL` says.
    """
    _refuse_another_github(text)
    try:
        return PullRequestRef.parse(_short(text))
    except ValueError as error:
        raise UnreadableInputError(f"{text} is no pull request: write OWNER/REPO#NUMBER, or its address") from error


def _refuse_another_github(text: str) -> None:
    # The same owner and name on another host is another repository.
    if "://" not in text:
        return
    server = GitHubServer(os.environ.get("GITHUB_API_URL") or GITHUB_COM)
    if urlsplit(text).netloc.lower() != urlsplit(server.web_url).netloc.lower():
        raise SettingsError(f"{text} isn't on {server.web_url}: set GITHUB_API_URL to the API of its GitHub")


def _short(text: str) -> str:
    address, _, number = text.partition("/pull/")
    if "://" not in address or not number:
        return text
    owner, _, name = address.split("://", 1)[1].partition("/")[2].partition("/")
    return f"{owner}/{name}#{number.split('/', 1)[0]}"
