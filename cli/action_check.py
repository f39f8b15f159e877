"""Mode `check` of the Action: judge a pull request, or all of a merge group."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import click

import policies
from cli.action_publish import publish
from cli.at_github import at_github
from cli.workflow import Inputs, Say, WorkflowRun
from domain import report, workflow_commands
from domain.check_run import CheckRun, PublishedRun
from domain.errors import GitError, GitHubTroubleError, SettingsError, UnreadableInputError
from domain.pull_request import Outline, PolicyFile, PullRequestRef
from domain.verdict import Conclusion, Verdict
from handlers.configure import with_policy_files
from handlers.inspect_hotfix import counting_siblings, newest
from handlers.inspect_merge_group import MergeGroupRef, group_run, judge_group
from handlers.judge import judge
from handlers.look import BRANCH, View, look
from handlers.ports import Ports

_PULL_REQUEST = frozenset({"pull_request", "pull_request_target", "pull_request_review"})
_EVENTS = "pull_request, pull_request_target, pull_request_review, issue_comment or merge_group"

#: Seconds before another try where GitHub is in trouble or lags behind a push; a longer wait is the next run's.
_PAUSES = (1.0, 3.0)
_LONGEST_PAUSE = 10.0

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Found:
    """A verdict, the commits that it speaks of, and the check run that would tell it; None where none should."""

    verdict: Verdict
    base: str
    merge_base: str
    head: str
    run: CheckRun | None
    published: PublishedRun | None


def check(run: WorkflowRun, say: Say) -> int:
    """Judge what the event names, and tell it in every way that a run has.

    Raises:
        HotfixGuardError: nothing could be judged, or GitHub got into trouble over the check run.
    """
    known_preset(run.inputs.preset)
    subject = _subject(run)
    with at_github() as ports:
        found = persistently(lambda: _judged(subject, run, ports))
        _tell(found, run, say)
        if run.inputs.post_check and found.run is not None:
            publish(found.run, found.published, ports.github(run.repository), run, say)
    fine = found.verdict.conclusion in {Conclusion.SUCCESS, Conclusion.SKIPPED}
    return 0 if fine or run.inputs.lenient else 1


def persistently(deed: Callable[[], Done]) -> Done:
    """Do something that may be repeated, again where GitHub is in trouble for moments.

    Raises:
        GitHubTroubleError: it still is.
        GitError: so is git, which asks it too.
    """
    for pause in _PAUSES:
        try:
            return deed()
        except (GitHubTroubleError, GitError) as error:
            wanted = max(pause, error.retry_after if isinstance(error, GitHubTroubleError) else 0)
            if wanted > _LONGEST_PAUSE:
                raise
            click.echo(f"Another try in {wanted:.0f} s: {error}")
            time.sleep(wanted)
    return deed()


def known_preset(name: str) -> None:
    """Refuse a preset that there isn't.

    Raises:
        SettingsError: there is none of that name.
    """
    if name and name not in policies.presets.names():
        raise SettingsError(f"there is no preset {name[:60]!r}: possible are {', '.join(policies.presets.names())}")


def view_of(inputs: Inputs, view: View = look) -> View:
    """How pull requests are looked at where the inputs may say which policy file counts."""
    return partial(_view, inputs, view)


def _view(inputs: Inputs, view: View, ref: PullRequestRef, ports: Ports) -> Outline:
    outline = view(ref, ports)
    file = _named(inputs.policy_file, outline, ports) if inputs.policy_file else outline.policy_file
    if file is None and inputs.preset:
        file = PolicyFile(policies.preset_alone(inputs.preset), "", source=f"the preset {inputs.preset}")
    if file is None and inputs.policy_file:
        where = f"the base branch {outline.pull_request.base}"
        raise UnreadableInputError(f"{where} has no file {inputs.policy_file}, which policy-file names: bring it there")
    if file is outline.policy_file:
        return outline
    return with_policy_files(replace(outline, policy_file=file), ports)


def _named(path: str, outline: Outline, ports: Ports) -> PolicyFile | None:
    pull_request = outline.pull_request
    return ports.policy_file(pull_request.ref.repository, path, pull_request.base_oid)


def _subject(run: WorkflowRun) -> PullRequestRef | MergeGroupRef:
    if run.event == "merge_group":
        head_ref, base = (run.text("merge_group", key).removeprefix(BRANCH) for key in ("head_ref", "base_ref"))
        return MergeGroupRef(run.repository, base, head_ref, run.text("merge_group", "head_sha"))
    number = run.number("pull_request", "number") if run.event in _PULL_REQUEST else 0
    if run.event == "issue_comment" and run.at("issue", "pull_request"):
        number = run.number("issue", "number")
    if number:
        return PullRequestRef(run.repository, number)
    if run.event == "issue_comment":
        raise SettingsError("the comment is on no pull request: give the step `if: github.event.issue.pull_request`")
    raise SettingsError(f"the event {run.event[:60]} names no pull request to judge: run this on {_EVENTS}")


def _judged(subject: PullRequestRef | MergeGroupRef, run: WorkflowRun, ports: Ports) -> Found:
    if isinstance(subject, MergeGroupRef):
        return _judged_group(subject, run, ports)
    view = view_of(run.inputs)
    outline = view(subject, ports)
    pull_request, name = outline.pull_request, f"{ports.check_name}: {outline.pull_request.base}"
    _same_head(pull_request.head_oid, run)
    if pull_request.state != "open":
        verdict = Verdict.not_a_hotfix(f"it is {pull_request.state}, and nothing is left to judge")
        return Found(verdict, pull_request.base_oid, "", pull_request.head_oid, None, None)
    judgement = judge(outline, ports.github(run.repository), ports)
    verdict = counting_siblings(judgement, outline, ports, view)
    told = report.check_run(name, pull_request.head_oid, verdict)
    published = newest(outline.published, name)
    return Found(verdict, pull_request.base_oid, judgement.merge_base, pull_request.head_oid, told, published)


def _judged_group(group: MergeGroupRef, run: WorkflowRun, ports: Ports) -> Found:
    verdict = judge_group(group, ports, view_of(run.inputs))
    told = group_run(group, verdict, ports)
    published = ports.github(run.repository).check_runs(group.head_oid, told.name) if run.inputs.post_check else ()
    base = run.text("merge_group", "base_sha")
    return Found(verdict, base, base, group.head_oid, told, published[0] if published else None)


def _same_head(head_oid: str, run: WorkflowRun) -> None:
    """Refuse to speak of another commit than the one that this run's result will be shown on.

    Raises:
        GitHubTroubleError: the API lags behind the push, or somebody has pushed since.
    """
    meant = run.text("pull_request", "head", "sha")
    if meant and meant != head_oid and run.at("action") != "closed":
        raise GitHubTroubleError(
            f"this run is about the commit {meant[:7]}, but GitHub says that the head is {head_oid[:7]}, "
            "whose own run counts"
        )


def _tell(found: Found, run: WorkflowRun, say: Say) -> None:
    verdict = found.verdict
    say(workflow_commands.annotation_commands(verdict))
    click.echo(report.as_text(verdict), nl=False)
    run.summarize(report.as_markdown(verdict))
    run.report(report.as_json(verdict, base=found.base, merge_base=found.merge_base, head=found.head) + "\n")
    run.output("conclusion", str(verdict.conclusion))
