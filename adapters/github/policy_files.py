"""Policy files of other repositories: an organisation's own in `.github`, or one that `extends` names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from adapters.github.client import RepositoryClient
from adapters.github.credentials import Clock
from adapters.github.installations import Permissions
from adapters.github.memberships import Memory
from adapters.github.reading import reading
from domain.errors import NotFoundError
from domain.pull_request import PolicyFile

#: What reading takes: a token of its own, which can do nothing else there.
READ_PERMISSIONS: Permissions = MappingProxyType({"contents": "read", "metadata": "read"})

#: How long an answer counts. It is kept in the ledger, so that a process that has just started pays nothing.
FRESH_FOR = timedelta(minutes=10)

#: Anything else could be read as an expression of git's that leads elsewhere.
_REF = re.compile(r"[A-Za-z0-9][\w./-]*", re.ASCII)
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*", re.ASCII)
_SHORT = 7
_QUERY = """
query PolicyFileAt($owner: String!, $name: String!, $expression: String!, $path: String!) {
  repository(owner: $owner, name: $name) {
    isPrivate
    object(expression: $expression) {
      ... on Commit {
        oid
        file(path: $path) { oid object { ... on Blob { text isBinary isTruncated } } }
        history(first: 1, path: $path) { nodes { oid } }
      }
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class PolicyFileReader:
    """Reads policy files of any repository that our App is installed on.

    Attributes:
        client: gives the read-only door to a repository.
    """

    client: Callable[[str], RepositoryClient]
    memory: Memory
    clock: Clock

    def read(self, repository: str, path: str, ref: str = "") -> PolicyFile | None:
        """A file at a ref ("" for the default branch); None where there is no file, repository or installation.

        Raises:
            NotPermittedError: the installation may not read contents.
            GitHubTroubleError: GitHub can't be read just now.
        """
        if not _PATH.fullmatch(path) or (ref and not _REF.fullmatch(ref)):
            return None
        key, now = json.dumps(["policy-file", repository.casefold(), path, ref]), self.clock()
        known = self.memory.recall(key, now - FRESH_FOR)
        if known is None:
            found = self._fetch(repository, path, ref)
            known = json.dumps(asdict(found) if found else None)
            self.memory.remember(key, known, now)
        kept = json.loads(known)
        return PolicyFile(**kept) if kept else None

    def _fetch(self, repository: str, path: str, ref: str) -> PolicyFile | None:
        # Peeled, or an annotated tag would answer with itself.
        asked = {"expression": f"{ref or 'HEAD'}^{{commit}}", "path": path}
        try:
            told = self.client(repository).ask(_QUERY, **asked)
        except NotFoundError:
            return None
        with reading(f"{path} of {repository}"):
            commit = told["object"]
            if not commit or not commit["file"]:
                return None
            brought = [node["oid"] for node in commit["history"]["nodes"]]
            source = f"{repository}:{path} at {ref or 'its default branch'} ({commit['oid'][:_SHORT]})"
            return PolicyFile(
                text=_text(commit["file"]),
                oid=commit["file"]["oid"],
                commit_oid=brought[0] if brought else "",
                source=source,
                is_private=told["isPrivate"],
            )


def _text(file: Mapping[str, Any]) -> str | None:
    blob = file["object"]
    if not blob or "text" not in blob or blob["isBinary"] or blob["isTruncated"]:
        return None
    text: str | None = blob["text"]
    return text
