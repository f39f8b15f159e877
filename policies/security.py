"""The policy `security`: what a security fix needs besides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

import re2
from pydantic import Field, field_validator, model_validator

from domain.change import Change, ChangedFile, Membership, Needs
from domain.finding import Finding, Inspection, Level, Outcome
from domain.pull_request import Outline, PullRequest
from domain.wording import shortened
from policies import description_fields
from policies.base import LEVEL, Policy, unreadable
from policies.file_kinds import kind_of
from policies.patterns import Pattern, occurrences
from policies.reviewing import Standing, match, opinions, unknown_people
from policies.roles import NamedPeople
from policies.source import markers
from policies.source.comments import Context
from policies.source.reasons import is_placeholder

#: The forms of the CVE programme ("CVE Record Format") and of GitHub's advisories ("GHSA IDs").
_IDS = ("(?i)CVE-[0-9]{4}-[0-9]{4,19}", "(?i)GHSA(-[23456789cfghjmpqrvwx]{4}){3}")

#: The fields of the comment stand on its line or on so many added ones below.
_BELOW = 10

#: What stands in a quote is as public as the rest.
_QUOTED = re2.compile(r"(?m)^ {0,3}(?:> ?)+")


class Security(Policy):
    """Hold a security fix to more: the right approval, a comment in the code, and silence in public.

    A hotfix is a security fix if it bears one of the labels, if its title, its description or a commit message names
    an id of an advisory, or by `always`. Other hotfixes pass, unless an added comment begins with the marker: then the
    label is missing. The roles are asked for by themselves: a person who
    stands for a role in `approvals` may stand for one here. No code block and no heading or field of
    `secret_headings` may stand in the description, empty or not: it is public where the repository is.

    Why: a hasty security fix is read by attackers before it is deployed, and a wrong one invites them.
    Passes: `# SECURITY HOTFIX: CVE-2026-1234` with its severity and impact in the code, approved by security.
    Fails: no such comment, or a section "Proof of concept" in the description; it waits for the approval.
    Remedy: write the comment, move the details to a private advisory, ask a person with the role to approve.
    """

    name: ClassVar[str] = "security"

    level: Level = Field(Level.OFF, description=LEVEL)
    labels: tuple[str, ...] = Field(
        ("security",), description="Labels that make a hotfix a security fix. Letter case doesn't count."
    )
    ids: tuple[Pattern, ...] = Field(
        _IDS, description="Regular expressions (RE2) for ids of advisories; the comment has to name one."
    )
    always: bool = Field(False, description="Whether every hotfix is a security fix.")
    required: tuple[NamedPeople, ...] = Field(
        (), description="The roles of which one person each must approve a security fix, e.g. `security`."
    )
    marker: str = Field(
        "SECURITY HOTFIX",
        max_length=64,
        description="The words that begin the comment, before a colon and the id; empty asks for no comment.",
    )
    comment_fields: tuple[str, ...] = Field(
        ("Severity", "Impact"),
        description="Names that the comment holds with a colon and a value, on its line or in the ten below.",
    )
    secret_headings: tuple[str, ...] = Field(
        ("Exploit", "Proof of concept", "PoC", "Payload", "Steps to reproduce", "Attack vector"),
        description="Headings and fields that may not stand in the description of a security fix.",
    )
    code_blocks: bool = Field(False, description="Whether the description of a security fix may hold code blocks.")

    @field_validator("marker")
    @classmethod
    def _one_plain_phrase(cls, marker: str) -> str:
        if marker != marker.strip() or ":" in marker or not marker.isprintable():
            raise ValueError("expected words such as SECURITY HOTFIX, without a colon and without spaces around them")
        return marker

    @field_validator("comment_fields", "secret_headings")
    @classmethod
    def _are_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not name.isprintable() or ":" in name or not description_fields.named(name):
                raise ValueError(f"{shortened(name, 80)!r} is no name: expected visible words without a colon")
        return names

    @model_validator(mode="after")
    def _has_a_role(self) -> Self:
        if self.level is not Level.OFF and not self.required:
            raise ValueError("no role is named that approves security fixes: write `required: [security]`")
        return self

    def needs(self, outline: Outline) -> Needs:
        """The files, and where it is a security fix the teams."""
        pull_request = outline.pull_request
        is_desk = not pull_request.head_oid
        if not is_desk and not self._why(_Said.of(pull_request)):
            return Needs(files=True)
        found = opinions(pull_request)
        people = frozenset(review.login for review in (*found.approvals, *found.objections)) - {""}
        questions: frozenset[Membership] = frozenset().union(*(role.questions(people) for role in self.required))
        return Needs(files=True, memberships=questions)

    def inspect(self, change: Change) -> Inspection:
        """Tell whether it is a security fix, and if so hold it to all three."""
        why = self._why(_Said(change.title, change.body, change.labels, tuple(one.message for one in change.commits)))
        facts: dict[str, Any] = {"security_fix": why, "given": []}
        if not why:
            return _no_security_fix(change, facts, tuple(self._untold(change)))
        if change.evidence.diff_problem:
            finding = Finding(change.evidence.diff_problem, remedy="split the pull request, then push again")
            return unreadable((finding,), "the diff can't be judged", facts)
        wrong = (*self._comment(change), *self._details(change.body))
        if change.outline is None:
            return _at_the_desk(why, wrong, facts)
        standings = self._standings(change.outline.pull_request, change)
        facts["given"] = [{"role": one.name, "user": one.user} for one in standings if one.user]
        unknown = (*wrong, *_unknown(change.outline.pull_request))
        waiting = (*self._objections(change), *_missing(standings, change.head))
        outcome = Outcome.FAIL if unknown else Outcome.WAIT if waiting else Outcome.PASS
        return Inspection(outcome, _summary(why, unknown, standings), (*unknown, *waiting), facts)

    def _why(self, said: _Said) -> str:
        """What makes it a security fix, "" where nothing does."""
        wanted = {label.casefold() for label in self.labels}
        label = next((label for label in said.labels if label.casefold() in wanted), "")
        if label:
            return f"label {label}"
        named = next((one for text in said.texts for one in self.named_ids(text)), "")
        return named or ("every hotfix is" if self.always else "")

    def named_ids(self, text: str) -> list[str]:
        """The ids of advisories that a text names."""
        return [one for pattern in self.ids for one in occurrences(pattern, text)]

    def _untold(self, change: Change) -> Iterator[Finding]:
        """Comments that say what labels, title and description don't: taking a label off is no way around."""
        if not self.marker or change.outline is None:
            return
        named = "name the advisory's id in the title"
        remedy = f"add the label {self.labels[0]}, or {named}" if self.labels else named
        for file in change.files:
            for one in markers.in_file(self.marker, file) if kind_of(file.path) is None else ():
                if one.context is Context.COMMENT:
                    message = f"the comment says {self.marker}:, and nothing else that this is a security fix"
                    yield Finding(message, one.path, one.line, remedy)

    def _comment(self, change: Change) -> Iterator[Finding]:
        if not self.marker:
            return
        files = [file for file in change.files if kind_of(file.path) is None]
        found = [_Comment.of(one, self, file) for file in files for one in markers.in_file(self.marker, file)]
        if any(not comment.faults for comment in found):
            return
        if not any(markers.can_hold_a_comment(file) for file in files) and self._in_words(change):
            return
        example = f"{self.marker}: CVE-YYYY-NNNN, " + ", ".join(f"{name}: …" for name in self.comment_fields)
        remedy = f"write beside the changed lines: {example.rstrip(', ')}"
        for comment in found:
            yield Finding(f"{self.marker}: {' and '.join(comment.faults)}", comment.path, comment.line, remedy)
        if not found:
            yield Finding(f"no added comment begins with {self.marker}:", remedy=remedy)

    def _in_words(self, change: Change) -> bool:
        """Whether a commit message or the description holds all that the comment would, for files that can't."""
        texts = [*(commit.message for commit in change.commits), description_fields.visible(change.body)]
        return any(
            any(self.named_ids(reason) for reason in markers.in_text(self.marker, text))
            and all(any(markers.in_text(name, text)) for name in self.comment_fields)
            for text in texts
        )

    def _details(self, body: str) -> Iterator[Finding]:
        described = description_fields.read(_QUOTED.sub("", body))
        secret = {description_fields.named(name) for name in self.secret_headings}
        spots = [(one.heading, one.name, one.line) for one in described.sections if one.level]
        spots += [(one.name, description_fields.named(one.name), one.line) for one in described.all_fields]
        remedy = "move it to a private advisory and take it out of the description, whose history others can read"
        for shown, name, line in spots:
            if name in secret:
                message = f"line {line} of the description, {shortened(shown, 80)}, tells how to attack"
                yield Finding(message, remedy=remedy)
        if not self.code_blocks and any(one.code for one in described.sections):
            yield Finding("the description holds a code block, which may be an attack", remedy=remedy)

    def _standings(self, pull_request: PullRequest, change: Change) -> tuple[Standing, ...]:
        logins = [review.login for review in opinions(pull_request).approvals]
        members = change.evidence.members
        able = [(role, tuple(login for login in logins if role.has(login, members))) for role in self.required]
        return match([Standing(role.name, role, people) for role, people in able])

    def _objections(self, change: Change) -> Iterator[Finding]:
        objections = opinions(change.outline.pull_request).objections if change.outline else ()
        for review in objections:
            if any(role.has(review.login, change.evidence.members) for role in self.required):
                remedy = f"settle them and ask {review.login} for a new review"
                yield Finding(f"{review.login} requested changes", remedy=remedy)


