"""Colours for people: what is told stays the same without them."""

from __future__ import annotations

import os
import sys
from types import MappingProxyType
from typing import Any

import click

#: For a whole terminal's worth of findings to stay on one screen.
FEW = 3

_MARKS: MappingProxyType[str, dict[str, Any]] = MappingProxyType(
    {
        "✓": {"fg": "green"},
        "✗": {"fg": "red"},
        "!": {"fg": "yellow"},
        "…": {"fg": "cyan"},
        "→": {"fg": "cyan"},
        "-": {"dim": True},
    }
)
_CONCLUSIONS: MappingProxyType[str, str] = MappingProxyType(
    {"success": "green", "failure": "red", "action_required": "yellow", "in_progress": "cyan", "timed_out": "yellow"}
)

color = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; by itself on a terminal, unless NO_COLOR is set. FORCE_COLOR is always.",
)


def is_coloured(told: str) -> bool:
    """Whether standard output gets colours (no-color.org, force-color.org).

    Args:
        told: what `--color` says.
    """
    if told != "auto":
        return told == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal()


def is_terminal() -> bool:
    """Whether a person looks on."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def coloured(text: str) -> str:
    """A report for a terminal, its marks, next steps and conclusion in colour."""
    return "".join(f"{_line(line)}\n" for line in text.removesuffix("\n").split("\n"))


def _line(line: str) -> str:
    mark, rest = line[:1], line[1:]
    if mark in _MARKS and rest.startswith(" "):
        return click.style(mark, bold=True, **_MARKS[mark]) + rest
    if line.lstrip().startswith("→ "):
        return click.style(line, fg="cyan")
    conclusion = line.partition(":")[0]
    if conclusion in _CONCLUSIONS:
        return click.style(line, fg=_CONCLUSIONS[conclusion], bold=True)
    return line
