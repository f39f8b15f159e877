"""Mode `prove` of the Action: run the changed tests without the fix and with it, in the workflow's checkout."""

from __future__ import annotations

from pathlib import Path

import click

from adapters.git.local import LocalRepository
from adapters.test_runs.proving import ProofRequest
from adapters.test_runs.proving import prove as proven
from adapters.test_runs.secrecy import close_to_others
from cli.action_check import persistently
from cli.action_publish import publish
from cli.at_github import at_github
from cli.prove import end_in_order, refuse_unsafe_event
from cli.workflow import Say, WorkflowRun
from domain import proof_report, workflow_commands
from domain.errors import GitError, SettingsError, UnreadableInputError
from domain.proof import Proof
from domain.verdict import Conclusion

_DEEP = "the step actions/checkout needs `fetch-depth: 0`"


def prove(run: WorkflowRun, say: Say) -> int:
    """Prove that the changed tests catch what is mended, and publish `hotfix-proof` where the token may.

    Raises:
        HotfixGuardError: the event may run nobody's code, the checkout lacks what it takes, or GitHub is in trouble.
    """
    refuse_unsafe_event(run.event)
    base, head = _ends(run)
    request = ProofRequest(_checkout(run, base, head), base, head, run.inputs.test_command)
    end_in_order()
    close_to_others()
    try:
        proof = proven(request)
    except (UnreadableInputError, GitError) as error:
        raise UnreadableInputError(f"{error}; {_DEEP}") from error
    _tell(proof, run, say)
    with at_github() as ports:
        github = ports.github(run.repository)
        wanted = proof_report.check_run(proof)
        published = persistently(lambda: github.check_runs(wanted.head_oid, wanted.name))
        publish(wanted, published[0] if published else None, github, run, say)
    return 0 if proof.exit_code == 0 or run.inputs.lenient else proof.exit_code


def _ends(run: WorkflowRun) -> tuple[str, str]:
    """The commits to prove between."""
    if run.event == "pull_request":
        base, head = run.text("pull_request", "base", "sha"), run.text("pull_request", "head", "sha")
    elif run.event == "merge_group":
        base, head = run.text("merge_group", "base_sha"), run.text("merge_group", "head_sha")
    else:
        raise SettingsError(f"the event {run.event[:60]} brings no change to prove: run this on pull_request")
    if not base or not head:
        raise UnreadableInputError("the event file names no base and head commits")
    return base, head


def _checkout(run: WorkflowRun, *commits: str) -> Path:
    folder = Path(run.variables.get("GITHUB_WORKSPACE") or ".")
    repository = LocalRepository(folder)
    for oid in commits:
        try:
            repository.resolve(oid)
        except UnreadableInputError as error:
            raise UnreadableInputError(f"the checkout lacks the commit {oid[:12]}: {_DEEP}") from error
    return folder


def _tell(proof: Proof, run: WorkflowRun, say: Say) -> None:
    fine = proof.exit_code == 0
    next_step = f"\nNext step: {proof.decision.remedy}" if proof.decision.remedy else ""
    failed = workflow_commands.error(f"{proof.verdict}: {proof.decision.why}{next_step}")
    # Said before anything of the tests is printed: they could have seen the log so far.
    say(() if fine else (failed,))
    click.echo(proof_report.as_text(proof), nl=False)
    run.summarize(proof_report.as_markdown(proof))
    run.report(proof_report.as_json(proof) + "\n")
    run.output("conclusion", str(Conclusion.SUCCESS if fine else Conclusion.FAILURE))
