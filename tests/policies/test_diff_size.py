"""What diff-size counts, what it leaves out and what it can't count."""

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from domain.change import Change, ChangedFile, Content, Evidence
from domain.diff import FileDiff, FileStatus
from domain.finding import Inspection, Outcome
from domain.pull_request import Outline, PullRequest, PullRequestRef
from policies.diff_size import DiffSize
from tests.builders import Side, a_change


def inspected(files: dict[str, tuple[Side, Side]], attributes: str = "", **settings: Any) -> Inspection:
    return DiffSize(**settings).inspect(with_attributes(a_change(files), {".gitattributes": attributes}))


def with_attributes(change: Change, texts: dict[str, str]) -> Change:
    others = {path: Content(text) if text else None for path, text in texts.items()}
    return replace(change, evidence=replace(change.evidence, others=others))


def lines(count: int, word: str = "line") -> str:
    return "".join(f"{word} {number}\n" for number in range(count))


def test_the_docstrings_pass_and_fail() -> None:
    passes = inspected({"app.py": ("", lines(6)), "tests/test_app.py": (None, lines(40))})
    fails = inspected({"app.py": ("", lines(90))})
    summary = "6 lines changed, fewer than 10 allowed; 1 file left out (40 lines test)"
    assert (passes.outcome, passes.summary) == (Outcome.PASS, summary)
    assert (fails.outcome, fails.summary) == (Outcome.FAIL, "90 lines changed, fewer than 10 allowed")


@pytest.mark.parametrize(("count", "outcome"), [(9, Outcome.PASS), (10, Outcome.FAIL)])
def test_fewer_than_means_fewer(count: int, outcome: Outcome) -> None:
    assert inspected({"a.go": ("", lines(count))}).outcome is outcome


def test_a_modified_line_counts_twice() -> None:
    found = inspected({"a.py": ("a\nb\n", "a\nc\n")})
    assert (found.facts["counted"], found.facts["additions"], found.facts["deletions"]) == (2, 1, 1)


def test_the_facts_have_the_shape_that_other_tools_read() -> None:
    found = inspected({"a.py": ("", "a\n"), "README.md": ("", "a\n")})
    assert found.facts == {
        "counted": 1,
        "additions": 1,
        "deletions": 0,
        "counted_files": ["a.py"],
        "excluded_files": [{"path": "README.md", "why": "documentation"}],
        "excluded_lines": {"documentation": 1},
    }
    json.dumps(found.facts)


def test_the_biggest_files_are_named_first() -> None:
    found = inspected({"a.py": ("", lines(2)), "b.py": ("", lines(30)), "c.py": ("", lines(9))})
    assert [one.path for one in found.findings] == ["b.py", "c.py", "a.py"]
    assert all("development branch" in one.remedy for one in found.findings)


def test_files_are_excluded_by_setting() -> None:
    found = inspected({"a.sql": ("", lines(20)), "db/b.py": ("", lines(20))}, exclude=("*.sql", "/db/"))
    assert found.outcome is Outcome.PASS
    assert {one["why"] for one in found.facts["excluded_files"]} == {"excluded by the policy file"}


@pytest.mark.parametrize("pattern", ["", "   ", "!", "a/**b/[", "# note"])
def test_an_exclusion_that_is_no_pattern_is_refused(pattern: str) -> None:
    if pattern == "a/**b/[":
        DiffSize(exclude=(pattern,))  # .gitignore takes an open bracket for itself
        return
    with pytest.raises(ValidationError):
        DiffSize(exclude=(pattern,))


def test_a_hostile_exclusion_takes_linear_time() -> None:
    policy = DiffSize(exclude=("*a" * 60 + "b",))
    assert policy.inspect(a_change({"a" * 120 + ".py": ("", "a\n")})).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"logo.png": (b"\0a", b"\0b")}, "binary"),
        ({"a.py": (lines(9), None), "b.py": (None, lines(9))}, "renamed"),
    ],
)
def test_what_lines_dont_tell_fails(files: dict[str, tuple[Side, Side]], words: str) -> None:
    found = inspected(files)
    assert found.outcome is Outcome.FAIL
    assert [words in one.message for one in found.findings] == [True]


@pytest.mark.parametrize(
    "diff",
    [
        FileDiff("run.sh", FileStatus.MODIFIED, base_mode="100644", head_mode="100755"),
        FileDiff("lib", FileStatus.MODIFIED, base_mode="160000", head_mode="160000"),
        FileDiff("b.py", FileStatus.RENAMED, previous_path="tests/b.py"),
        FileDiff("tests/b.py", FileStatus.RENAMED, previous_path="b.py"),
        FileDiff("b.bin", FileStatus.ADDED, head_mode="100644", binary=True),
    ],
)
def test_mode_submodule_and_rename_changes_are_findings(diff: FileDiff) -> None:
    change = replace(a_change(), evidence=Evidence(files=(ChangedFile(diff, None, None),)))
    assert DiffSize().inspect(change).outcome is Outcome.FAIL


