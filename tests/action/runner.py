"""A real runner of workflows (`act`, without containers), against the sandbox."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / "docs" / "workflows"
US = "OWNER/hotfix-guard@v1"
#: What the Action needs of this folder beside its rooms.
_FILES = ("action.yml", "action/start.py", "pyproject.toml", "requirements/run.txt")
_ROOMS = ("adapters", "cli", "domain", "events", "handlers", "policies", "presets", "app.py")
#: Other people's actions, done by what is done here: nothing is fetched.
_STAND_IN = "name: s\ndescription: s\nruns: {using: composite, steps: [{shell: bash, run: 'true'}]}\n"
_LONGEST = 170


@dataclass
class Ran:
    """What a run of a workflow came to.

    Attributes:
        jobs: each one's result, "success" or "failure", by its id in the workflow.
        said: the workflow commands that were heeded, as (command, properties, message), by the same id.
        outputs: what our step gave out.
        summaries: what it added to the summary.
        printed: its log.
    """

    jobs: dict[str, str] = field(default_factory=dict)
    said: dict[str, list[tuple[str, dict[str, str], str]]] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    summaries: dict[str, str] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)

    def errors(self, one: str) -> list[str]:
        return [message for command, _, message in self.said.get(one, []) if command == "error"]

    def take(self, line: Mapping[str, Any]) -> None:
        """Take a line of the runner's log over."""
        one = str(line.get("jobID", ""))
        if "jobResult" in line:
            self.jobs[one] = line["jobResult"]
        elif line.get("raw_output"):
            self.printed[one] = self.printed.get(one, "") + str(line["msg"])
        elif line.get("command") in {"error", "warning", "notice"}:
            told = (line["command"], dict(line["kvPairs"] or {}), line["arg"])
            self.said.setdefault(one, []).append(told)
        elif line.get("command") == "summary":
            self.summaries[one] = self.summaries.get(one, "") + line["content"]
        elif line.get("command") == "set-output" and len(line["stepID"]) == 1:
            self.outputs.setdefault(one, {})[line["name"]] = line["arg"]


@dataclass(frozen=True)
class Runner:
    """Runs workflows as github.com would, on this machine.

    Attributes:
        place: its home, with the tools that stay from run to run.
        action: the folder that `US` stands for.
        restoring: what stands in for actions/cache/restore.
    """

    place: Path
    action: Path
    api: str
    restoring: str = _STAND_IN

    @classmethod
    def at(cls, place: Path, api: str) -> Runner:
        """A runner that has our environment already: this one's packages."""
        runner = cls(place / "home", linked(place / "action"), api)
        made = runner.environment()
        venv.create(made, with_pip=False)
        (packages,) = made.glob("lib/python*/site-packages")
        ours = next(path for path in sys.path if path.endswith("site-packages"))
        (packages / "ours.pth").write_text(f"{ours}\n")
        (made / "complete").touch()
        return runner

    @property
    def tools(self) -> Path:
        """RUNNER_TOOL_CACHE."""
        return self.place / ".cache" / "act" / "tool_cache"

    def environment(self) -> Path:
        """Where the Action looks for its environment."""
        told = started(self.action, "find", tools=self.tools)
        return Path(told.outputs["path"])

    def run(self, event: str, payload: Any, workflow: str, token: str, folder: Path | None = None) -> Ran:
        """Run a workflow's text on an event."""
        at = self.place / f"run-{os.urandom(4).hex()}"
        at.mkdir(parents=True)
        (at / "event.json").write_text(json.dumps(payload))
        (at / "workflow.yml").write_text(workflow)
        command = [str(Path(sys.executable).with_name("act")), event, "--json", "--no-cache-server"]
        command += ["-e", str(at / "event.json"), "-W", str(at / "workflow.yml"), "-P", "ubuntu-latest=-self-hosted"]
        command += ["-C", str(folder or at), "-s", f"GITHUB_TOKEN={token}", *self._stand_ins(at)]
        command += ["--env", f"GITHUB_API_URL={self.api}", "--env", "GITHUB_REPOSITORY=alice/shop"]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        variables = {"HOME": str(self.place), "PATH": path, "LANG": "C.UTF-8"}
        done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=_LONGEST, check=False)
        ran = Ran()
        for line in done.stdout.splitlines():
            if line.startswith("{"):
                ran.take(json.loads(line))
        assert ran.jobs, done.stdout + done.stderr
        return ran

    def _stand_ins(self, at: Path) -> list[str]:
        others = set(re.findall(r"uses: (actions/[\w-]+)[\w/-]*@(\S+)", (self.action / "action.yml").read_text()))
        for folder in ("", "restore", "save"):
            (at / "stand-in" / folder).mkdir(parents=True, exist_ok=True)
            text = self.restoring if folder == "restore" else _STAND_IN
            (at / "stand-in" / folder / "action.yml").write_text(text)
        named = [f"{name}@{ref}={at / 'stand-in'}" for name, ref in sorted(others)]
        return [word for each in (f"{US}={self.action}", *named) for word in ("--local-repository", each)]


def linked(place: Path) -> Path:
    """A folder that is the published Action; its rooms are links, so that nothing is compiled twice."""
    for name in _FILES:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, place / name)
    for name in _ROOMS:
        (place / name).symlink_to(ROOT / name)
    return place


def copied(place: Path) -> Path:
    """The same as it comes from github.com, of which nothing is compiled yet."""
    for name in _FILES:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, place / name)
    for name in _ROOMS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, place / name)
    return place


@dataclass(frozen=True)
class Started:
    """How `start.py` ended."""

    code: int
    out: str
    outputs: dict[str, str]


def started(action: Path, deed: str, *, tools: Path, **variables: str) -> Started:
    """Call an Action's `start.py` as `action.yml` does."""
    tools.mkdir(parents=True, exist_ok=True)
    output = tools / f"output-{os.urandom(4).hex()}"
    output.touch()
    env = {"PATH": os.environ["PATH"], "RUNNER_TOOL_CACHE": str(tools), "GITHUB_OUTPUT": str(output), **variables}
    command = [sys.executable, "-I", str(action / "action" / "start.py"), deed]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=_LONGEST, check=False)
    told = dict(line.partition("=")[::2] for line in output.read_text().splitlines())
    output.unlink()
    return Started(done.returncode, done.stdout + done.stderr, told)
