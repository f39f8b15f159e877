"""pytest's part of the fidelity gate: skips that are loud, and every exchange of every sandbox held to account."""

import functools
from collections.abc import Callable

import pytest

from tests.fidelity import materials

_WHY: dict[str, str] = {}


@functools.cache
def unavailable(material: materials.Material) -> str | None:
    """Why a material can't be had here; None when it's there (fetched first if need be)."""
    try:
        materials.fetched(material)
    except materials.MaterialUnavailableError as error:
        _WHY[material.name] = f"{material.serves} ({error})"
        return str(error)
    return None


def needs(*wanted: materials.Material) -> pytest.MarkDecorator:
    """Mark tests that can't run without materials; they are skipped where these can't be had, and the run says so."""
    return pytest.mark.fidelity(wanted)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fidelity(materials): needs descriptions that are fetched by package name")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("fidelity"):
        for material in marker.args[0]:
            if reason := unavailable(material):
                pytest.skip(f"fidelity: {reason}")


Check = Callable[[object], list[str]]
