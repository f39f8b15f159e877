"""`make fuzz`: many seeded cases over all processors, and a table of what they took."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import click

from tests.fuzzing.running import KINDS, Slice, Told, run

_PART = 500


def main() -> int:
    """Run the cases; 1 where one of them failed."""
    options = _options()
    began = time.perf_counter()
    if options.case is not None:
        slices = [Slice(options.kind, options.seed, options.case, options.case + 1)]
    else:
        slices = list(_slices(options))
    with ProcessPoolExecutor(options.processes) as pool:
        told = []
        for one in pool.map(run, slices):
            told.append(one)
            for failure in one.failures[:5]:
                click.echo(failure, err=True)
    _print(told, time.perf_counter() - began)
    return int(any(one.failures for one in told))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="how many over all kinds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=None)
    parser.add_argument("--kind", choices=sorted(KINDS), help="this kind alone")
    parser.add_argument("--case", type=int, help="this case of the kind alone")
    return parser.parse_args()


def _slices(options: argparse.Namespace) -> list[Slice]:
    shares = {kind: share for kind, (_, share) in KINDS.items() if options.kind in {None, kind}}
    whole = sum(shares.values())
    return [
        Slice(kind, options.seed, start, min(start + _PART, cases))
        for kind, share in shares.items()
        for cases in [round(options.cases * share / whole)]
        for start in range(0, cases, _PART)
    ]


def _print(told: list[Told], seconds: float) -> None:
    click.echo(f"{'kind':<14} {'cases':>7} {'failed':>7} {'processor s':>12} {'slowest s':>10}")
    for kind in KINDS:
        ours = [one for one in told if one.kind == kind]
        if ours:
            slowest, number = max(one.slowest for one in ours)
            counts = (sum(one.cases for one in ours), sum(len(one.failures) for one in ours))
            spent = sum(one.seconds for one in ours)
            click.echo(f"{kind:<14} {counts[0]:>7} {counts[1]:>7} {spent:>12.0f} {slowest:>10.2f}  (case {number})")
    click.echo(f"in {seconds:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
