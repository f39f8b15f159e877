"""`hotfix init` writes files that work as they are."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from policies import POLICY_FILE, json_schema, preset_roles, presets
from tests.cli.program import hotfix, is_refused

TEMPLATE = ".github/pull_request_template.md"


def roles(preset: str) -> list[str]:
    return [option for role in preset_roles(preset) for option in ("--role", f"{role}=alice-{role}")]


@pytest.mark.parametrize("preset", presets.names())
def test_what_is_written_is_valid(preset: str, tmp_path: Path) -> None:
    done = hotfix("init", "--preset", preset, *roles(preset), cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert hotfix("config", "validate", POLICY_FILE, cwd=tmp_path).code == 0
    assert yaml.safe_load((tmp_path / ".github/ISSUE_TEMPLATE/hotfix-incident.yml").read_text())["body"]


def test_the_template_holds_what_the_preset_asks_for(tmp_path: Path) -> None:
    hotfix("init", "--preset", "kilo-emergency", *roles("kilo-emergency"), cwd=tmp_path)
    assert "- [ ] Rollback plan" in (tmp_path / TEMPLATE).read_text()


def test_editors_find_the_schema_where_the_file_says_that_it_is(tmp_path: Path) -> None:
    hotfix("init", "--preset", "default", cwd=tmp_path)
    first = (tmp_path / POLICY_FILE).read_text().splitlines()[0]
    schema = (tmp_path / POLICY_FILE).parent / first.partition("$schema=")[2]
    assert json.loads(schema.read_text()) == json_schema()


def test_the_branches_speak_for_a_preset_and_nobody_is_asked_where_nobody_can_answer(tmp_path: Path) -> None:
    assert is_refused(hotfix("init", cwd=tmp_path), "--preset default")
    for command in (
        ("init", "-q"),
        ("-c", "user.name=a", "-c", "user.email=a@x", "commit", "-q", "--allow-empty", "-m", "a"),
        ("branch", "develop"),
    ):
        subprocess.run(("git", *command), cwd=tmp_path, check=True)
    assert is_refused(hotfix("init", cwd=tmp_path), "--preset git-flow")


def test_a_role_may_be_a_team(tmp_path: Path) -> None:
    hotfix("init", "--preset", "kars", "--role", "senior-engineer=acme/seniors", cwd=tmp_path)
    written = yaml.safe_load((tmp_path / POLICY_FILE).read_text())
    assert written["roles"] == {"senior-engineer": {"teams": ["acme/seniors"]}}


def test_a_role_that_nobody_fills_is_asked_for_by_name(tmp_path: Path) -> None:
    done = hotfix("init", "--preset", "kars", cwd=tmp_path)
    assert is_refused(done, "--role senior-engineer=LOGIN")
    several = hotfix("init", "--preset", "kilo-emergency", cwd=tmp_path)
    assert is_refused(several, *(f"--role {role}=LOGIN" for role in preset_roles("kilo-emergency")))
    assert not list(tmp_path.iterdir())


def test_nothing_is_replaced_without_force(tmp_path: Path) -> None:
    assert hotfix("init", "--preset", "default", cwd=tmp_path).code == 0
    again = hotfix("init", "--preset", "kars", *roles("kars"), cwd=tmp_path)
    assert is_refused(again, "are there already; --force replaces them")
    assert "default" in (tmp_path / POLICY_FILE).read_text()
    assert hotfix("init", "--preset", "kars", *roles("kars"), "--force", cwd=tmp_path).code == 0
    assert "kars" in (tmp_path / POLICY_FILE).read_text()


def test_somebody_who_can_be_nobody_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    done = hotfix("init", "--preset", "kars", "--role", "senior-engineer=not a login", cwd=tmp_path)
    assert done.code == 2
    assert "no GitHub login" in done.err
    assert not list(tmp_path.iterdir())
