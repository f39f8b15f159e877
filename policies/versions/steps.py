"""Which step leads from one version to another.

Semver: semver.org 2.0.0, points 2 and 9 to 11. PEP 440 ("Version Identification and Dependency Specification"): the
release segment's third number is the micro version, which is what others call patch.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import re2
from packaging.version import InvalidVersion, Version


class Part(StrEnum):
    """A part of a version; `post` is PEP 440's post-release, `build` a fourth number."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A version in numbers.

    Attributes:
        numbers: the release segment.
        prefix: "v", an epoch ("1!") or nothing.
        suffix: what follows the numbers (pre-release, post-release, build metadata) as written.
        post: the number of a post-release, -1 where it is none.
    """

    numbers: tuple[int, ...]
    prefix: str
    suffix: str
    post: int = -1

    @property
    def is_prerelease(self) -> bool:
        """Whether it is older than the plain numbers say."""
        return bool(self.suffix) and self.post < 0 and not self.suffix.startswith("+")


_FORM = re2.compile(r"(v?(?:[0-9]+!)?)([0-9]{1,9}(?:\.[0-9]{1,9}){0,4})((?:[-+._]?[A-Za-z0-9][A-Za-z0-9.+_-]*)?)")
_INDEX = {Part.MAJOR: 0, Part.MINOR: 1, Part.PATCH: 2}


def parse(text: str, *, python: bool) -> Parsed | None:
    """A version's parts, None where it is none."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        return None
    prefix, numbers, suffix = match.groups()
    post = -1
    if python:
        try:
            found = Version(text)
        except InvalidVersion:
            return None
        post = found.post if found.post is not None and found.pre is None and found.dev is None else -1
    return Parsed(tuple(int(number) for number in numbers.split(".")), prefix, suffix, post)


def wanted(base: Parsed, part: Part) -> str:
    """The version that one step of a part leads to; a pre-release is finished by the numbers that it announces."""
    numbers = [*base.numbers, 0, 0, 0][: max(3, len(base.numbers))]
    if not base.is_prerelease or part is not Part.PATCH:
        index = _INDEX[part]
        numbers = [*numbers[:index], numbers[index] + 1, *(0 for _ in numbers[index + 1 :])]
    return base.prefix + ".".join(map(str, numbers))


def step(base: Parsed, head: Parsed) -> str:
    """What happened between two versions, as a phrase: "a patch bump", "a downgrade", "the same version"."""
    if base == head:
        return "the same version"
    old, new = _padded(base), _padded(head)
    if base.prefix != head.prefix:
        return "a change of the version's form"
    if new < old:
        return "a downgrade"
    if new == old:
        return _within(base, head)
    index = next(index for index, (was, now) in enumerate(zip(old, new, strict=True)) if was != now)
    name = ("major", "minor", "patch")[index] if index < 3 else "build"  # noqa: PLR2004 - a fourth number has no name
    exact = new[index] == old[index] + 1 and not any(new[index + 1 :])
    pre = " to a pre-release" if head.is_prerelease else ""
    return f"a {name} bump{pre}" if exact else f"a {name} bump by more than one step{pre}"


def _within(base: Parsed, head: Parsed) -> str:
    if head.post > base.post:
        return "a post-release"
    if base.is_prerelease and not head.is_prerelease:
        return "a patch bump" if not head.suffix else "a change of build metadata"
    return "a change of build metadata" if head.suffix.startswith("+") else "a pre-release"


def _padded(version: Parsed) -> tuple[int, ...]:
    return (*version.numbers, 0, 0, 0, 0, 0)[:5]
