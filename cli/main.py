"""The `hotfix` command: finds its commands by name and loads only the one that is called."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NoReturn

import click

from domain.errors import HotfixGuardError, PolicyFileError
from domain.wording import plain

#: Command → module; each module has a click command of the same name. Written by hand, in the order of `--help`.
COMMANDS = MappingProxyType(
    {
        "start": "cli.start",
        "check": "cli.check",
        "finish": "cli.finish",
        "prove": "cli.prove",
        "simulate": "cli.simulate",
        "init": "cli.init",
        "doctor": "cli.doctor",
        "replay": "cli.replay",
        "explain": "cli.explain",
        "backport": "cli.backport",
        "config": "cli.config",
        "policies": "cli.policies",
        "hook": "cli.hook",
        "completion": "cli.completion",
        "ledger": "cli.ledger",
        "serve": "cli.serve",
        "worker": "cli.worker",
        "sandbox": "cli.sandbox",
        "demo": "cli.demo",
        "action": "cli.action",
    }
)

#: Wrong usage, unreadable input, a service that can't start.
EXIT_UNUSABLE = 2

#: What shells report for a program that Ctrl-C, or a reader that went away, ended: 128 and the signal's number.
#: Neither may look like a verdict.
EXIT_INTERRUPTED = 130
EXIT_UNREAD = 141

#: A fault in Hotfix Guard itself (`EX_SOFTWARE` of sysexits.h); the traceback is for its makers.
EXIT_CRASHED = 70


class _Commands(click.Group):
    """A group that imports a command when it is needed, so that `hotfix check` starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        # What is imported stays; to look through it for garbage all the while takes a tenth of the start.
        gc.disable()
        try:
            module = importlib.import_module(COMMANDS[cmd_name])
        finally:
            gc.enable()
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101 - for the type checker
        return command

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """Read the command line; `--help` and `--version` speak already here."""
        with _heard():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _heard():
            return super().invoke(ctx)

    def main(self, *arguments: Any, **options: Any) -> NoReturn:
        """Run the command line and end the process; whatever goes wrong on purpose is told in one sentence."""
        _speak_utf_8()
        # Looking through every installed package for plugins of pydantic, of which we want none, took 0.08 s.
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
        sys.exit(_ended(lambda: super(_Commands, self).main(*arguments, **{**options, "standalone_mode": False})))


@contextmanager
def _heard() -> Iterator[None]:
    """End with a code of its own where nobody reads any further (`| head`); click's would look like a verdict."""
    try:
        yield
    except BrokenPipeError as error:
        _give_up_output()
        raise click.exceptions.Exit(EXIT_UNREAD) from error


def _ended(run: Callable[[], Any]) -> int:
    """Run a command and return the exit code for how it ended."""
    try:
        return _told(run)
    except OSError as error:
        _give_up_output()
        return _unusable(_trouble(error))
    except Exception:
        traceback.print_exc()
        return EXIT_CRASHED


def _told(run: Callable[[], Any]) -> int:
    try:
        code = run()
        if sys.stdout:
            sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return EXIT_UNUSABLE
    except click.ClickException as error:
        return _unusable(_usage(error))
    except PolicyFileError as error:
        return _faulty(error)
    except HotfixGuardError as error:
        return _unusable(str(error))
    except click.Abort:
        return EXIT_INTERRUPTED
    return code if isinstance(code, int) else 0


def _trouble(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def _give_up_output() -> None:
    """Python flushes once more at its end, and would tell of the same trouble."""
    if sys.stdout:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unusable(sentence: str) -> int:
    click.echo(f"hotfix: {plain(sentence)}", err=True)
    return EXIT_UNUSABLE


def _faulty(error: PolicyFileError) -> int:
    """Tell every fault, one a line: whoever mends a file wants to mend it once."""
    for problem in error.problems:
        remedy = f" → {problem.remedy}" if problem.remedy else ""
        _unusable(f"{problem.told(error.source)}{remedy}")
    return EXIT_UNUSABLE


def _usage(error: click.ClickException) -> str:
    said = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "hotfix"
    return f"{said[:1].lower()}{said[1:]}; `{path} --help` shows the usage"


def _speak_utf_8() -> None:
    """Programs read what we write, and file names may be anything: neither may depend on where we run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hotfix-guard", prog_name="hotfix")
def main() -> None:
    """Hotfix Guard makes the fast lane the strict lane.

    Exit codes: 0 fine, 1 a required policy fails, 2 wrong usage or unreadable input, 3 waiting for people or machines.
    """
