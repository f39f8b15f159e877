"""git made real: picks on remote repositories without a clone, and local repositories for the desk."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapters.git.local import LocalRepository
    from adapters.git.picking import Picker

__all__ = ["LocalRepository", "Picker"]

_HOMES = {"LocalRepository": "adapters.git.local", "Picker": "adapters.git.picking"}


def __getattr__(name: str) -> Any:
    """Load what is asked for (PEP 562): `hotfix check` needs nothing of the picks."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
