"""What is wrong with a policy file, in plain words and at its place."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from domain.errors import FileProblem
from domain.finding import Level
from domain.people import Role
from policies.yaml_faults import nearest, quoted
from policies.yaml_text import Items, Node, Place, Scalar, Section, find

Path = tuple[str | int, ...]
Wording = Callable[[ErrorDetails, "_Spot"], tuple[str, str]]

_SIMPLE = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    timedelta: "a span of time",
    Role: "a role's name",
}
_SEQUENCES = (tuple, list, set, frozenset)
#: More than anybody mends in one go.
MOST = 100

#: A policy's own sentence may quote a setting, and that may be the whole file.
_LONGEST_SENTENCE = 300

#: How deep a policy's setting lies in the file: `policies.diff-size.fewer_than`.
_SETTING = 3

_YAML_1_1 = {"yes": "true", "on": "true", "no": "false", "off": "false"}
_PLURALS = {
    "a branch": "branches",
    "a check's name": "checks' names",
    "a whole number": "whole numbers",
    "a number": "numbers",
    "a role's name": "role names",
}


class _Spot:
    """Where an error is: the node there, its parent and what the model wants."""

    def __init__(self, path: Path, document: Section, model: type[BaseModel]) -> None:
        self.key = str(path[-1]) if path else ""
        self.path = path
        self.model = model
        self.node = find(document, path)
        self.parent = find(document, path[:-1])
        self.wanted = annotation(model, path)
        self.siblings = keys(annotation(model, path[:-1]))

    @property
    def place(self) -> Place:
        """Where the value stands, or what should have held it."""
        node = self.node or self.parent
        return node.place if node else Place(1, 1)

    @property
    def key_place(self) -> Place:
        """Where the key stands."""
        entry = self.parent.entry(self.key) if isinstance(self.parent, Section) else None
        return entry.place if entry else self.place


def problems(error: ValidationError, document: Section, model: type[BaseModel]) -> Iterator[FileProblem]:
    """The errors of a validation, told for people; the first `MOST`, for a file may be all faults."""
    for detail in error.errors(include_url=False)[:MOST]:
        # pydantic adds "[key]" to the path where a mapping's key and not its value is wrong.
        about_key = bool(detail["loc"]) and detail["loc"][-1] == "[key]"
        path = detail["loc"][:-1] if about_key else detail["loc"]
        spot = _Spot(path, document, model)
        message, remedy = _WORDINGS.get(detail["type"], _other)(detail, spot)
        place = spot.key_place if about_key or detail["type"] == "extra_forbidden" else spot.place
        yield FileProblem(message, place.line, place.column, remedy, place.source)


def found(node: Node | None) -> str:
    """What stands in the file, as a phrase."""
    match node:
        case Section():
            return "keys and values"
        case Items():
            return "a list"
        case Scalar(value=None) | None:
            return "nothing"
        case Scalar(value=bool()):
            return f"the word {node.written}"
        case Scalar(value=str()):
            return f"the text {quoted(node.written)}"
        case Scalar():
            return f"the number {quoted(node.written)[1:-1]}"


def words(wanted: Any) -> str:
    """What a setting takes, as a phrase: "a list of text", "a whole number above 0"."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if isinstance(wanted, FieldInfo) or origin is Annotated:
        return words(inner[0] if inner else wanted.annotation) + _limits(wanted.metadata if not inner else inner[1:])
    if origin in {Union, types.UnionType}:
        return " or ".join(words(part) for part in inner if part is not types.NoneType)
    if choices := _choices(wanted):
        return _choice(choices)
    if origin in _SEQUENCES:
        item = words(inner[0])
        return f"a list of {_PLURALS.get(item, item)}"
    return _SIMPLE.get(wanted) or str(getattr(wanted, "PHRASE", "keys and values"))


def annotation(model: type[BaseModel], path: Path) -> Any:
    """What the model wants at a path of the file, None where it wants nothing."""
    wanted: Any = model
    for step in path:
        wanted = _below(_bare(wanted), step)
    return wanted


def keys(wanted: Any) -> tuple[str, ...]:
    """The keys that may stand in a section, empty where they are free or where no section belongs."""
    bare = _bare(wanted)
    if not (isinstance(bare, type) and issubclass(bare, BaseModel)):
        return ()
    return tuple(field.alias or name for name, field in bare.model_fields.items())


def _bare(wanted: Any) -> Any:
    if isinstance(wanted, FieldInfo):
        return _bare(wanted.annotation)
    if get_origin(wanted) is Annotated:
        return _bare(get_args(wanted)[0])
    if get_origin(wanted) in {Union, types.UnionType}:
        return _bare(next(part for part in get_args(wanted) if part is not types.NoneType))
    return wanted


def _below(wanted: Any, step: str | int) -> Any:
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        fields = {field.alias or name: field for name, field in wanted.model_fields.items()}
        return fields.get(str(step))
    if get_origin(wanted) in _SEQUENCES:
        return get_args(wanted)[0]
    if get_origin(wanted) in {dict, Mapping}:
        return get_args(wanted)[1]
    return None


def _limits(metadata: Any) -> str:
    for limit in metadata:
        if isinstance(limit, Gt):
            return f" above {limit.gt}"
        if isinstance(limit, Ge):
            return f" of at least {limit.ge}"
    return ""


