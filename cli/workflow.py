"""A run of GitHub Actions: what it tells us, and what we may tell it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from domain import workflow_commands
from domain.errors import SettingsError, UnreadableInputError

#: The largest summary of a step that GitHub shows ("Workflow commands for GitHub Actions", "Adding a job summary").
MAX_SUMMARY = 1_048_576
_CUT = "\n\n… cut here: GitHub shows no more than 1 MiB.\n"
_YES = {"true": True, "false": False, "": False}


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of `action.yml`, read and held against what they may be.

    Attributes:
        lenient: whether the step succeeds once it has judged, whatever it found (`fail-on: never`).
    """

    mode: str
    policy_file: str
    preset: str
    lenient: bool
    test_command: str
    post_check: bool

    @classmethod
    def of(cls, variables: Mapping[str, str], modes: tuple[str, ...]) -> Inputs:
        """Read them from the environment that `action.yml` makes.

        Raises:
            SettingsError: one is none of what it may be.
        """
        fail_on = _one_of(variables, "fail-on", ("failure", "never"))
        return cls(
            mode=_one_of(variables, "mode", modes),
            policy_file=_input(variables, "policy-file"),
            preset=_input(variables, "preset"),
            lenient=fail_on == "never",
            test_command=_input(variables, "test-command"),
            post_check=_YES[_one_of(variables, "post-check", ("false", "true"))],
        )


def _input(variables: Mapping[str, str], name: str) -> str:
    return variables.get(f"HOTFIX_{name.upper().replace('-', '_')}", "").strip()


def _one_of(variables: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """An input that is one of some words; the first where it is empty."""
    given = _input(variables, name) or allowed[0]
    if given not in allowed:
        raise SettingsError(f"the input {name} is {given[:60]!r}: write {', '.join(allowed[:-1])} or {allowed[-1]}")
    return given


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """One run of our step.

    Attributes:
        event: the event's name, such as "pull_request".
        payload: what the event file says; a stranger may have written any of its words.
        repository: "owner/name".
        inputs: ours.
    """

    event: str
    payload: Mapping[str, Any]
    repository: str
    inputs: Inputs
    variables: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, variables: Mapping[str, str], modes: tuple[str, ...]) -> WorkflowRun:
        """Read what the runner says by its environment.

        Raises:
            SettingsError: this is no run of GitHub Actions, or an input is wrong.
            UnreadableInputError: the event file can't be read.
        """
        event, repository = variables.get("GITHUB_EVENT_NAME", ""), variables.get("GITHUB_REPOSITORY", "")
        if not event or not repository:
            raise SettingsError("GITHUB_EVENT_NAME or GITHUB_REPOSITORY isn't set: this runs in GitHub Actions")
        payload = _payload(variables.get("GITHUB_EVENT_PATH", ""))
        return cls(event, payload, repository, Inputs.of(variables, modes), variables)

    def at(self, *keys: str) -> Any:
        """A value of the event, None where there is none."""
        value: Any = self.payload
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def text(self, *keys: str) -> str:
        """A text of the event, "" where there is none."""
        value = self.at(*keys)
        return value if isinstance(value, str) else ""

    def number(self, *keys: str) -> int:
        """A number of the event, 0 where there is none."""
        value = self.at(*keys)
        return value if isinstance(value, int) and value > 0 else 0

    def output(self, name: str, value: str) -> None:
        """Set an output of the step; the value may hold anything but the end of itself, which nobody can guess."""
        if place := self.variables.get("GITHUB_OUTPUT", ""):
            end = secrets.token_hex(16)
            _append(Path(place), f"{name}<<{end}\n{value}\n{end}\n")

    def summarize(self, text: str) -> None:
        """Add Markdown to the summary of the step."""
        if place := self.variables.get("GITHUB_STEP_SUMMARY", ""):
            _append(Path(place), _fitting(text))

    def report(self, text: str) -> None:
        """Leave the report for programs in the runner's temporary folder, and say where, as an output."""
        folder = Path(self.variables.get("RUNNER_TEMP") or ".") / "hotfix-guard"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self.inputs.mode}-{secrets.token_hex(4)}.json"
        file.write_text(text, encoding="utf-8")
        self.output("report", str(file))


def _payload(place: str) -> Mapping[str, Any]:
    try:
        read = json.loads(Path(place).read_text(encoding="utf-8")) if place else None
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableInputError("the event file at GITHUB_EVENT_PATH can't be read as JSON") from error
    if not isinstance(read, dict):
        raise UnreadableInputError("GITHUB_EVENT_PATH names no event file")
    return read


def _fitting(text: str) -> str:
    written = text.encode()
    if len(written) <= MAX_SUMMARY:
        return text
    return written[: MAX_SUMMARY - len(_CUT.encode())].decode(errors="ignore").rpartition("\n")[0] + _CUT


def _append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


#: Says workflow commands to the runner, and nothing else does.
Say = Callable[[tuple[str, ...]], None]


@contextmanager
def speaking() -> Iterator[Say]:
    """Have the runner look for commands in nothing that is printed, but for those that are said by what this gives.

    Titles, names of files and messages of errors are printed, by libraries too, and a stranger may have written them.
    Whatever is said changes the word, so nobody who has seen the log so far knows the one that counts.
    """
    word = secrets.token_hex(16)

    def say(commands: tuple[str, ...]) -> None:
        nonlocal word
        ended, word = word, secrets.token_hex(16)
        click.echo("\n".join([f"::{ended}::", *commands, workflow_commands.stopping(word)]))

    click.echo(workflow_commands.stopping(word))
    try:
        yield say
    finally:
        click.echo(f"::{word}::")
