"""`make proofs`: whether the proof says of real fixes of public repositories what they are.

`set.jsonl` beside this file holds rows {repository, base, head, ecosystem, expected, why}: where the
expected verdict isn't `proven` the commit was read, and `why` tells the reason; a row that is `proven` was taken on the
verdict, its title and the names of its red tests. The tests run offline with what
a row's `install` names, which comes from its registry by name, and after its `setup`, which takes a dependency away
that the tests don't need.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from adapters.test_runs.proving import ProofRequest, prove
from benchmarks.figures import machine, median, milliseconds
from domain.errors import HotfixGuardError
from domain.proof import Proof

Row = dict[str, Any]

_SET = Path(__file__).with_name("set.jsonl")
_SECONDS = 300.0


@dataclass(frozen=True)
class _Answer:
    row: Row
    verdict: str
    why: str
    overhead: float

    @property
    def is_right(self) -> bool:
        return bool(self.verdict == self.row["expected"])


@click.command()
@click.option("--clones", type=click.Path(path_type=Path), default=Path(".cache/clones"), show_default=True)
@click.option("--fetch/--no-fetch", default=True, help="Fetch the commits that the folder lacks from github.com.")
@click.option("--runs", type=click.IntRange(1, 10), default=1, show_default=True, help="How often on each side.")
@click.option("--ecosystem", default="", help="Only the rows of this ecosystem.")
def main(clones: Path, fetch: bool, runs: int, ecosystem: str) -> None:
    """Prove every row, and print how many verdicts are the expected ones."""
    rows = [json.loads(line) for line in _SET.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if ecosystem in ("", row["ecosystem"])]
    if fetch:
        _fetch_all(rows, clones)
    click.echo(f"{machine()}\n")
    began = time.perf_counter()
    answers = []
    for row in rows:
        if _place(row, clones).exists():
            answers.append(_answer(row, clones, runs))
            _tell(answers[-1])
    _sum_up(answers, time.perf_counter() - began)


def _answer(row: Row, clones: Path, runs: int) -> _Answer:
    request = ProofRequest(
        _place(row, clones),
        row["base"],
        row["head"],
        test_command=row.get("command", ""),
        setup_command=_setup(row, clones),
        seconds=_SECONDS,
        runs=runs,
    )
    try:
        proof: Proof = prove(request)
    except HotfixGuardError as error:
        return _Answer(row, "error", str(error), 0.0)
    return _Answer(row, proof.verdict.value, proof.decision.why, proof.overhead)


def _setup(row: Row, clones: Path) -> str:
    """What makes the runner available: packages installed once, beside the clones, and linked into each worktree."""
    packages = row.get("install", [])
    if not packages:
        return str(row.get("setup", ""))
    place = (clones / "_installed" / "-".join(packages).replace("/", "+")).resolve()
    if not (place / "node_modules").is_dir():
        place.mkdir(parents=True, exist_ok=True)
        (place / "package.json").write_text("{}")
        npm = shutil.which("npm") or "npm"
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run([npm, "install", *options, *packages], cwd=place, check=True)  # noqa: S603
    return f"ln -s '{place}/node_modules' node_modules"


def _tell(answer: _Answer) -> None:
    mark = "ok   " if answer.is_right else "WRONG"
    row = answer.row
    click.echo(f"{mark} {row['repository']} {row['head'][:8]}: {answer.verdict}")
    if not answer.is_right:
        click.echo(f"      expected {row['expected']}: {answer.why}")


def _sum_up(answers: list[_Answer], seconds: float) -> None:
    if not answers:
        raise click.ClickException("none of the commits is there")
    right = [answer for answer in answers if answer.is_right]
    click.echo(f"\n{len(right)} of {len(answers)} verdicts are the expected ones")
    told = Counter((answer.row["ecosystem"], answer.row["expected"], answer.is_right) for answer in answers)
    for (ecosystem, expected, is_right), count in sorted(told.items()):
        click.echo(f"  {ecosystem}, {expected}: {count} {'right' if is_right else 'WRONG'}")
    overhead = milliseconds(median([answer.overhead for answer in answers]))
    click.echo(f"overhead beyond set-up and test runs, median: {overhead}; all of it took {seconds:.0f} s")


def _place(row: Row, clones: Path) -> Path:
    return clones / str(row["repository"]).replace("/", "+") / "repo"


def _fetch_all(rows: list[Row], clones: Path) -> None:
    wanted: dict[Path, list[str]] = {}
    names = {}
    for row in rows:
        place = _place(row, clones)
        if not place.exists():
            wanted.setdefault(place, []).extend([row["base"], row["head"]])
            names[place] = row["repository"]
    for place, oids in wanted.items():
        _git("init", "--quiet", "--bare", str(place))
        address = f"https://github.com/{names[place]}"
        _git("-C", str(place), "fetch", "--quiet", "--depth", "2", address, *dict.fromkeys(oids))


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True)  # noqa: S603, S607


if __name__ == "__main__":
    main()
