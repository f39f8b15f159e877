"""`make accuracy`: how often the policies say of real commits what people said of them.

Each `*.jsonl` beside this file holds labelled commits as rows {repository, base, head, …}; the module of the same name
tells whether a row is answered rightly. A row is `blind` if it was labelled before the policy was asked and nothing had
been improved on it; where it was studied afterwards, `first` keeps what the first answer was.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from adapters.git.local import LocalRepository
from benchmarks.accuracy import comments, dependencies, diff_size, regression_test
from domain.change import Change, Content
from domain.finding import Outcome
from policies import desk_needs
from policies.dependencies import Dependencies

Row = dict[str, Any]

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class _Question:
    name: str
    labels: Path
    is_right: Callable[[Row, Path], bool]


_QUESTIONS = (
    _Question("dependencies", dependencies.LABELS, dependencies.is_right),
    _Question("hotfix-comment", comments.LABELS, comments.is_right),
    _Question("diff-size", diff_size.LABELS, diff_size.is_right),
)


@click.command()
@click.option("--clones", type=click.Path(path_type=Path), default=Path(".cache/clones"), show_default=True)
@click.option("--fetch/--no-fetch", default=True, help="Fetch the commits that the folder lacks from github.com.")
@click.option("--wrong", is_flag=True, help="Name every row that is answered wrongly.")
def main(clones: Path, fetch: bool, wrong: bool) -> None:
    """Print a table of right answers: to rows that nothing was improved on, and to the others."""
    if fetch:
        _fetch_all(clones)
    commits = {(row["repository"], row["head"]) for row in _all_rows() if _is_there(row, clones)}
    click.echo(f"{len(commits)} labelled commits of {len({name for name, _ in commits})} repositories")
    for question in _QUESTIONS:
        _tell(question, clones, wrong=wrong)
    for line in regression_test.lines(regression_test.score(clones)):
        click.echo(line)
    passes = [row for row in _rows(dependencies.LABELS) if _is_there(row, clones) and _passes_unread(row, clones)]
    click.echo(f"accidental passes of unreadable manifests: {len(passes)}")


def _tell(question: _Question, clones: Path, *, wrong: bool) -> None:
    answers = [(row, question.is_right(row, clones)) for row in _rows(question.labels) if _is_there(row, clones)]
    blind = [right and row.get("first") != "wrong" for row, right in answers if row.get("blind")]
    seen = [right for row, right in answers if not row.get("blind") or "first" in row]
    click.echo(f"{question.name}, blind: {_share(blind)}; studied: {_share(seen)}")
    for row, right in answers if wrong else []:
        if not right:
            click.echo(f"  {row['repository']} {row['head'][:10]} {row.get('path', '')}")


def _share(right: list[bool]) -> str:
    share = f" ({100 * sum(right) / len(right):.1f} %)" if right else ""
    return f"{sum(right)} of {len(right)} right{share}"


def _passes_unread(row: Row, clones: Path) -> bool:
    """Whether a commit passes though each of its manifests is made unreadable at head."""
    policy = Dependencies()
    change = LocalRepository(_place(row, clones)).change(row["base"], row["head"], desk_needs((policy,)))
    told = policy.inspect(change).facts
    if not any(one["scope"] in {"product", "development"} for one in told["changes"]):
        return False
    return policy.inspect(_garbled(change)).outcome is Outcome.PASS


def _garbled(change: Change) -> Change:
    files = tuple(
        replace(file, head=Content.closed("not UTF-8")) if file.head is not None else file for file in change.files
    )
    return replace(change, evidence=replace(change.evidence, files=files))


def _rows(labels: Path) -> list[Row]:
    return [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines()]


def _all_rows() -> Iterator[Row]:
    for labels in sorted(_HERE.glob("*.jsonl")):
        yield from _rows(labels)


def _place(row: Row, clones: Path) -> Path:
    return clones / str(row["repository"]).replace("/", "+") / "repo"


def _is_there(row: Row, clones: Path) -> bool:
    return _place(row, clones).exists()


def _fetch_all(clones: Path) -> None:
    """Bring the labelled commits and their parents: two commits each instead of whole histories."""
    wanted: dict[str, list[str]] = {}
    for row in _all_rows():
        if not _is_there(row, clones):
            wanted.setdefault(row["repository"], []).extend([row["base"], row["head"]])
    for repository, oids in wanted.items():
        place = _place({"repository": repository}, clones)
        _git("init", "--quiet", "--bare", str(place))
        address = f"https://github.com/{repository}"
        _git("-C", str(place), "fetch", "--quiet", "--depth", "2", address, *dict.fromkeys(oids))


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True)  # noqa: S603, S607


if __name__ == "__main__":
    main()
