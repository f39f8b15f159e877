"""Texts and branch names as a policy file may hold them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from policies.yaml_faults import quoted


def _visible(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError(
            "blank", "expected text, found nothing but blanks", {"remedy": "write it, or leave it out"}
        )
    return text


def check_branch_name(name: str) -> str:
    """Check a branch's name by what `git check-ref-format --branch` refuses."""
    context = {"name": quoted(name), "remedy": "write one branch's full name, like `develop`"}
    parts = name.split("/")
    if any(char in "*?[" for char in name):
        raise PydanticCustomError("branch", "{name} is no branch name: patterns are not possible here", context)
    if any(not char.isprintable() or char in " ~^:\\" for char in name) or ".." in name or "@{" in name:
        raise PydanticCustomError("branch", "{name} is no branch name", context)
    if name.startswith("-") or name == "@" or any(not part or part[0] == "." or part[-1] == "." for part in parts):
        raise PydanticCustomError("branch", "{name} is no branch name", context)
    if any(part.endswith(".lock") for part in parts):
        raise PydanticCustomError("branch", "{name} is no branch name: git reserves `.lock`", context)
    return name


Text = Annotated[str, StringConstraints(min_length=1), AfterValidator(_visible)]
BranchName = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(check_branch_name)]
