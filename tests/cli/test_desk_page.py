"""The README's section "At the desk", its commands run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from sandbox.scenario import Town
from sandbox.server import Sandbox
from tests.adapters.git_repositories import Repository, environment
from tests.cli.conftest import CART, FIXED, TEST
from tests.cli.program import HOTFIX

README = Path(__file__).parents[2] / "README.md"
SHOP = "alice/shop"
FILE = "version: 1\nseverities: {P0: {description: production is down}}\n"


def commands() -> list[str]:
    (section,) = re.findall(r"^## At the desk\n(.*?)^## ", README.read_text(), re.DOTALL | re.MULTILINE)
    blocks = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]


@pytest.fixture
def desk(tmp_path: Path) -> Repository:
    return Repository.create(tmp_path / "desk")


def test_every_command_of_the_section_does_what_it_says(desk: Repository, tmp_path: Path) -> None:
    with Sandbox.start(tmp_path / "github") as sandbox:
        alice = Town(sandbox).person("alice")
        alice.create_repository(SHOP, {"cart.py": CART, ".github/hotfix.yml": FILE})
        address = f"{sandbox.url.replace('://', f'://x:{alice.token}@')}/{SHOP}.git"
        desk.git("remote", "add", "origin", address)
        desk.git("fetch", "-q", "origin")
        desk.git("switch", "-q", "main")
        variables = {
            **environment(),
            "PATH": os.pathsep.join((str(Path(HOTFIX).parent), os.environ["PATH"])),
            "GITHUB_TOKEN": alice.token,
            "GITHUB_API_URL": sandbox.api,
        }
        for line in commands():
            asked = line.replace("OWNER/REPO", SHOP)
            done = subprocess.run(["bash", "-c", asked], cwd=desk.path, env=variables, capture_output=True, check=False)
            assert done.returncode == 0, (line, done)
            if line.startswith("hotfix start"):
                (desk.path / "cart.py").write_text(FIXED)
                (desk.path / "tests").mkdir()
                (desk.path / "tests/test_cart.py").write_text(TEST)
        (pull,) = alice.get(f"/repos/{SHOP}/pulls")
        assert pull["title"] == "payment timeout"
        assert sorted(label["name"] for label in pull["labels"]) == ["P0", "hotfix"]
        assert re.fullmatch(r"hotfix/\d{8}-payment-timeout", pull["head"]["ref"])
