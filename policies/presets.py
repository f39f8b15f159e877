"""Ready-made policy files, one for each way of working, for `extends`."""

from __future__ import annotations

from functools import cache
from importlib import resources
from itertools import takewhile

from pydantic_core import PydanticCustomError

from policies.yaml_faults import nearest, quoted

_SUFFIX = ".yml"


@cache
def names() -> tuple[str, ...]:
    """The presets that there are, in alphabetical order."""
    files = (entry.name for entry in resources.files("presets").iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX)))


def text(name: str) -> str:
    """A preset's policy file.

    Args:
        name: one of `names()`.
    """
    return (resources.files("presets") / f"{name}{_SUFFIX}").read_text(encoding="utf-8")


def suits(name: str) -> str:
    """The sentence of a preset's first comment that says whom it suits, "" where there is none.

    Args:
        name: one of `names()`.
    """
    comment = takewhile(lambda line: line.startswith("#"), text(name).splitlines())
    said = " ".join(line.removeprefix("#").strip() for line in comment)
    return said[at:].partition(". ")[0].rstrip(".") + "." if (at := said.find("Suits ")) >= 0 else ""


def known(name: str) -> str:
    """The name itself.

    Raises:
        PydanticCustomError: there is no such preset.
    """
    if name not in names():
        near = nearest(name, names())
        context = {"name": quoted(name), "remedy": f"write `{near}`" if near else f"possible: {', '.join(names())}"}
        raise PydanticCustomError("preset", "there is no preset {name}", context)
    return name
