"""The first-parent commits of a history: what landed on a branch, one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.git.run import Git
from domain.errors import UnreadableInputError

_AGO = re.compile(r"\d{1,4} (?:hour|day|week|month|year)s? ago")


@dataclass(frozen=True, slots=True)
class Landing:
    """A commit that landed on a branch.

    Attributes:
        commit: the commit.
        parent: its first parent: where the branch was before.
        brought: the commits that came with it and weren't there before, oldest first, itself last; empty where they
            grew in parallel, so that git has to say their order.
    """

    commit: str
    parent: str
    brought: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """What landed, oldest first.

    Attributes:
        landings: the commits that have a parent.
        roots: how many have none, so that there is nothing to compare them with.
    """

    landings: tuple[Landing, ...]
    roots: int


def first_parents(git: Git, to: str, *, since: str = "", after: str = "") -> Chain:
    """The first-parent commits up to a commit.

    Args:
        git: the repository.
        to: the object id of the newest commit.
        since: a day such as 2024-03-31, which begins at midnight UTC, or "3 months ago".
        after: the object id of a commit; what it has is left out.

    Raises:
        UnreadableInputError: `since` is no time.
    """
    limits = [*([f"^{after}"] if after else []), *([_since(since)] if since else [])]
    newest_first = git.run("rev-list", "--first-parent", to, *limits, "--").text.split()
    if not newest_first:
        return Chain((), 0)
    before = _first_parent(git, newest_first[-1])
    oldest_first = git.run("rev-list", "--first-parent", "--reverse", to, *([f"^{before}"] if before else []), "--")
    return _chain(git, oldest_first.text.split(), before)


def _since(text: str) -> str:
    """The option for a beginning. git itself takes any words for a time, and a day for the present hour of it."""
    if _AGO.fullmatch(text):
        return f"--since={text}"
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text[:40]!r} is no day; write it like 2024-03-31, or like '3 months ago'"
        raise UnreadableInputError(message) from None
    return f"--max-age={max(0, int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()))}"


def _first_parent(git: Git, commit: str) -> str:
    words = git.run("rev-list", "--max-count=1", "--parents", commit, "--").text.split()
    return words[1] if len(words) > 1 else ""


def _chain(git: Git, commits: Sequence[str], before: str) -> Chain:
    limits = [f"^{before}"] if before else []
    out = git.run("rev-list", "--topo-order", "--reverse", "--parents", commits[-1], *limits, "--").stdout
    landings = tuple(_landings(out.decode().splitlines(), frozenset(commits)))
    return Chain(landings, len(commits) - len(landings))


def _landings(lines: Sequence[str], chain: frozenset[str]) -> Iterator[Landing]:
    """Sort commits by the one with which they landed; their parents come before them."""
    waiting: dict[str, tuple[str, ...]] = {}
    for line in lines:
        commit, *parents = line.split(" ")
        if commit not in chain:
            waiting[commit] = tuple(parents)
        elif parents:
            brought = _brought(waiting, parents[1:])
            yield Landing(commit, parents[0], (*brought, commit) if brought is not None else ())


def _brought(waiting: dict[str, tuple[str, ...]], parents: Sequence[str]) -> list[str] | None:
    """Take what some parents bring along, oldest first; None where it is no straight line."""
    found: list[str] = []
    straight = True
    ahead = [parent for parent in dict.fromkeys(parents) if parent in waiting]
    while ahead:
        straight &= len(ahead) == 1
        commit = ahead.pop()
        found.append(commit)
        ahead += [parent for parent in waiting.pop(commit) if parent in waiting and parent not in ahead]
    return found[::-1] if straight else None
