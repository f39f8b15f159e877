"""Fuzzed policy files: what is broken is refused, and no policy is weaker than the file says."""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Mapping
from typing import Any

import yaml

from domain.errors import PolicyFileError
from domain.pull_request import PolicyFile
from policies import POLICIES, Configuration, configure, json_schema, presets, show
from tests.fuzzing import mutations

_TEXTS = ("lead", "oncall", "hotfix", "P0", "24h", "main", "release/*", "[a-z]+", "acme/leads", "*.md", "no", "", "é")
_NUMBERS = (0, 1, 5, 10, 999, -1, 10**19)
_WRONG: tuple[Any, ...] = (None, True, "x", 5, 1.5, [], ["x"], {}, {"x": 1}, [[]], -1, "~")


def fuzz(chance: random.Random) -> None:
    """One case.

    Raises:
        AssertionError: a broken file configures, or a file configures less than it says.
    """
    data = _document(chance)
    way = chance.randrange(4)
    if way == 0:
        _check(_dumped(chance, data))
    elif way == 1:
        _refused(_dumped(chance, _with_a_stranger(chance, data)))
    elif way == 2:
        _check(_dumped(chance, _with_something_else(chance, data)))
    else:
        text = _dumped(chance, data) if chance.random() < 0.5 else presets.text(chance.choice(presets.names()))
        _check(mutations.broken(chance, text) if chance.random() < 0.9 else mutations.garbage(chance))


def _configured(text: str) -> Configuration | None:
    try:
        return configure(PolicyFile(text, oid="f" * 40))
    except PolicyFileError as error:
        lines = len(text.splitlines()) + 2  # YAML 1.1 has line breaks of its own
        if not error.problems or not all(one.message and 0 <= one.line <= lines for one in error.problems):
            raise AssertionError(f"a fault without words or at no line: {error.problems}") from error
        return None


def _refused(text: str) -> None:
    assert _configured(text) is None, f"this configures:\n{text}"


def _check(text: str) -> None:
    found = _configured(text)
    if found is None:
        return
    said = _read(text)
    assert isinstance(said, dict), f"this is no policy file and configures:\n{text}"
    _nothing_is_passed_over(said, text)
    if "extends" not in said:
        _no_policy_is_weaker(said, found, text)
    again = configure(PolicyFile(show(found), oid="f" * 40))
    assert again.digest == found.digest, f"shows as something else:\n{text}"


def _nothing_is_passed_over(said: Mapping[str, Any], text: str) -> None:
    known = json_schema_of()["properties"]
    assert set(said) <= set(known), f"a key is passed over:\n{text}"
    policies = said.get("policies") or {}
    assert set(policies) <= {policy.name for policy in POLICIES}, f"a policy is passed over:\n{text}"


def _no_policy_is_weaker(said: Mapping[str, Any], found: Configuration, text: str) -> None:
    written = said.get("policies") or {}
    for policy in found.readings[""]:
        settings = written.get(policy.name) or {}
        level = settings.get("level", str(type(policy)().level))
        if policy.name == "severity" and said.get("severities"):
            level = settings.get("level", "required")
        if isinstance(level, str):
            assert policy.level == level, f"{policy.name} is {policy.level}, not {level}:\n{text}"


def _read(text: str) -> Any:
    """What a reader of our own makes of the text; every scalar is text."""
    try:
        return _plain(yaml.compose(text.removeprefix("\ufeff"), Loader=yaml.CSafeLoader), 0)
    except (yaml.YAMLError, RecursionError):
        return None


def _plain(node: yaml.Node | None, depth: int) -> Any:
    if isinstance(node, yaml.MappingNode):
        assert len({key.value for key, _ in node.value}) == len(node.value), "a key stands twice"
        return {key.value: _plain(value, depth + 1) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, depth + 1) for one in node.value]
    return None if node is None or node.value in {"", "~", "null"} else node.value


@functools.cache
def json_schema_of() -> dict[str, Any]:
    """The schema, made once."""
    return json_schema()


def _document(chance: random.Random) -> dict[str, Any]:
    schema = json_schema_of()
    data: dict[str, Any] = {"version": 1}
    for key in ("triggers", "severities", "policies", "backport"):
        if key in schema["properties"] and chance.random() < 0.5:
            data[key] = _value(chance, schema["properties"][key], 0)
    if chance.random() < 0.2:
        data["extends"] = chance.choice((*presets.names(), "nowhere"))
    if chance.random() < 0.7:
        data["roles"] = {"lead": {"users": ["alice"]}, "oncall": {"teams": ["acme/on-call"]}}
    if chance.random() < 0.3:
        data["severities"] = {"P0": {"labels": ["P0"]}, "P1": None}
    if chance.random() < 0.6:
        data["policies"] = {chance.choice(POLICIES).name: _settings(chance) for _ in range(3)}
    return data


def _settings(chance: random.Random) -> dict[str, Any] | None:
    choices = ("required", "advisory", "off", {"P0": "advisory", "default": "off"}, {"P0": "off", "P1": "required"})
    return chance.choice((None, {}, {"level": chance.choice(choices)}))


def _value(chance: random.Random, schema: Mapping[str, Any], depth: int) -> Any:  # noqa: PLR0911 - one a kind
    if "$ref" in schema:
        return _value(chance, json_schema_of()["$defs"][schema["$ref"].rpartition("/")[2]], depth)
    if "anyOf" in schema:
        return _value(chance, chance.choice(schema["anyOf"]), depth)
    if "enum" in schema:
        return chance.choice(schema["enum"])
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type")
    if kind == "object":
        return _object(chance, schema, depth)
    if kind == "array":
        return [_value(chance, schema.get("items", {}), depth + 1) for _ in range(chance.randrange(3))]
    simple = {"integer": _NUMBERS, "boolean": (True, False), "null": (None,), "number": (1.5,)}
    return chance.choice(simple.get(str(kind), _TEXTS))


def _object(chance: random.Random, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
    properties = schema.get("properties", {})
    kept = {
        key: _value(chance, value, depth + 1)
        for key, value in properties.items()
        if key in schema.get("required", ()) or chance.random() < 0.25
    }
    more = schema.get("additionalProperties")
    if isinstance(more, dict) and depth < 8:
        kept |= {chance.choice(("P0", "P1", "lead", "default")): _value(chance, more, depth + 1) for _ in range(2)}
    return kept


def _with_a_stranger(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    """The document with a key that no policy file knows, at its top or among the policies."""
    name = chance.choice(("polices", "Version", "dif-size", "approval", "x" * 300, "on", "é"))
    value = chance.choice(_WRONG)
    if chance.random() < 0.5:
        return data | {name: value}
    policies = data.get("policies")
    return data | {"policies": (policies if isinstance(policies, dict) else {}) | {name: value}}


def _with_something_else(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    """The document with one value exchanged for something of any type."""
    copy: dict[str, Any] = json.loads(json.dumps(data))
    places = list(_places(copy))
    where, key = chance.choice(places)
    where[key] = chance.choice(_WRONG)
    return copy


def _places(value: Any) -> Any:
    if isinstance(value, dict | list):
        for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _places(inner)


def _dumped(chance: random.Random, data: dict[str, Any]) -> str:
    if chance.random() < 0.3:
        return json.dumps(data)
    flow = chance.choice((True, False, None))
    return yaml.dump(data, Dumper=yaml.CSafeDumper, default_flow_style=flow, allow_unicode=True, sort_keys=False)
