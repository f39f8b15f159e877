"""What people install is the whole program, and works where nothing of this folder is."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from tests.cli.program import hotfix

ROOT = Path(__file__).parents[1]
ROOMS = ("adapters", "cli", "domain", "events", "handlers", "policies", "presets", "sandbox")
#: What Python can't run without, but doesn't import.
DATA = {".graphql", ".typed", ".ini", ".mako", ".html", ".css", ".yml"}


def sources() -> list[str]:
    """Every file of the project, new ones too, nothing that is ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of a copy: a build leaves files behind."""
    place = tmp_path_factory.mktemp("wheel")
    for name in sources():
        target = place / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(place),
        str(place / "source"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = place.glob("*.whl")
    return built


def test_the_wheel_holds_every_file_of_every_room_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
    wanted = {name for name in sources() if name.split("/")[0] in ROOMS and Path(name).suffix in {".py", *DATA}}
    assert held == {"app.py", *wanted}
    assert {f"{room}/py.typed" for room in ROOMS} <= held
    assert any(name.endswith(".graphql") for name in held)
    assert any(name.startswith("adapters/ledger/migrations/versions/") for name in held)


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        about = {
            name.rpartition("/")[2]: opened.read(name).decode() for name in opened.namelist() if "dist-info" in name
        }
    assert "hotfix = cli:main" in about["entry_points.txt"]
    assert "License-Expression: Apache-2.0" in about["METADATA"]
    assert "Apache License" in about["LICENSE"]


def test_the_version_stands_in_one_place(wheel: Path) -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert wheel.name.split("-")[1] == stated == importlib.metadata.version("hotfix-guard")
    code = [name for name in sources() if name.endswith(".py") and not name.startswith("tests/")]
    assert [name for name in code if f'"{stated}"' in (ROOT / name).read_text(encoding="utf-8")] == []


def test_the_locks_are_hashed_and_name_no_index() -> None:
    for name in ("run.txt", "dev.txt"):
        lock = (ROOT / "requirements" / name).read_text()
        pinned = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
        assert pinned != []
        assert all("==" in line and line.endswith("\\") for line in pinned)
        assert lock.count("--hash=sha256:") >= len(pinned)
        assert [word for word in ("http://", "https://", "--index-url", "--extra-index-url") if word in lock] == []


@pytest.mark.soak
def test_the_wheel_works_in_a_fresh_environment_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "run.txt")], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    subprocess.run([str(python), "-m", "pip", "check"], check=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    program = str(python.with_name("hotfix"))
    for arguments in (["--version"], ["policies", "--format", "markdown"], ["config", "show"]):
        installed = subprocess.run([program, *arguments], cwd=empty, capture_output=True, text=True, check=False)
        assert (installed.returncode, installed.stderr) == (0, "")
        assert installed.stdout == hotfix(*arguments, cwd=empty).out
    demo = subprocess.run([program, "demo", "--once"], cwd=empty, capture_output=True, text=True, check=False)
    assert demo.returncode == 0, demo.stdout + demo.stderr
