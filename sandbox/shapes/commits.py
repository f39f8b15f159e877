"""Commits, trees, refs and diffs as JSON."""

from __future__ import annotations

import base64
from datetime import UTC
from urllib.parse import quote

from sandbox.diffs import FileDiff
from sandbox.model import Repository
from sandbox.objects import Commit, Person, TreeEntry
from sandbox.shapes.people import simple_user
from sandbox.store import node_id
from sandbox.world import Json, World, stamp

#: GitHub leaves the patch of a very large file out of its answers ("List pull requests files" is silent on the limit;
#: in practice it is 20,000 lines or 1 MB a file).
PATCH_LINES = 20_000


def git_user(person: Person) -> Json:
    """Name, e-mail and date, in UTC."""
    return {"name": person.name, "email": person.email, "date": utc(person)}


def utc(person: Person) -> str:
    """The date of a commit in UTC."""
    return person.date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def verification(owner: Repository, sha: str) -> Json:
    """Whether GitHub signed the commit: it does for merges and for what an App writes through the API."""
    verified = sha in owner.verified_commits
    return {
        "verified": verified,
        "reason": "valid" if verified else "unsigned",
        "signature": "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n" if verified else None,
        "payload": f"commit {sha}" if verified else None,
        "verified_at": stamp(owner.pushed_at or owner.created_at) if verified else None,
    }


def git_commit(world: World, owner: Repository, value: Commit) -> Json:
    """A `git-commit`, as the Git Data API answers it."""
    api = world.rest(owner)
    return {
        "sha": value.sha,
        "node_id": node_id("C", owner.id, value.sha),
        "url": f"{api}/git/commits/{value.sha}",
        "html_url": f"{world.html(owner)}/commit/{value.sha}",
        "author": git_user(value.author),
        "committer": git_user(value.committer),
        "message": value.message.rstrip("\n"),
        "tree": {"sha": value.tree, "url": f"{api}/git/trees/{value.tree}"},
        "parents": [_parent(world, owner, sha, "git/commits") for sha in value.parents],
        "verification": verification(owner, value.sha),
    }


def commit(world: World, owner: Repository, value: Commit) -> Json:
    """A `commit`, with the accounts that its e-mail addresses belong to (null where they belong to none)."""
    api = world.rest(owner)
    return {
        "sha": value.sha,
        "node_id": node_id("C", owner.id, value.sha),
        "url": f"{api}/commits/{value.sha}",
        "html_url": f"{world.html(owner)}/commit/{value.sha}",
        "comments_url": f"{api}/commits/{value.sha}/comments",
        "commit": {
            "url": f"{api}/git/commits/{value.sha}",
            "author": git_user(value.author),
            "committer": git_user(value.committer),
            "message": value.message.rstrip("\n"),
            "comment_count": 0,
            "tree": {"sha": value.tree, "url": f"{api}/git/trees/{value.tree}"},
            "verification": verification(owner, value.sha),
        },
        "author": _account(world, value.author),
        "committer": _account(world, value.committer),
        "parents": [_parent(world, owner, sha, "commits") for sha in value.parents],
    }


def commit_with_files(world: World, owner: Repository, value: Commit, files: tuple[FileDiff, ...]) -> Json:
    """A `commit` with its statistics and files."""
    added, removed = sum(f.additions for f in files), sum(f.deletions for f in files)
    return {
        **commit(world, owner, value),
        "stats": {"additions": added, "deletions": removed, "total": added + removed},
        "files": [diff_entry(world, owner, value.sha, file) for file in files],
    }


def _account(world: World, person: Person) -> Json | None:
    account = world.store.account_of(person.email)
    return simple_user(world, account.login) if account else None


def _parent(world: World, owner: Repository, sha: str, kind: str) -> Json:
    html = f"{world.html(owner)}/commit/{sha}"
    return {"sha": sha, "url": f"{world.rest(owner)}/{kind}/{sha}", "html_url": html}


def simple_commit(value: Commit) -> Json:
    """A `simple-commit`, as check suites and merge groups carry it."""
    return {
        "id": value.sha,
        "tree_id": value.tree,
        "message": value.message.rstrip("\n"),
        "timestamp": value.committer.date.isoformat(),
        "author": {"name": value.author.name, "email": value.author.email},
        "committer": {"name": value.committer.name, "email": value.committer.email},
    }


