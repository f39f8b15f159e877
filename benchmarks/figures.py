"""Measured numbers, and the table that shows them beside the machine they were measured on."""

from __future__ import annotations

import math
import os
import platform
import sqlite3
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        what: what was measured.
        value: the number with its unit.
        note: how, and on how many samples.
    """

    what: str
    value: str
    note: str = ""


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least this share (0 to 1) of all samples doesn't exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(samples: Sequence[float]) -> float:
    """The middle sample, the lower one of two."""
    return percentile(samples, 0.5)


def milliseconds(seconds: float) -> str:
    """A duration in milliseconds."""
    return f"{seconds * 1000:,.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"  # noqa: PLR2004


def table(figures: Iterable[Figure]) -> str:
    """The figures as columns."""
    rows = [(figure.what, figure.value, figure.note) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"{what:<{widths[0]}}  {value:>{widths[1]}}  {note}".rstrip() for what, value, note in rows)


def machine() -> str:
    """What the numbers were measured on; without it they say nothing."""
    command = ["git", "--version"]
    git = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[2]  # noqa: S603
    versions = f"Python {platform.python_version()}, git {git}, SQLite {sqlite3.sqlite_version}"
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    system = f"{platform.system()} {platform.release()}"
    return f"{os.cpu_count()} x {_processor()}, {_memory()}; {system}; {versions}; load before: {load}"


def _processor() -> str:
    return _proc("cpuinfo", "model name") or platform.processor() or platform.machine()


def _memory() -> str:
    kilobytes = _proc("meminfo", "MemTotal").removesuffix(" kB")
    return f"{int(kilobytes) / 2**20:.0f} GB" if kilobytes else "memory unknown"


def _proc(name: str, key: str) -> str:
    file = Path("/proc") / name
    lines = file.read_text().splitlines() if file.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")
