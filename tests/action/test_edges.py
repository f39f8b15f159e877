"""What seldom happens, with `hotfix action` called as `action.yml` does, but without a runner around it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from cli.workflow import MAX_SUMMARY, Inputs, WorkflowRun
from sandbox.faults import Fault
from sandbox.scenario import Town
from tests.action.conftest import CART, GOOD, LAX, SHOP, Stage, on
from tests.adapters.git_repositories import Repository
from tests.cli.program import Done, hotfix


@dataclass(frozen=True)
class Call:
    """A folder in which a step runs, and where it leaves what it says."""

    stage: Stage
    folder: Path
    token: str = ""

    def action(self, event: str, payload: Any, repository: str = SHOP, **inputs: str) -> Done:
        (self.folder / "event.json").write_text(payload if isinstance(payload, str) else json.dumps(payload))
        told = {f"HOTFIX_{name.upper()}": value for name, value in inputs.items()}
        names = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH", "GITHUB_WORKSPACE", "RUNNER_TEMP")
        places = ("output", "summary.md", "event.json", ".", "temporary")
        variables = {name: str(self.folder / place) for name, place in zip(names, places, strict=True)}
        variables |= {
            "GITHUB_EVENT_NAME": event,
            "GITHUB_REPOSITORY": repository,
            "GITHUB_API_URL": self.stage.sandbox.api,
        }
        granted = {"contents": "write", "pull_requests": "write", "checks": "write"}
        token = self.token or self.stage.token(granted)
        return hotfix("action", cwd=self.folder, variables={**variables, "GITHUB_TOKEN": token, **told})

    def outputs(self) -> dict[str, str]:
        lines, found = iter((self.folder / "output").read_text().splitlines()), {}
        for line in lines:
            name, _, end = line.partition("<<")
            found[name] = "\n".join(iter(lambda end=end: next(lines), end))  # type: ignore[misc]
        return found


@pytest.fixture
def call(stage: Stage, tmp_path: Path) -> Call:
    return Call(stage, tmp_path)


def refused(done: Done) -> str:
    """The one error of a step that could judge nothing."""
    (told,) = [line for line in done.out.splitlines() if line.startswith("::error ")]
    assert done.code == 2, done
    assert "Traceback" not in done.err
    return told.removeprefix("::error title=Hotfix Guard::")


def stands_behind_words(out: str) -> bool:
    """Whether the runner looked for commands only where we spoke, and never twice by the same word."""
    stopped = re.findall(r"^::stop-commands::([0-9a-f]{32})$", out, re.MULTILINE)
    resumed = re.findall(r"^::([0-9a-f]{32})::$", out, re.MULTILINE)
    lines = out.splitlines()
    assert lines[0].startswith("::stop-commands::")
    assert lines[-1] == f"::{stopped[-1]}::"
    assert stopped == resumed
    return len(set(stopped)) == len(stopped) > 1


@pytest.mark.parametrize(
    ("event", "payload", "mode", "words"),
    [
        ("push", {}, "check", "names no pull request to judge"),
        ("issue_comment", {"issue": {"number": 1}}, "check", "`if: github.event.issue.pull_request`"),
        ("pull_request", "{not json", "check", "can't be read as JSON"),
        ("pull_request", {"pull_request": {"number": "1; rm"}}, "check", "names no pull request"),
        ("workflow_dispatch", {"inputs": {"pull-request": "$(id)"}}, "backport", "no pull request's number"),
        ("push", {}, "prove", "brings no change to prove"),
        ("workflow_run", {}, "prove", "lends its workflow your secrets"),
    ],
)
def test_what_cannot_be_judged_is_one_error_and_exit_2(
    call: Call, event: str, payload: Any, mode: str, words: str
) -> None:
    assert words in refused(call.action(event, payload, mode=mode, fail_on="never"))


def test_trouble_of_githubs_is_told_as_githubs_and_moments_of_it_are_waited_for(call: Call) -> None:
    pull = call.stage.pull("fix/moments", GOOD, "hotfix", approved=True)
    faults = call.stage.sandbox.faults
    try:
        faults.add(Fault("secondary-limit", retry_after=600))
        told = refused(call.action("pull_request", on(pull)))
        faults.clear()
        faults.add(Fault("error", times=3))
        healed = call.action("pull_request", on(pull))
    finally:
        faults.clear()
    assert "GitHub limits our requests" in told
    assert "no fault of the change" in told
    assert healed.code == 0, healed


def test_a_run_speaks_of_the_commit_that_it_was_started_for_alone(call: Call) -> None:
    """It takes seconds: GitHub's API may lag behind the push for as long."""
    pull = call.stage.pull("fix/moved", GOOD, "hotfix", approved=True)
    call.stage.bob.write(SHOP, "fix/moved", {"cart.py": CART}, "Take it back")
    assert f"about the commit {pull['head']['sha'][:7]}" in refused(call.action("pull_request", on(pull)))


