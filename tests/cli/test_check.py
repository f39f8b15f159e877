"""The contract of `hotfix check`: exit codes, the report's shape, and what counts as the change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.git_repositories import Content, Repository
from tests.cli.conftest import CART, FIXED, TEST, Desk
from tests.cli.program import hotfix, is_refused

POLICIES = ["diff-size", "hotfix-comment", "regression-test", "dependencies", "approvals"]
LAX = "version: 1\npolicies: {hotfix-comment: {level: off}, regression-test: {level: off}}\n"


def shape(value: Any) -> Any:
    """The keys and types of a value; lists by their first element."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__


def test_a_good_hotfix_is_fine_and_what_needs_github_is_skipped_with_the_reason(good: Desk) -> None:
    done = good.check()
    assert (done.code, done.err) == (0, "")
    assert done.outcomes == dict(zip(POLICIES, ["pass", "pass", "pass", "pass", "skip"], strict=True))
    assert "known to GitHub alone" in done.policy("approvals")["summary"]
    assert done.data["conclusion"] == "success"


def test_a_bad_hotfix_fails_in_the_published_shape(desk: Desk) -> None:
    long = CART + "".join(f"x{number} = {number}\n" for number in range(10))
    desk.hotfix(
        {"cart.py": CART, "requirements.txt": "flask==3.0\n", "docs/a.md": "a\n"},
        {"cart.py": long, "requirements.txt": "flask==3.0\nleft-pad==1.0\n", "docs/a.md": "b\n"},
    )
    done = desk.check()
    assert done.code == 1
    assert list(done.data) == ["schema", "conclusion", "base", "merge_base", "head", "policies"]
    assert (done.data["schema"], done.data["conclusion"]) == (1, "failure")
    assert list(done.outcomes.values()) == ["fail", "fail", "fail", "fail", "skip"]
    for policy in done.data["policies"]:
        assert list(policy) == ["name", "outcome", "level", "summary", "findings", "facts"]
        for finding in policy["findings"]:
            assert shape(finding) == {"message": "str", "path": "str", "line": "int", "remedy": "str"}
    assert done.policy("diff-size")["facts"] == {
        "counted": 11,
        "additions": 11,
        "deletions": 0,
        "counted_files": ["cart.py", "requirements.txt"],
        "excluded_files": [{"path": "docs/a.md", "why": "documentation"}],
        "excluded_lines": {"documentation": 2},
    }
    assert done.policy("regression-test")["facts"] == {"label": "none", "cases": []}
    facts = done.policy("dependencies")["facts"]
    assert facts["unreadable"] == []
    assert facts["changes"] == [
        {
            "change": "added",
            "name": "left-pad",
            "purl": "pkg:pypi/left-pad",
            "manifest": "requirements.txt",
            "scope": "product",
            "from": "",
            "to": "==1.0",
        }
    ]


def test_markers_and_test_cases_are_facts(good: Desk) -> None:
    done = good.check()
    assert done.policy("hotfix-comment")["facts"] == {
        "markers": [{"path": "cart.py", "line": 5, "text": "HOTFIX: rounding lost cents", "context": "comment"}]
    }
    facts = done.policy("regression-test")["facts"]
    assert facts["label"] == "real"
    assert shape(facts["cases"]) == [
        {"path": "str", "name": "str", "change": "str", "skipped": "bool", "asserts": "bool"}
    ]


def test_the_change_grew_from_the_merge_base_wherever_base_moved_since(good: Desk) -> None:
    root = good.git("rev-parse", "main")
    good.branch("main", good.commit({"cart.py": CART, "later.py": "x = 1\n" * 50}, root, "Others' work"))
    done = good.check()
    tip, head = good.git("rev-parse", "main", "fix").split()
    assert (done.data["base"], done.data["merge_base"], done.data["head"]) == (tip, root, head)
    assert done.policy("diff-size")["facts"]["counted_files"] == ["cart.py"]


