"""Collect real backports from clones: `python -m benchmarks.backports.collecting CLONE owner/name Language COUNT …`.

A backport is a commit with one parent and the trailer "(cherry picked from commit …)" whose origin the clone holds;
the last trailer counts, since a backport of a backport names both. Which ones are taken depends on their object ids
alone. Two in a row on a release branch also give a pick of several commits.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.backports.rows import ROWS, Row, load, save

_TRAILER = re.compile(r"^\(cherry picked from commit ([0-9a-f]{40})\)", re.MULTILINE)
#: One of so many backports is also taken together with the one before it.
_PAIRS = 6


@dataclass(frozen=True)
class _Backport:
    oid: str
    onto: str
    origin: str


@click.command()
@click.argument("clone", type=click.Path(path_type=Path, exists=True))
@click.argument("repository")
@click.argument("language")
@click.argument("count", type=int)
@click.option("--rows", "path", type=click.Path(path_type=Path), default=ROWS)
def main(clone: Path, repository: str, language: str, count: int, path: Path) -> None:
    """Add the backports of one repository to the set, in place of those that it has."""
    others = [row for row in load(path) if row.repository != repository] if path.exists() else []
    found = list(rows_of(clone, repository, language))
    found.sort(key=lambda row: hashlib.sha256("".join((row.onto, *row.commits)).encode()).digest())
    save(others + found[:count], path)
    click.echo(f"{repository}: {min(count, len(found))} of {len(found)} backports")


def rows_of(clone: Path, repository: str, language: str) -> Iterator[Row]:
    """The backports that a clone holds."""
    backports = {each.oid: each for each in _backports(clone)}
    parents = _parents(clone, [each.origin for each in backports.values()])
    known = {oid: each for oid, each in backports.items() if parents.get(each.origin)}
    for each in known.values():
        mainline = int(len(parents[each.origin]) > 1)
        yield Row(repository, language, each.onto, (each.origin,), mainline)
        before = known.get(each.onto)
        if before and int(each.oid, 16) % _PAIRS == 0:
            mainline = int(any(len(parents[one.origin]) > 1 for one in (before, each)))
            yield Row(repository, language, before.onto, (before.origin, each.origin), mainline)


def _backports(clone: Path) -> Iterator[_Backport]:
    form = "--format=%H%x00%P%x00%B%x01"
    for record in _git(clone, "log", "--all", "--grep=cherry picked from commit", form).split("\x01"):
        oid, _, rest = record.strip().partition("\0")
        onto, _, message = rest.partition("\0")
        origins = _TRAILER.findall(message)
        if origins and len(onto.split()) == 1 and origins[-1] != onto:
            yield _Backport(oid, onto, origins[-1])


def _parents(clone: Path, oids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The parents of those of these commits that the clone holds."""
    out = _git(clone, "cat-file", "--batch-check=%(objectname) %(objecttype)", stdin="".join(f"{o}\n" for o in oids))
    held = [line.split()[0] for line in out.splitlines() if line.endswith(" commit")]
    shown = _git(clone, "rev-list", "--no-walk=unsorted", "--parents", "--stdin", stdin="".join(f"{o}\n" for o in held))
    return {line.split()[0]: line.split()[1:] for line in shown.splitlines()}


def _git(clone: Path, *arguments: str, stdin: str = "") -> str:
    command = ["git", "-C", str(clone), *arguments]
    done = subprocess.run(command, input=stdin.encode(), capture_output=True, check=True)  # noqa: S603
    return done.stdout.decode("utf-8", "replace")


if __name__ == "__main__":
    main()
