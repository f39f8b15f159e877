"""The `hotfix` command: finds its commands by name and loads only the one that is called."""

from __future__ import annotations

import importlib
import sys
from types import MappingProxyType
from typing import Any

import click

from domain.errors import HotfixGuardError

#: Command → module; each module has a click command of the same name. Written by hand, in the order of `--help`.
COMMANDS = MappingProxyType(
    {
        "check": "cli.check",
        "config": "cli.config",
        "policies": "cli.policies",
        "serve": "cli.serve",
        "worker": "cli.worker",
        "sandbox": "cli.sandbox",
        "demo": "cli.demo",
    }
)

#: Wrong usage, unreadable input, a service that can't start.
EXIT_UNUSABLE = 2


class _Commands(click.Group):
    """A group that imports a command when it is needed, so that `hotfix check` starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name])
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101 - for the type checker
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Show whatever we raise on purpose as one sentence."""
        try:
            return super().invoke(ctx)
        except HotfixGuardError as error:
            click.echo(f"hotfix: {error}", err=True)
            sys.exit(EXIT_UNUSABLE)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hotfix-guard", prog_name="hotfix")
def main() -> None:
    """Hotfix Guard makes the fast lane the strict lane.

    Exit codes: 0 fine, 1 a required policy fails, 2 wrong usage or unreadable input, 3 waiting for people or machines.
    """
