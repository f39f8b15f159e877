"""The policy file: from its text to a configuration, or to every fault in it with its place."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model
from pydantic_core import PydanticCustomError

from domain.errors import FileProblem, PolicyFileError
from domain.finding import Level
from domain.people import Role
from domain.pull_request import PolicyFile
from policies import by_severity, wording, yaml_text
from policies.backport_settings import BackportSettings
from policies.base import Policy
from policies.configuration import VERSION, Configuration
from policies.extending import POLICY_FILE, Extended, extended
from policies.override_settings import OverrideSettings
from policies.production_settings import ProductionSettings
from policies.roles import FilledRole, RoleName, RoleSettings, role_of
from policies.severities import MOST, Severities, severity_of
from policies.trigger_settings import Triggers

Classes = tuple[type[Policy], ...]


def _whole(value: object) -> object:
    """Keep 1.0 and true out, which Python takes for 1."""
    if type(value) is not int:
        raise PydanticCustomError("literal_error", "expected 1")
    return value


class FileModel(BaseModel):
    """The keys of the policy file. `policies` is refined by `file_model`, for the policies are not known here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[Literal[1], BeforeValidator(_whole)] = Field(
        description=f"The version of the file's form; always {VERSION}."
    )
    extends: Extended | None = Field(
        None,
        description="What this file builds on: a preset (`hotfix config presets` lists them), or a policy file of "
        f"another repository, `owner/repo:path@ref`; the path is {POLICY_FILE} unless told, the ref the default "
        "branch. What this file says itself counts, the other says the rest. A file that is extended may extend a "
        "preset, but no other file.",
    )
    triggers: Triggers = Field(default_factory=Triggers, description="What makes a pull request a hotfix.")
    production: ProductionSettings = Field(
        default_factory=ProductionSettings, description="Which branches are production, and what may go there."
    )
    roles: dict[RoleName, FilledRole] = Field(
        default_factory=dict, description="Groups of people by a name of your choice, for policies to refer to."
    )
    severities: Severities = Field(
        default_factory=dict,
        description="How grave an incident can be, gravest first, by names of your choice. With severities defined, "
        "any setting of a policy may be written as `{P0: …, P1: …}` or `{P0: …, default: …}`.",
    )
    policies: BaseModel
    backport: BackportSettings = Field(default_factory=BackportSettings, description="Where a merged hotfix goes next.")
    override: OverrideSettings = Field(
        default_factory=OverrideSettings, description="Who may let policies be in an emergency, on the record."
    )


@functools.cache
def file_model(classes: Classes) -> type[FileModel]:
    """The model of a policy file that may name these policies."""
    sections: dict[str, Any] = {
        policy.name.replace("-", "_"): (policy, Field(default_factory=policy, alias=policy.name)) for policy in classes
    }
    frozen = ConfigDict(frozen=True, extra="forbid")
    policies = create_model("Policies", __config__=frozen, **sections)
    described = Field(default_factory=policies, description="Settings of the policies; one left out has its defaults.")
    return create_model("PolicyFileModel", __base__=FileModel, policies=(policies, described))


def configure(file: PolicyFile | None, classes: Classes) -> Configuration:
    """Read a policy file; the built-in defaults where there is none.

    Raises:
        PolicyFileError: it can't be applied; every fault that was found is in it.
    """
    if file is None:
        return _configuration({"": file_model(classes).model_validate({"version": VERSION})}, classes)
    if file.text is None:
        why = file.problem or "this is no text file (or too large to be read)"
        raise PolicyFileError(file.source, (FileProblem(why),))
    node, problems = yaml_text.parse(file.text)
    if node is None and problems:
        raise PolicyFileError(file.source, problems)
    document, told = extended(_document(node, file), file)
    return _validated(document, (*problems, *told), file, classes)


def lane_alone(file: PolicyFile | None, classes: Classes) -> Configuration:
    """What a broken policy file still says of who is a hotfix and of production; all else is built in."""
    node, _ = yaml_text.parse((file and file.text) or "")
    if file is None or not isinstance(node, yaml_text.Section):
        return configure(None, classes)
    try:
        document, _ = extended(node, file)
        kept = tuple(entry for entry in document.entries if entry.key in {"version", "triggers", "production"})
        return _validated(replace(document, entries=kept), (), file, classes)
    except PolicyFileError:
        return configure(None, classes)


