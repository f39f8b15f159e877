"""`hotfix replay`: what the policies would have said of a history, before they are enforced."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

import policies
from adapters.git.chain import Chain, first_parents
from adapters.git.local import LocalRepository
from cli.config import based, policy_base, read
from cli.workers import Answer, Work, judge_all
from domain import replay as summary
from domain.pull_request import PolicyFile


@click.command(short_help="Judge a history as if each commit had been a hotfix.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="The repository; bare ones work too.")
@click.option("--from", "after", help="Begin after this revision.")
@click.option("--to", default="HEAD", show_default=True, help="The newest revision to judge.")
@click.option("--since", help='Begin on this day (UTC): 2024-03-31, or "3 months ago".')
@click.option("--policy-file", type=click.Path(path_type=Path), help="Use this file, not the one at the tip of --to.")
@policy_base
@click.option("--format", "form", type=click.Choice(["text", "jsonl", "markdown"]), default="text", show_default=True)
@click.option(
    "--processes", type=click.IntRange(1, 256), help="How many work side by side.  [default: one a processor]"
)
def replay(
    repo: Path,
    after: str | None,
    to: str,
    since: str | None,
    policy_file: Path | None,
    policy_base: Path | None,
    form: str,
    processes: int | None,
) -> None:
    """Judge every first-parent commit against its first parent, all by the same policies: those at the tip of --to.

    The summary says which policy would have stopped what; jsonl is the report of `hotfix check --format json`, one
    line a commit, oldest first. Exit codes: 0 judged, whatever the verdicts; 2 wrong usage or unreadable input.
    """
    if bool(after) == bool(since):
        raise click.UsageError("say where to begin: --from REVISION, or --since DAY")
    repository = LocalRepository(repo)
    newest = repository.resolve(to)
    beginning = repository.resolve(after) if after else ""
    file = read(policy_file) if policy_file else repository.policy_file(newest, policies.POLICY_FILE)
    file = based(file, policy_base)
    policies.configure(file)  # so that a faulty one is told before any work
    chain = first_parents(repository.git(), newest, since=since or "", after=beginning)
    work = Work(repo, file, reports=form == "jsonl")
    answers = _shown(judge_all(work, chain.landings, processes or _processors()), len(chain.landings), form)
    if form == "jsonl":
        _lines(answers, chain)
    else:
        _summary(answers, _notes(chain, file), form)


def _lines(answers: Iterator[Answer], chain: Chain) -> None:
    for answer in answers:
        click.echo(answer.report)
    for note in _notes_on_roots(chain):
        click.echo(f"hotfix: {note}", err=True)


def _summary(answers: Iterator[Answer], notes: tuple[str, ...], form: str) -> None:
    tally = summary.Tally()
    for answer in answers:
        tally.add(answer.judged)
    click.echo((summary.as_markdown if form == "markdown" else summary.as_text)(tally, notes), nl=False)


def _shown(answers: Iterator[Answer], total: int, form: str) -> Iterator[Answer]:
    """Show the progress on a terminal, unless the lines themselves go there."""
    hidden = not sys.stderr.isatty() or (form == "jsonl" and sys.stdout.isatty())
    if hidden:
        yield from answers
        return
    with click.progressbar(answers, length=total, label="Judging", file=sys.stderr, show_pos=True) as shown:
        yield from shown


def _notes(chain: Chain, file: PolicyFile | None) -> tuple[str, ...]:
    return (f"policies: {file.source if file else 'the built-in ones'}", *_notes_on_roots(chain))


def _notes_on_roots(chain: Chain) -> tuple[str, ...]:
    if not chain.roots:
        return ()
    return (f"left out: {chain.roots} without a parent (the first of a history, or where a shallow clone ends)",)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
