"""What every test may use."""

import signal
from pathlib import Path

import pytest

# A shell that starts the suite in the background has it ignore Ctrl-C, and so would every program that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ("tests.fidelity.plugin",)

_HERE = Path(__file__).parent

#: The rooms whose tests take longest, longest first: begun early, none of them is what everybody waits for in the end.
_LONG = ("end_to_end", "handlers", "adapters", "cli", "fidelity", "sandbox")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the rooms whose tests take long; within a room and a file the order stays."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    room = item.path.relative_to(_HERE).parts[0]
    return _LONG.index(room) if room in _LONG else len(_LONG)