def _choice(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"one of {', '.join(values[:-1])} or {values[-1]}"


def _unknown(_detail: ErrorDetails, spot: _Spot) -> tuple[str, str]:
    near = nearest(spot.key, spot.siblings)
    what = "unknown policy" if spot.path[:-1] == ("policies",) else "unknown key"
    if near:
        return f"{what} {quoted(spot.key)}; did you mean {quoted(near)}?", f"write `{near}`"
    section, name = _elsewhere(spot) if len(spot.path) == 1 else ("", "")
    if name:
        return f"unknown key {quoted(spot.key)}; did you mean {quoted(name)} under {quoted(section)}?", (
            f"move it to `{section}: {{{name}: …}}`"
        )
    return f"{what} {quoted(spot.key)}", f"possible here: {', '.join(spot.siblings)}"


def _elsewhere(spot: _Spot) -> tuple[str, str]:
    """The section that a key at the top belongs to, with the key's right name; empty where none is near."""
    for section in spot.siblings:
        if name := nearest(spot.key, keys(annotation(spot.model, (section,)))):
            return section, name
    return "", ""


def _missing(_detail: ErrorDetails, spot: _Spot) -> tuple[str, str]:
    remedy = "begin the file with `version: 1`" if spot.path == ("version",) else f"add `{spot.key}: …`"
    return f"the key {quoted(spot.key)} is missing", remedy


def _wrong_type(_detail: ErrorDetails, spot: _Spot) -> tuple[str, str]:
    return f"expected {words(spot.wanted)}, found {found(spot.node)}", _type_remedy(spot)


def _type_remedy(spot: _Spot) -> str:
    node, bare = spot.node, _bare(spot.wanted)
    if isinstance(node, Section):
        return _section_remedy(spot)
    if not isinstance(node, Scalar) or node.value is None:
        return ""
    if bare in {str, Role} and not isinstance(node.value, str):
        return f'put it in quotes: `"{node.written}"`'
    return _text_remedy(spot, bare, node.value) if isinstance(node.value, str) else ""


def _section_remedy(spot: _Spot) -> str:
    """What to write where keys and values stand for a setting: most likely by severities that aren't defined."""
    if spot.path[0] != "policies" or len(spot.path) != _SETTING:
        return ""
    return "write one value, or one for each severity that `severities` defines, like `{P0: …, default: …}`"


def _text_remedy(spot: _Spot, bare: Any, text: str) -> str:
    """What to write where a text stands and something else is wanted."""
    if bare is int and text.isdecimal() and text.isascii():
        digits = text[:18]
        return f"leave the quotes out: `{digits}`" if digits == str(int(digits)) else f"write `{int(digits)}`"
    if bare is bool and text.casefold() in _YAML_1_1:
        return f"write `{_YAML_1_1[text.casefold()]}`"
    if get_origin(bare) in _SEQUENCES:
        return f"write `{spot.key}: [{quoted(text)}]`"
    if "level" in keys(bare) and text in set(Level):
        return f"write `{spot.key}: {{level: {text}}}`"
    return ""


def _wrong_choice(_detail: ErrorDetails, spot: _Spot) -> tuple[str, str]:
    wanted = words(spot.wanted)
    message = f"expected {wanted}, found {found(spot.node)}"
    if not isinstance(spot.node, Scalar):
        return message, _section_remedy(spot) if isinstance(spot.node, Section) else ""
    if spot.path == ("version",):
        return message, "write `version: 1`"
    near = nearest(spot.node.written, _choices(_bare(spot.wanted)))
    return message, f"write `{near}`" if near else ""


def _choices(bare: Any) -> list[str]:
    if isinstance(bare, type) and issubclass(bare, Enum):
        return [str(member.value) for member in bare]
    return [str(value) for value in get_args(bare)] if get_origin(bare) is Literal else []


def _empty(_detail: ErrorDetails, _spot: _Spot) -> tuple[str, str]:
    return "the text is empty", "write it, or leave it out"


def _too_long(detail: ErrorDetails, _spot: _Spot) -> tuple[str, str]:
    return f"the text is longer than {detail['ctx']['max_length']} characters", ""


def _few(detail: ErrorDetails, _spot: _Spot) -> tuple[str, str]:
    least = detail["ctx"]["min_length"]
    return f"the list holds {detail['ctx']['actual_length']} of at least {least} entries", ""


def _many(detail: ErrorDetails, _spot: _Spot) -> tuple[str, str]:
    return f"the list is longer than {detail['ctx']['max_length']} entries", ""


def _raised(detail: ErrorDetails, _spot: _Spot) -> tuple[str, str]:
    """A policy's own validator raised a ValueError: its text is the sentence."""
    return str(detail["ctx"]["error"])[:_LONGEST_SENTENCE], ""


def _other(detail: ErrorDetails, _spot: _Spot) -> tuple[str, str]:
    message = detail["msg"].removeprefix("Input should be ")
    if message != detail["msg"]:
        message = f"expected {message}"
    return message[:1].lower() + message[1:], str(detail.get("ctx", {}).get("remedy", ""))


#: The errors of pydantic that come to "expected this, found that".
_TYPES = """
    bool_parsing bool_type dataclass_type dict_type float_type frozen_set_type greater_than greater_than_equal
    int_from_float int_parsing int_parsing_size int_type list_type mapping_type model_attributes_type model_type
    set_type string_type tuple_type
    """.split()  # noqa: SIM905

_WORDINGS: dict[str, Wording] = {
    **dict.fromkeys(_TYPES, _wrong_type),
    **dict.fromkeys(("enum", "literal_error"), _wrong_choice),
    "extra_forbidden": _unknown,
    "missing": _missing,
    "string_too_short": _empty,
    "string_too_long": _too_long,
    "too_long": _many,
    "too_short": _few,
    "value_error": _raised,
}
