"""Git's objects and refs, as GraphQL tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sandbox.graphql.access import demand
from sandbox.graphql.connections import listed
from sandbox.graphql.nodes import (
    ActorNode,
    BlobNode,
    CommitNode,
    ComparisonNode,
    Fields,
    Info,
    ObjectNode,
    RefNode,
    TagNode,
    TreeEntryNode,
    TreeNode,
    context,
    object_node,
    stamp,
)
from sandbox.model import Account, Repository
from sandbox.objects import GitError, Person
from sandbox.store import node_id

#: Text of a blob is cut here; the schema says only "whether the Blob's text is truncated", and 512,000 bytes is what
#: GitHub was seen to return.
MAX_TEXT = 512_000
SHORT = 7
_CO_AUTHOR = re.compile(r"^co-authored-by:\s*(?P<name>[^<]*?)\s*<(?P<email>[^>]*)>\s*$", re.IGNORECASE | re.MULTILINE)
_PREFIXES = {"commit": "C", "tree": "T", "blob": "B", "tag": "TAG"}


def find_object(source: Repository, info: Info, expression: str | None = None, oid: str | None = None) -> Any:
    """`Repository.object`: by SHA, or by an expression such as `main:.github/hotfix.yml`."""
    demand(info, source, "contents:read")
    git = context(info).git(source)
    if oid is not None:
        return object_node(info, source, oid) if git.has(oid) else None
    revision, colon, path = (expression or "HEAD").partition(":")
    try:
        sha = _revision(info, source, revision)
        if sha is None:
            return None
        found = _at(info, source, sha, path) if colon else sha
        return object_node(info, source, found) if found else None
    except GitError:
        return None


def _revision(info: Info, source: Repository, revision: str) -> str | None:
    git = context(info).git(source)
    if not re.search(r"[~^@]", revision):
        return git.resolve(revision)
    return (
        git.run("rev-parse", "-q", "--verify", "--end-of-options", revision, codes=(0, 1, 128)).decode().strip() or None
    )


def _at(info: Info, source: Repository, sha: str, path: str) -> str | None:
    git = context(info).git(source)
    if not path.strip("/"):
        kind, _ = git.objects.read(sha)
        return git.commit(sha).tree if kind == "commit" else sha
    entry = git.entry(sha, path)
    return entry.sha if entry else None


def _object_id(source: ObjectNode, info: Info) -> str:
    kind, _ = context(info).git(source.repository).objects.read(source.oid)
    return node_id(_PREFIXES[kind], source.repository.id, source.oid)


def _object_url(source: ObjectNode, info: Info) -> str:
    return f"{context(info).world.html(source.repository)}/commit/{source.oid}"


_OBJECT: Fields = {
    "id": _object_id,
    "abbreviatedOid": lambda source, _: source.oid[:SHORT],
    "commitUrl": _object_url,
}


# Blobs and trees


def _is_binary(source: BlobNode, info: Info) -> bool:
    return b"\0" in source.read(info)[:8000]


def _text(source: BlobNode, info: Info) -> str | None:
    if _is_binary(source, info):
        return None
    try:
        return source.read(info)[:MAX_TEXT].decode("utf-8", "strict" if not _is_truncated(source, info) else "ignore")
    except UnicodeDecodeError:
        return source.read(info)[:MAX_TEXT].decode("utf-8", "replace")


def _is_truncated(source: BlobNode, info: Info) -> bool:
    return len(source.read(info)) > MAX_TEXT


def _entries(source: TreeNode, info: Info) -> list[TreeEntryNode]:
    found = context(info).git(source.repository).tree(source.oid)
    return [TreeEntryNode(source.repository, entry, entry.path) for entry in found]


def _file(source: CommitNode, info: Info, path: str) -> TreeEntryNode | None:
    entry = context(info).git(source.repository).entry(source.oid, path)
    return TreeEntryNode(source.repository, entry, path) if entry else None


def _entry_object(source: TreeEntryNode, info: Info) -> ObjectNode | None:
    # A submodule's commit lies in another repository.
    return None if source.entry.type == "commit" else object_node(info, source.repository, source.entry.sha)


def _entry_size(source: TreeEntryNode, info: Info) -> int:
    if source.entry.type != "blob":
        return 0
    return len(context(info).git(source.repository).blob(source.entry.sha))


# Commits


def _message(source: CommitNode, info: Info) -> str:
    return source.read(info).message.rstrip("\n")


def _headline(source: CommitNode, info: Info) -> str:
    return _message(source, info).partition("\n")[0]


def _message_body(source: CommitNode, info: Info) -> str:
    return _message(source, info).partition("\n")[2].lstrip("\n")


def _authors(source: CommitNode, info: Info) -> list[ActorNode]:
    commit = source.read(info)
    named = [Person(m["name"], m["email"], commit.author.date) for m in _CO_AUTHOR.finditer(commit.message)]
    once = {person.email.lower(): person for person in reversed([commit.author, *named])}
    return [ActorNode(person) for person in reversed(once.values())]


def _parents(source: CommitNode, info: Info) -> list[CommitNode]:
    return [CommitNode(source.repository, sha) for sha in source.read(info).parents]


def _history(source: CommitNode, info: Info, **filters: Any) -> Iterator[CommitNode]:
    git = context(info).git(source.repository)
    path = filters.get("path")
    shas = git.log(source.oid) if path is None else _log_of_path(info, source, path)
    for sha in shas:
        date = git.commit(sha).committer.date
        if _within(date, filters.get("since"), filters.get("until")):
            yield CommitNode(source.repository, sha)


def _log_of_path(info: Info, source: CommitNode, path: str) -> list[str]:
    out = context(info).git(source.repository).run("rev-list", source.oid, "--", f":(literal){path}")
    return out.decode().split()


def _within(date: datetime, since: str | None, until: str | None) -> bool:
    return (since is None or date >= datetime.fromisoformat(since)) and (
        until is None or date <= datetime.fromisoformat(until)
    )


def _by_committer(source: CommitNode, info: Info) -> bool:
    commit = source.read(info)
    return commit.author.email == commit.committer.email


def _changes(source: CommitNode, info: Info) -> tuple[int, int, int]:
    commit, git = source.read(info), context(info).git(source.repository)
    files = git.diff(commit.parents[0] if commit.parents else git.write_tree({}), source.oid)
    return sum(file.additions for file in files), sum(file.deletions for file in files), len(files)


def _signature(source: CommitNode, info: Info) -> dict[str, Any] | None:
    if source.oid not in source.repository.verified_commits:
        return None
    return {
        "isValid": True,
        "email": source.read(info).committer.email,
        "payload": f"commit {source.oid}",
        "signature": "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n",
        "state": "VALID",
        "wasSignedByGitHub": True,
    }


# Refs


def find_ref(source: Repository, info: Info, name: str) -> RefNode | None:
    """A ref by its full name, `main` and `heads/main` being understood as well."""
    demand(info, source, "contents:read")
    git = context(info).git(source)
    for full_name in (name, f"refs/{name}", f"refs/heads/{name}", f"refs/tags/{name}"):
        if sha := git.ref(full_name):
            return RefNode(source, full_name, sha)
    return None


def qualified_ref(source: Repository, info: Info, qualifiedName: str) -> RefNode | None:  # noqa: N803 -- GitHub's name
    """`Repository.ref`."""
    return find_ref(source, info, qualifiedName)


def find_refs(source: Repository, info: Info, **filters: Any) -> list[RefNode]:
    """`Repository.refs`: those under a prefix; `query` filters by a part of the name."""
    demand(info, source, "contents:read")
    prefix, query = filters["refPrefix"], filters.get("query") or ""
    found = context(info).git(source).refs(prefix)
    nodes = [RefNode(source, name, sha) for name, sha in found.items() if query.lower() in name[len(prefix) :].lower()]
    order = filters.get("orderBy") or {}
    if order.get("field") == "TAG_COMMIT_DATE":
        git = context(info).git(source)
        nodes.sort(key=lambda node: git.commit(git.peel(node.sha)).committer.date)
    return nodes[::-1] if order.get("direction") == "DESC" else nodes


def _ref_prefix(source: RefNode, _: Info) -> str:
    return "/".join(source.full_name.split("/")[:2]) + "/"


def _ref_name(source: RefNode, info: Info) -> str:
    return source.full_name.removeprefix(_ref_prefix(source, info))


def _compare(source: RefNode, info: Info, headRef: str) -> ComparisonNode | None:  # noqa: N803 -- GitHub's name
    head = context(info).git(source.repository).resolve(headRef)
    return ComparisonNode(source.repository, source.sha, head) if head else None


def _ahead(source: ComparisonNode, info: Info) -> list[CommitNode]:
    shas = context(info).git(source.repository).commits_between(source.base, source.head)
    return [CommitNode(source.repository, sha) for sha in shas]


def _behind(source: ComparisonNode, info: Info) -> int:
    return len(context(info).git(source.repository).commits_between(source.head, source.base))


def _comparison_status(source: ComparisonNode, info: Info) -> str:
    ahead, behind = bool(_ahead(source, info)), bool(_behind(source, info))
    return {(True, True): "DIVERGED", (True, False): "AHEAD", (False, True): "BEHIND"}.get((ahead, behind), "IDENTICAL")


def _comparison_commits(source: ComparisonNode, info: Info, **arguments: Any) -> Any:
    shown = listed(_ahead)(source, info, **arguments)
    emails = {node.read(info).author.email for node in _ahead(source, info)}
    return {**shown, "authorCount": len(emails)}


def _tag(source: TagNode, info: Info) -> tuple[dict[str, str], str]:
    _, content = context(info).git(source.repository).objects.read(source.oid)
    head, _, message = content.decode("utf-8", "replace").partition("\n\n")
    return dict(line.partition(" ")[::2] for line in head.split("\n")), message


def _signer(_: Any, __: Info) -> Account | None:
    return None


FIELDS: dict[str, Fields] = {
    "Blob": {
        **_OBJECT,
        "byteSize": lambda source, info: len(source.read(info)),
        "isBinary": _is_binary,
        "isTruncated": _is_truncated,
        "text": _text,
    },
    "Tree": {**_OBJECT, "entries": _entries},
    "Tag": {
        **_OBJECT,
        "name": lambda source, info: _tag(source, info)[0].get("tag", ""),
        "message": lambda source, info: _tag(source, info)[1],
        "target": lambda source, info: object_node(info, source.repository, _tag(source, info)[0]["object"]),
        "tagger": lambda *_: None,
    },
    "TreeEntry": {
        "name": lambda source, _: source.entry.name,
        "mode": lambda source, _: int(source.entry.mode, 8),
        "oid": lambda source, _: source.entry.sha,
        "object": _entry_object,
        "size": _entry_size,
        "type": lambda source, _: source.entry.type,
    },
    "Commit": {
        **_OBJECT,
        "url": _object_url,
        "message": _message,
        "messageHeadline": _headline,
        "messageBody": _message_body,
        "authoredDate": lambda source, info: stamp(source.read(info).author.date),
        "committedDate": lambda source, info: stamp(source.read(info).committer.date),
        "author": lambda source, info: ActorNode(source.read(info).author),
        "committer": lambda source, info: ActorNode(source.read(info).committer),
        "authors": listed(_authors),
        "authoredByCommitter": _by_committer,
        "tree": lambda source, info: TreeNode(source.repository, source.read(info).tree),
        "parents": listed(_parents),
        "history": listed(_history),
        "file": _file,
        "additions": lambda source, info: _changes(source, info)[0],
        "deletions": lambda source, info: _changes(source, info)[1],
        "changedFilesIfAvailable": lambda source, info: _changes(source, info)[2],
        "signature": _signature,
    },
    "Ref": {
        "id": lambda source, _: node_id("REF", source.repository.id, source.full_name),
        "name": _ref_name,
        "prefix": _ref_prefix,
        "target": lambda source, info: object_node(info, source.repository, source.sha),
        "compare": _compare,
    },
    "Comparison": {
        "id": lambda source, _: node_id("CMP", source.repository.id, source.base, source.head),
        "aheadBy": lambda source, info: len(_ahead(source, info)),
        "behindBy": _behind,
        "status": _comparison_status,
        "commits": _comparison_commits,
    },
}
