"""Spans of time as the policy file writes them: `90m`, `24h`, `7d`."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import Annotated

import re2
from pydantic import PlainSerializer, PlainValidator
from pydantic_core import PydanticCustomError

from policies.yaml_faults import quoted

_FORM = re2.compile(r"([1-9][0-9]{0,4})\s*(m|h|d)")
_UNITS = MappingProxyType({"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)})


def _read(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    found = _FORM.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        context = {"shown": quoted(str(value)), "remedy": "write minutes, hours or days, like `90m`, `24h` or `7d`"}
        raise PydanticCustomError("duration", "{shown} is no span of time", context)
    return int(found.group(1)) * _UNITS[found.group(2)]


def written(span: timedelta) -> str:
    """A span as people say it: `90m`, `24h`, `7d`; days from two on."""
    for unit, least in (("d", 2), ("h", 1)):
        if not span % _UNITS[unit] and span // _UNITS[unit] >= least:
            return f"{span // _UNITS[unit]}{unit}"
    return f"{span // _UNITS['m']}m"


#: For settings: written as text in the file, held as a `timedelta`.
Duration = Annotated[
    timedelta, PlainValidator(_read, json_schema_input_type=str), PlainSerializer(written, return_type=str)
]
