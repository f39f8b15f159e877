from __future__ import annotations

from pathlib import Path

import policies
from tests.adapters.git_repositories import Repository
from tests.cli.program import hotfix, is_refused

FULL = """\
version: 1
triggers: {labels: [hotfix], branches: ["hotfix/*"], titles: ["[HOTFIX]", "HOTFIX:"]}
roles:
  tech-lead: {teams: [acme/tech-leads], users: [alice]}
policies:
  diff-size: {fewer_than: 10, exclude: ["*.snap"]}
  hotfix-comment: {marker: HOTFIX}
  regression-test: {level: required}      # every policy has level: required | advisory | off
  dependencies: {allow: ["pkg:pypi/requests"]}
  approvals: {required: [tech-lead]}
backport: {targets: [develop]}
"""
FAULTY = """\
version: 1
polices:
  diff-size: {}
roles:
  tech-lead: {user: [alice]}
backport: {targets: 3}
"""


def test_a_valid_file_is_fine(tmp_path: Path) -> None:
    (tmp_path / "hotfix.yml").write_text(FULL)
    done = hotfix("config", "validate", "hotfix.yml", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "hotfix.yml: fine\n", "")


def test_each_fault_is_told_with_its_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "hotfix.yml").write_text(FAULTY)
    done = hotfix("config", "validate", "hotfix.yml", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    faults = [line for line in done.out.splitlines() if not line.startswith("  ")]
    assert [fault.split(" ")[0] for fault in faults] == ["hotfix.yml:2:1:", "hotfix.yml:5:15:", "hotfix.yml:6:21:"]
    assert "did you mean 'policies'?" in faults[0]
    assert "did you mean 'users'?" in faults[1]


def test_a_file_that_isnt_there_is_refused(tmp_path: Path) -> None:
    assert is_refused(hotfix("config", "validate", "none.yml", cwd=tmp_path), "none.yml can't be read")
    assert is_refused(hotfix("config", "show", "none.yml", cwd=tmp_path), "none.yml can't be read")
    assert is_refused(hotfix("config", "validate", cwd=tmp_path), "there is no .github/hotfix.yml here")


def test_without_a_file_the_repositorys_own_counts_wherever_in_it_one_stands(tmp_path: Path) -> None:
    assert hotfix("config", "show", cwd=tmp_path).out.startswith("# the built-in defaults\n")
    repository = Repository.create(tmp_path / "shop")
    inside = repository.path / ".github"
    inside.mkdir()
    (inside / "hotfix.yml").write_text("version: 1\npolicies: {diff-size: {fewer_than: 7}}\n")
    for folder, shown in ((repository.path, ".github/hotfix.yml"), (inside, "hotfix.yml")):
        first, *rest = hotfix("config", "show", cwd=folder).out.splitlines()
        assert first == f"# what {shown} comes to"
        assert "fewer_than: 7" in "\n".join(rest)
        assert hotfix("config", "validate", cwd=folder).out == f"{shown}: fine\n"


def test_each_preset_is_listed_with_whom_it_suits(tmp_path: Path) -> None:
    lines = [line.split(maxsplit=1) for line in hotfix("config", "presets", cwd=tmp_path).out.splitlines()]
    assert [name for name, _ in lines] == [*policies.presets.names()]
    assert all(said.startswith("Suits ") and said.endswith(".") for _, said in lines)


def test_what_is_shown_is_a_policy_file_that_comes_to_the_same(tmp_path: Path) -> None:
    (tmp_path / "full.yml").write_text(FULL)
    for arguments in ((), ("full.yml",)):
        shown = hotfix("config", "show", *arguments, cwd=tmp_path)
        assert shown.code == 0
        (tmp_path / "shown.yml").write_text(shown.out)
        assert hotfix("config", "validate", "shown.yml", cwd=tmp_path).code == 0
        assert hotfix("config", "show", "shown.yml", cwd=tmp_path).out == shown.out.removeprefix(
            "# the built-in defaults\n"
        )


def test_the_policies_are_listed_in_their_order_with_a_sentence_each(tmp_path: Path) -> None:
    done = hotfix("policies", cwd=tmp_path)
    lines = [line.split(maxsplit=1) for line in done.out.splitlines()]
    assert [name for name, _ in lines] == [policy.name for policy in policies.POLICIES]
    assert all(sentence.endswith(".") for _, sentence in lines)


def test_the_reference_is_the_one_in_the_documentation(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "policies.md"
    assert hotfix("policies", "--format", "markdown", cwd=tmp_path).out == page.read_text(encoding="utf-8")


def test_a_file_of_another_repository_is_not_read_at_the_desk_unless_a_copy_is_named(tmp_path: Path) -> None:
    (tmp_path / "hotfix.yml").write_text("version: 1\nextends: acme/policies:strict.yml@v2\n")
    (tmp_path / "strict.yml").write_text("version: 1\npolicies: {diff-size: {fewer_than: 3}}\n")
    alone = hotfix("config", "validate", "hotfix.yml", cwd=tmp_path)
    assert is_refused(alone, "hotfix.yml extends acme/policies:strict.yml@v2, which the desk doesn't read")
    shown = hotfix("config", "show", "hotfix.yml", "--policy-base", "strict.yml", cwd=tmp_path)
    assert "fewer_than: 3" in shown.out
    (tmp_path / "strict.yml").write_text("version: 1\npolicies: {diff-size: {fewer_then: 3}}\n")
    faulty = hotfix("config", "validate", "hotfix.yml", "--policy-base", "strict.yml", cwd=tmp_path)
    assert (faulty.code, faulty.out.split(" ")[0]) == (1, "strict.yml:2:24:")
    (tmp_path / "hotfix.yml").write_text("version: 1\n")
    needless = hotfix("config", "validate", "hotfix.yml", "--policy-base", "strict.yml", cwd=tmp_path)
    assert is_refused(needless, "extends no other repository's file")
