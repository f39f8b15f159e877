"""A plugin that pytest loads while a proof is made: it tells from where the worktree's own packages were imported.

It is copied beside the throwaway worktrees and runs under their Python, whichever that is: it needs nothing of ours.
"""

from __future__ import annotations

import json
import os
import sys


def pytest_sessionfinish() -> None:
    """Write the files of those imported modules that a package of the worktree's has the name of."""
    place = os.environ.get("HOTFIX_GUARD_ORIGINS")
    if place:
        with open(place, "w", encoding="utf-8") as file:  # noqa: PTH123 - whatever Python this is
            json.dump(_origins(os.environ.get("HOTFIX_GUARD_WORKTREE", "")), file)


def _origins(worktree: str) -> dict[str, str]:
    standard = getattr(sys, "stdlib_module_names", ())
    found = {}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and "." not in name and name not in standard and _holds(worktree, name):
            found[name] = os.path.realpath(file)
    return found


def _holds(worktree: str, name: str) -> bool:
    places = [os.path.join(worktree, folder, name) for folder in ("src", "lib", "")]  # noqa: PTH118
    return any(os.path.isfile(f"{place}.py") or os.path.isfile(f"{place}/__init__.py") for place in places)  # noqa: PTH113
