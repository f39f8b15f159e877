"""Branches, branch protection, rulesets and merge groups as JSON."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sandbox.model import BranchProtection, QueueEntry, Repository, Ruleset
from sandbox.shapes.commits import commit, simple_commit
from sandbox.store import node_id
from sandbox.world import Json, World, stamp


def branch(world: World, owner: Repository, name: str, sha: str) -> Json:
    """A `branch-with-protection`."""
    api = f"{world.rest(owner)}/branches/{quote(name)}"
    return {
        **short_branch(world, owner, name, sha),
        "commit": commit(world, owner, world.store.git(owner).commit(sha)),
        "_links": {"self": api, "html": f"{world.html(owner)}/tree/{quote(name)}"},
    }


def short_branch(world: World, owner: Repository, name: str, sha: str) -> Json:
    """A `short-branch`."""
    guard = owner.protections.get(name)
    checks = [{"context": c.context, "app_id": c.app_id} for c in (guard.required_checks if guard else None) or ()]
    level = "off" if not checks else "everyone" if guard and guard.enforce_admins else "non_admins"
    required = {"enforcement_level": level, "contexts": [c["context"] for c in checks], "checks": checks}
    return {
        "name": name,
        "commit": {"sha": sha, "url": f"{world.rest(owner)}/commits/{sha}"},
        "protected": guard is not None,
        "protection": {"enabled": guard is not None, "required_status_checks": required},
        "protection_url": f"{world.rest(owner)}/branches/{quote(name)}/protection",
    }


def protection(world: World, owner: Repository, guard: BranchProtection) -> Json:
    """A `protected-branch`."""
    api = f"{world.rest(owner)}/branches/{quote(guard.branch)}/protection"
    shape: Json = {
        "url": api,
        "required_signatures": {"url": f"{api}/required_signatures", "enabled": False},
        "enforce_admins": {"url": f"{api}/enforce_admins", "enabled": guard.enforce_admins},
        "required_linear_history": {"enabled": guard.required_linear_history},
        "allow_force_pushes": {"enabled": guard.allow_force_pushes},
        "allow_deletions": {"enabled": guard.allow_deletions},
        "block_creations": {"enabled": False},
        "required_conversation_resolution": {"enabled": guard.required_conversation_resolution},
        "lock_branch": {"enabled": guard.lock_branch},
        "allow_fork_syncing": {"enabled": False},
    }
    return {**shape, **_checks_part(api, guard), **_reviews_part(api, guard)}


def _checks_part(api: str, guard: BranchProtection) -> Json:
    if guard.required_checks is None:
        return {}
    checks = {
        "url": f"{api}/required_status_checks",
        "strict": guard.strict,
        "contexts": [check.context for check in guard.required_checks],
        "contexts_url": f"{api}/required_status_checks/contexts",
        "checks": [{"context": check.context, "app_id": check.app_id} for check in guard.required_checks],
    }
    return {"required_status_checks": checks}


def _reviews_part(api: str, guard: BranchProtection) -> Json:
    if guard.required_reviews is None:
        return {}
    reviews = {
        "url": f"{api}/required_pull_request_reviews",
        "dismiss_stale_reviews": guard.required_reviews.dismiss_stale_reviews,
        "require_code_owner_reviews": guard.required_reviews.require_code_owner_reviews,
        "required_approving_review_count": guard.required_reviews.count,
        "require_last_push_approval": guard.required_reviews.require_last_push_approval,
    }
    return {"required_pull_request_reviews": reviews}


def ruleset(world: World, owner: Repository, value: Ruleset) -> Json:
    """A `repository-ruleset`."""
    return {
        "id": value.id,
        "name": value.name,
        "target": value.target,
        "source_type": "Repository",
        "source": owner.full_name,
        "enforcement": value.enforcement,
        "bypass_actors": list(value.bypass_actors),
        "current_user_can_bypass": "never",
        "node_id": node_id("RRS", owner.id, value.id),
        "_links": {
            "self": {"href": f"{world.rest(owner)}/rulesets/{value.id}"},
            "html": {"href": f"{world.html(owner)}/rules/{value.id}"},
        },
        "conditions": {"ref_name": {"include": list(value.include), "exclude": list(value.exclude)}},
        "rules": list(value.rules),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.created_at),
    }


def merge_group(world: World, owner: Repository, entry: QueueEntry) -> dict[str, Any]:
    """The merge group of a queue entry, as the `merge_group` event carries it."""
    return {
        "head_sha": entry.head_sha,
        "head_ref": entry.ref,
        "base_sha": entry.base_sha,
        "base_ref": f"refs/heads/{entry.base_ref}",
        "head_commit": simple_commit(world.store.git(owner).commit(entry.head_sha)),
    }
