"""Which commits a change says it reverts, and the proof that it is their exact inverse and nothing else.

What a change says is only a hint of what to try; the proof is git's, made on trees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.pull_request import Commit

#: More than this is no roll-back that anybody reads, and each takes a merge.
MAX_CLAIMED = 20

_VERB = re.compile(r"\brevert(?:s|ed|ing)?\b", re.IGNORECASE)
# git writes "This reverts commit <id>." (git-revert); people write lists of them.
_NEXT_OID = re.compile(
    r"(?:[\s,;:*`'\"(-]|\bcommits?\b|\band\b|\bthe\b){0,60}([0-9a-f]{40}(?:[0-9a-f]{24})?)(?![0-9a-f])", re.IGNORECASE
)
# GitHub's Revert button writes "Reverts owner/name#12" (GitHub Docs, "Reverting a pull request").
_NUMBER = re.compile(
    r"^[ \t]*reverts?[ \t]+(?:([\w.-]{1,100}/[\w.-]{1,100}))?#(\d{1,9})\b", re.IGNORECASE | re.MULTILINE
)
# `git revert` quotes the subject, which GitHub ends with "(#12)" or begins with "Merge pull request #12".
_QUOTING = re.compile(r'revert "', re.IGNORECASE)
_HINT = re.compile(r"#(\d{1,9})\b")


@dataclass(frozen=True, slots=True)
class OnBase:
    """A commit that the change grew from, so that base holds it.

    Attributes:
        parent: its first parent, "" where it has none.
        newer: how many commits lie between it and the merge base: more for an older commit of the same line.
    """

    oid: str
    parent: str
    newer: int


@dataclass(frozen=True, slots=True)
class Ancestry:
    """Where a change grew from, and which of some commits are there.

    Attributes:
        merge_base: the commit that the change grew from.
        on_base: the commits that the merge base descends from, or is, in the order asked for.
        elsewhere: the commits of which that can't be said.
    """

    merge_base: str
    on_base: tuple[OnBase, ...] = ()
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RevertRequest:
    """A change that says it reverts commits.

    Attributes:
        repository: "owner/name".
        merge_base: the commit that the change grew from.
        head_oid: the commit under judgement.
        commits: what it says it reverts, each known to be on base, in its own order.
    """

    repository: str
    merge_base: str
    head_oid: str
    commits: tuple[OnBase, ...]


@dataclass(frozen=True, slots=True)
class RevertProof:
    """What came of trying to prove an exact revert.

    Attributes:
        reverted: the commits whose exact inverse the change is, in the order in which they were taken back; empty
            where it is no exact revert.
        why_not: why it is none, one sentence without a full stop; "" where it is one, or says nothing of a revert.
    """

    reverted: tuple[str, ...] = ()
    why_not: str = ""


def claimed(commits: Sequence[Commit], title: str, body: str) -> tuple[str, ...]:
    """The full ids of the commits that a change says it reverts, in its order: commits oldest first, then its text.

    The parent that git names for a merge ("reversing changes made to …") is none of them. Of more than `MAX_CLAIMED`
    none is named, since a part of them proves nothing.
    """
    texts = (*(commit.message for commit in commits), title, body)
    found = tuple(dict.fromkeys(oid for text in texts for oid in _oids(text)))
    return found if len(found) <= MAX_CLAIMED else ()


def claimed_pull_requests(repository: str, title: str, body: str) -> tuple[int, ...]:
    """The numbers of the pull requests of this repository that a change says it reverts, in its order."""
    pairs = [pair for text in (title, body) for pair in _NUMBER.findall(text)]
    here = [int(number) for name, number in pairs if not name or name.casefold() == repository.casefold()]
    found = tuple(dict.fromkeys(here))
    return found if len(found) <= MAX_CLAIMED else ()


def hinted_pull_requests(commits: Sequence[Commit], title: str) -> tuple[int, ...]:
    """The numbers that quoted subjects of reverted commits name ("Revert "Keep the cents (#12)""): hints, no more."""
    subjects = [title, *(commit.message.partition("\n")[0] for commit in commits)]
    found = dict.fromkeys(int(number) for each in subjects for number in _HINT.findall(each) if _QUOTING.match(each))
    return tuple(found) if len(found) <= MAX_CLAIMED else ()


def orders(commits: Sequence[OnBase]) -> tuple[tuple[OnBase, ...], ...]:
    """In which orders to take commits back: as the change names them, and newest first."""
    told = tuple(commits)
    newest_first = tuple(sorted(told, key=lambda commit: commit.newer))
    return tuple(dict.fromkeys((told, newest_first)))


def not_on_base(oids: Sequence[str]) -> RevertProof:
    """No proof, since a commit isn't there to be taken back."""
    names = ", ".join(oid[:7] for oid in oids)
    return RevertProof(why_not=f"it says that it reverts {names}, which base didn't hold where the change left it")


def _oids(text: str) -> Iterator[str]:
    for verb in _VERB.finditer(text):
        at = verb.end()
        while (match := _NEXT_OID.match(text, at)) is not None:
            yield match[1].lower()
            at = match.end()
