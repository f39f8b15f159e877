"""`hotfix check`: the policies at the desk, before the push."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

import policies
from adapters.git.local import LocalRepository
from cli.against import base_for, first_line
from cli.colours import FEW, color, coloured, is_coloured, is_terminal
from cli.completing import branches
from cli.config import based, policy_base, read, read_text
from cli.formats import FORMATS, Judged, printed
from domain.change import Change
from domain.desk import Base
from domain.errors import HotfixGuardError, PolicyFileError
from domain.finding import Finding, Level, Outcome
from domain.hand_over import HandOver
from domain.pull_request import PolicyFile
from domain.revert import claimed
from domain.verdict import PolicyOutcome, Verdict
from domain.wording import plain


@click.command(short_help="Judge a change at the desk, before the push.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="The repository; bare ones work too.")
@click.option(
    "--base",
    shell_complete=branches,
    help="The revision it will be merged into, e.g. origin/main.  [default: the production branch that it grew from]",
)
@click.option("--head", default="HEAD", show_default=True, help="The revision to judge.", shell_complete=branches)
@click.option("--worktree", is_flag=True, help="Judge what isn't committed yet, too; nothing of it is touched.")
@click.option("--policy-file", type=click.Path(path_type=Path), help="Use this file, not the one at the tip of --base.")
@policy_base
@click.option("--label", "labels", multiple=True, help="A label that the pull request will have; may be repeated.")
@click.option("--title", default="", help="The pull request's title.")
@click.option("--body-file", type=click.Path(path_type=Path), help="A file with the pull request's description.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@color
def check(
    repo: Path,
    base: str | None,
    head: str,
    policy_file: Path | None,
    policy_base: Path | None,
    labels: tuple[str, ...],
    title: str,
    body_file: Path | None,
    form: str,
    color: str,
    *,
    worktree: bool,
) -> None:
    """Judge the change from the merge base of --base and --head to --head as a hotfix.

    Without --base that is the production branch that the checked-out branch grew from: of those that the policy file
    names under `production` the nearest, else the remote's default branch, else main or master. Then title and
    description are those that hotfix start began, unless others are given. Policies that need GitHub are skipped and
    say so. Exit codes: 0 fine, 1 a required policy fails or the policy file on --base is faulty, 2 wrong usage or
    unreadable input, a faulty --policy-file too, 3 waiting.
    """
    if worktree and head != "HEAD":
        raise click.UsageError("--worktree judges what is checked out; leave --head out")
    with TemporaryDirectory(prefix="hotfix-desk-") if worktree else nullcontext() as folder:
        found = judged(
            Asked(repo, base, head, (policy_file, policy_base), labels, title, _body(body_file)),
            Path(folder) if folder else None,
        )
    text = printed(found.judged, form, FEW if is_terminal() else None)
    if form == "text":
        text = f"{found.first_line}\n\n{text}" if found.first_line else text
        text = coloured(text) if is_coloured(color) else text
    click.echo(text, nl=False, color=True)
    sys.exit(found.judged.verdict.exit_code)


@dataclass(frozen=True, slots=True)
class Asked:
    """What shall be judged.

    Attributes:
        base: the revision that it is proposed for; None where that is to be found out.
        policy_files: the policy file that was named, and the copy of the one that it extends.
        called: how a person knows the head, where that isn't its revision.
    """

    repo: Path
    base: str | None = None
    head: str = "HEAD"
    policy_files: tuple[Path | None, Path | None] = (None, None)
    labels: tuple[str, ...] = ()
    title: str = ""
    body: str = ""
    called: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it.

    Attributes:
        first_line: what was judged against which branch, where we chose it; and that no policy file counts.
    """

    judged: Judged
    first_line: str = ""


def judged(asked: Asked, uncommitted: Path | None = None, *, staged_alone: bool = False) -> Found:
    """Judge a change at the desk.

    Args:
        asked: what shall be judged.
        uncommitted: an empty folder for the objects of what isn't committed yet; None leaves that out.
        staged_alone: of what isn't committed, judge what is staged alone.

    Raises:
        UnreadableInputError: the repository or a revision can't be read.
        PolicyFileError: the policy file that was named is at fault.
    """
    repository = LocalRepository(asked.repo)
    base, head_oid, line, branch = ends(repository, asked)
    if uncommitted:
        head_oid = repository.take_uncommitted(head_oid, uncommitted, staged_alone=staged_alone)
    file = _policy_file(repository, base, *asked.policy_files)
    if file is None:
        line = f"{line}\n{no_policy_file(base.shown)}".lstrip()
    configuration = _configuration(file, is_named=asked.policy_files[0] is not None)
    if isinstance(configuration, Verdict):
        return Found(Judged(configuration, base.oid, "", head_oid), line)
    change = repository.change(base.oid, head_oid, policies.desk_needs(configuration.every_policy))
    change = replace(change, title=asked.title, body=asked.body, labels=asked.labels)
    change = replace(change, branch=_head_branch(repository, asked, configuration.production))
    if branch and not (asked.title or asked.body):
        change = _described(repository, branch, change)
    change = with_revert(repository, change)
    is_dirty = not change.files and uncommitted is None and asked.head == "HEAD" and has_uncommitted(asked.repo)
    verdict = inspected(configuration, change, is_dirty=is_dirty)
    return Found(Judged(verdict, base.oid, change.evidence.merge_base, head_oid), line)


