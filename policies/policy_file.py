"""The policy file: from its text to a configuration, or to every fault in it with its place."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model
from pydantic_core import PydanticCustomError

from domain.errors import FileProblem, PolicyFileError
from domain.finding import Level
from domain.people import Role
from domain.pull_request import PolicyFile
from policies import wording, yaml_text
from policies.base import Policy
from policies.configuration import VERSION, BackportSettings, Configuration, Triggers
from policies.roles import FilledRole, RoleName, RoleSettings, role_of

#: Where the policy file lives in a repository.
POLICY_FILE = ".github/hotfix.yml"

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
    triggers: Triggers = Field(default_factory=Triggers, description="What makes a pull request a hotfix.")
    roles: dict[RoleName, FilledRole] = Field(
        default_factory=dict, description="Groups of people by a name of your choice, for policies to refer to."
    )
    policies: BaseModel
    backport: BackportSettings = Field(default_factory=BackportSettings, description="Where a merged hotfix goes next.")


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
        return _configuration(file_model(classes).model_validate({"version": VERSION}), classes)
    if file.text is None:
        raise PolicyFileError(file.source, (FileProblem("this is no text file (or too large to be read)"),))
    node, problems = yaml_text.parse(file.text)
    if node is None and problems:
        raise PolicyFileError(file.source, problems)
    return _validated(_document(node, file), problems, file, classes)


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
    data = _without_empty_sections(cast("dict[str, Any]", yaml_text.plain(document)))
    model = file_model(classes)
    try:
        # JSON is where pydantic's strict mode still takes lists for tuples and text for enumerations.
        read = model.model_validate_json(json.dumps(data), strict=True, context={"roles": _known_roles(data)})
    except ValidationError as error:
        found = tuple(wording.problems(error, document, model))
        raise _error(file, (*problems, *found), error.error_count() - len(found)) from None
    if problems:
        raise _error(file, problems)
    return _configuration(read, classes)


def _without_empty_sections(data: dict[str, Any]) -> dict[str, Any]:
    """A section with nothing below it (all of it commented out) is a section left out."""
    kept = {key: value for key, value in data.items() if value is not None or key == "version"}
    if isinstance(kept.get("policies"), dict):
        kept["policies"] = {key: {} if value is None else value for key, value in kept["policies"].items()}
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


def _configuration(read: FileModel, classes: Classes) -> Configuration:
    policies = tuple(_policies(read, classes))
    return Configuration(
        triggers=read.triggers,
        roles={name: role_of(name, role) for name, role in read.roles.items()},
        policies=tuple(policy for policy in policies if policy.level is not Level.OFF),
        switched_off=tuple(policy.name for policy in policies if policy.level is Level.OFF),
        backport=read.backport,
    )


def _policies(read: FileModel, classes: Classes) -> Iterator[Policy]:
    for policy in classes:
        yield getattr(read.policies, policy.name.replace("-", "_"))


def _error(file: PolicyFile, problems: tuple[FileProblem, ...], untold: int = 0) -> PolicyFileError:
    ordered = sorted(problems, key=lambda problem: (problem.line, problem.column))
    untold += max(0, len(ordered) - wording.MOST)
    if untold:
        ordered = [*ordered[: wording.MOST], FileProblem(f"and {untold} more faults, not shown here")]
    return PolicyFileError(file.source, tuple(ordered))