def test_the_policy_file_of_the_head_never_counts(call: Call) -> None:
    files = {**GOOD, "other.yml": "version: 1\ntriggers: {labels: [nothing]}\n", ".github/hotfix.yml": LAX}
    pull = call.stage.pull("fix/own-law", files, "hotfix")
    for inputs in ({}, {"preset": "default"}):
        done = call.action("pull_request_target", on(pull), **inputs)
        assert (done.code, call.outputs()["conclusion"]) == (1, "action_required"), done
        assert stands_behind_words(done.out)


def test_roles_of_teams_that_the_token_cannot_read_are_no_riddle(call: Call) -> None:
    stage, shop = call.stage, "acme/shop"
    town = Town(stage.sandbox)
    town.organization("acme", stage.alice, members=[stage.bob])
    town.team("acme/leads", stage.alice, [stage.alice])
    law = "version: 1\nroles: {lead: {teams: [acme/leads]}}\npolicies:\n  approvals: {required: [lead]}\n"
    stage.alice.create_repository(shop, {"cart.py": CART, ".github/hotfix.yml": law})
    stage.alice.collaborate(shop, "bob")
    stage.bob.write(shop, "fix", GOOD, "Keep the cents", base="main")
    number = stage.bob.open_pull(shop, "fix", "main", "Keep the cents", labels=["hotfix"])
    stage.alice.approve(shop, number)
    call = replace(call, token=stage.token({"contents": "read", "pull_requests": "read"}, account="acme"))
    told = refused(call.action("pull_request", on(stage.alice.pull(shop, number)), shop))
    assert "reads no teams: give github-token one that does" in told


def test_a_comment_on_a_pull_request_judges_it_and_a_closed_one_is_left_alone(call: Call) -> None:
    pull = call.stage.pull("fix/spoken", GOOD, "hotfix")
    comment = {"action": "created", "issue": {"number": pull["number"], "pull_request": {"url": pull["url"]}}}
    assert call.action("issue_comment", comment).code == 1
    call.stage.bob.edit_pull(SHOP, pull["number"], state="closed")
    done = call.action("issue_comment", comment)
    assert (done.code, call.outputs()["conclusion"]) == (0, "skipped"), done


def test_what_isnt_merged_is_nothing_to_do(call: Call) -> None:
    pull = call.stage.pull("fix/dropped", GOOD, "hotfix")
    done = call.action("pull_request_target", on(pull, "closed"), mode="backport")
    assert done.code == 0
    assert call.outputs() | {"report": ""} == {"backports": "[]", "conclusion": "skipped", "report": ""}
    assert "isn't merged, so there is nothing to carry" in done.out


def test_a_checkout_without_history_is_told_what_it_takes(call: Call) -> None:
    pull = call.stage.pull("fix/shallow", GOOD, "hotfix")
    Repository(call.folder).git("init", "-q")
    told = refused(call.action("pull_request", on(pull), mode="prove"))
    assert "fetch-depth: 0" in told


def test_a_value_of_many_lines_sets_one_output_and_summaries_stay_below_githubs_limit(tmp_path: Path) -> None:
    places = {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    run = WorkflowRun("pull_request", {}, SHOP, Inputs("check", "", "", False, "", False), places)
    run.output("report", "a\nEOF\nconclusion=success")
    run.summarize("| ä | b |\n" * 200_000)
    first, *middle, last = (tmp_path / "output").read_text().splitlines()
    assert middle == ["a", "EOF", "conclusion=success"]
    assert first == f"report<<{last}"
    written = (tmp_path / "summary.md").read_bytes()
    assert len(written) <= MAX_SUMMARY
    assert written.decode().endswith("… cut here: GitHub shows no more than 1 MiB.\n")
