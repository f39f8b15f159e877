"""Fuzzed source files: no policy crashes or hangs, and what has no marker and no test doesn't pass for having them."""

from __future__ import annotations

import difflib
import functools
import random
import time
from pathlib import Path

from domain import diff
from domain.change import Change, ChangedFile, Content, Evidence
from domain.errors import UnreadableInputError
from domain.finding import Outcome
from policies import POLICIES
from policies.base import Policy
from policies.hotfix_comment import HotfixComment
from policies.regression_test import RegressionTest
from tests.fuzzing import mutations
from tests.fuzzing.limits import MOST_FOR_SOURCE

_CASES = Path(__file__).parent.parent / "policies" / "comments"
_NAMES = ("diff-size", "hotfix-comment", "regression-test", "focus", "migrations", "version-bump", "changelog")


def fuzz(chance: random.Random) -> None:
    """One case.

    Raises:
        AssertionError: a policy found what isn't there.
    """
    path, text = chance.choice(_seeds())
    text = text.replace("HOTFIX", "NOTICE")
    base = text if chance.random() < 0.5 else mutations.broken(chance, text)
    head = mutations.broken(chance, base) if chance.random() < 0.9 else mutations.garbage(chance)
    where = chance.choice(("", "src/", "tests/", "db/migrate/", "spec/", "docs/"))
    change = _change(where + path, base, head)
    if change is None:
        return
    for policy in _policies():
        began = time.process_time()
        found = policy.inspect(change)
        taken = time.process_time() - began
        assert taken < MOST_FOR_SOURCE, f"{policy.name} took {taken:.1f} s for {where}{path}"
        if isinstance(policy, HotfixComment) and "hotfix" not in head.lower():
            assert found.outcome is not Outcome.PASS, f"{path}: {found.summary}\n{head!r}"
        if isinstance(policy, RegressionTest) and not where and "test" not in (path + base + head).lower():
            assert found.outcome is not Outcome.PASS or "case" not in found.summary, (
                f"{path}: {found.summary}\n{head!r}"
            )


@functools.cache
def _seeds() -> tuple[tuple[str, str], ...]:
    found = sorted(_CASES.rglob("*.case"))
    return tuple((str(one.relative_to(_CASES)).removesuffix(".case"), one.read_text("utf-8")) for one in found)


@functools.cache
def _policies() -> tuple[Policy, ...]:
    return tuple(policy() for policy in POLICIES if policy.name in _NAMES)


def _change(path: str, base: str, head: str) -> Change | None:
    if base == head or "\0" in head + base:
        return None
    left, right = ([f"{line}\n" for line in side.split("\n")] for side in (base, head))
    lines = difflib.unified_diff(left, right, f"a/{path}", f"b/{path}")
    text = f"diff --git a/{path} b/{path}\nindex 1..2 100644\n" + "".join(lines)
    try:
        (file,) = diff.parse(text)
    except (UnreadableInputError, ValueError):  # as for a file that Git calls binary, nobody judges it
        return None
    sides = (Content(base + "\n"), Content(head + "\n"))
    return Change(base="b" * 40, head="a" * 40, evidence=Evidence(files=(ChangedFile(file, *sides),)))
