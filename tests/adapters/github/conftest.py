from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.server import Sandbox, Settings
from tests.adapters.github.shop import GRANTED, Shop
from tests.fidelity.gate import watch


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A repository on a sandbox of its own; what goes over its wire is held against GitHub's descriptions."""
    with Sandbox.start(tmp_path, Settings(app_slug="guard", permissions=GRANTED)) as sandbox:
        yield Shop.on(watch(sandbox))