def _described(repository: LocalRepository, branch: str, change: Change) -> Change:
    """The change with what `hotfix start` began to say of it, and a person went on to."""
    file = repository.private_file(f"hotfix-guard/{branch}.md")
    if not file.is_file():
        return change
    begun = HandOver.parse(read_text(file))
    return replace(change, title=begun.title, body=begun.body)


def ends(repository: LocalRepository, asked: Asked) -> tuple[Base, str, str, str]:
    """The base, the commit to judge, what is said of the choice, and the branch that was found for it.

    Raises:
        UnreadableInputError: the repository or a revision can't be read, or the base can't be told.
    """
    if asked.base is not None:
        base_oid, head_oid = repository.resolve_both(asked.base, asked.head)
        return Base(asked.base, asked.base, base_oid), head_oid, "", ""
    desk = repository.desk()
    if asked.head != "HEAD":
        branch = asked.head if asked.head in desk.local else ""
        desk = replace(desk, branch=branch, head_oid=repository.resolve(asked.head))
    base = base_for(repository, desk, asked.policy_files)
    shown = plain(asked.called or desk.branch or asked.head)
    line = first_line(f"{shown} at {desk.head_oid[:7]}", base)
    return base, desk.head_oid, line, asked.called or desk.branch


def _head_branch(repository: LocalRepository, asked: Asked, production: policies.ProductionSettings) -> str:
    """The name of the branch under judgement; "" for a mere commit, and for production itself, which is no hotfix."""
    desk = repository.desk()
    named = desk.branch if asked.head == "HEAD" else asked.head
    branch = asked.called or (named if named in desk.local else "")
    default = desk.default_base()
    is_production = production.holds(branch) or (default is not None and default.name == branch)
    return "" if is_production else branch


def _policy_file(repository: LocalRepository, base: Base, told: Path | None, below: Path | None) -> PolicyFile | None:
    """The policy file that counts, None for the defaults."""
    return based(read(told) if told else repository.policy_file(base.oid, policies.POLICY_FILE), below)


def no_policy_file(shown: str) -> str:
    """That nobody wrote a policy file, which nobody may take for a policy file that is in force.

    Args:
        shown: where there is none, e.g. "origin/main".
    """
    return f"no {policies.POLICY_FILE} at {plain(shown)}: the defaults count"


def _configuration(file: PolicyFile | None, *, is_named: bool) -> policies.Configuration | Verdict:
    """The configuration, or the verdict that the base branch's broken policy file comes to, as on GitHub."""
    try:
        return policies.configure(file)
    except PolicyFileError as error:
        if is_named:
            raise
        return policies.broken_policy_file(error, file)


def with_revert(repository: LocalRepository, change: Change) -> Change:
    """The change with the proof that it is an exact revert, where it says that it is one."""
    oids = claimed(change.commits, change.title, change.body)
    if not oids:
        return change
    proof = repository.reverted(change.base, change.head, oids)
    return replace(change, evidence=replace(change.evidence, revert=proof))


def inspected(configuration: policies.Configuration, change: Change, *, is_dirty: bool = False) -> Verdict:
    """The policies' verdict; a change that changes nothing is never fine, and their faults would only hide that.

    Args:
        configuration: the policies.
        change: the change.
        is_dirty: whether the working tree holds changes that aren't committed.
    """
    if change.files or change.evidence.diff_problem:
        return policies.verdict(configuration, change)
    left_out = "; the working tree has changes that aren't committed" if is_dirty else ""
    finding = Finding(
        f"nothing is committed since {change.evidence.merge_base[:7]}, where it grew from base{left_out}",
        remedy="commit the fix, or name the right --base and --head; `--worktree` takes in what isn't committed yet",
    )
    nothing = PolicyOutcome("change", Level.REQUIRED, Outcome.FAIL, "there is nothing to judge", (finding,))
    return Verdict.of((nothing,))


def has_uncommitted(repo: Path) -> bool:
    """Whether a working tree holds changes that aren't committed; never in a bare repository."""
    repository = LocalRepository(repo)
    try:
        head = repository.resolve("HEAD")
        with TemporaryDirectory(prefix="hotfix-desk-") as folder:
            return repository.take_uncommitted(head, Path(folder)) != head
    except HotfixGuardError:
        return False


def _body(file: Path | None) -> str:
    return read_text(file) if file else ""
