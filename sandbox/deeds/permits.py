"""Whether somebody may move a ref: branch protection, and the permission that workflow files need."""

from __future__ import annotations

from sandbox.git import GitRepository
from sandbox.rules import Move, gate_of, push_refusal
from sandbox.world import Scope

_WORKFLOWS = ".github/workflows"


def move_refusal(scope: Scope, ref: str, after: str | None) -> str | None:
    """Why the viewer may not move a ref (None: delete it); None if that's allowed.

    The new objects must be here where `asks_for_objects` says so.
    """
    branch = ref.removeprefix("refs/heads/")
    if branch == ref:
        return None
    before = scope.git.ref(ref)
    forced = bool(before and after and scope.git.has(after) and not scope.git.is_ancestor(before, after))
    admin = scope.viewer.may(scope.store, scope.repository, "administration:write", "admin")
    reason = push_refusal(scope.repository, branch, Move(before, after, forced), admin)
    return reason or (_workflow_refusal(scope, after) if after else None)


def asks_for_objects(scope: Scope, ref: str) -> bool:
    """Whether `move_refusal` has to look into the new commits, before a push has stored them."""
    return lacks_workflows(scope) or gate_of(scope.repository, ref.removeprefix("refs/heads/")).no_force_push


def lacks_workflows(scope: Scope) -> bool:
    """Whether an App acts that may not write workflow files."""
    return scope.viewer.app is not None and (scope.viewer.permissions or {}).get("workflows") != "write"


def _workflow_refusal(scope: Scope, after: str) -> str | None:
    """A workflow file that no branch has yet, of the same path and content, needs a permission of its own.

    docs.github.com, "Scopes for OAuth apps", `workflow`; Apps are refused in the same way.
    """
    if not lacks_workflows(scope):
        return None
    known = {each for tip in scope.git.refs("refs/heads/").values() for each in _files(scope.git, tip)}
    new = sorted(path for path, sha in _files(scope.git, after) if (path, sha) not in known)
    if not new:
        return None
    return f"refusing to allow a GitHub App to create or update workflow `{new[0]}` without `workflows` permission"


def _files(git: GitRepository, commit: str) -> set[tuple[str, str]]:
    folder = git.entry(commit, _WORKFLOWS)
    if folder is None or folder.type != "tree":
        return set()
    return {(f"{_WORKFLOWS}/{entry.path}", entry.sha) for entry in git.tree(folder.sha, recursive=True)}
