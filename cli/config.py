"""`hotfix config`: look at policy files."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import click

import policies
from domain.errors import PolicyFileError, UnreadableInputError
from domain.pull_request import PolicyFile

#: Far more than a policy file or a description may have, and little enough to be read from a device without end.
_MOST = 1_000_000


@click.group(short_help="Check and show policy files.")
def config() -> None:
    """Check and show policy files."""


#: What stands at the desk for a policy file that only GitHub has.
policy_base = click.option(
    "--policy-base",
    type=click.Path(path_type=Path),
    help="A copy of the other repository's file that the policy file extends.",
)


@config.command(short_help="Say every fault of a policy file.")
@click.argument("file", type=click.Path(path_type=Path))
@policy_base
def validate(file: Path, policy_base: Path | None) -> None:
    """Say every fault of FILE with its line and column; exit code 0 where there is none, else 1.

    The desk doesn't read other repositories: a file that extends one of theirs takes --policy-base, or ends with 2.
    """
    try:
        policies.configure(based(read(file), policy_base))
    except PolicyFileError as error:
        for problem in error.problems:
            source = problem.source or error.source
            where = f"{source}:{problem.line}:{problem.column}" if problem.line else source
            click.echo(f"{where}: {problem.message}")
            if problem.remedy:
                click.echo(f"  → {problem.remedy}")
        sys.exit(1)
    click.echo(f"{file}: fine")


@config.command(short_help="Print a configuration, defaults included.")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@policy_base
def show(file: Path | None, policy_base: Path | None) -> None:
    """Print the whole configuration that FILE comes to, defaults included; without FILE the built-in one."""
    click.echo(policies.show(policies.configure(based(read(file) if file else None, policy_base))), nl=False)


@config.command(short_help="Print the JSON Schema of the policy file.")
def schema() -> None:
    """Print the JSON Schema of the policy file, for editors."""
    click.echo(json.dumps(policies.json_schema(), indent=2, ensure_ascii=False))


@config.command(short_help="List the presets, or print one.")
@click.argument("name", required=False)
def presets(name: str | None) -> None:
    """List the presets that a policy file may extend; with NAME print that preset's file."""
    known = policies.presets.names()
    if name is None:
        click.echo("\n".join(known))
    elif name in known:
        click.echo(policies.presets.text(name), nl=False)
    else:
        raise click.UsageError(f"there is no preset {name}; possible: {', '.join(known)}")


def read(file: Path) -> PolicyFile:
    """A policy file from disk.

    Raises:
        UnreadableInputError: it isn't there, can't be read, or is no UTF-8 text.
    """
    return PolicyFile(text=read_text(file), oid="", source=str(file))


def based(file: PolicyFile | None, base: Path | None) -> PolicyFile | None:
    """A policy file with the file of another repository that it extends, as a copy of it on disk says.

    Raises:
        UnreadableInputError: it extends one and no copy was named, or the other way round, or the copy can't be read.
    """
    named = policies.extended_file(file)
    if file is None or named is None:
        if base is not None:
            raise UnreadableInputError("the policy file extends no other repository's file; leave --policy-base out")
        return file
    if base is None:
        raise UnreadableInputError(
            f"{file.source} extends {named}, which the desk doesn't read: save a copy and name it by --policy-base FILE"
        )
    return replace(file, base=read(base))


def read_text(file: Path) -> str:
    """A text file from disk.

    Raises:
        UnreadableInputError: it isn't there, can't be read, is no UTF-8 text, or is too large.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST + 1)
    except OSError as error:
        raise UnreadableInputError(f"{file} can't be read: {error.strerror}") from error
    if len(content) > _MOST:
        raise UnreadableInputError(f"{file} is larger than {_MOST:,} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableInputError(f"{file} is no UTF-8 text (byte {error.start})") from error
