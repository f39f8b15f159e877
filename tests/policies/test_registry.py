import importlib
import inspect
from pathlib import Path

import pytest

import policies
from policies import POLICIES, markdown
from policies.base import Policy
from policies.reference import PARTS, first_line, parts

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "policies.md"

each_policy = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)


def in_folder() -> set[type[Policy]]:
    """Every policy that a file of the folder defines."""
    found = set()
    for file in Path(policies.__file__).parent.glob("*.py"):
        module = importlib.import_module(f"policies.{file.stem}") if file.stem != "__init__" else policies
        members = inspect.getmembers(module, inspect.isclass)
        found |= {each for _, each in members if issubclass(each, Policy) and each.__module__ == module.__name__}
    return found - {Policy}


def test_every_policy_in_the_folder_is_registered_once() -> None:
    assert set(POLICIES) == in_folder()
    assert len(POLICIES) == len(set(POLICIES)) == len({policy.name for policy in POLICIES})


@each_policy
def test_a_policy_lives_in_the_file_of_its_name(policy: type[Policy]) -> None:
    assert policy.__module__ == f"policies.{policy.name.replace('-', '_')}"


@each_policy
def test_a_docstring_answers_why_passes_fails_and_remedy(policy: type[Policy]) -> None:
    summary, found, _ = parts(policy)
    assert summary.endswith(".")
    assert "\n" not in summary
    assert first_line(policy) == summary
    assert tuple(found) == PARTS
    assert all(found.values())


@each_policy
def test_every_setting_is_described_and_has_a_default(policy: type[Policy]) -> None:
    for name, field in policy.model_fields.items():
        assert field.description, name
        assert not field.is_required(), name


@each_policy
def test_a_policy_is_frozen_and_takes_no_unknown_setting(policy: type[Policy]) -> None:
    assert policy.model_config.get("frozen")
    assert policy.model_config.get("extra") == "forbid"


@each_policy
def test_the_reference_names_every_setting_of_a_policy(policy: type[Policy]) -> None:
    section = markdown().split(f"### {policy.name}\n")[1].split("\n### ")[0]
    assert all(f"| `{name}` |" in section for name in policy.model_fields)


def test_the_reference_is_fresh() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == markdown(), "docs/policies.md is stale: run `make docs`"
