"""Hold our picks against `git cherry-pick` in a working clone, on real backports: `make bench-backport` runs it."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from adapters.git import Picker
from benchmarks.backports.clones import bring, served, working
from benchmarks.backports.rows import ROWS, Row, load
from benchmarks.figures import milliseconds, percentile
from domain.backport import ConflictKind, Pick, PickOutcome, PickRequest, PickResult
from domain.pull_request import Signature
from tests.adapters.git_repositories import Repository, conflicted_paths

_BOT = Signature("Hotfix Guard", "bot@example.org")
#: git names a file that has to step aside for a folder after the side that it came from.
_MOVED = re.compile(r"~(?:HEAD|target-\d+|[0-9a-f]{7,40}(?: \(.*\))?)(?=$|/|_\d)", re.DOTALL)


@dataclass
class Score:
    """How the picks compare.

    Attributes:
        ends: how many ended in each way.
        differences: each difference to `git cherry-pick`, one sentence.
        false_clean: how many were clean where git sees a conflict.
    """

    ends: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    false_clean: int = 0
    seconds: list[float] = field(default_factory=list)
    fetched: list[int] = field(default_factory=list)


@click.command()
@click.option("--clones", type=click.Path(path_type=Path), default=Path(".cache/clones"), show_default=True)
@click.option("--rows", "path", type=click.Path(path_type=Path, exists=True), default=ROWS)
@click.option("--only", default="", help="One repository, owner/name.")
def main(clones: Path, path: Path, only: str) -> None:
    """Print how many picks end as `git cherry-pick` ends them, and every difference."""
    score = Score()
    for repository, rows in by_repository(load(path)).items():
        if only in ("", repository):
            compare_all(rows, bring(clones, repository), score)
            click.echo(f"{repository}: {len(rows)} backports compared, {len(score.differences)} differences so far")
    for line in told(score):
        click.echo(line)
    raise SystemExit(1 if score.differences else 0)


def told(score: Score) -> Iterator[str]:
    """The score in lines for people."""
    total = sum(score.ends.values())
    ends = ", ".join(f"{count} {name}" for name, count in sorted(score.ends.items()))
    yield f"{total} real backports ({ends}): {total - len(score.differences)} equal to git cherry-pick"
    yield f"false clean: {score.false_clean}"
    if total:
        times = [milliseconds(percentile(score.seconds, share)) for share in (0.5, 0.95, 1.0)]
        sizes = [f"{percentile([float(one) for one in score.fetched], share):,.0f}" for share in (0.5, 0.95, 1.0)]
        yield f"over file://: median {times[0]}, p95 {times[1]}, slowest {times[2]}"
        yield f"bytes fetched: median {sizes[0]}, p95 {sizes[1]}, most {sizes[2]}"
    yield from score.differences


def compare_all(rows: Sequence[Row], clone: Path, score: Score) -> None:
    """Compare the backports of one repository."""
    with tempfile.TemporaryDirectory(prefix="hotfix-bench-") as name:
        server = served(clone, Path(name) / "served.git")
        desk = working(server, Path(name) / "desk")
        for number, row in enumerate(_in_order(rows, server)):
            difference = _compare(row, server, desk, number, score)
            if difference:
                score.differences.append(f"{row.repository} {' '.join(row.commits)} onto {row.onto}: {difference}")


def _in_order(rows: Sequence[Row], server: Repository) -> list[Row]:
    """By the time of the target, so that the working tree changes little from one to the next."""
    times = {row.onto: server.git("show", "-s", "--format=%ct", row.onto) for row in rows}
    return sorted(rows, key=lambda row: int(times[row.onto]))


def _compare(row: Row, server: Repository, desk: Repository, number: int, score: Score) -> str:
    picker = Picker(lambda _name: server.url, lambda _name: "", _BOT)
    picks = tuple(Pick(oid, row.mainline or 1) for oid in row.commits)
    server.branch(f"target-{number}", row.onto)
    ours = picker.cherry_pick(PickRequest(row.repository, f"target-{number}", picks, f"backport-{number}"))
    stopped = _cherry_pick(row, desk)
    score.ends[str(ours.outcome)] += 1
    score.seconds.append(ours.seconds)
    score.fetched.append(ours.fetched_bytes)
    if ours.outcome is not PickOutcome.CONFLICT and stopped:
        score.false_clean += 1
    return difference(ours, stopped, desk, server)


def _cherry_pick(row: Row, desk: Repository) -> str:
    """Pick as a person would; the commit that conflicted, "" for none."""
    _check_out(row.onto, desk)
    for oid in row.commits:
        mainline = ("-m", str(row.mainline)) if row.mainline else ()
        desk.git("cherry-pick", "-x", *mainline, oid, codes=(0, 1))
        if not (desk.path / ".git" / "CHERRY_PICK_HEAD").exists():
            continue
        if conflicted_paths(desk):
            return oid
        desk.git("cherry-pick", "--skip")
    return ""


def _check_out(oid: str, desk: Repository) -> None:
    if (desk.path / ".git" / "CHERRY_PICK_HEAD").exists():
        desk.git("cherry-pick", "--quit")
    desk.git("checkout", "-q", "--force", "--detach", oid)
    desk.git("clean", "-ffdxq")


def difference(ours: PickResult, stopped: str, desk: Repository, server: Repository) -> str:
    """How our pick differs from what lies in a working clone after git stopped there; "" where it doesn't."""
    if ours.stopped_at != stopped:
        return f"stopped at {ours.stopped_at or 'nothing'} instead of {stopped or 'nothing'}"
    if not stopped:
        tree = desk.git("rev-parse", "HEAD^{tree}")
        return "" if tree == ours.tree else f"tree {ours.tree} instead of {tree}"
    theirs = {_unmoved(path) for path in conflicted_paths(desk)}
    conflicted = {_unmoved(each.path) for each in ours.conflicts}
    if conflicted != theirs:
        return f"conflicts in {sorted(conflicted)} instead of {sorted(theirs)}"
    return _rest(ours, desk, server, conflicted) or _contents(ours, desk, server)


