"""`make bench`: honest numbers, with the machine that they were measured on."""

from __future__ import annotations

import time

import click

from benchmarks import acknowledging, acting, evaluating, picking, proving, replay, starting
from benchmarks.figures import machine, table


def main() -> None:
    """Measure everything, one after the other, and print one table."""
    began = time.perf_counter()
    click.echo(f"{machine()}\n")
    figures = [
        figure
        for part in (starting, acknowledging, evaluating, picking, replay, proving, acting)
        for figure in part.measure()
    ]
    click.echo(table(figures))
    click.echo(f"\nmeasured in {time.perf_counter() - began:.0f} s; sandbox, service and load shared the machine")


if __name__ == "__main__":
    main()
