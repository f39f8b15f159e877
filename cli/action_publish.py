"""The Action's check runs, where its token may write them."""

from __future__ import annotations

from dataclasses import replace

import click

from cli.workflow import Say, WorkflowRun
from domain import workflow_commands
from domain.check_run import CheckRun, PublishedRun
from domain.errors import NotFoundError, NotPermittedError
from domain.wording import code, markdown
from handlers.ports import GitHub


def publish(wanted: CheckRun, published: PublishedRun | None, github: GitHub, run: WorkflowRun, say: Say) -> None:
    """Publish a check run, or say in the log and in the summary what couldn't be published, and why.

    Workflows of pull requests from forks have a token that only reads, whatever their `permissions` say ("Events that
    trigger workflows", `pull_request`).

    Raises:
        GitHubTroubleError: GitHub can't be written just now; everything else is told already.
    """
    try:
        # Nobody would hear the buttons of a check run that a workflow's token made.
        github.publish_check_run(replace(wanted, actions=()), published)
    except (NotPermittedError, NotFoundError) as error:
        why = "it takes the permission `checks: write`, which workflows of pull requests from forks never have"
        say((workflow_commands.warning(f"The check run {wanted.name} isn't published: {why}."),))
        click.echo(f"GitHub said: {error}")
        run.summarize(f"\n⚠️ The check run {code(wanted.name)} isn't published: {why}.\n\n{markdown(str(error))}\n")
    else:
        click.echo(f"The check run {wanted.name} says so on {wanted.head_oid[:7]}.")