def pushed_commit(world: World, owner: Repository, value: Commit, files: tuple[FileDiff, ...]) -> Json:
    """A commit in a `push` event."""
    people = {}
    for key, person in (("author", value.author), ("committer", value.committer)):
        account = world.store.account_of(person.email)
        people[key] = {"name": person.name, "email": person.email, "date": person.date.isoformat()}
        people[key] |= {"username": account.login} if account else {}
    return {
        **simple_commit(value),
        **people,
        "distinct": True,
        "url": f"{world.html(owner)}/commit/{value.sha}",
        "added": [file.path for file in files if file.status == "added"],
        "removed": [file.path for file in files if file.status == "removed"],
        "modified": [file.path for file in files if file.status not in {"added", "removed"}],
    }


def diff_entry(world: World, owner: Repository, sha: str, file: FileDiff) -> Json:
    """A `diff-entry`: a changed file, its patch left out when it is binary or very large."""
    path = quote(file.path, errors="surrogateescape")
    small = file.patch is not None and file.additions + file.deletions <= PATCH_LINES
    return {
        "sha": file.sha,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{world.html(owner)}/blob/{sha}/{path}",
        "raw_url": f"{world.html(owner)}/raw/{sha}/{path}",
        "contents_url": f"{world.rest(owner)}/contents/{path}?ref={sha}",
        **({"previous_filename": file.previous_path} if file.previous_path else {}),
        **({"patch": file.patch} if small else {}),
    }


def tree_entry(world: World, owner: Repository, entry: TreeEntry) -> Json:
    """An entry of a `git-tree`."""
    git = world.store.git(owner)
    shown: Json = {"path": entry.path, "mode": entry.mode, "type": entry.type, "sha": entry.sha}
    if entry.type == "blob":
        shown["size"] = len(git.blob(entry.sha))
    if entry.type != "commit":
        shown["url"] = f"{world.rest(owner)}/git/{entry.type}s/{entry.sha}"
    return shown


def git_ref(world: World, owner: Repository, name: str, sha: str) -> Json:
    """A `git-ref`."""
    kind = world.store.git(owner).objects.read(sha)[0]
    return {
        "ref": name,
        "node_id": node_id("REF", owner.id, name),
        "url": f"{world.rest(owner)}/git/{quote(name)}",
        "object": {"sha": sha, "type": kind, "url": f"{world.rest(owner)}/git/{kind}s/{sha}"},
    }


def content(world: World, owner: Repository, entry: TreeEntry, ref: str) -> Json:
    """An entry of a `content-directory`."""
    path, ref = quote(entry.path, errors="surrogateescape"), quote(ref)
    kind = {"tree": "dir", "commit": "submodule"}.get(entry.type, "symlink" if entry.mode == "120000" else "file")
    api = f"{world.rest(owner)}/contents/{path}?ref={ref}"
    git_url = f"{world.rest(owner)}/git/{'trees' if kind == 'dir' else 'blobs'}/{entry.sha}"
    html = f"{world.html(owner)}/{'tree' if kind == 'dir' else 'blob'}/{ref}/{path}"
    size = len(world.store.git(owner).blob(entry.sha)) if entry.type == "blob" else 0
    return {
        "name": entry.name,
        "path": entry.path,
        "sha": entry.sha,
        "size": size,
        "url": api,
        "html_url": html,
        "git_url": git_url,
        "download_url": f"{world.html(owner)}/raw/{ref}/{path}" if entry.type == "blob" else None,
        "type": kind,
        "_links": {"self": api, "git": git_url, "html": html},
    }


def content_file(world: World, owner: Repository, entry: TreeEntry, ref: str) -> Json:
    """A `content-file`, its content in base64 in lines of 60 characters; over 1 MB the content is left out."""
    data = world.store.git(owner).blob(entry.sha)
    large = len(data) > 1_000_000  # noqa: PLR2004 -- docs.github.com, "Get repository content"
    encoded = base64.b64encode(data).decode()
    lines = "".join(f"{encoded[at : at + 60]}\n" for at in range(0, len(encoded), 60))
    shape = {"content": "" if large else lines, "encoding": "none" if large else "base64"}
    return {**content(world, owner, entry, ref), **shape}