class _Said:
    """What people wrote about a change, with its labels."""

    def __init__(self, title: str, body: str, labels: tuple[str, ...], messages: tuple[str, ...]) -> None:
        self.labels = labels
        self.texts = (title, description_fields.visible(body), *messages)

    @classmethod
    def of(cls, pull_request: PullRequest) -> _Said:
        """What a pull request and its commits say."""
        messages = tuple(commit.message for commit in pull_request.commits)
        return cls(pull_request.title, pull_request.body, pull_request.labels, messages)


class _Comment:
    """A comment that begins with the marker, and what it lacks."""

    def __init__(self, path: str, line: int, faults: tuple[str, ...]) -> None:
        self.path = path
        self.line = line
        self.faults = faults

    @classmethod
    def of(cls, marker: markers.Marker, policy: Security, file: ChangedFile) -> _Comment:
        """Read the comment of a marker with the added lines below it."""
        faults = []
        if marker.context is not Context.COMMENT:
            faults.append("stands in no comment")
        if not policy.named_ids(marker.reason):
            faults.append("names no advisory")
        missing = [name for name in policy.comment_fields if not _holds(file, name, marker.line)]
        if missing:
            faults.append(f"doesn't say {' or '.join(missing)}")
        return cls(marker.path, marker.line, tuple(faults))


