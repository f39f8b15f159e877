"""The contract of `hotfix explain`."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies import POLICIES
from policies.base import Policy
from policies.reference import PARTS, settings
from tests.cli.program import hotfix, is_refused


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_a_policy_is_explained_with_its_settings(policy: type[Policy], tmp_path: Path) -> None:
    done = hotfix("explain", policy.name, cwd=tmp_path, variables={"COLUMNS": "80"})
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{policy.name}\n")
    assert [part for part in PARTS if f"\n{part}:" not in done.out] == []
    assert [key for key, _ in settings(policy) if f"  {key}: " not in done.out] == []
    assert max(map(len, done.out.splitlines())) <= 80


def test_an_unknown_name_gets_the_nearest(tmp_path: Path) -> None:
    assert is_refused(hotfix("explain", "diffsize", cwd=tmp_path), "diffsize", "diff-size")
    assert is_refused(hotfix("explain", "xyz", cwd=tmp_path), "regression-test")
