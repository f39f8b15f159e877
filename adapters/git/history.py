"""Commits of a local range as the domain knows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from adapters.git.run import Git
from domain.pull_request import Commit, Signature

_FIELDS = ("%H", "%P", "%an", "%ae", "%cn", "%ce", "%B")
_OPTIONS = ("--no-commit-header", "--encoding=UTF-8", "--format=" + "%x00".join(_FIELDS) + "%x00")
_CO_AUTHOR = re.compile(r"^co-authored-by:[ \t]*(.*?)[ \t]*<([^<>\n]*)>[ \t]*$", re.IGNORECASE | re.MULTILINE)


def commits_between(git: Git, base: str, head: str) -> tuple[Commit, ...]:
    """The commits of head that base lacks, oldest first: what GitHub lists as a pull request's commits."""
    out = git.run("rev-list", *_OPTIONS, "--topo-order", "--reverse", f"^{base}", head, "--").stdout
    return tuple(_commits(out))


def commits_named(git: Git, oids: Iterable[str]) -> dict[str, Commit]:
    """Commits by their object ids, read by one process."""
    stdin = "".join(f"{oid}\n" for oid in oids).encode()
    out = git.run("rev-list", *_OPTIONS, "--no-walk=unsorted", "--stdin", stdin=stdin).stdout if stdin else b""
    return {commit.oid: commit for commit in _commits(out)}


def _commits(out: bytes) -> Iterator[Commit]:
    fields = out.decode("utf-8", "replace").split("\0")[:-1]
    rows = zip(*[iter(fields)] * len(_FIELDS), strict=True)
    return (_commit(*row) for row in rows)


def _commit(*row: str) -> Commit:
    oid, parents, author, email, committer, committer_email, message = row
    others = (Signature(name, address) for name, address in _CO_AUTHOR.findall(message))
    return Commit(
        oid=oid.strip(),
        message=message,
        authors=tuple(dict.fromkeys((Signature(author, email), *others))),
        committer=Signature(committer, committer_email),
        parents=tuple(parents.split()),
    )
