"""Commits of a local range as the domain knows them."""

from __future__ import annotations

import re

from adapters.git.run import Git
from domain.pull_request import Commit, Signature

_FIELDS = ("%H", "%P", "%an", "%ae", "%cn", "%ce", "%B")
_CO_AUTHOR = re.compile(r"^co-authored-by:[ \t]*(.*?)[ \t]*<([^<>\n]*)>[ \t]*$", re.IGNORECASE | re.MULTILINE)


def commits_between(git: Git, base: str, head: str) -> tuple[Commit, ...]:
    """The commits of head that base lacks, oldest first: what GitHub lists as a pull request's commits."""
    form = "--format=" + "%x00".join(_FIELDS) + "%x00"
    options = ("--no-commit-header", "--encoding=UTF-8", "--topo-order", "--reverse", form)
    out = git.run("rev-list", *options, f"^{base}", head, "--").stdout.decode("utf-8", "replace")
    fields = out.split("\0")[:-1]
    rows = zip(*[iter(fields)] * len(_FIELDS), strict=True)
    return tuple(_commit(*row) for row in rows)


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
