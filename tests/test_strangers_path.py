"""A newcomer follows "Add a policy" of CONTRIBUTING.md to the letter, in a copy of the tree."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.git_repositories import Repository

ROOT = Path(__file__).parents[1]
ROOMS = ("adapters", "cli", "domain", "events", "handlers", "policies", "presets", "sandbox")

#: What steps 1 to 4 of the recipe ask for, and nothing else.
POLICY = '''\
"""The policy `no-print`: nobody debugs in production."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from domain.change import Change
from domain.finding import Finding, Inspection
from policies.base import Policy, judged


class NoPrint(Policy):
    """Keep debugging output out of a hotfix.

    Why: what was printed to find the fault floods the logs that the next one is looked for in.
    Passes: a fix without a call of print.
    Fails: `print(total)` added.
    Remedy: take the call out.
    """

    name: ClassVar[str] = "no-print"

    word: str = Field("print", description="The function's name.")

    def inspect(self, change: Change) -> Inspection:
        """Look at every added line."""
        found = tuple(
            Finding(f"{self.word} is called", file.path, line.head, "take the call out")
            for file in change.files
            for line in file.diff.lines()
            if line.kind == "+" and f"{self.word}(" in line.text
        )
        return judged(found, f"{len(found)} calls of {self.word}", {"calls": len(found)})
'''


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the rooms, in which step 5 is done as well: the class stands in POLICIES."""
    copy = tmp_path / "tree"
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "policies" / "no_print.py").write_text(POLICY)
    door = copy / "policies" / "__init__.py"
    text = door.read_text().replace("    Approvals,\n)", "    NoPrint,\n    Approvals,\n)")
    door.write_text(
        text.replace("from policies.migrations", "from policies.no_print import NoPrint\nfrom policies.migrations")
    )
    return copy


def hotfix(tree: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program of that tree."""
    start = f"import sys; sys.path.insert(0, {str(tree)!r}); from cli.main import main; main()"
    command = [sys.executable, "-I", "-B", "-c", start, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_recipe_adds_a_policy_that_judges_explains_itself_and_can_be_set(tree: Path, tmp_path: Path) -> None:
    shop = Repository.create(tmp_path / "shop")
    base = shop.commit({"cart.py": "total = 1\n"})
    shop.branch("main", base)
    shop.branch("fix", shop.commit({"cart.py": "total = 1\nprint(total)\nlog(total)\n"}, base, "Fix"))
    file = tmp_path / "hotfix.yml"
    file.write_text("version: 1\npolicies: {no-print: {word: log}}\n")
    judged = hotfix(tree, shop.path, "check", "--base", "main", "--head", "fix", "--format", "json")
    report = json.loads(judged.stdout)
    (outcome,) = (policy for policy in report["policies"] if policy["name"] == "no-print")
    assert (outcome["outcome"], outcome["facts"], outcome["findings"][0]["line"]) == ("fail", {"calls": 1}, 2)
    other = hotfix(tree, shop.path, "check", "--base", "main", "--head", "fix", "--policy-file", str(file))
    assert "log is called" in other.stdout
    assert "### no-print" in hotfix(tree, shop.path, "policies", "--format", "markdown").stdout
    assert "Keep debugging output out" in hotfix(tree, shop.path, "explain", "no-print").stdout
