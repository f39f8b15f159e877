"""`hotfix finish`: from a fix at the desk to its pull request."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import click

import policies
from adapters.git.local import LocalRepository
from adapters.git.own import OwnGit
from cli.against import base_for, first_line
from cli.at_desk import Place, description_file, github_of, has_token, place_of
from cli.check import Asked, judged
from cli.colours import FEW, color, coloured, is_coloured, is_terminal
from cli.completing import branches
from cli.config import based, policy_base, read, read_text
from cli.formats import printed
from domain.desk import Base, Desk
from domain.errors import GitError, UnreadableInputError
from domain.hand_over import HandOver
from domain.pull_request import NewPullRequest
from domain.verdict import Conclusion
from domain.wording import plain


@click.command(short_help="Push a hotfix and open its pull request.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="The repository's folder.")
@click.option(
    "--base", shell_complete=branches, help="The branch to propose it for.  [default: as hotfix check finds it]"
)
@click.option("--title", default="", help="The pull request's title.  [default: that of hotfix start]")
@click.option("--label", "labels", multiple=True, help="A further label; may be repeated.")
@click.option("--draft", is_flag=True, help="Open it as a draft.")
@click.option("--yes", is_flag=True, help="Push even what the check fails.")
@click.option("--policy-file", type=click.Path(path_type=Path), help="Use this file, not the base branch's.")
@policy_base
@color
def finish(
    repo: Path,
    base: str | None,
    title: str,
    labels: tuple[str, ...],
    policy_file: Path | None,
    policy_base: Path | None,
    color: str,
    *,
    draft: bool,
    yes: bool,
) -> None:
    """Judge the checked-out branch, push it, and open its pull request with title, labels and description.

    May be repeated: what is pushed is pushed on, and the open pull request is found again. What the check fails is
    pushed only with --yes, or once you say so. Pushing uses your own access, as git push does; opening the pull
    request takes GITHUB_TOKEN, and without one the address to open it at is printed. Exit codes: 0 done, 1 stopped by
    the check, 2 wrong usage or trouble.
    """
    ending = _Ending.read(repo, base, (policy_file, policy_base))
    told = _told(ending, title)
    labels = _labels(ending.configuration, told, labels)
    asked = Asked(ending.git.folder, ending.base.oid, "HEAD", (policy_file, policy_base), labels, told.title, told.body)
    _warn_of_uncommitted(ending.git)
    _refuse_what_is_merged(ending)
    found = judged(asked).judged
    line = first_line(f"{plain(ending.desk.branch)} at {ending.desk.head_oid[:7]}", ending.base)
    text = (f"{line}\n\n" if ending.base.why else "") + printed(found, "text", FEW if is_terminal() else None)
    click.echo(coloured(text) if is_coloured(color) else text, color=True)
    if found.verdict.conclusion is Conclusion.FAILURE and not yes:
        _ask_whether_to_go_on()
    new = NewPullRequest(told.title, told.body, ending.desk.branch, ending.base.name, draft, labels)
    _push(ending)
    _open(ending, new)


@dataclass(frozen=True, slots=True)
class _Ending:
    """What a hotfix ends in."""

    git: OwnGit
    desk: Desk
    base: Base
    configuration: policies.Configuration
    place: Place

    @classmethod
    def read(cls, repo: Path, named: str | None, told: tuple[Path | None, Path | None]) -> _Ending:
        repository = LocalRepository(repo)
        top = repository.top_folder()
        if top is None:
            raise UnreadableInputError("a bare repository has no branch checked out; run this in a clone")
        desk = repository.desk()
        if not desk.branch:
            raise UnreadableInputError("HEAD is detached: git switch -c BRANCH gives these commits a branch to push")
        if not desk.remote:
            raise UnreadableInputError(
                "there is no remote here that was ever fetched: git remote add origin ADDRESS, then git fetch"
            )
        short = named.removeprefix(f"{desk.remote}/") if named else ""
        base = desk.base(short) if named else base_for(repository, desk, told)
        if base is None:
            raise UnreadableInputError(f"{desk.remote} has no branch {short} that is known here; git fetch gets it")
        if base.name == desk.branch:
            raise UnreadableInputError(
                f"{desk.branch} can't be proposed for itself: `hotfix start TITLE` makes a branch"
            )
        file, below = told
        found = based(read(file) if file else repository.policy_file(base.oid, policies.POLICY_FILE), below)
        git = OwnGit(top)
        return cls(git, desk, base, policies.configure(found), place_of(git, desk.remote))


def _told(ending: _Ending, title: str) -> HandOver:
    """What the pull request says: what `hotfix start` began, else the newest commit's subject and the template."""
    file = description_file(ending.git, ending.desk.branch)
    begun = HandOver.parse(read_text(file)) if file.is_file() else HandOver("", "")
    body = begun.body if file.is_file() else policies.pull_request_template(ending.configuration).strip()
    subject = ending.git.run("log", "-1", "--format=%s").text
    found = plain(title or begun.title or subject)
    return HandOver(policies.titled(ending.configuration, found), body)


