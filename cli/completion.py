"""`hotfix completion`: what a shell needs to complete our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command(short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that lets SHELL complete commands, options, branches, policies, presets and severities.

    Bash: put `eval "$(hotfix completion bash)"` into ~/.bashrc. Zsh: the same with zsh into ~/.zshrc. Fish: write it
    to ~/.config/fish/completions/hotfix.fish.
    """
    from cli.main import main  # noqa: PLC0415 - which loads this module by its name

    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 - the choices are click's own
    click.echo(found(main, {}, "hotfix", "_HOTFIX_COMPLETE").source())
