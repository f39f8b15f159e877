"""`hotfix hook`: judges hotfix branches before a push or a commit, and never bothers others."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

import policies
from adapters.git.local import LocalRepository
from cli.check import Asked, judged
from cli.colours import FEW, coloured, is_coloured
from cli.formats import printed
from domain.desk import Desk
from domain.errors import HotfixGuardError, PolicyFileError
from domain.verdict import Conclusion
from domain.wording import plain

_HEADS = "refs/heads/"
#: One push of more branches than this is no hotfix's.
_MOST = 1_000
_NOT_PUSHED = "not pushed; `git push --no-verify` pushes it all the same"
_NOT_COMMITTED = "not committed; `git commit --no-verify` commits it all the same"


@click.command(
    short_help="Judge a hotfix branch from git's own hooks.", context_settings={"ignore_unknown_options": True}
)
@click.argument("stage", required=False, type=click.Choice(["pre-push", "pre-commit"]))
@click.argument("given", nargs=-1, type=click.UNPROCESSED)
def hook(stage: str | None, given: tuple[str, ...]) -> None:  # noqa: ARG001 - git names the remote, which we don't need
    """Judge what is about to be pushed or committed, as git's hook STAGE; under pre-commit the stage is told by it.

    Only branches that the policy file's triggers take for hotfixes are judged. As .git/hooks/pre-push:
    exec hotfix hook pre-push "$@". Exit codes: 0 fine, 1 a required policy fails, 2 it can't be judged; git then stops,
    unless --no-verify is given.
    """
    repository = LocalRepository(Path())
    told = _pushed(stage)
    codes = [_judged(repository, each) for each in told] if told is not None else [_staged(repository)]
    code = max(codes, default=0)
    if code:
        click.echo(_NOT_PUSHED if told is not None else _NOT_COMMITTED, err=True)
    sys.exit(code)


@dataclass(frozen=True, slots=True)
class _Pushed:
    """One branch of a push.

    Attributes:
        branch: its name at the remote, where the pull request is opened from it.
    """

    branch: str
    oid: str


def _pushed(stage: str | None) -> list[_Pushed] | None:
    """The branches that are pushed; None before a commit."""
    if stage is None:
        return _by_framework(os.environ)
    if stage == "pre-commit":
        return None
    return [*_by_git(sys.stdin.buffer.read(_MOST * 1_000).decode("utf-8", "surrogateescape"))]


def _by_git(text: str) -> Iterator[_Pushed]:
    """What git writes to the hook: LOCAL-REF LOCAL-OID REMOTE-REF REMOTE-OID a line (githooks, "pre-push")."""
    for line in text.splitlines()[:_MOST]:
        parts = line.split(" ")
        if len(parts) == 4 and parts[2].startswith(_HEADS) and parts[1].strip("0"):  # noqa: PLR2004
            yield _Pushed(parts[2].removeprefix(_HEADS), parts[1])


def _by_framework(variables: Mapping[str, str]) -> list[_Pushed] | None:
    """What pre-commit tells of a push, one branch a run (pre-commit.com, "pre-push")."""
    if not variables.get("PRE_COMMIT"):
        raise click.UsageError("say which hook this is: `hotfix hook pre-push` or `hotfix hook pre-commit`")
    remote = variables.get("PRE_COMMIT_REMOTE_BRANCH", "")
    if not remote and not variables.get("PRE_COMMIT_TO_REF"):
        return None
    oid = variables.get("PRE_COMMIT_TO_REF") or variables.get("PRE_COMMIT_LOCAL_BRANCH", "")
    return [_Pushed(remote.removeprefix(_HEADS), oid)] if remote.startswith(_HEADS) and oid else []


def _judged(repository: LocalRepository, pushed: _Pushed) -> int:
    desk = repository.desk()
    if not _is_hotfix(repository, replace(desk, branch=pushed.branch)):
        return 0
    return _told(pushed.branch, Asked(Path(), head=repository.resolve(pushed.oid), called=pushed.branch))


def _staged(repository: LocalRepository) -> int:
    desk = repository.desk()
    if not desk.head_oid or not _is_hotfix(repository, desk):
        return 0
    with TemporaryDirectory(prefix="hotfix-hook-") as folder:
        return _told(desk.branch, Asked(Path()), Path(folder))


def _is_hotfix(repository: LocalRepository, desk: Desk) -> bool:
    """Whether the branch's name makes it a hotfix, by the default branch's policy file."""
    base = desk.default_base()
    file = repository.policy_file(base.oid, policies.POLICY_FILE) if base else None
    try:
        configuration = policies.configure(file)
    except PolicyFileError:
        configuration = policies.lane_alone(file)
    return bool(desk.branch and policies.trigger(configuration, (), desk.branch, ""))


def _told(branch: str, asked: Asked, staged: Path | None = None) -> int:
    try:
        found = judged(asked, staged, staged_alone=True)
    except HotfixGuardError as error:
        click.echo(f"hotfix: {plain(branch)} can't be judged: {plain(str(error))}", err=True)
        return 2
    text = f"{found.first_line}\n\n{printed(found.judged, 'text', FEW)}"
    # Git passes on a hook's standard error alone while it pushes.
    click.echo(coloured(text) if is_coloured("auto") else text, nl=False, err=True, color=True)
    return int(found.judged.verdict.conclusion is Conclusion.FAILURE)
