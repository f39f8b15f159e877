"""A promise in place of a proof: what may be brought after the merge, at which severities, and within which time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from policies.durations import Duration
from policies.yaml_faults import nearest, quoted


def _defined(name: str, info: ValidationInfo) -> str:
    severities: Iterable[str] = (info.context or {}).get("severities", ())
    if name in severities:
        return name
    near = nearest(name, severities)
    message = "no severity {name} is defined under `severities`" + ("; did you mean {near}?" if near else "")
    remedy = f"write `{near}`, or define the severity" if near else f"define it: `severities: {{{name}: {{}}}}`"
    raise PydanticCustomError(
        "unknown_severity", message, {"name": quoted(name), "near": quoted(near), "remedy": remedy}
    )


#: For settings: the name of a severity that the policy file defines.
NamedSeverity = Annotated[str, AfterValidator(_defined)]


class Deferral(BaseModel):
    """Who may promise, and until when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severities: tuple[NamedSeverity, ...] = Field(
        min_length=1, description="The severities at which a promise will do."
    )
    within: Duration = Field(description="How long after the merge the promise is due, like `24h`.")
