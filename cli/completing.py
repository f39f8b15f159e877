"""What the shell may offer next: names that only the repository or the house knows."""

from __future__ import annotations

from pathlib import Path

import click

#: A list longer than this helps nobody.
_MOST = 200


def branches(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 - click's signature
    """The branches here, and those of the remote as it was fetched last."""
    from adapters.git.local import LocalRepository  # noqa: PLC0415 - completion waits for nothing else
    from domain.errors import HotfixGuardError  # noqa: PLC0415

    try:
        desk = LocalRepository(ctx.params.get("repo") or Path()).desk()
    except HotfixGuardError:
        return []
    names = [*desk.local, *(f"{desk.remote}/{name}" for name in desk.remote_branches)]
    return [name for name in names if name.startswith(incomplete)][:_MOST]


def presets(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """The presets."""
    import policies  # noqa: PLC0415

    return [name for name in policies.presets.names() if name.startswith(incomplete)]


def policy_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """The policies."""
    import policies  # noqa: PLC0415

    return [policy.name for policy in policies.POLICIES if policy.name.startswith(incomplete)]


def severities(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """The severities that the policy file of the default branch defines."""
    import policies  # noqa: PLC0415
    from adapters.git.local import LocalRepository  # noqa: PLC0415
    from domain.errors import HotfixGuardError  # noqa: PLC0415

    try:
        repository = LocalRepository(ctx.params.get("repo") or Path())
        base = repository.desk().default_base()
        file = repository.policy_file(base.oid, policies.POLICY_FILE) if base else None
        names = list(policies.configure(file).severities)
    except HotfixGuardError:
        return []
    return [name for name in names if name.casefold().startswith(incomplete.casefold())]
