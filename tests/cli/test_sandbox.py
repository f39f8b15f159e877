"""`hotfix sandbox`, `hotfix serve` and docs/sandbox.md, followed to the letter."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cli.sandbox import _WALK
from tests.adapters.git_repositories import environment
from tests.adapters.waiting import wait_until
from tests.cli.program import HOTFIX, hotfix

DOCS = Path(__file__).parents[2] / "docs" / "sandbox.md"
WITHIN = 60.0


@contextmanager
def running(arguments: list[str], cwd: Path, variables: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    with (cwd / f"{arguments[0]}.log").open("w") as log:
        process = subprocess.Popen(
            [HOTFIX, *arguments],
            cwd=cwd,
            env={**environment(), **variables},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    with process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(WITHIN)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def told(process: subprocess.Popen[str]) -> str:
    """What it prints until it is up."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Everything stays up"):
            break
    return "".join(lines)


def read(url: str, token: str = "") -> str:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return str(answer.read().decode())


def verdict(settings: Mapping[str, str]) -> str:
    """What the check run of the walk's pull request concludes once alice's approval is told in it."""
    api, token = f"{settings['GITHUB_API_URL']}/repos/acme/shop", settings["ALICE"]

    def approved() -> list[str]:
        head = json.loads(read(f"{api}/pulls/1", token))["head"]["sha"]
        runs = json.loads(read(f"{api}/commits/{head}/check-runs", token))["check_runs"]
        return [run["conclusion"] for run in runs if "approved by alice" in str(run["output"]["summary"])]

    wait_until(lambda: bool(approved()), "alice's approval counts", WITHIN)
    return approved()[0]


def is_ready(port: int) -> bool:
    try:
        return bool(read(f"http://127.0.0.1:{port}/readyz"))
    except OSError:
        return False


def test_the_page_about_the_sandbox_can_be_followed_as_it_stands(tmp_path: Path) -> None:
    page = DOCS.read_text()
    (walk,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    assert walk == _WALK
    temporary, port = tmp_path / "temporary", free_port()
    temporary.mkdir()
    here = {"TMPDIR": str(temporary)}
    with ExitStack() as stack:
        webhook = f"http://127.0.0.1:{port}/webhook"
        printed = told(stack.enter_context(running(["sandbox", "--webhook-url", webhook], tmp_path, here)))
        exports = [shlex.split(line)[1] for line in printed.splitlines() if line.startswith("  export ")]
        settings = here | dict(each.split("=", 1) for each in exports)
        stack.enter_context(running(["serve", "--port", str(port)], tmp_path, settings))
        wait_until(lambda: is_ready(port), "the service is ready", WITHIN)
        assert "acme/shop" in read(settings["SANDBOX"])
        subprocess.run(["bash", "-euc", walk], cwd=tmp_path, env={"PATH": os.environ["PATH"], **settings}, check=True)
        assert verdict(settings) == "success"
        done = hotfix("doctor", "acme/shop", cwd=tmp_path, variables={**settings, "PORT": str(port)})
        assert (done.code, "lacks" in done.out) == (0, False), done
    assert [*temporary.iterdir()] == []
