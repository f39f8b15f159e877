"""Patterns that a policy file may hold. They are untrusted: every one runs in linear time (re2)."""

from __future__ import annotations

import functools
from typing import Annotated, Any

import re2
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from policies.yaml_faults import quoted


def matches_branch(glob: str, branch: str) -> bool:
    """Whether a glob names a branch.

    The globs are those of GitHub's branch protection ("Managing a branch protection rule", fnmatch with
    `File::FNM_PATHNAME`): `*` and `?` stop at a slash, `**` crosses it, `[a-z]` is one character of a set, `[!a-z]`
    one outside of it, and a backslash takes the next character literally. Letter case counts, as it does in git.
    """
    return _compiled(glob).fullmatch(branch) is not None


def _check_branch_glob(glob: str) -> str:
    try:
        _compiled(glob)
    except (ValueError, re2.error) as error:
        message = "{glob} is no branch pattern: a `[` isn't closed, or its set is empty"
        context = {"glob": quoted(glob), "remedy": "close the set, or write `\\[` for the character itself"}
        raise PydanticCustomError("branch_glob", message, context) from error
    return glob


BranchGlob = Annotated[str, StringConstraints(min_length=1), AfterValidator(_check_branch_glob)]


@functools.lru_cache(maxsize=256)
def _compiled(glob: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    return re2.compile(_translate(glob), options)


def _translate(glob: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(glob):
        part, at = _one(glob, at)
        parts.append(part)
    return "".join(parts)


def _one(glob: str, at: int) -> tuple[str, int]:
    char = glob[at]
    if glob.startswith("**/", at) and (at == 0 or glob[at - 1] == "/"):
        return "(?:.*/)?", at + 3
    if glob.startswith("**", at):
        return ".*", at + 2
    if char in "*?":
        return ("[^/]*" if char == "*" else "[^/]"), at + 1
    if char == "[":
        return _set(glob, at)
    if char == "\\" and at + 1 < len(glob):
        return re2.escape(glob[at + 1]), at + 2
    return re2.escape(char), at + 1


def _set(glob: str, at: int) -> tuple[str, int]:
    end = glob.find("]", at + 2)
    if end < 0:
        raise ValueError(glob)
    inside = glob[at + 1 : end]
    negated = inside[0] in "!^"
    inside = inside[1:] if negated else inside
    if not inside:
        raise ValueError(glob)
    escaped = "".join(f"\\{char}" if char in "\\[]^&~|" else char for char in inside)
    return f"[{'^/' if negated else ''}{escaped}]", end + 1
