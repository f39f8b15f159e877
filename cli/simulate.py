"""`hotfix simulate`: the whole verdict on a live pull request, without a trace on GitHub."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from cli.at_github import at_github, pull_request_ref
from cli.config import read
from cli.formats import FORMATS, Judged, printed
from domain.pull_request import Outline, PullRequestRef
from handlers.configure import with_policy_files
from handlers.judge import judge
from handlers.look import look
from handlers.ports import Ports


@click.command(short_help="Judge a pull request on GitHub, and write nothing there.")
@click.argument("pull_request")
@click.option("--policy-file", type=click.Path(path_type=Path), help="Try this file, not the base branch's.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True)
def simulate(pull_request: str, policy_file: Path | None, form: str) -> None:
    """Judge PULL_REQUEST (OWNER/REPO#NUMBER, or its address) as the App would, and write nothing on GitHub.

    GITHUB_TOKEN is the token to read with, GITHUB_API_URL another GitHub than github.com. What the service alone
    remembers is unknown: overrides, releases, who pushed. Exit codes: 0 fine, 1 a required policy fails, 2 wrong
    usage or unreadable input, 3 waiting.
    """
    ref = pull_request_ref(pull_request)
    with at_github() as ports:
        outline = _outline(ref, policy_file, ports)
        judgement = judge(outline, ports.github(ref.repository), ports)
    base, head = outline.pull_request.base_oid, outline.pull_request.head_oid
    judged = Judged(judgement.verdict, base, judgement.merge_base, head)
    click.echo(printed(judged, form), nl=False)
    sys.exit(judgement.verdict.exit_code)


def _outline(ref: PullRequestRef, policy_file: Path | None, ports: Ports) -> Outline:
    tried = read(policy_file) if policy_file else None
    outline = look(ref, ports)
    return with_policy_files(replace(outline, policy_file=tried), ports) if tried else outline