def _holds(file: ChangedFile, name: str, line: int) -> bool:
    """Whether a field with a value stands in a comment on a line or on the added ones below."""
    spellings = dict.fromkeys((name, name.lower(), name.upper()))
    found = (one for spelling in spellings for one in markers.in_file(spelling, file))
    return any(
        line <= one.line <= line + _BELOW and one.context is Context.COMMENT and _is_value(one.reason) for one in found
    )


def _is_value(text: str) -> bool:
    # On one line another field may follow: `Severity: , Impact: all` gives no severity.
    return bool(text) and text[0] not in ",;|" and not is_placeholder(text)


def _no_security_fix(change: Change, facts: dict[str, Any], untold: tuple[Finding, ...]) -> Inspection:
    if untold:
        return Inspection(
            Outcome.FAIL, "the code says that it is a security fix, the pull request doesn't", untold, facts
        )
    if change.outline is None:
        summary = "no security fix as far as the desk can tell; the pull request's check run will judge its labels"
        return Inspection(Outcome.SKIP, summary, facts=facts)
    return Inspection(Outcome.PASS, "no security fix", facts=facts)


def _at_the_desk(why: str, wrong: tuple[Finding, ...], facts: dict[str, Any]) -> Inspection:
    if wrong:
        return Inspection(Outcome.FAIL, _summary(why, wrong, ()), wrong, facts)
    summary = f"a security fix ({why}); approvals are known to GitHub alone"
    return Inspection(Outcome.SKIP, summary, facts=facts)


def _unknown(pull_request: PullRequest) -> Iterator[Finding]:
    for oid, person in unknown_people(pull_request):
        message = f"commit {oid[:7]} names {person.name} <{person.email}>, who might be the one who approves"
        yield Finding(message, remedy=f"ask {person.name} to add {person.email} to their GitHub account, then re-check")
    if not pull_request.commits_complete:
        message = "the pull request has more than 100 commits, so not all of its authors are known"
        yield Finding(message, remedy="squash it to 100 commits or fewer")


def _missing(standings: tuple[Standing, ...], head: str) -> Iterator[Finding]:
    for one in standings:
        if not one.user:
            remedy = f"ask a person with the role {one.name}, who has no part in the change, to approve head {head[:7]}"
            yield Finding(f"no approval by {one.name} of this security fix yet", remedy=remedy)


def _summary(why: str, wrong: tuple[Finding, ...], standings: tuple[Standing, ...]) -> str:
    said = f"a security fix ({why})"
    if wrong:
        return f"{said} with {len(wrong)} {'thing' if len(wrong) == 1 else 'things'} to mend"
    given = [f"{one.user} for {one.name}" for one in standings if one.user]
    return f"{said}; " + (f"approved by {', '.join(given)}" if given else "no approval that counts yet")
