"""A policy file on top of one of another repository: key by key, one level, and each fault with its own file."""

from __future__ import annotations

import pytest

from domain.errors import FileProblem, PolicyFileError
from domain.finding import Outcome
from domain.pull_request import PolicyFile
from policies import Configuration, RemoteFile, broken_policy_file, configure, extended_file, lane_alone, trigger
from policies.dependencies import Dependencies
from policies.diff_size import DiffSize

OWN = "version: 1\nextends: acme/policies\n"
TOO_MUCH = "one level too much: a file that is extended may extend a preset, no other file"
SOURCE = "acme/policies:.github/hotfix.yml at its default branch (3f2a1c9)"


def a_file(own: str, base: str | None) -> PolicyFile:
    below = PolicyFile(base, "b" * 40, source=SOURCE) if base is not None else None
    return PolicyFile(own, "f" * 40, "c" * 40, base=below)


def read(own: str, base: str | None) -> Configuration:
    return configure(a_file(own, base))


def faults(own: str, base: str | None) -> list[str]:
    with pytest.raises(PolicyFileError) as caught:
        read(own, base)
    return [_told(problem) for problem in caught.value.problems]


def _told(problem: FileProblem) -> str:
    where = "base" if problem.source == SOURCE else problem.source or "own"
    return f"{where}:{problem.line}:{problem.column} {problem.message}"


def a_policy(configuration: Configuration, kind: type) -> object:
    return next(policy for policy in configuration.policies if isinstance(policy, kind))


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("acme/policies", RemoteFile("acme/policies")),
        ("acme/.github@v2", RemoteFile("acme/.github", ref="v2")),
        ("acme/policies:shop/strict.yaml@release/1.x", RemoteFile("acme/policies", "shop/strict.yaml", "release/1.x")),
        ("git-flow", None),
        ("acme/policies:secrets.txt", None),
        ("acme/policies:/etc/hotfix.yml", None),
        ("acme/policies@main:hotfix.yml", None),
        ("acme/policies@HEAD^{/secret}", None),
        ("acme/policies/more", None),
    ],
)
def test_a_file_of_another_repository_is_named_by_owner_repository_path_and_ref(
    written: str, named: RemoteFile | None
) -> None:
    assert extended_file(PolicyFile(f"version: 1\nextends: '{written}'\n", "")) == named
    assert named is None or str(named).startswith(f"{named.repository}:{named.path}")


def test_what_the_file_says_itself_counts_and_the_other_says_the_rest() -> None:
    base = "version: 1\npolicies:\n  diff-size: {fewer_than: 30}\n  dependencies: {level: advisory}\n"
    found = read(OWN + "policies:\n  diff-size: {fewer_than: 3}\n", base)
    size, dependencies = a_policy(found, DiffSize), a_policy(found, Dependencies)
    assert isinstance(size, DiffSize)
    assert isinstance(dependencies, Dependencies)
    assert (size.fewer_than, dependencies.level.value) == (3, "advisory")


def test_a_changed_base_changes_the_digest() -> None:
    one, other = (read(OWN, f"version: 1\npolicies: {{diff-size: {{fewer_than: {most}}}}}\n") for most in (5, 6))
    assert one.digest != other.digest


def test_an_extended_file_may_extend_a_preset() -> None:
    roles = "roles: {engineering-lead: {users: [a]}, on-call-manager: {users: [b]}, product-manager: {users: [c]}}\n"
    found = read(OWN, f"version: 1\nextends: git-flow\n{roles}")
    assert tuple(found.severities) == ("P0", "P1", "P2")


@pytest.mark.parametrize(
    ("base", "told"),
    [
        (
            "version: 1\nextends: acme/more\n",
            f"base:2:10 'acme/more' is {TOO_MUCH}",
        ),
        ("version: 1\nextends: acme/policies\n", f"base:2:10 'acme/policies' is {TOO_MUCH}"),
        ("version: 1\nextends: gitflow\n", "base:2:10 there is no preset 'gitflow'"),
        ("version: 1\npolices: {}\n", "base:2:1 unknown key 'polices'; did you mean 'policies'?"),
        ("version: 1\n\tx: 1\n", "base:2:1 this is no valid YAML: found a tab character that violates indentation"),
        ("version: 2\n", "base:1:1 this is no policy file: `version: 1` is missing"),
        ("password: hunter2\n", "base:1:1 this is no policy file: `version: 1` is missing"),
        ("hunter2\n", "base:1:1 this is no policy file: `version: 1` is missing"),
        ("", "base:1:1 this is no policy file: `version: 1` is missing"),
    ],
)
def test_a_chain_a_cycle_and_a_fault_are_told_of_the_file_that_has_them(base: str, told: str) -> None:
    assert faults(OWN, base) == [told]


def test_a_file_that_nobody_read_is_no_pass() -> None:
    assert faults(OWN, None) == ["own:0:0 the file that it extends wasn't read"]


def test_own_faults_and_those_of_the_other_file_are_told_together() -> None:
    told = faults(OWN + "backport: {target: main}\n", "version: 1\npolicies: {diff-size: {fewer_than: 0}}\n")
    assert told == [
        "own:3:12 unknown key 'target'; did you mean 'targets'?",
        "base:2:36 expected a whole number above 0, found the number 0",
    ]


def test_the_verdict_names_the_other_file_and_never_blames_the_author() -> None:
    file = a_file(OWN, "version: 1\npolices: {}\n")
    with pytest.raises(PolicyFileError) as caught:
        configure(file)
    (outcome,) = broken_policy_file(caught.value, file).policies
    assert outcome.outcome is Outcome.ERROR
    assert outcome.summary == f"1 fault in {SOURCE}; no policy can be applied"
    (finding,) = outcome.findings
    assert finding.message.startswith(f"line 2, column 1 of {SOURCE}: unknown key 'polices'")
    assert finding.remedy.endswith("so the fault isn't this pull request's")


@pytest.mark.parametrize(
    ("broken", "label"),
    [
        ("version: 1\ntriggers: {labels: [emergency]}\npolicies: {sise: {}}\n", "emergency"),
        ("version: 1\ntriggers: {labels: 3}\n", "hotfix"),
        ("version: 1\n\tx", "hotfix"),
        ("", "hotfix"),
    ],
)
def test_of_a_broken_default_the_triggers_still_count_where_they_can_be_read(broken: str, label: str) -> None:
    found = lane_alone(PolicyFile(broken, "", is_default=True))
    assert trigger(found, (label,), "x", "x") == f"label {label}"