def _document(node: yaml_text.Node | None, file: PolicyFile) -> yaml_text.Section:
    if isinstance(node, yaml_text.Section):
        return node
    if node is None or (isinstance(node, yaml_text.Scalar) and node.value is None):
        message, remedy = "the file is empty: the key 'version' is missing", "begin it with `version: 1`"
        raise PolicyFileError(file.source, (FileProblem(message, 1, 1, remedy),))
    message = f"expected keys and values, found {wording.found(node)}"
    place = node.place
    raise PolicyFileError(file.source, (FileProblem(message, place.line, place.column, "begin it with `version: 1`"),))


def _validated(
    document: yaml_text.Section, problems: tuple[FileProblem, ...], file: PolicyFile, classes: Classes
) -> Configuration:
    names = _severity_names(document)
    reader = _Reader(file_model(classes), names)
    readings = {severity: reader.read(document, severity) for severity in ("", *names)}
    found = tuple(dict.fromkeys((*problems, *reader.problems)))
    if found:
        raise _error(file, found, reader.untold)
    return _configuration({severity: read for severity, read in readings.items() if read is not None}, classes)


class _Reader:
    """Reads one document for each severity and gathers every fault once."""

    def __init__(self, model: type[FileModel], names: tuple[str, ...]) -> None:
        self._model = model
        self._names = names
        self.problems: list[FileProblem] = []
        self.untold = 0

    def read(self, document: yaml_text.Section, severity: str) -> FileModel | None:
        """The document as it reads for a severity, None where it has faults."""
        resolved, missing = by_severity.resolved(document, severity, self._names)
        self.problems += missing
        data = _completed(cast("dict[str, Any]", yaml_text.plain(resolved)))
        context = {
            "roles": _known_roles(data),
            "severities": self._names,
            "policies": wording.keys(wording.annotation(self._model, ("policies",))),
        }
        try:
            # JSON is where pydantic's strict mode still takes lists for tuples and text for enumerations.
            return self._model.model_validate_json(json.dumps(data), strict=True, context=context)
        except ValidationError as error:
            told = tuple(wording.problems(error, resolved, self._model))
            self.problems += told
            self.untold = max(self.untold, error.error_count() - len(told))
            return None


def _severity_names(document: yaml_text.Section) -> tuple[str, ...]:
    entry = document.entry("severities")
    if entry is None or not isinstance(entry.value, yaml_text.Section):
        return ()
    return tuple(severity.key for severity in entry.value.entries)[:MOST]


#: A key that isn't known is a fault, whether there is something below it or not.
_MAY_BE_EMPTY = frozenset(FileModel.model_fields) - {"version"}


def _completed(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out sections with nothing below them (all commented out); ask for the severity where some are defined."""
    kept = {key: value for key, value in data.items() if value is not None or key not in _MAY_BE_EMPTY}
    for section in ("policies", "severities"):
        if isinstance(kept.get(section), dict):
            kept[section] = {key: {} if value is None else value for key, value in kept[section].items()}
    if kept.get("severities") and isinstance(policies := kept.setdefault("policies", {}), dict):
        severity = policies.setdefault("severity", {})
        if isinstance(severity, dict):
            severity.setdefault("level", str(Level.REQUIRED))
    return kept


def _known_roles(data: dict[str, Any]) -> dict[str, Role]:
    """The roles for policies to refer to; a broken one stands empty, for its fault is reported where it is."""
    written = data.get("roles")
    return {name: _role(name, value) for name, value in written.items()} if isinstance(written, dict) else {}


def _role(name: str, value: object) -> Role:
    try:
        return role_of(name, RoleSettings.model_validate_json(json.dumps(value), strict=True))
    except ValidationError:
        return Role(name)


def _configuration(readings: Mapping[str, FileModel], classes: Classes) -> Configuration:
    read = readings[""]
    return Configuration(
        triggers=read.triggers,
        production=read.production,
        roles={name: role_of(name, role) for name, role in read.roles.items()},
        severities={name: severity_of(name, settings) for name, settings in read.severities.items()},
        readings={severity: tuple(_policies(each, classes)) for severity, each in readings.items()},
        backport=read.backport,
        override=read.override,
    )


def _policies(read: FileModel, classes: Classes) -> Iterator[Policy]:
    for policy in classes:
        yield getattr(read.policies, policy.name.replace("-", "_"))


def _error(file: PolicyFile, problems: tuple[FileProblem, ...], untold: int = 0) -> PolicyFileError:
    ordered = sorted(problems, key=lambda problem: (problem.source, problem.line, problem.column))
    untold += max(0, len(ordered) - wording.MOST)
    if untold:
        ordered = [*ordered[: wording.MOST], FileProblem(f"and {untold} more faults, not shown here")]
    return PolicyFileError(file.source, tuple(ordered))
