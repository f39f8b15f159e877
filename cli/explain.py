"""`hotfix explain`: one policy, and what to do about it."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator

import click

from cli.completing import policy_names
from policies import POLICIES, POLICY_FILE
from policies.base import Policy
from policies.reference import PARTS, parts, settings
from policies.yaml_faults import nearest

_INDENT = "  "
#: Longer lines are hard to read, however wide the terminal is.
_WIDEST = 100


@click.command(short_help="Say what a policy asks for, and its settings.")
@click.argument("policy", shell_complete=policy_names)
def explain(policy: str) -> None:
    """Say why POLICY is there, what passes, what fails, what to do, and its settings."""
    found = next((one for one in POLICIES if one.name == policy), None)
    if found is None:
        raise click.UsageError(_unknown(policy))
    click.echo(_told(found, min(_WIDEST, shutil.get_terminal_size().columns)), nl=False)


def _unknown(name: str) -> str:
    names = [one.name for one in POLICIES]
    near = nearest(name, names)
    hint = f"did you mean {near}?" if near else f"there are {', '.join(names)}"
    return f"there is no policy {name[:60]}; {hint}"


def _told(policy: type[Policy], width: int) -> str:
    summary, found, rest = parts(policy)
    blocks = [click.style(policy.name, bold=True), _wrapped(summary, width)]
    blocks += [_wrapped(paragraph, width) for paragraph in rest.split("\n\n") if paragraph]
    blocks.append("\n".join(_part(part, found[part], width) for part in PARTS if part in found))
    blocks.append("\n".join([f"Settings, in {POLICY_FILE} under policies.{policy.name}:", *_settings(policy, width)]))
    return "\n\n".join(blocks) + "\n"


def _part(name: str, text: str, width: int) -> str:
    return _wrapped(f"{name + ':':<8}{text}", width, " " * 8, first="")


def _settings(policy: type[Policy], width: int) -> Iterator[str]:
    for key, (takes, default, meaning) in settings(policy):
        yield _wrapped(f"{key}: {takes}" + (f", by default {default}" if default else ""), width, _INDENT)
        yield _wrapped(meaning, width, _INDENT * 2)


def _wrapped(text: str, width: int, indent: str = "", first: str | None = None) -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