def test_bare_repositories_linked_worktrees_folders_inside_and_detached_heads_work(good: Desk, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    good.git("worktree", "add", "-q", "--detach", str(linked), "fix")
    bare = Repository.create(tmp_path / "bare.git", "--bare")
    bare.git("fetch", "-q", good.url, "main:main", "fix:fix")
    expected = good.check()
    for place, head in ((linked, "HEAD"), (linked / "tests", "HEAD"), (bare.path, "fix")):
        asked = ("check", "--repo", str(place), "--base", "main", "--head", head, "--format", "json")
        assert hotfix(*asked, cwd=tmp_path) == expected


@pytest.mark.parametrize("revision", ["nothing", "--upload-pack=touch x", "-h", "HEAD:cart.py", "a\nb", ""])
def test_an_unknown_revision_is_refused_in_a_sentence(revision: str, good: Desk) -> None:
    assert is_refused(good.check(f"--base={revision}"), "revision")
    assert not (good.path / "x").exists()


def test_repositories_that_hold_no_such_change_are_refused(desk: Desk, tmp_path: Path) -> None:
    assert is_refused(desk.check(head="HEAD"), "no revision main")
    assert is_refused(hotfix("check", "--base", "main", cwd=tmp_path), "no git repository")
    assert is_refused(hotfix("check", "--base", "main", "--repo", "none", cwd=tmp_path), "none is no folder")
    desk.branch("main", desk.commit({"a": "a\n"}))
    desk.branch("fix", desk.commit({"b": "b\n"}))
    assert is_refused(desk.check(), "share no history")


def test_a_shallow_clone_says_what_to_fetch(good: Desk, tmp_path: Path) -> None:
    good.branch("main", good.commit({"cart.py": CART, "b": "b\n"}, good.git("rev-parse", "main")))
    shallow = Desk(Repository.create(tmp_path / "shallow").path)
    shallow.git("fetch", "-q", "--depth=1", good.url, "main:main", "fix:fix", "--update-head-ok")
    assert is_refused(shallow.check(), "git fetch --unshallow")


def test_wrong_usage_is_refused_in_a_sentence(good: Desk) -> None:
    assert is_refused(good.check("--worktree"), "leave --head out", "hotfix check --help")
    assert is_refused(good.check(form="xml"), "'xml' is not one of")
    assert is_refused(good.check("--nonsense"), "--nonsense")
    assert is_refused(hotfix("chekc", cwd=good.path), "no such command 'chekc'")


def test_files_that_cant_be_read_are_refused_in_a_sentence(good: Desk, tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\0")
    assert is_refused(good.check("--policy-file", "none.yml"), "none.yml can't be read: No such file")
    assert is_refused(good.check("--body-file", "."), "Is a directory")
    assert is_refused(good.check("--policy-file", str(binary)), "no UTF-8 text")
    assert is_refused(good.check("--body-file", "/dev/zero"), "larger than")


def test_a_head_without_a_change_never_passes(good: Desk, tmp_path: Path) -> None:
    lax = tmp_path / "lax.yml"
    lax.write_text(LAX)
    done = good.check("--policy-file", str(lax), head="main")
    assert (done.code, done.data["conclusion"]) == (1, "failure")
    assert done.outcomes == {"change": "fail"}
    (finding,) = done.policy("change")["findings"]
    assert "nothing is committed since" in finding["message"]


def test_the_policy_file_at_the_tip_of_base_counts_and_the_heads_doesnt(good: Desk, tmp_path: Path) -> None:
    root = good.git("rev-parse", "main")
    strict = "version: 1\npolicies: {diff-size: {fewer_than: 2}}\n"
    good.branch("main", good.commit({"cart.py": CART, ".github/hotfix.yml": strict}, root, "Be strict"))
    head = {"cart.py": FIXED, "tests/test_cart.py": TEST, ".github/hotfix.yml": LAX}
    good.branch("fix", good.commit(head, root, "Keep the cents"))
    done = good.check()
    assert done.code == 1
    assert "fewer than 2 allowed" in done.policy("diff-size")["summary"]
    own = tmp_path / "own.yml"
    own.write_text(LAX)
    assert list(good.check("--policy-file", str(own)).outcomes) == ["diff-size", "dependencies", "approvals"]


def test_a_broken_policy_file_on_base_fails_and_one_that_is_named_is_refused(good: Desk, tmp_path: Path) -> None:
    broken = "version: 1\npolicies:\n  diff-size: {fewer_then: 2}\n"
    root = good.commit({"cart.py": CART, ".github/hotfix.yml": broken}, message="Break it")
    good.branch("main", root)
    good.branch("fix", good.commit({"cart.py": FIXED, ".github/hotfix.yml": broken}, root))
    done = good.check()
    assert (done.code, done.outcomes) == (1, {"policy-file": "error"})
    said = done.policy("policy-file")["findings"][0]["message"]
    assert "line 3, column 15 of .github/hotfix.yml" in said
    assert said.count(root[:7]) == 1
    assert root not in said
    file = tmp_path / "broken.yml"
    file.write_text(broken)
    assert is_refused(good.check("--policy-file", str(file)), "broken.yml:3:15", "did you mean 'fewer_than'")
    file.write_text(f"{broken}rols: {{}}\n")
    told = good.check("--policy-file", str(file))
    assert (told.code, [line.split(" ")[1][-5:] for line in told.err.splitlines()]) == (2, [":3:15:"[1:], ":4:1:"])


def test_labels_title_and_description_are_part_of_the_change(desk: Desk, tmp_path: Path) -> None:
    desk.hotfix({"data.json": "{}\n"}, {"data.json": '{"a": 1}\n'})
    body = tmp_path / "body.md"
    body.write_text("HOTFIX: the shop shows no prices\n")
    asked = ("--label", "hotfix", "--label", "urgent", "--title", "[HOTFIX] Prices")
    assert desk.check(*asked).outcomes["hotfix-comment"] == "fail"
    assert desk.check(*asked, "--body-file", str(body)).outcomes["hotfix-comment"] == "pass"


def test_binary_files_submodules_modes_and_renames_are_judged(desk: Desk) -> None:
    base: dict[str, Content] = {"logo.png": b"\0\1", "run.sh": "echo\n", "old.py": CART * 5}
    head: dict[str, Content] = {
        "logo.png": b"\0\2",
        "run.sh": ("100755", "echo\n"),
        "new.py": CART * 5,
        "vendored": ("160000", "1" * 40),
    }
    desk.hotfix(base, head)
    done = desk.check()
    assert done.code == 1
    assert {"logo.png", "vendored"} <= {finding["path"] for finding in done.policy("diff-size")["findings"]}
    assert done.outcomes["dependencies"] == "fail"


def test_any_file_name_is_shown_and_none_commands_the_terminal(desk: Desk) -> None:
    raw = b"caf\xe9.py".decode("utf-8", "surrogateescape")
    names = ["-rf.py", "a b.py", "\x1b[2J.py", "new\nline.py", "tab\t|`.py", "ünï.py", raw]
    desk.hotfix({"z": "z\n"}, {"z": "z\n", **dict.fromkeys(names, "x = 1\n" * 3)})
    done = desk.check()
    counted = done.policy("diff-size")["facts"]["counted_files"]
    assert sorted(counted) == sorted([*names[:-1], "caf\\xe9.py"])
    for form in ("text", "markdown"):
        shown = desk.check(form=form)
        assert shown.code == 1
        assert "\x1b" not in shown.out


def test_a_diff_of_20_000_lines_is_judged(desk: Desk) -> None:
    lines = "".join(f"x_{number} = {number}\n" for number in range(20_000))
    desk.hotfix({"cart.py": CART}, {"cart.py": CART + lines})
    done = desk.check()
    assert (done.code, done.policy("diff-size")["facts"]["counted"]) == (1, 20_000)


def test_the_text_names_each_policy_its_next_step_and_the_conclusion(desk: Desk) -> None:
    desk.hotfix({"cart.py": CART}, {"cart.py": CART.replace("sum", "max")})
    shown = desk.check(form="text")
    assert (shown.code, shown.err) == (1, "")
    assert [line.split()[1] for line in shown.out.splitlines() if line[:1] in set("✓✗-")] == POLICIES
    assert "→ add a comment here" in shown.out
    assert shown.out.splitlines()[-1] == "failure: 2 of 5 policies need attention"


def test_the_markdown_is_a_table_under_the_title(good: Desk) -> None:
    shown = good.check(form="markdown")
    assert shown.code == 0
    assert shown.out.startswith("## 5 policies satisfied\n")
    assert "pull request can't" not in good.check(form="markdown", head="main").out
    assert [line.split("`")[1] for line in shown.out.splitlines() if line.startswith("| `")] == POLICIES


def test_a_file_that_extends_another_repositorys_takes_a_copy_of_that(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "base.yml").write_text("version: 1\npolicies: {diff-size: {fewer_than: 1}}\n")
    files = {"cart.py": CART, ".github/hotfix.yml": "version: 1\nextends: acme/policies\n"}
    desk.hotfix(files, {"cart.py": FIXED, "tests/test_cart.py": TEST})
    assert is_refused(desk.check(), "extends acme/policies:.github/hotfix.yml, which the desk doesn't read")
    assert desk.check("--policy-base", str(tmp_path / "base.yml")).outcomes["diff-size"] == "fail"
