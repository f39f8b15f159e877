"""What GitHub's own machines read: workflow commands and SARIF."""

from __future__ import annotations

import json

import pytest

from domain.finding import Finding, Level, Outcome
from domain.sarif import sarif
from domain.verdict import PolicyOutcome, Verdict
from domain.workflow_commands import annotation_commands, guarded

HOSTILE = "a,b:100%::error::\n::set-env name=PATH::x.py"


def told(*findings: Finding, outcome: Outcome = Outcome.FAIL) -> Verdict:
    return Verdict.of((PolicyOutcome("diff-size", Level.REQUIRED, outcome, "12 lines changed", findings),))


def test_a_finding_stands_on_its_line_with_the_next_step() -> None:
    (command,) = annotation_commands(told(Finding("too large", "cart.py", 7, "split it")))
    assert command == "::error file=cart.py,line=7,title=hotfix diff-size::too large%0ANext step: split it"


def test_a_finding_without_a_line_names_its_file_in_words() -> None:
    (command,) = annotation_commands(told(Finding("too large", "cart.py")))
    assert command == "::error file=cart.py,title=hotfix diff-size::cart.py: too large"


@pytest.mark.parametrize(("outcome", "level"), [(Outcome.WARN, "warning"), (Outcome.WAIT, "error")])
def test_what_blocks_is_an_error_and_what_does_not_a_warning(outcome: Outcome, level: str) -> None:
    assert annotation_commands(told(Finding("x"), outcome=outcome))[0].startswith(f"::{level} title=")


def test_what_passes_is_not_annotation_commands() -> None:
    assert annotation_commands(told(Finding("x"), outcome=Outcome.PASS)) == ()


def test_no_text_of_a_pull_request_can_begin_a_command_of_its_own() -> None:
    (command,) = annotation_commands(told(Finding(HOSTILE, HOSTILE, 1, HOSTILE)))
    assert len(command.splitlines()) == 1
    properties = command.removeprefix("::error ").partition("::")[0]
    assert len(properties.split(",")) == 3
    assert "100%25" in properties


def test_the_guard_ends_with_its_word_and_holds_everything() -> None:
    assert guarded("::set-output name=a::b\n", "w0rd") == "::stop-commands::w0rd\n::set-output name=a::b\n::w0rd::\n"


def test_sarif_has_a_place_for_every_finding() -> None:
    log = json.loads(
        sarif(told(Finding("too large", "a dir/cart.py", 7, "split it"), Finding("nobody read it")), "1.2")
    )
    (run,) = log["runs"]
    assert (log["version"], run["tool"]["driver"]["semanticVersion"]) == ("2.1.0", "1.2")
    first, second = run["results"]
    assert first["message"]["text"] == "too large. Next step: split it."
    place = first["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("a%20dir/cart.py", 7)
    assert second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == ".github/hotfix.yml"
    assert {result["ruleId"] for result in run["results"]} <= {each["id"] for each in run["tool"]["driver"]["rules"]}
