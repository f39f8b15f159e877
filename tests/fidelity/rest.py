"""Every REST exchange of the sandbox, checked against GitHub's own OpenAPI description.

`check_exchange` is the gate's one entry: the plugin hands it everything that any sandbox of any test exchanged.
"""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import jsonschema_rs

from sandbox.exchanges import Exchange
from tests.fidelity import materials, schemas
from tests.fidelity.excuses import excused

# These hold slashes: a branch name, a path of a file, `main...hotfix/x`.
MANY_SEGMENTS = frozenset({"ref", "path", "basehead", "branch", "head", "base"})
OTHER_FORMS = re.compile(r"vnd\.github\.(?:v3\.|v4\.)?(diff|patch|raw|html|sha|text|full|object)")


@dataclass(frozen=True)
class Operation:
    """One operation of the description."""

    name: str
    method: str
    path: re.Pattern[str]
    literal_segments: int
    body: Mapping[str, Any]

    def matches(self, method: str, path: str) -> bool:
        return self.method == method and self.path.fullmatch(path) is not None


class Description:
    """GitHub's description of its REST API; validators are compiled when first asked for."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.components: dict[str, Any] = document["components"]
        self.operations = [Operation(path=re.compile(each.pop("pattern")), **each) for each in document["operations"]]
        self._validators: dict[tuple[str, str], jsonschema_rs.Draft202012Validator] = {}

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation that a request is, the one with most words in common where several fit."""
        found = [each for each in self.operations if each.matches(method, path)]
        return max(found, key=lambda each: each.literal_segments, default=None)

    def faults(self, operation: Operation, part: str, schema: Any, value: Any) -> list[str]:
        """What a body has against its schema; `part` names it among the operation's bodies."""
        key = (operation.name, part)
        if key not in self._validators:
            self._validators[key] = schemas.validator(schema, self.components)
        wrong = schemas.faults(self._validators[key], value)
        return wrong + schemas.undeclared(value, [schema], self.components)


@functools.cache
def description() -> Description:
    """The description, cut to what the checks read.

    Raises:
        materials.MaterialUnavailableError: It can't be fetched here.
    """
    return Description(json.loads(materials.derived(materials.OPENAPI, "rest.json", _cut)))


def without_prefix(exchange: Exchange, prefix: str) -> Exchange:
    """The exchange as it would be on api.github.com."""
    return replace(exchange, path=exchange.path.removeprefix(prefix))


def check_exchange(exchange: Exchange) -> list[str]:
    """What an exchange has against GitHub's description: empty when nothing.

    Raises:
        materials.MaterialUnavailableError: The description can't be fetched here.
    """
    # WSGI hands paths over as Latin-1, whatever they are (PEP 3333).
    method, path = exchange.method.upper(), unquote(exchange.path.encode("latin-1").decode("utf-8", "replace"))
    operation = description().operation("GET" if method == "HEAD" else method, path)
    if operation is None:
        wrong, name = [f"GitHub has no such operation (answered {exchange.status})"], f"unknown {method} {path}"
    else:
        wrong, name = _problems(operation, exchange), operation.name
    return [f"{method} {path} [{name}] {each}" for each in wrong if not excused(name, exchange.status, each)]


def _problems(operation: Operation, exchange: Exchange) -> list[str]:
    if exchange.status >= 400:
        # A refused request may be malformed on purpose: then only the refusal is judged.
        return _answer_problems(operation, exchange)
    return (
        _query_problems(operation, exchange)
        + _request_problems(operation, exchange)
        + _answer_problems(operation, exchange)
    )


def _query_problems(operation: Operation, exchange: Exchange) -> list[str]:
    known: Mapping[str, Any] = operation.body["query"]
    given = parse_qsl(exchange.query, keep_blank_values=True)
    unknown = [f"request: query parameter {name!r} isn't known" for name, _ in given if name not in known]
    return unknown + [
        f"request: query parameter {name!r}: {value!r} is none of {known[name]['enum']}"
        for name, value in given
        if name in known and value not in map(str, known[name].get("enum", [value]))
    ]


def _request_problems(operation: Operation, exchange: Exchange) -> list[str]:
    schema = operation.body["request"]
    if not exchange.request_body:
        return ["request: the body is missing"] if operation.body["request_required"] else []
    if schema is None:
        return [] if exchange.request_body in (b"{}", b"null") else ["request: a body where none is expected"]
    try:
        sent = json.loads(exchange.request_body)
    except ValueError as error:
        return [f"request: no JSON: {error}"]
    return [f"request: {each}" for each in description().faults(operation, "request", schema, sent)]


def _answer_problems(operation: Operation, exchange: Exchange) -> list[str]:
    answers: Mapping[str, Any] = operation.body["answers"]
    status = str(exchange.status)
    if status not in answers:
        return [f"answer: status {status} isn't declared (declared: {', '.join(answers)})"]
    schema = answers[status]
    if schema is None or exchange.method.upper() == "HEAD":
        # What an error says is declared for few operations, and its form is tied to recordings elsewhere.
        return ["answer: a body where none is declared"] if exchange.response_body and exchange.status < 400 else []
    kind = _header(exchange.response_headers, "content-type")
    if "json" not in kind:
        wanted = OTHER_FORMS.search(_header(exchange.request_headers, "accept"))
        return [] if wanted else [f"answer: {kind or 'no content type'} where JSON was asked for"]
    try:
        answered = json.loads(exchange.response_body)
    except ValueError as error:
        return [f"answer: no JSON: {error}"]
    return [f"answer {status}: {each}" for each in description().faults(operation, status, schema, answered)]


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _cut(folder: Path) -> bytes:
    document = json.loads((folder / "generated" / "api.github.com.json").read_bytes())
    operations = [
        _operation(document, path, method, body)
        for path, methods in document["paths"].items()
        for method, body in methods.items()
    ]
    return schemas.compact({"components": schemas.described(document), "operations": operations})


def _operation(document: Mapping[str, Any], path: str, method: str, body: Mapping[str, Any]) -> dict[str, Any]:
    answers = {status: _resolved(document, answer) for status, answer in body["responses"].items()}
    request = _resolved(document, body.get("requestBody", {}))
    return {
        "name": body["operationId"],
        "method": method.upper(),
        "pattern": _pattern(path),
        "literal_segments": sum(not part.startswith("{") for part in path.split("/")),
        "body": {
            "query": _query(document, body.get("parameters", [])),
            "request": _json_schema(request),
            "request_required": bool(request.get("required", False)),
            "answers": {status: _json_schema(answer) for status, answer in answers.items()},
        },
    }


def _query(document: Mapping[str, Any], parameters: list[Any]) -> dict[str, Any]:
    resolved = [_resolved(document, each) for each in parameters]
    return {each["name"]: schemas.translated(each.get("schema", {})) for each in resolved if each["in"] == "query"}


def _pattern(path: str) -> str:
    def piece(part: str) -> str:
        if not part.startswith("{"):
            return re.escape(part)
        return ".+" if part.strip("{}") in MANY_SEGMENTS else "[^/]+"

    return "".join(piece(part) for part in re.split(r"(\{[^}]+\})", path))


def _json_schema(described: Mapping[str, Any]) -> Any:
    for kind, body in described.get("content", {}).items():
        if "json" in kind:
            return schemas.translated(body.get("schema", {}))
    return None


def _resolved(document: Mapping[str, Any], entry: Any) -> Any:
    while "$ref" in entry:
        found: Any = document
        for part in entry["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        entry = found
    return entry
