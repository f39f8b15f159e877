"""`hotfix check`: the policies at the desk, before the push."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import click

import policies
from adapters.git.local import LocalRepository
from cli.config import based, policy_base, read, read_text
from cli.formats import FORMATS, Judged, printed
from domain.change import Change, Evidence
from domain.errors import PolicyFileError
from domain.finding import Finding, Level, Outcome
from domain.revert import claimed
from domain.verdict import PolicyOutcome, Verdict


@click.command(short_help="Judge a change at the desk, before the push.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="The repository; bare ones work too.")
@click.option("--base", required=True, help="The revision it will be merged into, e.g. origin/main.")
@click.option("--head", default="HEAD", show_default=True, help="The revision to judge.")
@click.option("--policy-file", type=click.Path(path_type=Path), help="Use this file, not the one at the tip of --base.")
@policy_base
@click.option("--label", "labels", multiple=True, help="A label that the pull request will have; may be repeated.")
@click.option("--title", default="", help="The pull request's title.")
@click.option("--body-file", type=click.Path(path_type=Path), help="A file with the pull request's description.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True)
def check(
    repo: Path,
    base: str,
    head: str,
    policy_file: Path | None,
    policy_base: Path | None,
    labels: tuple[str, ...],
    title: str,
    body_file: Path | None,
    form: str,
) -> None:
    """Judge the change from the merge base of --base and --head to --head as a hotfix.

    Policies that need GitHub are skipped and say so. Exit codes: 0 fine, 1 a required policy fails, 2 wrong usage or
    unreadable input, 3 waiting.
    """
    repository = LocalRepository(repo)
    base_oid, head_oid = repository.resolve(base), repository.resolve(head)
    configuration = _configuration(repository, base_oid, policy_file, policy_base)
    if isinstance(configuration, Verdict):
        _finish(configuration, Change(base_oid, head_oid, Evidence()), form)
    needs = policies.desk_needs(configuration.every_policy)
    change = repository.change(base_oid, head_oid, needs)
    change = replace(change, title=title, body=_body(body_file), labels=labels)
    change = with_revert(repository, change)
    _finish(inspected(configuration, change), change, form)


def _configuration(
    repository: LocalRepository, base_oid: str, told: Path | None, below: Path | None
) -> policies.Configuration | Verdict:
    """The configuration, or the verdict that the base branch's broken policy file comes to, as on GitHub."""
    if told is not None:
        return policies.configure(based(read(told), below))
    file = based(repository.policy_file(base_oid, policies.POLICY_FILE), below)
    try:
        return policies.configure(file)
    except PolicyFileError as error:
        return policies.broken_policy_file(error, file)


def with_revert(repository: LocalRepository, change: Change) -> Change:
    """The change with the proof that it is an exact revert, where it says that it is one."""
    oids = claimed(change.commits, change.title, change.body)
    if not oids:
        return change
    proof = repository.reverted(change.base, change.head, oids)
    return replace(change, evidence=replace(change.evidence, revert=proof))


def inspected(configuration: policies.Configuration, change: Change) -> Verdict:
    """The policies' verdict; a change that changes nothing is never fine, whatever they say of it."""
    verdict = policies.verdict(configuration, change)
    if change.files or change.evidence.diff_problem:
        return verdict
    message = f"{change.head[:7]} changes nothing since it grew from base"
    finding = Finding(message, remedy="commit the fix, or name the right --base and --head")
    nothing = PolicyOutcome("change", Level.REQUIRED, Outcome.FAIL, "there is nothing to judge", (finding,))
    return Verdict.of((nothing, *verdict.policies))


def _finish(verdict: Verdict, change: Change, form: str) -> NoReturn:
    judged = Judged(verdict, change.base, change.evidence.merge_base, change.head)
    click.echo(printed(judged, form), nl=False)
    sys.exit(verdict.exit_code)


def _body(file: Path | None) -> str:
    return read_text(file) if file else ""
