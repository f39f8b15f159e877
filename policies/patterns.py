"""Patterns that a policy file may hold. They are untrusted: every one runs in linear time (re2)."""

from __future__ import annotations

import functools
from typing import Annotated, Any

import re2
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from policies.yaml_faults import quoted

#: Characters of a regular expression; nobody reads a longer one.
MAX_PATTERN = 200

#: Bytes for one compiled expression (RE2's own default is 8 MB): larger ones make long texts slow.
_MOST_MEMORY = 1 << 20


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
    if glob.startswith("/") or glob.endswith("/") or "//" in glob:
        # git-check-ref-format: a name can't begin or end with a slash, nor hold two in a row.
        meant = "/".join(part for part in glob.split("/") if part) + ("/*" if glob.endswith("/") else "")
        context = {"glob": quoted(glob), "remedy": f"write `{meant}`"}
        raise PydanticCustomError("branch_glob", "{glob} can name no branch: a slash stands between two parts", context)
    return glob


BranchGlob = Annotated[str, StringConstraints(min_length=1), AfterValidator(_check_branch_glob)]


def compiled(pattern: str) -> Any:
    """A regular expression of RE2's syntax, which has no form that takes more than linear time.

    Raises:
        re2.error: it is none, or would need more memory than a pattern of a policy file is worth.
    """
    return _regular(pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern describes a whole text."""
    return compiled(pattern).fullmatch(text) is not None


def occurrences(pattern: str, text: str) -> list[str]:
    """What a pattern finds in a text, in order: whole words only, so that `INC-1` isn't found in `XINC-12`."""
    found = (match for match in compiled(pattern).finditer(text) if match.group())
    return [match.group() for match in found if _stands_alone(text, match.start(), match.end())]


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
    return before and (end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum()))


def _check_pattern(pattern: str) -> str:
    try:
        compiled(pattern)
    except re2.error as error:
        said = error.args[0].decode("utf-8", "replace") if error.args and isinstance(error.args[0], bytes) else ""
        remedy = "use the syntax of RE2 (github.com/google/re2/wiki/Syntax) and single quotes around the pattern"
        context = {"pattern": quoted(pattern), "said": said or "it is too large", "remedy": remedy}
        raise PydanticCustomError("pattern", "{pattern} is no regular expression: {said}", context) from error
    return pattern


#: A regular expression in RE2's syntax; whether it must match a whole text, a policy's setting says.
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PATTERN), AfterValidator(_check_pattern)]


@functools.lru_cache(maxsize=256)
def _regular(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    return re2.compile(pattern, options)


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
