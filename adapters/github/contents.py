"""Files at a commit: many in one GraphQL query, kept because a SHA never changes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.github.cache import Cache
from adapters.github.client import RepositoryClient
from adapters.github.reading import reading
from domain.change import Content
from domain.errors import GitHubTroubleError
from domain.limits import largest, too_large

#: More aliases than this make an answer that GitHub may not finish within its ten seconds.
_PER_QUERY = 100
#: GraphQL cuts text off well below 1 MB; that many files are read in full, by one request each.
_MAX_LARGE = 5
_OVERHEAD = 300
_BLOB = """
fragment Blob on GitObject {
  __typename
  ... on Blob { oid text byteSize isBinary isTruncated }
}
"""

#: An absent file is kept as well, so None can't stand for it in the cache.
_ABSENT = "absent"

#: A commit and a path in it.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ContentReader:
    """Reads files of one repository at commits."""

    client: RepositoryClient
    cache: Cache

    def read(self, places: Collection[Place]) -> Mapping[Place, Content | None]:
        """Files at commits; None for one that doesn't exist there.

        Raises:
            GitHubTroubleError: a commit or a file can't be read just now.
        """
        kept = {place: self.cache.get((self.client.name, *place)) for place in sorted(places)}
        missing = [place for place, content in kept.items() if content is None]
        for batch in _batched(missing):
            kept |= self._fetch(batch)
        return {place: None if content == _ABSENT else content for place, content in kept.items()}

    def _fetch(self, places: Sequence[Place]) -> dict[Place, Content | str]:
        # Paths are untrusted: they travel as variables, never in the query's text.
        variables = {f"e{number}": f"{commit}:{path}" for number, (commit, path) in enumerate(places)}
        commits = list(dict.fromkeys(commit for commit, _ in places))
        variables |= {f"c{number}": commit for number, commit in enumerate(commits)}
        found = self.client.ask(_query(len(places), len(commits)), **variables)
        for number, commit in enumerate(commits):
            if found.get(f"commit{number}") is None:
                raise GitHubTroubleError(f"GitHub doesn't know the commit {commit[:7]} yet")
        contents: dict[Place, Content | str] = {}
        large = 0
        for number, (commit, path) in enumerate(places):
            with reading(f"a file at {commit[:7]}"):
                told = found[f"f{number}"]
                large += bool(told and told.get("isTruncated"))
                content = self._content(told, largest(path), may_read=large <= _MAX_LARGE)
            contents[commit, path] = _ABSENT if content is None else content
            size = len(content.text or "") if content else 0
            self.cache.put((self.client.name, commit, path), contents[commit, path], size + _OVERHEAD)
        return contents

    def _content(self, told: Mapping[str, Any] | None, most: int, *, may_read: bool) -> Content | None:
        if told is None:
            return None
        if told["__typename"] != "Blob":
            return Content.closed("a directory" if told["__typename"] == "Tree" else "submodule")
        if told["byteSize"] > most:
            return Content.closed(too_large(most))
        if told["isBinary"]:
            return Content.closed("binary")
        if told["isTruncated"]:
            return self._whole(told["oid"]) if may_read else Content.closed("one of too many large files")
        return _text(told["text"], told["byteSize"])

    def _whole(self, oid: str) -> Content:
        told = self.client.get(f"/git/blobs/{oid}")
        try:
            return Content(base64.b64decode(told["content"]).decode("utf-8"))
        except UnicodeDecodeError:
            return Content.closed("not UTF-8")
        except binascii.Error as error:
            raise GitHubTroubleError(f"GitHub's answer for the blob {oid} can't be read") from error


def _text(text: str | None, size: int) -> Content:
    if text is None:
        return Content.closed("binary")
    # U+FFFD also stands in honest files; there it has its own three bytes, and the sizes agree.
    if "\N{REPLACEMENT CHARACTER}" in text and len(text.encode()) != size:
        return Content.closed("not UTF-8")
    return Content(text)


def _query(files: int, commits: int) -> str:
    variables = [f"$e{number}: String!" for number in range(files)]
    variables += [f"$c{number}: GitObjectID!" for number in range(commits)]
    fields = [f"commit{number}: object(oid: $c{number}) {{ oid }}" for number in range(commits)]
    fields += [f"f{number}: object(expression: $e{number}) {{ ...Blob }}" for number in range(files)]
    return (
        f"query Contents($owner: String!, $name: String!, {', '.join(variables)}) {{ "
        f"repository(owner: $owner, name: $name) {{ {' '.join(fields)} }} }}{_BLOB}"
    )


def _batched(places: Sequence[Place]) -> list[Sequence[Place]]:
    return [places[start : start + _PER_QUERY] for start in range(0, len(places), _PER_QUERY)]
