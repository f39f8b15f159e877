"""The published gate, run by a real runner."""

from __future__ import annotations

import json

from tests.action.conftest import CART, GOOD, SHOP, Stage, on

#: A change that no policy lets through, in files whose names the runner would take for commands where they are printed.
LONG = {"cart.py": CART + "".join(f"x{number} = {number}\n" for number in range(40))}
SLY = {**LONG, "::error::sly/requirements.txt": "evil==1.0\n", "::stop-commands::x/requirements.txt": "evil==1.0\n"}


def test_a_good_hotfix_passes_and_its_check_run_is_published(stage: Stage) -> None:
    pull = stage.pull("fix/good", GOOD, "hotfix", approved=True)
    ran = stage.run("hotfix-gate", "pull_request_review", on(pull, "submitted"))
    assert ran.jobs == {"gate": "success"}, ran
    assert ran.outputs["gate"]["conclusion"] == "success"
    run = stage.check_runs(pull["head"]["sha"])["hotfix: main"]
    assert (run["conclusion"], run["app"]["slug"]) == ("success", "github-actions")
    table = run["output"]["summary"].split("\n\n")[-1]
    assert table in ran.summaries["gate"]


def test_a_bad_hotfix_fails_with_annotations_where_people_look_and_nothing_it_says_is_a_command(stage: Stage) -> None:
    pull = stage.pull("fix/bad", SLY, "hotfix")
    ran = stage.run("hotfix-gate", "pull_request", on(pull))
    assert ran.jobs == {"gate": "failure"}
    assert ran.outputs["gate"]["conclusion"] == "failure"
    titles = {properties.get("title") for command, properties, _ in ran.said["gate"] if command == "error"}
    assert {"hotfix diff-size", "hotfix hotfix-comment", "hotfix regression-test", "hotfix approvals"} <= titles
    assert all(title and title.startswith("hotfix ") for title in titles), ran.said
    assert "::error::sly/requirements.txt:1" in ran.printed["gate"]
    assert "failure: " in ran.printed["gate"]
    assert stage.check_runs(pull["head"]["sha"])["hotfix: main"]["conclusion"] == "failure"


def test_a_fork_is_judged_and_told_what_its_token_could_not_publish(stage: Stage) -> None:
    fork = stage.eve.fork(SHOP)
    stage.eve.write(fork, "fix/cents", GOOD, "Keep the cents", base="main")
    number = stage.eve.open_pull(SHOP, "eve:fix/cents", "main", "Keep the cents")
    stage.alice.label(SHOP, number, "hotfix")
    stage.alice.approve(SHOP, number)
    pull = stage.alice.pull(SHOP, number)
    ran = stage.run("hotfix-gate", "pull_request", on(pull), reads_alone=True)
    assert ran.jobs == {"gate": "success"}, ran
    ((command, _, message),) = ran.said["gate"]
    assert command == "warning"
    assert "hotfix: main isn't published" in message
    assert "checks: write" in message
    assert "checks: write" in ran.summaries["gate"]
    assert stage.check_runs(pull["head"]["sha"]) == {}


def test_what_is_no_hotfix_is_let_through(stage: Stage) -> None:
    ran = stage.run("hotfix-gate", "pull_request", on(stage.pull("feature/x", LONG)))
    assert ran.jobs == {"gate": "success"}
    assert ran.outputs["gate"]["conclusion"] == "skipped"


_STEP = """  {name}:
    runs-on: ubuntu-latest
    steps:
      - id: hotfix
        uses: OWNER/hotfix-guard@v1
        with: {inputs}
      - if: always()
        env: {{REPORT: "${{{{ steps.hotfix.outputs.report }}}}"}}
        run: test -z "$REPORT" || cat "$REPORT"
"""
_INPUTS = {
    "never": {"fail-on": "never"},
    "lax": {"policy-file": "other.yml"},
    "preset": {"preset": "github-flow"},
    "absent": {"policy-file": "nowhere.yml"},
    "unknown": {"preset": "nonsense"},
    "newer": {"python-version": "3.13", "fail-on": "never"},
    "mistaken": {"mode": "chekc\nsly"},
}


def test_every_input_does_what_it_says(stage: Stage) -> None:
    """All in one workflow, on one pull request whose only fault is that nobody approved it."""
    pull = stage.pull("fix/unapproved", GOOD, "hotfix")
    jobs = "".join(_STEP.format(name=name, inputs=json.dumps(inputs)) for name, inputs in _INPUTS.items())
    token = stage.token({"contents": "read", "pull_requests": "read", "checks": "read"})
    ran = stage.runner.run("pull_request", on(pull), f"name: t\non: pull_request\njobs:\n{jobs}", token)
    assert ran.jobs == {name: "success" if name in {"never", "lax", "newer"} else "failure" for name in _INPUTS}
    report = json.loads(ran.printed["never"][ran.printed["never"].index('{\n  "schema"') :])
    assert (report["conclusion"], report["head"]) == ("action_required", pull["head"]["sha"])
    assert "preset" not in ran.errors("never")[0]
    assert "engineering-lead" in "".join(ran.errors("preset"))
    assert "nowhere.yml" in ran.errors("absent")[0]
    assert "possible are default, git-flow" in ran.errors("unknown")[0]
    (told,) = ran.errors("mistaken")
    assert told == "the input mode is 'chekc\\nsly': write check, backport or prove"
