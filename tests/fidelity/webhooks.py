"""What GitHub's webhooks must look like today, and what they really looked like.

`check_webhook` holds a delivery of the sandbox against the official description; `examples` are real payloads, older
than the description, which a program must survive rather than understand.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.fidelity import materials, schemas
from tests.fidelity.excuses import excused

#: How many payloads version 7.6.1 holds; fewer would mean that the reader misses some.
EXAMPLE_COUNT = 329
HEADERS = (
    "X-GitHub-Event",
    "X-GitHub-Delivery",
    "X-GitHub-Hook-ID",
    "X-Hub-Signature-256",
    "User-Agent",
    "Content-Type",
)


@dataclass(frozen=True)
class Example:
    """One real payload of `@octokit/webhooks-examples`."""

    event: str
    number: int
    payload: Mapping[str, Any]

    @property
    def body(self) -> bytes:
        """The payload as it would be delivered."""
        return json.dumps(self.payload).encode()

    def __str__(self) -> str:
        action = self.payload.get("action")
        return f"{self.event}{f'-{action}' if action else ''}-{self.number}"


@functools.cache
def examples() -> tuple[Example, ...]:
    """All real payloads.

    Raises:
        materials.MaterialUnavailableError: They can't be fetched here.
    """
    text = (materials.fetched(materials.EXAMPLES) / "api.github.com" / "index.json").read_text(encoding="utf-8")
    found = [
        Example(event["name"], number, payload)
        for event in json.loads(text)
        for number, payload in enumerate(event["examples"])
    ]
    return tuple(found)


class Description:
    """GitHub's description of its webhooks."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.components: dict[str, Any] = document["components"]
        self.bodies: dict[str, Any] = document["bodies"]
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def faults(self, name: str, payload: Mapping[str, Any]) -> list[str]:
        """What a payload has against the description of its event and action."""
        schema = self.bodies[name]
        if name not in self._validators:
            self._validators[name] = schemas.validator(schema, self.components)
        wrong = schemas.faults(self._validators[name], payload)
        return wrong + schemas.undeclared(payload, [schema], self.components)


@functools.cache
def description() -> Description:
    """The description, cut to what the checks read.

    Raises:
        materials.MaterialUnavailableError: It can't be fetched here.
    """
    return Description(json.loads(materials.derived(materials.WEBHOOKS, "webhooks.json", _cut)))


def check_webhook(event: str, payload: Mapping[str, Any]) -> list[str]:
    """What a webhook has against GitHub's description of it: empty when nothing.

    Raises:
        materials.MaterialUnavailableError: The description can't be fetched here.
    """
    action = payload.get("action")
    name = f"{event}.{action}" if action else event
    if name not in description().bodies:
        return [f"webhook {name}: GitHub sends no such event"]
    wrong = description().faults(name, payload)
    return [f"webhook {name}: {each}" for each in wrong if not excused(f"webhook/{name}", 200, each)]


def check_headers(headers: Mapping[str, str]) -> list[str]:
    """The headers that GitHub puts on a delivery and this one lacks."""
    given = {name.lower() for name in headers}
    return [f"webhook: the header {name} is missing" for name in HEADERS if name.lower() not in given]


def _cut(folder: Path) -> bytes:
    document = json.loads((folder / "generated" / "api.github.com.json").read_bytes())
    components = schemas.described(document)
    bodies = dict(_bodies(document, components))
    return schemas.compact({"components": components, "bodies": bodies})


def _bodies(document: Mapping[str, Any], components: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for hook in document["webhooks"].values():
        event, name = hook["post"]["x-github"]["subcategory"], hook["post"]["operationId"]
        schema = schemas.translated(hook["post"]["requestBody"]["content"]["application/json"]["schema"])
        told = components[schema["$ref"]].get("properties", {}).get("action", {}).get("enum", [])
        actions = told or [each.replace("-", "_") for each in name.split("/")[1:]]
        yield from ((f"{event}.{action}", schema) for action in actions)
        if not actions:
            yield event, schema
