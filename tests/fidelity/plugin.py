"""pytest's part of the fidelity gate: skips that are loud, and every exchange of every sandbox held to account.

`tests/conftest.py` loads it. It watches every sandbox that starts in the test process; what went over its wire is
judged when the test ends, and fails it.
"""

import functools
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest

from sandbox.server import Sandbox
from tests.fidelity import materials
from tests.fidelity.gate import GATE, watch

_HERE: dict[str, str] = {}


@functools.cache
def unavailable(material: materials.Material) -> str | None:
    """Why a material can't be had here; None when it's there (fetched first if need be)."""
    try:
        materials.fetched(material)
    except materials.MaterialUnavailableError as error:
        _HERE[material.serves] = str(error)
        return str(error)
    return None


def needs(*wanted: materials.Material) -> pytest.MarkDecorator:
    """Mark tests that can't run without materials; they are skipped where these can't be had, and the run says so."""
    return pytest.mark.fidelity(wanted)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and put every sandbox of this process under watch."""
    config.addinivalue_line("markers", "fidelity(materials): needs descriptions that are fetched by package name")
    Sandbox.on_start.append(watch)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what can't be judged."""
    for marker in item.iter_markers("fidelity"):
        for material in marker.args[0]:
            if reason := unavailable(material):
                pytest.skip(f"fidelity: {reason}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test whose sandbox said something that GitHub wouldn't."""
    try:
        result = yield
    except BaseException:
        GATE.forget()
        raise
    _judge(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Judge what was still under way when the test ended."""
    result = yield
    _judge(item)
    return result


def _judge(item: pytest.Item) -> None:
    if GATE.is_idle():
        return
    lacking = {each for each in (materials.OPENAPI, materials.WEBHOOKS, materials.GRAPHQL) if unavailable(each)}
    wrong = GATE.problems(lacking)
    if wrong:
        shown = "\n".join(f"  {count} x {each}" for each, count in Counter(wrong).most_common(20))
        pytest.fail(f"{item.nodeid}: the sandbox and GitHub's own description disagree:\n{shown}", pytrace=False)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand a worker's findings to the run that started it."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["fidelity"] = {"missing": _HERE, "checked": dict(GATE.checked)}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker found."""
    told = getattr(node, "workeroutput", {}).get("fidelity", {})
    _HERE.update(told.get("missing", {}))
    GATE.checked.update(told.get("checked", {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was held against GitHub's descriptions, and loudly what wasn't."""
    if GATE.checked:
        told = ", ".join(f"{count:,} {what}" for what, count in sorted(GATE.checked.items()))
        terminalreporter.write_line(f"fidelity: held against GitHub's own descriptions: {told}")
    if _HERE:
        terminalreporter.section("FIDELITY CHECKS SKIPPED", sep="!", red=True, bold=True)
        for serves, why in sorted(_HERE.items()):
            terminalreporter.write_line(f"not checked: {serves}\n  because {why}", red=True)
