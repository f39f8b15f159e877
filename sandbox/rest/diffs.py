"""REST: comparisons, and the diff media type with its limits."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sandbox.errors import RefusedError, not_found
from sandbox.rest.calls import Call, Reply, Route, at
from sandbox.shapes import commits as shapes

#: The diff media type is refused above these (in practice; the answer names them), and a comparison lists this many
#: files at most ("Compare two commits").
DIFF_FILES, DIFF_LINES, COMPARED_FILES = 300, 20_000, 300


def diff_reply(call: Call, ends: tuple[str, str]) -> Reply:
    """The diff from the merge base of two commits to the second one.

    Raises:
        RefusedError: it is too large (406).
    """
    base = call.git.merge_base(*ends)
    files = call.git.diff(base, ends[1]) if base else ()
    if len(files) > DIFF_FILES:
        raise _too_large(f"diff exceeded the maximum number of files ({DIFF_FILES})")
    text = "".join(file.text for file in files)
    if text.count("\n") > DIFF_LINES:
        raise _too_large(f"diff exceeded the maximum number of lines ({DIFF_LINES})")
    return Reply(text, media_type="application/vnd.github.diff; charset=utf-8")


def _too_large(reason: str) -> RefusedError:
    error = {"resource": "PullRequest", "field": "diff", "code": "too_large"}
    return RefusedError(406, f"Sorry, the {reason}.", [error])


def compare(call: Call) -> Any:
    """`GET /compare/{base}...{head}`, as JSON or as a diff; `owner:branch` names a fork's branch."""
    base_name, dots, head_name = call.args["basehead"].partition("...")
    base, head = _end(call, base_name), _end(call, head_name)
    merge_base = call.git.merge_base(base, head) if dots else None
    if merge_base is None:
        raise not_found()
    if call.wants("diff"):
        return diff_reply(call, (base, head))
    ahead, behind = call.git.commits_between(base, head), call.git.log(f"^{head}", base)
    # "The list of changed files is only shown on the first page of results" ("Compare two commits").
    files = call.git.diff(merge_base, head)[:COMPARED_FILES] if call.number("page", 1) <= 1 else ()
    return {
        **_summary(call, (base_name, head_name)),
        **_sides(call, (base, merge_base), ahead, len(behind)),
        "files": [shapes.diff_entry(call.world, call.repo, head, file) for file in files],
    }


def _end(call: Call, name: str) -> str:
    owner, colon, revision = name.rpartition(":")
    if not colon or owner.lower() == call.repo.owner.lower():
        sha = call.git.resolve(revision)
    else:
        fork = next((f for f in call.store.forks(call.repo) if f.owner.lower() == owner.lower()), None)
        sha = call.store.git(fork).resolve(revision) if fork else None
        if fork and sha and not call.git.has(sha):
            call.git.fetch(call.store.git(fork), sha)
    if sha is None:
        raise not_found()
    return sha


def _summary(call: Call, names: tuple[str, str]) -> dict[str, Any]:
    html = f"{call.world.html(call.repo)}/compare/{quote(names[0])}...{quote(names[1])}"
    return {
        "url": f"{call.world.rest(call.repo)}/compare/{quote(names[0])}...{quote(names[1])}",
        "html_url": html,
        "permalink_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
    }


def _sides(call: Call, bases: tuple[str, str], ahead: list[str], behind: int) -> dict[str, Any]:
    words = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind", (False, False): "identical"}

    def shape(sha: str) -> Any:
        return shapes.commit(call.world, call.repo, call.git.commit(sha))

    return {
        "base_commit": shape(bases[0]),
        "merge_base_commit": shape(bases[1]),
        "status": words[bool(ahead), bool(behind)],
        "ahead_by": len(ahead),
        "behind_by": behind,
        "total_commits": len(ahead),
        "commits": [shape(sha) for sha in call.page(ahead)],
    }


ROUTES = at("/repos/<owner>/<repo>", Route("GET", "/compare/<path:basehead>", compare, "contents:read"))