def _labels(configuration: policies.Configuration, told: HandOver, more: tuple[str, ...]) -> tuple[str, ...]:
    severity = policies.severity_told(configuration, told.body)
    own = (*configuration.triggers.labels[:1], *(severity.labels[:1] if severity else ()))
    return tuple(dict.fromkeys((*own, *more)))


def _warn_of_uncommitted(git: OwnGit) -> None:
    if git.run("status", "--porcelain", "--untracked-files=normal").stdout:
        click.echo("! what isn't committed stays here: git commit it first if it belongs to the fix", err=True)


def _refuse_what_is_merged(ending: _Ending) -> None:
    """Stop where a merged pull request has all of this branch: a second one would propose it again.

    Raises:
        UnreadableInputError: there is one, and none is open.
    """
    if not has_token():
        return
    with github_of(ending.place) as github:
        found = github.find_pull_requests(ending.desk.branch, ending.base.name)
    if any(each.state == "open" for each in found):
        return
    head = ending.desk.head_oid
    merged = (each for each in found if each.state == "merged" and ending.git.holds(each.head_oid, head))
    for each in merged:
        raise UnreadableInputError(f"#{each.number} was merged already; `hotfix start TITLE` begins another")


def _ask_whether_to_go_on() -> None:
    if not (sys.stdin.isatty() and is_terminal()):
        click.echo("nothing was pushed; --yes pushes it all the same", err=True)
        sys.exit(1)
    if not click.confirm("It fails. Push it all the same?"):
        sys.exit(1)


def _push(ending: _Ending) -> None:
    branch, remote = ending.desk.branch, ending.desk.remote
    ref, theirs = f"refs/heads/{branch}", ending.git.tip(remote, branch)
    try:
        ending.git.run("push", "--quiet", "--set-upstream", remote, f"{ref}:{ref}")
    except GitError as error:
        if "[rejected]" not in str(error):
            raise
        raise GitError(_other_commits(ending, theirs)) from error
    if theirs != ending.desk.head_oid:
        click.echo(f"pushed {branch} to {remote}")


def _other_commits(ending: _Ending, theirs: str) -> str:
    """Why the remote didn't take the branch, and the way on."""
    branch, remote = ending.desk.branch, ending.desk.remote
    if theirs in ending.git.was_at(branch):
        # Taking it in would bring back what an amend or a rebase has just taken out.
        return (
            f"{remote} has {branch} as it was before you changed its commits ({theirs[:7]}), and nothing is "
            f"overwritten: git push --force-with-lease {remote} {branch} puts yours in its place"
        )
    return (
        f"{remote} has commits on {branch} that aren't here, and nothing is overwritten: git pull --rebase "
        f"{remote} {branch} takes them in"
    )


def _open(ending: _Ending, new: NewPullRequest) -> None:
    place = ending.place
    if not has_token():
        label = ",".join(new.labels)
        address = place.new_pull_request((new.base, new.head), label, HandOver(new.title, new.body))
        click.echo(f"open the pull request here (GITHUB_TOKEN would let this be done for you):\n{address}")
        return
    with github_of(place) as github:
        opened = github.open_pull_request(new)
    click.echo(f"pull request #{opened.number} into {new.base}: {opened.url}")
