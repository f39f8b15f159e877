"""Mode `backport` of the Action: carry a merged pull request to its branches."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from cli.action_check import known_preset, persistently, view_of
from cli.at_github import at_github
from cli.backport_deed import as_data, as_text
from cli.workflow import Say, WorkflowRun
from domain import workflow_commands
from domain.backport_plan import TargetResult
from domain.errors import SettingsError
from domain.pull_request import PullRequestRef
from domain.verdict import Conclusion
from domain.wording import cell, markdown
from handlers.backport_once import Preview, backport_once, merged_view

_PULL_REQUEST = frozenset({"pull_request", "pull_request_target"})
#: The input that a workflow which people start by hand has to have.
_BY_HAND = "pull-request"


def backport(run: WorkflowRun, say: Say) -> int:
    """Carry the pull request of the event, and tell what came of each branch.

    Raises:
        HotfixGuardError: the event names none, it can't be read, or GitHub is in trouble.
    """
    known_preset(run.inputs.preset)
    ref = _ref(run)
    if run.event in _PULL_REQUEST and run.at("pull_request", "merged") is not True:
        return _nothing(f"{ref} isn't merged, so there is nothing to carry", run)
    with at_github() as ports:
        view = view_of(run.inputs, merged_view)
        results = persistently(lambda: backport_once(ref, (), ports, view))
    if not results:
        return _nothing(as_text(ref, ()), run)
    _tell(ref, results, run)
    say(tuple(_warnings(results)))
    fine = all(each.outcome.is_good for each in results)
    run.output("conclusion", str(Conclusion.SUCCESS if fine else Conclusion.FAILURE))
    return 0 if fine or run.inputs.lenient else 1


def _ref(run: WorkflowRun) -> PullRequestRef:
    number = run.number("pull_request", "number") if run.event in _PULL_REQUEST else 0
    if run.event == "workflow_dispatch":
        given = run.text("inputs", _BY_HAND).removeprefix("#")
        number = int(given) if given.isdecimal() and given.isascii() else 0
    if number:
        return PullRequestRef(run.repository, number)
    if run.event == "workflow_dispatch":
        raise SettingsError(f"the workflow's input {_BY_HAND} is no pull request's number")
    raise SettingsError(
        f"the event {run.event[:60]} names no merged pull request: run this on pull_request_target (closed), "
        f"pull_request or workflow_dispatch with an input {_BY_HAND}"
    )


def _nothing(why: str, run: WorkflowRun) -> int:
    click.echo(why)
    run.summarize(f"{markdown(why)}.\n")
    run.report(json.dumps({"targets": []}) + "\n")
    run.output("backports", "[]")
    run.output("conclusion", str(Conclusion.SKIPPED))
    return 0


def _tell(ref: PullRequestRef, results: tuple[TargetResult, ...], run: WorkflowRun) -> None:
    server = run.variables.get("GITHUB_SERVER_URL") or "https://github.com"
    links = {each.target: f"{server}/{ref.repository}/pull/{each.number}" if each.number else "" for each in results}
    told = [
        {"target": each.target, "outcome": str(each.outcome), "number": each.number or None, "url": links[each.target]}
        for each in results
    ]
    previews = tuple(Preview(each) for each in results)
    click.echo(as_text(ref, previews))
    run.summarize("\n".join(_table(ref, results)) + "\n")
    targets = [as_data(each) for each in previews]
    run.report(json.dumps({"pull_request": str(ref), "targets": targets}, indent=2) + "\n")
    run.output("backports", json.dumps(told))


def _table(ref: PullRequestRef, results: tuple[TargetResult, ...]) -> Iterator[str]:
    yield f"## Backports of #{ref.number}"
    yield ""
    yield "| Branch | Outcome | Pull request | What is left to do |"
    yield "| --- | --- | --- | --- |"
    for each in results:
        mark = "✅" if each.outcome.is_good else "❌"
        number = f"#{each.number}" if each.number else "-"
        yield f"| {cell(each.target)} | {mark} {each.outcome} | {number} | {markdown(_left(each)) or '-'} |"


def _left(result: TargetResult) -> str:
    conflicts = ", ".join(file.path for file in result.conflicts)
    return "; ".join(part for part in (result.detail, f"conflicts in {conflicts}" if conflicts else "") if part)


def _warnings(results: tuple[TargetResult, ...]) -> Iterator[str]:
    for each in results:
        if not each.outcome.is_good:
            why = f": {_left(each)}" if _left(each) else ""
            yield workflow_commands.error(f"Backport to {each.target}: {each.outcome}{why}")
