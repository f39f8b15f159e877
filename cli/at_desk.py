"""What `hotfix start` and `hotfix finish` share: the place on GitHub, and the description kept between them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from adapters.git.own import OwnGit
from cli.at_github import GITHUB_COM, at_github
from domain.errors import UnreadableInputError
from domain.hand_over import HandOver
from domain.wording import plain
from handlers.ports import GitHub

_URL = re.compile(r"(?P<scheme>https?|ssh|git)://(?:[^@/]*@)?(?P<host>[^/:]+(?::\d+)?)/(?P<path>.+)")
_SCP = re.compile(r"(?:[^@/:]*@)?(?P<host>[^/:]+):(?P<path>[^/].*)")
_PASSWORD = re.compile(r"(?<=://)[^/@]*@")
_NAME = re.compile(r"([A-Za-z0-9._-]+/[A-Za-z0-9._-]+?)(?:\.git)?/?")
#: Longer addresses are cut or refused on their way.
_LONGEST_ADDRESS = 6_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository is on GitHub.

    Attributes:
        name: "owner/name".
        page: its address in the browser.
    """

    name: str
    page: str

    @classmethod
    def of(cls, address: str) -> Place | None:
        """The place that a remote's address names, None where it is none of GitHub's."""
        found = _URL.fullmatch(address) or _SCP.fullmatch(address)
        name = _NAME.fullmatch(found["path"]) if found else None
        if not found or not name:
            return None
        web = found.groupdict().get("scheme") in {"http", "https"}
        scheme = found["scheme"] if web else "https"
        host = found["host"] if web else found["host"].partition(":")[0]
        return cls(name[1], f"{scheme}://{host}/{name[1]}")

    def issue(self, number: int) -> str:
        """An issue's address in the browser."""
        return f"{self.page}/issues/{number}"

    def new_issue(self, title: str) -> str:
        """The address at which a person opens an issue ("Creating an issue from a URL query")."""
        return f"{self.page}/issues/new?{urlencode({'title': title})}"

    def new_pull_request(self, ends: tuple[str, str], label: str, told: HandOver) -> str:
        """The address at which a person opens the pull request ("Using query parameters to create a pull request")."""
        base, head = (quote(each, safe="/") for each in ends)
        asked = {"expand": "1", "title": told.title, "labels": label, "body": told.body}
        address = f"{self.page}/compare/{base}...{head}?"
        whole = address + urlencode(asked)
        return whole if len(whole) <= _LONGEST_ADDRESS else address + urlencode({**asked, "body": ""})


def has_token() -> bool:
    """Whether there is a token to reach GitHub with."""
    return bool(os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN"))


def place_of(git: OwnGit, remote: str) -> Place:
    """Where a remote is on GitHub.

    Raises:
        UnreadableInputError: its address has no form that GitHub's have.
    """
    address = git.address(remote)
    place = Place.of(address)
    if place is None:
        shown = plain(_PASSWORD.sub("", address))
        raise UnreadableInputError(
            f"{remote} is {shown}, which is no repository on GitHub, so no pull request can be opened there: "
            "git remote set-url changes it, and GITHUB_API_URL says which GitHub "
            f"({os.environ.get('GITHUB_API_URL') or GITHUB_COM} now)"
        )
    return place


@contextmanager
def github_of(place: Place | None) -> Iterator[GitHub]:
    """The repository on GitHub, for one run.

    Raises:
        UnreadableInputError: the remote is none of GitHub's.
        SettingsError: there is no token.
    """
    if place is None:
        raise UnreadableInputError("the remote's address is no repository of GitHub's")
    with at_github() as ports:
        yield ports.github(place.name)


def description_file(git: OwnGit, branch: str) -> Path:
    """Where the description of a branch's hotfix is kept: in git's own folder, so that it is never committed."""
    return git.folder / git.run("rev-parse", "--git-path", f"hotfix-guard/{branch}.md").text
