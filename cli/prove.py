"""`hotfix prove`: whether the test of a fix fails without the fix."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from adapters.git.local import LocalRepository
from cli.check import Asked, ends, has_uncommitted
from domain import proof_report
from domain.errors import SettingsError

#: Events of GitHub Actions whose workflows hold the base repository's secrets while the code may be a stranger's
#: ("Events that trigger workflows"; GitHub Security Lab, "Preventing pwn requests").
_UNSAFE = frozenset(["pull_request_target", "workflow_run", "issue_comment"])
_FORMATS = {"text": proof_report.as_text, "markdown": proof_report.as_markdown}


@click.command(short_help="Prove that a fix's test fails without the fix.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="The repository; bare ones work too.")
@click.option(
    "--base",
    help="The revision it will be merged into, e.g. origin/main.  [default: the production branch that it grew from]",
)
@click.option("--head", default="HEAD", show_default=True, help="The revision with the fix and its test.")
@click.option(
    "--test-command",
    default="",
    help='What runs the tests, by sh at the repository\'s top: "pytest -q {tests}". {tests} becomes what the runner '
    "calls the changed tests, {files} their paths, {report} a file for JUnit's XML.  [default: found]",
)
@click.option("--setup-command", default="", help="What is run once in each worktree first, e.g. npm ci --offline.")
@click.option("--link", "links", multiple=True, help="A path of the working tree to link into each worktree.")
@click.option("--env", "passed", multiple=True, help="A variable that the tests get: NAME, or NAME=VALUE.")
@click.option(
    "--timeout", type=click.FloatRange(1, 86_400), default=600, show_default=True, help="Seconds for each command."
)
@click.option("--runs", type=click.IntRange(1, 100), default=2, show_default=True, help="How often on each side.")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
def prove(
    repo: Path,
    base: str | None,
    head: str,
    test_command: str,
    setup_command: str,
    links: tuple[str, ...],
    passed: tuple[str, ...],
    timeout: float,
    runs: int,
    form: str,
) -> None:
    """Run the changed tests without the fix and with it: they must fail, then pass.

    This runs the code of both revisions: use it only where that code may run. Both are laid out in throwaway
    worktrees; yours isn't touched, and what isn't committed in it is left out. Exit codes: 0 proven, 1 the test passes
    without the fix, fails with it, or is flaky, 2 it can't be run, or wrong usage.
    """
    from adapters.test_runs.proving import ProofRequest  # noqa: PLC0415 - not needed for --help
    from adapters.test_runs.proving import prove as proven  # noqa: PLC0415

    refuse_unsafe_event(os.environ.get("GITHUB_EVENT_NAME", ""))
    end_in_order()
    chosen, line = (base, "") if base is not None else _base(repo, head)
    if head == "HEAD" and has_uncommitted(repo):
        click.echo("! what isn't committed is left out of the proof: git commit it first if it belongs to it", err=True)
    if line and form == "text":
        click.echo(f"{line}\n")
    request = ProofRequest(repo, chosen, head, test_command, setup_command, links, passed, timeout, runs)
    proof = proven(request)
    click.echo(proof_report.as_json(proof) + "\n" if form == "json" else _FORMATS[form](proof), nl=False)
    sys.exit(proof.exit_code)


def _base(repo: Path, head: str) -> tuple[str, str]:
    """The commit that the change is proposed for, as `hotfix check` finds it, and what is said of the choice."""
    base, _, line, _ = ends(LocalRepository(repo), Asked(repo, head=head))
    return base.oid, line


def refuse_unsafe_event(event: str) -> None:
    """Refuse to run a stranger's code in a run of GitHub Actions that holds secrets.

    Raises:
        SettingsError: the event is one whose runs do.
    """
    if event in _UNSAFE:
        raise SettingsError(
            f"prove runs the pull request's code, and {event} lends its workflow your secrets: run it on pull_request"
        )


def end_in_order() -> None:
    """Have what is sent to end us clear up first."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, _stop)


def _stop(number: int, _frame: FrameType | None) -> None:
    """End as shells report it, but by way of all that clears up behind us."""
    sys.exit(128 + number)
