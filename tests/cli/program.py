"""The real console script, run as a person would run it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.adapters.git_repositories import environment

HOTFIX = str(Path(sys.executable).with_name("hotfix"))

#: Far above what any of these takes, so that a busy machine fails none.
_LONGEST = 120


@dataclass(frozen=True)
class Done:
    """How the program ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)

    @property
    def outcomes(self) -> dict[str, str]:
        return {policy["name"]: policy["outcome"] for policy in self.data["policies"]}

    def policy(self, name: str) -> Any:
        return next(policy for policy in self.data["policies"] if policy["name"] == name)


def hotfix(*arguments: str, cwd: Path, variables: Mapping[str, str] | None = None) -> Done:
    """Run `hotfix` in a folder."""
    env = {**environment(), **(variables or {})}
    done = subprocess.run([HOTFIX, *arguments], cwd=cwd, env=env, capture_output=True, timeout=_LONGEST, check=False)
    return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def is_refused(done: Done, *words: str) -> bool:
    """Whether it ended with code 2, nothing on standard output, and one sentence with these words on standard error."""
    sentence = done.err.removesuffix("\n")
    assert done.code == 2, done
    assert done.out == ""
    assert sentence.startswith("hotfix: ")
    assert sentence.splitlines() == [sentence]
    assert "Traceback" not in sentence
    assert [word for word in words if word not in sentence] == [], sentence
    return True
