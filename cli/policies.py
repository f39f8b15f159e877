"""`hotfix policies`: what a hotfix must be."""

from __future__ import annotations

import click

from policies import POLICIES, markdown
from policies.reference import first_line


@click.command(short_help="List what a hotfix must be.")
@click.option("--format", "form", type=click.Choice(["text", "markdown"]), default="text", show_default=True)
def policies(form: str) -> None:
    """List the policies; as Markdown the whole reference with every setting."""
    if form == "markdown":
        click.echo(markdown(), nl=False)
        return
    width = max(len(policy.name) for policy in POLICIES)
    for policy in POLICIES:
        click.echo(f"{policy.name:<{width}}  {first_line(policy)}")