def test_a_binary_fixture_may_change() -> None:
    assert inspected({"tests/data/logo.png": (b"\0a", b"\0b")}).outcome is Outcome.PASS


def test_marks_in_gitattributes_leave_files_out() -> None:
    files: dict[str, tuple[Side, Side]] = {"api/client.py": ("", lines(50)), "api/deep/x.py": ("", lines(50))}
    found = inspected(files, "api/** linguist-generated\n")
    assert found.outcome is Outcome.PASS
    assert [one["why"] for one in found.facts["excluded_files"]] == ["generated (.gitattributes)"] * 2


def test_an_attribute_of_a_folder_says_nothing_of_its_files() -> None:
    assert inspected({"api/client.py": ("", lines(50))}, "api linguist-generated\n").outcome is Outcome.FAIL


def test_a_negated_mark_brings_a_file_back() -> None:
    assert inspected({"a.min.js": ("", lines(50))}, "*.min.js -linguist-generated\n").outcome is Outcome.FAIL
    assert inspected({"a.min.js": ("", lines(50))}, "*.min.js linguist-generated=false\n").outcome is Outcome.FAIL
    assert inspected({"a.min.js": ("", lines(50))}).outcome is Outcome.PASS


def test_a_change_cant_mark_its_own_files_generated() -> None:
    files: dict[str, tuple[Side, Side]] = {
        "a.py": ("", lines(50)),
        ".gitattributes": (None, "*.py linguist-generated\n"),
    }
    found = inspected(files, "*.py linguist-generated\n")
    assert (found.outcome, found.facts["excluded_files"]) == (Outcome.FAIL, [])


def test_the_marks_at_base_stand_while_the_change_touches_them() -> None:
    old = "*.py linguist-generated\n"
    files: dict[str, tuple[Side, Side]] = {"a.py": ("", lines(50)), ".gitattributes": (old, old + "*.go text\n")}
    assert inspected(files, old + "*.go text\n").outcome is Outcome.PASS


def test_a_diff_that_cant_be_judged_fails() -> None:
    change = replace(a_change(), evidence=Evidence(diff_problem="more than 300 files changed"))
    found = DiffSize().inspect(change)
    assert (found.outcome, len(found.findings)) == (Outcome.FAIL, 1)


def outlined(change: Change, additions: int, deletions: int, changed_files: int) -> Change:
    pull_request = PullRequest(
        PullRequestRef("acme/shop", 1), "Fix", "", "alice", "open", False, "main", "b", "hotfix/a", "a", "acme/shop",
        additions=additions, deletions=deletions, changed_files=changed_files,
    )  # fmt: skip
    return replace(change, outline=Outline(pull_request, "main"))


def test_githubs_own_totals_agree() -> None:
    change = a_change({"a.py": ("a\n", "b\n"), "README.md": ("", "a\n")})
    assert DiffSize().inspect(outlined(change, 2, 1, 2)).outcome is Outcome.PASS


@pytest.mark.parametrize("totals", [(3, 1, 2), (2, 2, 2), (2, 1, 3)])
def test_totals_that_dont_agree_fail_closed(totals: tuple[int, int, int]) -> None:
    change = a_change({"a.py": ("a\n", "b\n"), "README.md": ("", "a\n")})
    found = DiffSize().inspect(outlined(change, *totals))
    assert (found.outcome, found.summary) == (Outcome.ERROR, "the diff isn't complete")


@pytest.mark.parametrize(
    ("base", "head", "counted"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", 1),
        ("a\nb\nc\n", "a\nc\n", 1),
        ("a\nc\n", "a\nb\nb\nc\n", 2),
        ("a\nb\nc\n", "A\nb\nC\n", 2),
        ("a\nb\nb\nc\n", "a\nB\nc\n", 2),
    ],
)
def test_a_line_that_is_modified_counts_once_where_that_is_asked_for(base: str, head: str, counted: int) -> None:
    found = inspected({"a.py": (base, head)}, count="modified-once")
    assert found.facts["counted"] == counted


def test_lines_apart_are_no_modification_of_each_other() -> None:
    assert inspected({"a.py": ("a\nb\nc\n", "b\nc\nd\n")}, count="modified-once").facts["counted"] == 2


def test_the_limit_is_held_against_the_count_that_is_asked_for() -> None:
    files: dict[str, tuple[Side, Side]] = {"a.py": (lines(9), lines(9, "other"))}
    assert inspected(files).outcome is Outcome.FAIL
    found = inspected(files, count="modified-once")
    assert (found.outcome, found.summary) == (Outcome.PASS, "9 lines changed, fewer than 10 allowed")
    failing = inspected(files, count="modified-once", fewer_than=9)
    assert failing.findings[0].message == "a.py changes 9 lines (9 added, 9 removed)"


