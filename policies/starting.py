"""A policy file to begin with: a preset, and who has its roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import yaml

from domain.people import Role
from policies import presets
from policies.configuration import Configuration
from policies.description import Description, template
from policies.policy_file import Classes


def roles_of(preset: str, classes: Classes) -> tuple[str, ...]:
    """The roles that a preset's policies name, in its order."""
    written: dict[str, Any] = yaml.safe_load(presets.text(preset)).get("policies") or {}
    settings = (
        value
        for policy in classes
        for key in _role_settings(policy)
        for value in [(written.get(policy.name) or {}).get(key)]
    )
    return tuple(dict.fromkeys(name for value in settings for name in _names(value)))


def starting_file(preset: str, roles: Mapping[str, str]) -> str:
    """The text of a policy file that extends a preset.

    Args:
        preset: the preset's name.
        roles: who has each role: a login, or "organisation/team".
    """
    lines = ["# yaml-language-server: $schema=hotfix.schema.json", "version: 1", f"extends: {preset}"]
    filled = {name: {"teams" if "/" in who else "users": [who]} for name, who in roles.items()}
    shown = yaml.safe_dump({"roles": filled}, sort_keys=False, default_flow_style=None) if filled else ""
    return "\n".join(lines) + "\n" + shown


def preset_alone(preset: str, classes: Classes) -> str:
    """The text of a policy file for repositories without one: a preset whose roles are the maintainers'.

    Nobody has said yet who has them, and whoever can write shouldn't become an engineering lead by that.
    """
    roles = {name: {"permission": "maintain"} for name in roles_of(preset, classes)}
    written = {"version": 1, "extends": preset, **({"roles": roles} if roles else {})}
    return yaml.safe_dump(written, sort_keys=False)


def pull_request_template(configuration: Configuration) -> str:
    """The pull request template that a configuration expects, "" where it asks for no description."""
    found = (policy for policy in configuration.every_policy if isinstance(policy, Description))
    return next((template(policy) for policy in found), "")


def _role_settings(policy: type[Any]) -> Iterator[str]:
    for name, field in policy.model_fields.items():
        if Role in {getattr(part, "__origin__", part) for part in get_args(field.annotation)}:
            yield name


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _names(each)
    elif isinstance(value, list):
        yield from value
