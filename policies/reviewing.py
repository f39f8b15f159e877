"""Whose review counts: the traps of GitHub's reviews, each closed once.

Found in the field: a dismissed approval must not let an older one back in (palantir/policy-bot#119), and a commit whose
e-mail maps to no account has an author whom nobody can rule out (palantir/policy-bot#1263).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import re2

from domain.entry import Entry
from domain.people import Role
from domain.pull_request import PullRequest, Review, Signature

#: The name that stands for "one person with write access" where no roles are required.
WRITE_ACCESS = "write access"

#: The states that are an opinion; COMMENTED changes nothing and PENDING isn't submitted yet.
_OPINIONS = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})

#: GitHub's own addresses for commits ("Setting your commit email address"): `ID+login@…`, before 2017 `login@…`.
_NOREPLY = re2.compile(r"(?:[0-9]+\+)?([A-Za-z0-9_-]+(?:\[bot\])?)@users\.noreply\.github\.com")

#: The committer of everything that is committed on github.com itself.
_WEB_FLOW = "noreply@github.com"


@dataclass(frozen=True, slots=True)
class Opinions:
    """The newest opinion of each person, sorted by what it is worth.

    Attributes:
        approvals: those of the current head by people without a part in the change, oldest first.
        objections: people's requests for changes, on whatever head they were made.
        ignored: approvals (and bots' opinions) that don't count: who, and why.
        involved: the casefolded logins of everybody with a part in the change.
    """

    approvals: tuple[Review, ...]
    objections: tuple[Review, ...]
    ignored: tuple[tuple[str, str], ...]
    involved: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A required role with the people who could stand for it.

    Attributes:
        role: None for `WRITE_ACCESS`.
        able: the logins of those who approved and have the role.
        user: who stands for it, "" while nobody does.
    """

    name: str
    role: Role | None
    able: tuple[str, ...]
    user: str = ""


def opinions(pull_request: PullRequest, words: Iterable[Entry] = ()) -> Opinions:
    """Sort the reviews of a pull request.

    Args:
        pull_request: whose reviews.
        words: the approvals of the head by word of mouth that are to count, too.
    """
    involved = _involved(pull_request)
    approvals, objections, ignored = [], [], []
    for review in _with_words(_newest(pull_request.reviews), words):
        why = _why_not(review, pull_request.head_oid, involved)
        if why:
            ignored.append((review.login or "ghost", why))
        elif review.state == "APPROVED":
            approvals.append(review)
        elif review.state == "CHANGES_REQUESTED":
            objections.append(review)
    return Opinions(tuple(approvals), tuple(objections), tuple(ignored), frozenset(involved))


def unknown_people(pull_request: PullRequest) -> Iterator[tuple[str, Signature]]:
    """Everybody who made a commit and maps to no account, once each, with the commit's object id."""
    seen: set[str] = set()
    for commit in pull_request.commits:
        for person in (*commit.authors, *([commit.committer] if commit.committer else [])):
            if not _login(person) and not _is_web_flow(person) and person.email.casefold() not in seen:
                seen.add(person.email.casefold())
                yield commit.oid, person


def has_no_part(pull_request: PullRequest, login: str) -> bool:
    """Whether a person is known to have no part in a change; never where somebody's part in it can't be told."""
    everybody_known = pull_request.commits_complete and next(unknown_people(pull_request), None) is None
    return everybody_known and login.casefold() not in _involved(pull_request)


def match(standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """Give as many roles as possible a person of their own (maximum bipartite matching by augmenting paths)."""
    holder: dict[str, int] = {}

    def place(index: int, tried: set[str]) -> bool:
        for login in standings[index].able:
            if login not in tried:
                tried.add(login)
                if login not in holder or place(holder[login], tried):
                    holder[login] = index
                    return True
        return False

    for index in range(len(standings)):
        place(index, set())
    users = {index: login for login, index in holder.items()}
    return tuple(replace(standing, user=users.get(index, "")) for index, standing in enumerate(standings))


def _newest(reviews: tuple[Review, ...]) -> list[Review]:
    """The newest opinion of each person; a dismissed one stays what it is, and nothing older counts."""
    newest: dict[str, Review] = {}
    for review in sorted(reviews, key=lambda review: review.submitted_at):
        if review.state in _OPINIONS:
            newest[review.login.casefold()] = review
    return sorted(newest.values(), key=lambda review: review.submitted_at)


def _with_words(written: list[Review], words: Iterable[Entry]) -> list[Review]:
    """The opinions with what was approved by word of mouth; what a person wrote of this head or against it stands."""
    newest = {review.login.casefold(): review for review in written}
    for entry in words:
        for login in entry.subjects:
            own = newest.get(login.casefold())
            if own is None or (own.state == "APPROVED" and own.commit_oid != entry.head_oid):
                said = Review(login, "APPROVED", entry.head_oid, entry.at, told_by=entry.login, how=entry.reason)
                newest[login.casefold()] = said
    return sorted(newest.values(), key=lambda review: review.submitted_at)


def _why_not(review: Review, head: str, involved: dict[str, str]) -> str:
    """Why an opinion doesn't count, "" where it does. Only bots' requests for changes are ignored."""
    if review.is_bot or review.login.endswith("[bot]"):
        return "a bot doesn't review for people"
    if review.state == "DISMISSED":
        return "the review was dismissed"
    return _why_no_approval(review, head, involved) if review.state == "APPROVED" else ""


def _why_no_approval(review: Review, head: str, involved: dict[str, str]) -> str:
    if not review.login:
        return "the account is gone"
    if review.login.casefold() in involved:
        return involved[review.login.casefold()]
    if review.commit_oid != head:
        given = f"approved {review.commit_oid[:7]}" if review.commit_oid else "approved an unknown commit"
        return f"{given}, but the head is {head[:7]} now"
    return ""


def _involved(pull_request: PullRequest) -> dict[str, str]:
    """Everybody with a part in the change by casefolded login, and which part."""
    parts: dict[str, str] = {}
    for login, part in _parts(pull_request):
        parts.setdefault(login.casefold(), part)
    parts.pop("", None)
    return parts


def _parts(pull_request: PullRequest) -> Iterator[tuple[str, str]]:
    yield pull_request.author, "opened the pull request"
    for commit in pull_request.commits:
        for index, person in enumerate(commit.authors):
            yield _login(person), f"{'co-wrote' if index else 'wrote'} commit {commit.oid[:7]}"
        if commit.committer and not _is_web_flow(commit.committer):
            yield _login(commit.committer), f"committed {commit.oid[:7]}"
    yield pull_request.last_pusher, "pushed last"


def _login(person: Signature) -> str:
    if person.login:
        return person.login
    address = _NOREPLY.fullmatch(person.email)
    return str(address.group(1)) if address else ""


def _is_web_flow(person: Signature) -> bool:
    return person.email.casefold() == _WEB_FLOW