def test_a_kind_of_file_counts_again_where_the_policy_file_says_so() -> None:
    files: dict[str, tuple[Side, Side]] = {
        "tests/test_a.py": ("", lines(4)),
        "README.md": ("", lines(3)),
        "api/x.py": ("", lines(2)),
    }
    attributes = "api/* linguist-generated\n"
    assert inspected(files, attributes).facts["counted"] == 0
    assert inspected(files, attributes, leave_out=("documentation", "generated")).facts["counted_files"] == [
        "tests/test_a.py"
    ]
    assert inspected(files, attributes, leave_out=("test",)).facts["counted"] == 5
    assert inspected(files, attributes, leave_out=()).facts["excluded_files"] == []


def test_how_many_lines_are_left_out_is_told_by_kind() -> None:
    files: dict[str, tuple[Side, Side]] = {
        "app.py": ("", lines(1)),
        "vendor/a/a.go": (lines(500), lines(500, "other")),
        "vendor/b/b.go": ("", lines(1)),
        "README.md": ("", lines(1)),
    }
    found = inspected(files)
    told = "1001 lines vendored, 1 line documentation"
    assert found.summary == f"1 line changed, fewer than 10 allowed; 3 files left out ({told})"
    assert found.facts["excluded_lines"] == {"vendored": 1001, "documentation": 1}


def test_a_file_of_two_kinds_is_left_out_for_the_one_that_is() -> None:
    found = inspected({"vendor/go.sum": ("", lines(40))}, leave_out=("lockfile",))
    assert found.facts["excluded_files"] == [{"path": "vendor/go.sum", "why": "lockfile"}]


def marked(files: dict[str, tuple[Side, Side]], attributes: dict[str, str]) -> Inspection:
    return DiffSize().inspect(with_attributes(a_change(files), attributes))


def test_a_folders_own_attributes_have_the_last_word_below_it() -> None:
    files: dict[str, tuple[Side, Side]] = {
        "api/deep/x.py": ("", lines(50)),
        "api/y.py": ("", lines(50)),
        "z.py": ("", "z\n"),
    }
    found = marked(files, {"api/.gitattributes": "*.py linguist-generated\n"})
    assert found.facts["counted_files"] == ["z.py"]
    back = {"api/.gitattributes": "*.py linguist-generated\n", "api/deep/.gitattributes": "x.py -linguist-generated\n"}
    assert marked(files, back).facts["counted_files"] == ["api/deep/x.py", "z.py"]
    assert marked(files, {"api/.gitattributes": "/deep/* linguist-generated\n"}).facts["counted"] == 51


def test_a_change_cant_mark_its_own_files_by_a_folders_attributes() -> None:
    files: dict[str, tuple[Side, Side]] = {
        "api/a.py": ("", lines(50)),
        "api/.gitattributes": (None, "*.py linguist-generated\n"),
    }
    found = marked(files, {"api/.gitattributes": "*.py linguist-generated\n"})
    assert "api/a.py" in found.facts["counted_files"]


def test_a_file_whose_base_says_that_it_is_generated_is_left_out() -> None:
    header = "// Code generated by stringer. DO NOT EDIT.\n"
    found = inspected({"api/model.go": (header, header + lines(50))})
    assert found.facts["excluded_files"] == [{"path": "api/model.go", "why": "generated (its first lines say so)"}]


def test_a_change_cant_call_its_own_product_code_generated() -> None:
    header = "// Code generated by hand. DO NOT EDIT.\n"
    assert inspected({"a.go": ("", header + lines(50))}).outcome is Outcome.FAIL
    assert inspected({"a.go": (None, header + lines(50))}).outcome is Outcome.FAIL
    assert inspected({"a.go": (header, lines(50))}).outcome is Outcome.FAIL
    assert inspected({"kind_string.go": (None, header + lines(50))}).outcome is Outcome.PASS
    assert inspected({"kind_string.go": (None, lines(50))}).outcome is Outcome.FAIL


def test_a_mark_taken_away_beats_what_the_file_says() -> None:
    header = "// Code generated by stringer. DO NOT EDIT.\n"
    files: dict[str, tuple[Side, Side]] = {"a.go": (header, header + lines(50))}
    assert inspected(files, "*.go -linguist-generated\n").outcome is Outcome.FAIL


def test_a_generator_that_quotes_the_header_is_no_generated_file() -> None:
    generator = "import fs from 'fs'\nconst code = `// Autogenerated by build.js, do not edit\n`\n"
    assert inspected({"build.js": (generator, generator + lines(50))}).outcome is Outcome.FAIL
    header = "// This file is autogenerated by build.js, do not edit\n"
    assert inspected({"a.js": (header, header + lines(50))}).outcome is Outcome.PASS
