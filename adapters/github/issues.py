"""Issues of our own, each opened once and found again by its hidden marker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.github.client import RepositoryClient
from adapters.github.reading import reading

#: "Body is too long (maximum is 65536 characters)".
_MAX_BODY = 65_536
_MAX_TITLE = 256


@dataclass(frozen=True, slots=True)
class IssueDesk:
    """Opens issues in one repository."""

    client: RepositoryClient

    def open(self, marker: str, content: tuple[str, str], labels: Sequence[str], ours: str) -> int:
        """The number of the issue by `ours` that holds the marker, open or closed; opened where there is none.

        The list by creator is consistent, which the search index isn't. The marker alone proves nothing: anybody can
        copy it from the page's source.

        Args:
            marker: a hidden comment that no other issue of ours bears.
            content: the title and the body, to which the marker is added.
            labels: the labels of a new issue.
            ours: our own login.

        Raises:
            GitHubTroubleError: GitHub can't be written just now, or didn't say whether it wrote: the next try finds it.
            NotPermittedError: the App lacks `issues: write`.
        """
        with reading(f"our issues in {self.client.name}"):
            for each in self.client.listed("/issues", creator=ours, state="all"):
                is_ours = (each["user"] or {"login": ""})["login"].casefold() == ours.casefold()
                if is_ours and "pull_request" not in each and marker in (each["body"] or ""):
                    return int(each["number"])
        title, body = content
        text = f"{body[: _MAX_BODY - len(marker) - 2]}\n\n{marker}"
        made = self.client.write("POST", "/issues", {"title": title[:_MAX_TITLE], "body": text, "labels": [*labels]})
        with reading("the new issue"):
            return int(made["number"])