def _unmoved(path: str) -> str:
    return _MOVED.sub("~side", path)


def _rest(ours: PickResult, desk: Repository, server: Repository, conflicted: set[str]) -> str:
    """Everything that isn't in conflict must be the same in our tree and in the person's index."""
    theirs = {path: head for path, head in _index(desk).items() if _unmoved(path) not in conflicted}
    tree = _tree(server, ours.tree)
    mine = {path: head for path, head in tree.items() if _unmoved(path) not in conflicted}
    odd = sorted(path for path, _ in theirs.items() ^ mine.items())
    return f"other contents at {odd[:5]}" if odd else ""


def _index(desk: Repository) -> Mapping[str, str]:
    lines = desk.raw("ls-files", "-s", "-z").decode("utf-8", "surrogateescape").split("\0")
    parts = [line.partition("\t") for line in lines if line]
    return {path: " ".join(head.split(" ")[:2]) for head, _, path in parts if head.endswith(" 0")}


def _tree(server: Repository, tree: str) -> Mapping[str, str]:
    lines = server.raw("ls-tree", "-r", "-z", tree).decode("utf-8", "surrogateescape").split("\0")
    parts = [line.partition("\t") for line in lines if line]
    return {path: f"{head.split(' ')[0]} {head.split(' ')[2]}" for head, _, path in parts}


def _contents(ours: PickResult, desk: Repository, server: Repository) -> str:
    """The conflicted files hold what the person has to look at, labels aside."""
    tree = _tree(server, ours.tree)
    for each in ours.conflicts:
        lying = desk.path / each.path
        if each.kind is ConflictKind.LFS or not tree.get(each.path, "").startswith("100") or not lying.is_file():
            continue
        mine = server.raw("cat-file", "blob", tree[each.path].split(" ")[1])
        if _unlabelled(mine) != _unlabelled(lying.read_bytes()):
            return f"other contents in the conflicted file {each.path}"
    return ""


def _unlabelled(raw: bytes) -> bytes:
    """Without labels, and without the line ends that attributes give to files in a working tree."""
    plain = raw.replace(b"\r\n", b"\n")
    return re.sub(rb"^(<{7,}|>{7,}|\|{7,}) .*$", rb"\1", plain, flags=re.MULTILINE)


def by_repository(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    """The rows of each repository."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.repository, []).append(row)
    return found


if __name__ == "__main__":
    main()
