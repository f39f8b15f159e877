"""From GitHub's OpenAPI descriptions to JSON Schema validators, built one at a time and only for what is used."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jsonschema_rs

Schema = Any
PROSE = frozenset({"description", "title", "example", "examples", "deprecated", "externalDocs", "x-github"})


def translated(schema: Schema) -> Schema:
    """OpenAPI 3.0's `nullable` said in JSON Schema, prose left out.

    3.0 has no null type: https://spec.openapis.org/oas/v3.0.3#fixed-fields-20 ("A true value adds null to the allowed
    type"). Descriptions of 3.1 pass through unchanged, since they say `type: [string, null]` themselves.
    """
    if isinstance(schema, list):
        return [translated(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _translated_member(key, value) for key, value in schema.items() if key not in PROSE}
    return _with_null(plain) if plain.pop("nullable", False) is True else plain


def _translated_member(key: str, value: Schema) -> Schema:
    if key == "properties" and isinstance(value, dict):
        # Here the keys are names of fields, so "description" or "title" is a field and no prose.
        return {name: translated(each) for name, each in value.items()}
    return value if key in {"enum", "default", "const"} else translated(value)


def _with_null(schema: dict[str, Any]) -> Schema:
    if not schema.keys() & {"type", "enum", "allOf", "anyOf", "oneOf", "$ref"}:
        return schema
    return {"anyOf": [{"type": "null"}, schema]}


def described(document: Mapping[str, Any]) -> dict[str, Schema]:
    """The components of a description that schemas refer to, by their `$ref`."""
    return {
        f"#/components/schemas/{name}": translated(body) for name, body in document["components"]["schemas"].items()
    }


def references(schema: Schema) -> Iterator[str]:
    """Every `$ref` that stands directly in a schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for each in schema:
            yield from references(each)


def validator(schema: Schema, components: Mapping[str, Schema]) -> jsonschema_rs.Draft202012Validator:
    """A validator that carries the components its schema reaches, and no other: compiling all of them takes seconds."""
    reached: dict[str, Schema] = {}
    waiting = set(references(schema))
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached[name] = components[name]
            waiting |= set(references(components[name]))
    short = {name.removeprefix("#/components/schemas/"): body for name, body in reached.items()}
    whole = {"allOf": [schema], "components": {"schemas": short}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def faults(check: jsonschema_rs.Draft202012Validator, value: Any) -> list[str]:
    """What a value has against a schema, each with its place, the deepest cause of an `anyOf` first."""
    return [f"{_place(error.instance_path)}: {_short(error.message)}" for error in check.iter_errors(value)]


def undeclared(value: Any, schemas: Iterable[Schema], components: Mapping[str, Schema]) -> list[str]:
    """The fields of a value that its description doesn't know.

    GitHub's schemas are open, so a field of the sandbox's own invention would validate; a program that leans on it
    would fail on github.com.
    """
    return list(_undeclared(value, list(schemas), components, ()))


def _undeclared(
    value: Any, schemas: list[Schema], components: Mapping[str, Schema], path: tuple[str | int, ...]
) -> Iterator[str]:
    flat = list(_flattened(schemas, components))
    if isinstance(value, list):
        items = [each["items"] for each in flat if "items" in each]
        for index, each in enumerate(value):
            yield from _undeclared(each, items, components, (*path, index))
    if not isinstance(value, dict) or _is_open(flat):
        return
    for name, each in value.items():
        known = [schema["properties"][name] for schema in flat if name in schema.get("properties", {})]
        if known:
            yield from _undeclared(each, known, components, (*path, name))
        else:
            yield f"{_place([*path, name])}: GitHub's description knows no such field"


def _is_open(flat: list[dict[str, Any]]) -> bool:
    if any(schema.get("additionalProperties") not in (None, False) for schema in flat):
        return True
    return not any("properties" in schema for schema in flat)


def _flattened(schemas: Iterable[Schema], components: Mapping[str, Schema]) -> Iterator[dict[str, Any]]:
    for schema in schemas:
        if "$ref" in schema:
            yield from _flattened([components[schema["$ref"]]], components)
        yield schema
        for word in ("allOf", "anyOf", "oneOf"):
            yield from _flattened(schema.get(word, []), components)


def _place(path: Iterable[str | int]) -> str:
    return "/".join(str(part) for part in path) or "(the whole)"


def _short(message: str) -> str:
    return message if len(message) <= 400 else f"{message[:200]} … {message[-190:]}"


def compact(document: Any) -> bytes:
    """A document as bytes, for the cache."""
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
