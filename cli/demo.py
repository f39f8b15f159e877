"""`hotfix demo`: a sandbox and the service beside it, and four pull requests from first push to last word."""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path

import click

from cli.service import ServiceProcess
from sandbox import stories
from sandbox.server import Sandbox
from sandbox.stories import Stage


@click.command(short_help="Watch four pull requests live.")
@click.option("--once", is_flag=True, help="Check the end state and exit: 0, or 1 with the difference.")
def demo(once: bool) -> None:
    """Watch four pull requests live: real webhooks, real pushes, a real HTTP API, all on this machine."""
    with tempfile.TemporaryDirectory(prefix="hotfix-guard-demo-") as folder:
        root = Path(folder)
        with Sandbox.start(root / "github") as sandbox, ServiceProcess(sandbox, root) as service:
            click.echo(f"GitHub on your laptop: {sandbox.url}")
            click.echo(f"Hotfix Guard:          {service.url}  (log: {service.log})")
            sandbox.set_webhook(f"{service.url}/webhook")
            wrong = _play(sandbox)
            if once:
                sys.exit(1 if wrong else 0)
            _stay(sandbox)


def _play(sandbox: Sandbox) -> list[str]:
    stage = stories.set_stage(sandbox, tell=click.echo)
    try:
        stories.play(stage)
    except TimeoutError as error:
        wrong = [str(error)]
    else:
        wrong = stories.differences(stage)
    click.echo()
    _show(stage)
    click.echo()
    for line in wrong:
        click.echo(f"DIFFERENT: {line}")
    click.echo("The end state is not what it must be." if wrong else "The end state is what it must be.")
    return wrong


def _show(stage: Stage) -> None:
    """The check runs as a table, pull request by pull request."""
    pulls = stage.alice.get(f"/repos/{stories.REPOSITORY}/pulls?state=all&per_page=100")
    rows = [("#", "Pull request", "State", "Check run", "Conclusion", "Title")]
    for pull in sorted(pulls, key=lambda pull: int(pull["number"])):
        run = stories.current_run(stage, pull["number"]) or {"name": "", "conclusion": "", "output": {"title": ""}}
        state = "merged" if pull["merged_at"] else "draft" if pull["draft"] else pull["state"]
        conclusion = run["conclusion"] or ""
        rows.append((str(pull["number"]), pull["title"], state, run["name"], conclusion, run["output"]["title"] or ""))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _stay(sandbox: Sandbox) -> None:
    click.echo(f"\nLook around: {sandbox.url}/{stories.REPOSITORY}")
    click.echo("Everything stays up until you press Ctrl-C.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("\nEnding.")
