import pytest

from domain.pull_request import PolicyFile
from policies import configure, trigger
from policies.patterns import matches_branch

ALL = "version: 1\ntriggers: {labels: [Urgent], branches: ['fix/**'], titles: ['[P0]', 'a.c']}\n"


@pytest.mark.parametrize(
    ("labels", "branch", "title", "expected"),
    [
        (("bug", "hotfix"), "patch-1", "Fix", "label hotfix"),
        (("HotFix",), "patch-1", "Fix", "label HotFix"),
        ((), "hotfix/cart", "Fix", "branch hotfix/cart"),
        ((), "hotfix/a/b", "Fix", ""),
        ((), "Hotfix/cart", "Fix", ""),
        ((), "my/hotfix/cart", "Fix", ""),
        ((), "patch-1", "[HOTFIX] Fix", "title [HOTFIX]"),
        ((), "patch-1", "HOTFIX: Fix", "title HOTFIX:"),
        ((), "patch-1", "  hotfix: Fix", "title HOTFIX:"),
        ((), "patch-1", "H is no hotfix", ""),
        ((), "patch-1", "No HOTFIX: here", ""),
        ((), "", "", ""),
        (("hotfix-later",), "hotfix", "HOTFIX", ""),
    ],
)
def test_a_hotfix_is_told_by_label_branch_or_title(
    labels: tuple[str, ...], branch: str, title: str, expected: str
) -> None:
    assert trigger(configure(None), labels, branch, title) == expected


@pytest.mark.parametrize(
    ("labels", "branch", "title", "expected"),
    [
        (("hotfix",), "hotfix/x", "HOTFIX: x", ""),
        (("urgent",), "", "", "label urgent"),
        ((), "fix/a/b", "", "branch fix/a/b"),
        ((), "", "P is no class of characters", ""),
        ((), "", "abc", ""),
        ((), "", "a.c", "title a.c"),
    ],
)
def test_the_policy_files_triggers_replace_the_built_in_ones(
    labels: tuple[str, ...], branch: str, title: str, expected: str
) -> None:
    assert trigger(configure(PolicyFile(ALL, oid="")), labels, branch, title) == expected


@pytest.mark.parametrize(
    ("glob", "branch", "expected"),
    [
        ("hotfix/*", "hotfix/cart", True),
        ("hotfix/*", "hotfix/cart/2", False),
        ("hotfix/**", "hotfix/cart/2", True),
        ("**/hotfix", "hotfix", True),
        ("**/hotfix", "a/b/hotfix", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("release-[0-9]", "release-7", True),
        ("release-[!0-9]", "release-7", False),
        ("release-[!0-9]", "release-/", False),
        ("release-[^a]", "release-b", True),
        ("[]x]", "]", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        (r"\[a]", "[a]", True),
        (r"\*", "x", False),
        ("a.c", "abc", False),
        ("(a+)+$", "aaaa", False),
        ("*", "käse", True),
        ("hotfix", "hotfix/x", False),
    ],
)
def test_branch_patterns_are_those_of_githubs_branch_protection(glob: str, branch: str, expected: bool) -> None:
    assert matches_branch(glob, branch) is expected


def test_a_pattern_made_to_explode_takes_no_time() -> None:
    assert not matches_branch("*a" * 40, "a" * 5000 + "b")
