"""What a backport pull request holds, compared with what the original's commits come to on its target. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.check_run import CheckRun
from domain.picks import KEEP_TRAILER, ConflictedFile
from domain.pull_request import Commit
from domain.verdict import Conclusion
from domain.wording import cell, code, counted, markdown, shortened

_MAX_SHOWN = 50
_SHORT = 7


class Sameness(StrEnum):
    """How a backport's content stands to the original's."""

    EQUAL = "equal"
    CHANGED = "changed"
    CONFLICTED = "conflicted"
    RESOLVED = "resolved"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BackportProof:
    """What git says of a backport pull request of ours.

    Attributes:
        original: the number of the pull request that it carries over.
        unresolved: the conflicted files that still need a person.
        resolved: the conflicted files that don't any more.
        missing: commits of the original that were not tried after the conflict and that no commit here names.
        later: commits on the branch that aren't ours.
        why: for "unknown": why git can't tell, one sentence without a full stop.
    """

    original: int
    sameness: Sameness
    unresolved: tuple[ConflictedFile, ...] = ()
    resolved: tuple[ConflictedFile, ...] = ()
    missing: tuple[str, ...] = ()
    later: tuple[Commit, ...] = ()
    why: str = ""

    @property
    def reason(self) -> str:
        """What it comes to, as the reason of a verdict; plain text without a full stop."""
        number = self.original
        if self.sameness is Sameness.EQUAL:
            return f"it is a backport by Hotfix Guard of #{number}, and its content equals what was judged there"
        if self.sameness is Sameness.UNKNOWN:
            return f"backport of #{number}, whose content can't be compared: {self.why}"
        if self.sameness is Sameness.CHANGED:
            return f"backport of #{number}, changed since by {self._changes()}"
        return f"backport of #{number} with conflicts that a person resolves"

    def _changes(self) -> str:
        named = [f"{commit.oid[:_SHORT]} ({_author(commit)})" for commit in self.later[:3]]
        rest = len(self.later) - len(named)
        return ", ".join([*named, *([f"{counted(rest, 'more commit')}"] if rest else [])]) or "other commits than ours"


def _author(commit: Commit) -> str:
    first = commit.authors[0] if commit.authors else None
    return (first.login or first.name) if first else "unknown"


def check_name(prefix: str) -> str:
    """The name of the check on a backport, from the one that all our checks begin with."""
    return f"{prefix}-backport"


def settle(original: int, conflicts: tuple[ConflictedFile, ...], unresolved: frozenset[str]) -> BackportProof:
    """The proof for a backport that had conflicts, before anything is said of its missing commits."""
    still = tuple(each for each in conflicts if each.path in unresolved)
    done = tuple(each for each in conflicts if each.path not in unresolved)
    return BackportProof(original, Sameness.CONFLICTED if still else Sameness.RESOLVED, still, done)


def missing(remaining: tuple[str, ...], commits: tuple[Commit, ...]) -> tuple[str, ...]:
    """Which commits no message of the branch names: `git cherry-pick -x` does, and a person who leaves one out may."""
    messages = [commit.message for commit in commits]
    return tuple(oid for oid in remaining if not any(oid in message for message in messages))


def check_run(proof: BackportProof, name: str, head_oid: str) -> CheckRun:
    """The check on a backport pull request: red until a person has resolved every conflict."""
    blocked = bool(proof.unresolved or proof.missing) or proof.sameness is Sameness.UNKNOWN
    conclusion = Conclusion.FAILURE if blocked else Conclusion.SUCCESS
    title, summary = _told(proof)
    return CheckRun(name, head_oid, conclusion, title, summary)


def _told(proof: BackportProof) -> tuple[str, str]:
    number = proof.original
    if proof.unresolved or proof.missing:
        return _open_title(proof), _open_summary(proof)
    match proof.sameness:
        case Sameness.EQUAL:
            return f"The content equals #{number}'s", (
                f"git makes exactly this of #{number}'s commits on this branch, so what was judged there counts here."
            )
        case Sameness.RESOLVED:
            files = ", ".join(code(each.path) for each in proof.resolved[:_MAX_SHOWN])
            return "Every conflict is resolved", (
                f"Somebody resolved {counted(len(proof.resolved), 'conflict')} of the backport of #{number}: {files}. "
                "No file is left as it was committed with its conflict, and none holds markers."
            )
        case Sameness.UNKNOWN:
            return "The content can't be compared", markdown(proof.why) + "."
        case _:
            return f"Changed since it was picked from #{number}", (
                f"It is no longer what git makes of #{number}'s commits: {markdown(proof.reason)}. The check of this "
                "branch judges it as a hotfix of its own."
            )


def _open_title(proof: BackportProof) -> str:
    open_ = [counted(len(proof.unresolved), "conflict")] if proof.unresolved else []
    if proof.missing:
        open_.append(f"{counted(len(proof.missing), 'commit')} not picked")
    return shortened(" and ".join([*open_]) + " left", 255)


def _open_summary(proof: BackportProof) -> str:
    parts = []
    if proof.unresolved:
        rows = ["| File | Conflict | What is left |", "| --- | --- | --- |"]
        rows += [f"| {cell(each.path)} | {each.kind} | {_left(each)} |" for each in proof.unresolved[:_MAX_SHOWN]]
        if len(proof.unresolved) > _MAX_SHOWN:
            rows.append(f"| … and {len(proof.unresolved) - _MAX_SHOWN} more | | |")
        parts.append("\n".join(rows))
        if any(not each.has_markers for each in proof.unresolved):
            parts.append(
                "Where a file is right as it is, say so in the message of a commit, one line a file: "
                f"{code(f'{KEEP_TRAILER} PATH')}."
            )
    if proof.missing:
        oids = ", ".join(code(oid) for oid in proof.missing)
        parts.append(
            f"These commits of #{proof.original} were not tried after the conflict: {oids}. Pick them with "
            "`git cherry-pick -x`, or name one in a commit's message to leave it out."
        )
    return "\n\n".join(parts)


def _left(each: ConflictedFile) -> str:
    return "conflict markers" if each.has_markers else "still as git left it; both sides need a look"
