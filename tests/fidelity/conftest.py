"""A town to try GitHub's behaviour in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.server import Sandbox, Settings
from tests.fidelity.town import GUARD, Town, receiving


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A sandbox with acme in it, its traffic judged."""
    with receiving() as receiver, Sandbox.start(tmp_path, Settings(app_slug=GUARD)) as sandbox:
        yield Town(sandbox, receiver)
