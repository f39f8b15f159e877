"""`hotfix config`: look at policy files."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import click

import policies
from adapters.git.local import LocalRepository
from domain.errors import HotfixGuardError, PolicyFileError, UnreadableInputError
from domain.pull_request import PolicyFile
from domain.wording import plain

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
@click.argument("file", type=click.Path(path_type=Path), required=False)
@policy_base
def validate(file: Path | None, policy_base: Path | None) -> None:
    """Say every fault of FILE with its line and column; exit code 0 where there is none, else 1.

    Without FILE that is .github/hotfix.yml of the repository that this folder belongs to.
    The desk doesn't read other repositories: a file that extends one of theirs takes --policy-base, or ends with 2.
    """
    file = file or _of_repository()
    if file is None:
        raise click.UsageError(f"there is no {policies.POLICY_FILE} here; name a FILE")
    try:
        policies.configure(based(read(file), policy_base))
    except PolicyFileError as error:
        for problem in error.problems:
            click.echo(problem.told(error.source))
            if problem.remedy:
                click.echo(f"  → {problem.remedy}")
        sys.exit(1)
    click.echo(f"{file}: fine")


@config.command(short_help="Print a configuration, defaults included.")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@policy_base
def show(file: Path | None, policy_base: Path | None) -> None:
    """Print the whole configuration that FILE comes to, defaults included.

    Without FILE that is .github/hotfix.yml of the repository that this folder belongs to, as it stands in the working
    tree; where there is none, the built-in defaults. A comment in the first line then says which.
    """
    found = file or _of_repository()
    shown = policies.show(policies.configure(based(read(found) if found else None, policy_base)))
    if file is None:
        click.echo(f"# what {plain(str(found))} comes to" if found else "# the built-in defaults")
    click.echo(shown, nl=False)


def _of_repository() -> Path | None:
    """The policy file of the repository that we stand in, else of this very folder; None where there is none."""
    try:
        top = LocalRepository(Path()).top_folder() or Path()
    except HotfixGuardError:
        top = Path()
    file = Path(os.path.relpath(top / policies.POLICY_FILE))
    return file if file.is_file() else None


@config.command(short_help="Print the JSON Schema of the policy file.")
def schema() -> None:
    """Print the JSON Schema of the policy file, for editors."""
    click.echo(json.dumps(policies.json_schema(), indent=2, ensure_ascii=False))


@config.command(short_help="List the presets, or print one.")
@click.argument("name", required=False)
def presets(name: str | None) -> None:
    """List the presets that a policy file may extend, and whom each suits; with NAME print that preset's file."""
    known = policies.presets.names()
    if name is None:
        click.echo(preset_lines())
    elif name in known:
        click.echo(policies.presets.text(name), nl=False)
    else:
        raise click.UsageError(f"there is no preset {name}; possible: {', '.join(known)}")


def preset_lines() -> str:
    """Each preset and whom it suits, one a line."""
    known = policies.presets.names()
    width = max(map(len, known))
    return "\n".join(f"{name:<{width}}  {policies.presets.suits(name)}" for name in known)


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
