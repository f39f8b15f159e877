"""What a repository's policy file comes to: the policies with their settings, and what is around them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.finding import Level
from domain.people import Role
from domain.severity import Severity
from policies.approvals import Approvals
from policies.backport_settings import BackportSettings
from policies.base import Policy
from policies.durations import written
from policies.override_settings import OverrideSettings
from policies.production_settings import ProductionSettings
from policies.severities import DEFAULT
from policies.trigger_settings import Triggers

#: The only version of the file's form so far.
VERSION = 1


class Configuration(BaseModel):
    """Everything that a policy file decides, checked.

    Attributes:
        roles: the defined roles by their names.
        severities: the defined severities by their names, gravest first.
        readings: every policy in its order, those that are `off` included, by the severity that their settings are
            meant for; "" is for a change that tells none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    triggers: Triggers = Field(default_factory=Triggers)
    production: ProductionSettings = Field(default_factory=ProductionSettings)
    roles: Annotated[Mapping[str, Role], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({})
    )
    severities: Annotated[Mapping[str, Severity], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({})
    )
    readings: Annotated[Mapping[str, tuple[Policy, ...]], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({"": ()})
    )
    backport: BackportSettings = Field(default_factory=BackportSettings)
    override: OverrideSettings = Field(default_factory=OverrideSettings)

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies that count for a change that tells no severity, in their order."""
        return self.policies_at("")

    def policies_at(self, severity: str) -> tuple[Policy, ...]:
        """The policies that count for a severity, in their order, none of them `off`."""
        return tuple(policy for policy in self.readings[severity] if policy.level is not Level.OFF)

    @property
    def every_policy(self) -> tuple[Policy, ...]:
        """The policies that count for any severity; one whose settings differ stands here several times."""
        return tuple(dict.fromkeys(policy for severity in self.readings for policy in self.policies_at(severity)))

    @property
    def switched_off(self) -> tuple[str, ...]:
        """The names of the policies that are `off` for a change that tells no severity."""
        return tuple(policy.name for policy in self.readings[""] if policy.level is Level.OFF)

    @property
    def approving_roles(self) -> tuple[Role, ...]:
        """The roles that the policy `approvals` requires for any severity; none where it is off or requires none."""
        found = (policy.required for policy in self.every_policy if isinstance(policy, Approvals))
        return tuple({role.name: role for required in found for role in required}.values())

    def without(self, names: frozenset[str]) -> Configuration:
        """The same without the policies of these names."""
        kept = {
            severity: tuple(policy for policy in policies if policy.name not in names)
            for severity, policies in self.readings.items()
        }
        return self.model_copy(update={"readings": MappingProxyType(kept)})

    @property
    def verbal_approvals(self) -> bool:
        """Whether an approval by word of mouth counts for any severity."""
        return any(policy.verbal for policy in self.every_policy if isinstance(policy, Approvals))

    @property
    def digest(self) -> str:
        """The same for the same effective settings, however they were written; for fingerprints of verdicts."""
        return hashlib.sha256(json.dumps(settings(self), sort_keys=True).encode()).hexdigest()


def settings(configuration: Configuration) -> dict[str, Any]:
    """The effective configuration in the form of a policy file, as JSON values, with every default written out."""
    backport = configuration.backport.model_dump(mode="json", exclude_none=True)
    return {
        "version": VERSION,
        "triggers": configuration.triggers.model_dump(mode="json"),
        "production": configuration.production.model_dump(mode="json"),
        "roles": {name: _role(role) for name, role in configuration.roles.items()},
        **({"severities": _severities(configuration)} if configuration.severities else {}),
        "policies": {policy.name: _policy(configuration, policy.name) for policy in configuration.readings[""]},
        "backport": backport,
        "override": configuration.override.model_dump(mode="json", by_alias=True),
    }


def _role(role: Role) -> dict[str, Any]:
    if role.owns_files:
        return {"code_owners": True}
    permission = {"permission": role.permission} if role.permission else {}
    return {"teams": list(role.teams), "users": list(role.users), **permission}


def _severities(configuration: Configuration) -> dict[str, Any]:
    return {
        severity.name: {
            "description": severity.description,
            "labels": list(severity.labels),
            **({"within": written(severity.within)} if severity.within else {}),
            "hotfix": severity.is_hotfix,
            "instead": severity.instead,
        }
        for severity in configuration.severities.values()
    }


def _policy(configuration: Configuration, name: str) -> dict[str, Any]:
    """A policy's settings; where one differs by severity, its value for each."""
    dumps = {
        severity: next(policy for policy in policies if policy.name == name).model_dump(mode="json", exclude_none=True)
        for severity, policies in configuration.readings.items()
    }
    if all(dump["level"] == "off" for dump in dumps.values()):
        return {"level": "off"}
    keys = dict.fromkeys(key for dump in dumps.values() for key in dump)
    return {key: _setting({severity: dump.get(key) for severity, dump in dumps.items()}) for key in keys}


def _setting(values: dict[str, Any]) -> Any:
    if all(value == values[""] for value in values.values()):
        return values[""]
    return {severity or DEFAULT: value for severity, value in values.items()}


def show(configuration: Configuration) -> str:
    """The effective configuration as a policy file that configures exactly the same."""
    return yaml.safe_dump(
        settings(configuration), sort_keys=False, default_flow_style=None, allow_unicode=True, width=120
    )
