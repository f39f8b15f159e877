"""`make bench-backport`: real backports against `git cherry-pick`, and a race against the ways that everybody knows."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks.backports.clones import bring
from benchmarks.backports.comparing import Score, by_repository, compare_all, told
from benchmarks.backports.racing import Lap, kept, race, race_real
from benchmarks.backports.rows import load
from benchmarks.backports.world import objects, world
from benchmarks.figures import Figure, machine, table

#: Real backports of each repository that are raced over HTTP as well.
_RACED = 20


@click.command()
@click.option("--clones", type=click.Path(path_type=Path), default=Path(".cache/clones"), show_default=True)
@click.option("--made", type=click.Path(path_type=Path), default=Path(".cache/bench-backport/shop.git"))
@click.option(
    "--race-only", is_flag=True, help="Leave the real backports out; then nothing is fetched from github.com."
)
def main(clones: Path, made: Path, *, race_only: bool) -> None:
    """Print how fast and how right picks are; exit code 1 where a promise was broken."""
    click.echo(f"{machine()}\n")
    made.parent.mkdir(parents=True, exist_ok=True)
    there = world(made)
    click.echo(f"a repository of {objects(there.served):,} objects, served by git http-backend on loopback")
    figures = list(race(there))
    click.echo(table(figures))
    broken = any(figure.value == "BROKEN" for figure in figures)
    if not race_only:
        broken |= _real(clones)
    raise SystemExit(int(broken))


def _real(clones: Path) -> bool:
    score, laps = Score(), list[Lap]()
    for repository, rows in by_repository(load()).items():
        clone = bring(clones, repository)
        laps += race_real(clone, rows[:_RACED])
        compare_all(rows, clone, score)
        click.echo(f"{repository}: {len(rows)} real backports, {len(score.differences)} differences so far")
    for line in told(score):
        click.echo(line)
    figures: list[Figure] = list(kept(laps, "real backports over HTTP"))
    click.echo(table(figures))
    return bool(score.differences) or any(figure.value == "BROKEN" for figure in figures)


if __name__ == "__main__":
    main()
