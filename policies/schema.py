"""The JSON Schema of the policy file: completion and checks in editors, from the models themselves."""

from __future__ import annotations

from typing import Any

from policies.extending import POLICY_FILE
from policies.policy_file import Classes, file_model
from policies.severities import DEFAULT

_BY_SEVERITY = f"The setting by severity: `{{P0: …, {DEFAULT}: …}}`."

#: What is said of a setting and not of its values.
_ABOUT = ("title", "description", "default")


def schema(classes: Classes) -> dict[str, Any]:
    """The schema of a policy file that may name these policies (JSON Schema 2020-12).

    An editor can't know which severities a file defines, so it accepts more than `hotfix config validate` does.
    """
    found = file_model(classes).model_json_schema(by_alias=True)
    definitions = found["$defs"]
    for policy in classes:
        properties = definitions[policy.__name__]["properties"]
        definitions[policy.__name__]["properties"] = {name: _setting(each) for name, each in properties.items()}
    definitions["Policies"]["properties"] = _optional(definitions["Policies"]["properties"])
    found["properties"] = _optional(found["properties"])
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"Hotfix Guard: {POLICY_FILE}"}
    return {**found, **head, "description": "What a hotfix must be in this repository."}


def _setting(written: dict[str, Any]) -> dict[str, Any]:
    """A setting, or one value for each severity."""
    about: dict[str, Any] = {key: written[key] for key in _ABOUT if key in written}
    value = {key: each for key, each in written.items() if key not in about}
    by_severity = {
        "type": "object",
        "description": _BY_SEVERITY,
        "minProperties": 1,
        "additionalProperties": value,
    }
    return {**about, "anyOf": [value, by_severity]}


def _optional(properties: dict[str, Any]) -> dict[str, Any]:
    """A section with nothing below it is one left out, so `null` is fine."""
    return {
        name: written if name == "version" else {"anyOf": [written, {"type": "null"}]}
        for name, written in properties.items()
    }
