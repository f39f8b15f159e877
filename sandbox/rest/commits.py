"""REST: commits, and git's own objects (docs.github.com/rest/commits, /rest/git)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from sandbox.deeds.merges import person_of
from sandbox.errors import RefusedError, not_found
from sandbox.git import EMPTY_TREE
from sandbox.objects import GitError, Person
from sandbox.rest.calls import Call, Reply, Route, at, demand_path, reading_body
from sandbox.rest.diffs import diff_reply
from sandbox.shapes import commits as shapes
from sandbox.store import node_id

_MODES = {"100644", "100755", "040000", "160000", "120000"}


def list_commits(call: Call) -> Any:
    """`GET /commits`: from `sha` back, of one `path`, one `author` or since and until, if asked."""
    start = call.git.resolve(call.query.get("sha") or call.repo.default_branch)
    if start is None:
        raise not_found()
    path = call.query.get("path")
    limits = [f"--{key}={call.query[key]}" for key in ("since", "until") if key in call.query]
    shas = call.git.run("rev-list", *limits, start, "--", *([path] if path else [])).decode().split()
    found = [sha for sha in shas if "author" not in call.query or _wrote(call, sha)]
    return [shapes.commit(call.world, call.repo, call.git.commit(sha)) for sha in call.page(found)]


def _wrote(call: Call, sha: str) -> bool:
    email = call.git.commit(sha).author.email
    account = call.store.account_of(email)
    return call.query["author"] in {email, account.login if account else ""}


def get_commit(call: Call) -> Any:
    """`GET /commits/{ref}`: with files; as a diff or as a bare SHA by media type."""
    sha = call.scope.commit_sha(call.args["ref"])
    commit = call.git.commit(sha)
    if call.wants("sha"):
        return Reply(sha, media_type="application/vnd.github.sha; charset=utf-8")
    if call.wants("diff") and commit.parents:
        return diff_reply(call, (commit.parents[0], sha))
    files = call.git.diff(commit.parents[0] if commit.parents else EMPTY_TREE, sha)
    return shapes.commit_with_files(call.world, call.repo, commit, files)


# Git's objects


def get_git_commit(call: Call) -> Any:
    """`GET /git/commits/{sha}`."""
    try:
        return shapes.git_commit(call.world, call.repo, call.git.commit(call.args["sha"]))
    except GitError:
        raise not_found() from None


def create_git_commit(call: Call) -> Any:
    """`POST /git/commits`; GitHub signs it when an App made it and named no other author."""
    tree, parents, given = call.text("tree"), call.texts("parents"), call.body
    if not call.git.has(tree):
        raise RefusedError(422, "Tree SHA does not exist")
    if not all(call.git.has(parent) for parent in parents):
        raise RefusedError(422, "Parent SHA does not exist or is not a commit object")
    author = _person(call, "author") or person_of(call.scope, call.scope.login)
    people = (author, _person(call, "committer") or author)
    sha = call.git.write_commit(tree, parents, people, call.text("message"))
    if call.scope.viewer.app and not given.get("author") and not given.get("committer"):
        call.repo.verified_commits.add(sha)
    return shapes.git_commit(call.world, call.repo, call.git.commit(sha))


def _person(call: Call, key: str) -> Person | None:
    given = call.body.get(key)
    if not given:
        return None
    with reading_body():
        when = type(call)(**{**vars(call), "body": given}).moment("date")
        return Person(given["name"], given["email"], when or call.store.now())


def get_tree(call: Call) -> Any:
    """`GET /git/trees/{sha}`: a tree, a commit or a branch; recursive if asked."""
    sha = call.git.resolve(call.args["sha"])
    if sha is None:
        raise not_found()
    tree = call.git.commit(sha).tree if call.git.objects.read(sha)[0] == "commit" else sha
    return _tree(call, tree, bool(call.query.get("recursive")))


def _tree(call: Call, sha: str, recursive: bool) -> Any:
    return {
        "sha": sha,
        "url": f"{call.world.rest(call.repo)}/git/trees/{sha}",
        "tree": [shapes.tree_entry(call.world, call.repo, entry) for entry in call.git.tree(sha, recursive)],
        "truncated": False,
    }


def create_tree(call: Call) -> Any:
    """`POST /git/trees`: entries with `sha`, with `content`, or with a null `sha` to remove; on a `base_tree`."""
    base = call.optional_text("base_tree")
    if base and not call.git.has(base):
        raise not_found()
    changes: dict[str, tuple[str, str] | None] = {}
    with reading_body():
        for entry in call.body["tree"]:
            changes[entry["path"]] = _tree_change(call, entry)
    if base and call.git.objects.read(base)[0] == "commit":
        base = call.git.commit(base).tree
    return _tree(call, call.git.write_tree(changes, base), recursive=False)


def _tree_change(call: Call, entry: Mapping[str, Any]) -> tuple[str, str] | None:
    demand_path(entry["path"], "tree.path")
    if entry["mode"] not in _MODES:
        raise RefusedError(422, f"tree.mode {entry['mode']} is not supported")
    sha = call.git.write_blob(entry["content"].encode()) if "content" in entry else entry["sha"]
    if sha and entry["mode"] != "160000" and not call.git.has(sha):
        raise RefusedError(422, f"tree.sha {sha} is not a valid {entry.get('type', 'blob')}")
    return (entry["mode"], sha) if sha else None


def get_blob(call: Call) -> Any:
    """`GET /git/blobs/{sha}`, in base64, or raw by media type."""
    sha = call.args["sha"]
    if not call.git.has(sha):
        raise not_found()
    data = call.git.blob(sha)
    if call.wants("raw"):
        return Reply(data, media_type="application/vnd.github.raw; charset=utf-8")
    return {**_blob(call, sha), "size": len(data), "content": base64.encodebytes(data).decode(), "encoding": "base64"}


def _blob(call: Call, sha: str) -> dict[str, Any]:
    node = node_id("B", call.repo.id, sha)
    return {"sha": sha, "node_id": node, "url": f"{call.world.rest(call.repo)}/git/blobs/{sha}"}


def create_blob(call: Call) -> Any:
    """`POST /git/blobs`."""
    content = call.text("content")
    try:
        data = base64.b64decode(content) if call.optional_text("encoding") == "base64" else content.encode()
    except binascii.Error:
        raise RefusedError(422, "content is not valid Base64") from None
    shown = _blob(call, call.git.write_blob(data))
    return {"sha": shown["sha"], "url": shown["url"]}


def list_tags(call: Call) -> Any:
    """`GET /tags`."""
    tags = call.page(list(call.git.refs("refs/tags/").items()))
    return [_tag(call, name.removeprefix("refs/tags/"), call.git.peel(sha)) for name, sha in tags]


def _tag(call: Call, name: str, sha: str) -> Any:
    api = call.world.rest(call.repo)
    return {
        "name": name,
        "commit": {"sha": sha, "url": f"{api}/commits/{sha}"},
        "zipball_url": f"{api}/zipball/refs/tags/{name}",
        "tarball_url": f"{api}/tarball/refs/tags/{name}",
        "node_id": node_id("REF", call.repo.id, f"refs/tags/{name}"),
    }


def create_tag(call: Call) -> Any:
    """`POST /git/tags`: a tag object; the ref is made apart."""
    target, kind = call.text("object"), call.optional_text("type") or "commit"
    if not call.git.has(target):
        raise RefusedError(422, "Object does not exist")
    tagger = _person(call, "tagger") or person_of(call.scope, call.scope.login)
    head = f"object {target}\ntype {kind}\ntag {call.text('tag')}\n"
    when = f"{int(tagger.date.timestamp())} +0000"
    text = f"{head}tagger {tagger.name} <{tagger.email}> {when}\n\n{call.text('message')}\n"
    return _tag_object(call, call.git.objects.write("tag", text.encode()))


def get_tag(call: Call) -> Any:
    """`GET /git/tags/{sha}`."""
    if not call.git.has(call.args["sha"]) or call.git.objects.read(call.args["sha"])[0] != "tag":
        raise not_found()
    return _tag_object(call, call.args["sha"])


def _tag_object(call: Call, sha: str) -> Any:
    head, _, message = call.git.objects.read(sha)[1].decode("utf-8", "replace").partition("\n\n")
    fields = dict(line.split(" ", 1) for line in head.splitlines())
    name, _, rest = fields["tagger"].partition(" <")
    email, _, when = rest.partition("> ")
    tagger = Person(name, email, call.store.now().fromtimestamp(int(when.split()[0]), call.store.now().tzinfo))
    api = f"{call.world.rest(call.repo)}/git"
    return {
        "node_id": node_id("TA", call.repo.id, sha),
        "tag": fields["tag"],
        "sha": sha,
        "url": f"{api}/tags/{sha}",
        "message": message.rstrip("\n"),
        "tagger": shapes.git_user(tagger),
        "object": {
            "sha": fields["object"],
            "type": fields["type"],
            "url": f"{api}/{fields['type']}s/{fields['object']}",
        },
        "verification": shapes.verification(call.repo, sha),
    }


ROUTES = at(
    "/repos/<owner>/<repo>",
    Route("GET", "/commits", list_commits, "contents:read"),
    Route("GET", "/commits/<path:ref>", get_commit, "contents:read"),
    Route("GET", "/git/commits/<sha>", get_git_commit, "contents:read"),
    Route("POST", "/git/commits", create_git_commit, "contents:write", 201),
    Route("GET", "/git/trees/<path:sha>", get_tree, "contents:read"),
    Route("POST", "/git/trees", create_tree, "contents:write", 201),
    Route("GET", "/git/blobs/<sha>", get_blob, "contents:read"),
    Route("POST", "/git/blobs", create_blob, "contents:write", 201),
    Route("GET", "/tags", list_tags, "contents:read"),
    Route("GET", "/git/tags/<sha>", get_tag, "contents:read"),
    Route("POST", "/git/tags", create_tag, "contents:write", 201),
)
