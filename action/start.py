"""Starts the Action: an environment of its own with pinned packages, and the program in it.

Standard library alone, and nothing of the checkout: `python3 -I start.py find` says where the environment is or would
be, `make` makes it where it is missing, and `run` becomes `hotfix action`. It has to be readable for any Python 3, so
that an old one can say that it is too old.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import NoReturn

OLDEST = (3, 11)
ACTION = Path(__file__).resolve().parent.parent
LOCK = ACTION / "requirements" / "run.txt"
#: Puts the program's folder on the path by hand: `-I` keeps the working directory, which is the checkout, off it.
PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from cli import main; main()"
_DONE = "complete"
_AGAIN = "nothing was judged. Run this again"


def main() -> None:
    """Do what the only argument says."""
    if sys.version_info < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        fail(
            f"Hotfix Guard needs Python {wanted} or newer, and this is {platform.python_version()}: set python-version"
        )
    if sys.platform == "win32":
        fail("Hotfix Guard runs on Linux and macOS: let runs-on name such a runner")
    deeds = {"find": find, "make": make, "run": run}
    if len(sys.argv) != 2 or sys.argv[1] not in deeds:  # noqa: PLR2004
        fail("start.py takes find, make or run")
    deeds[sys.argv[1]]()


def find() -> None:
    """Tell the steps that follow where the environment is or would be, and whether it is there."""
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write(f"path={place()}\nkey={key()}\nready={str(is_ready()).lower()}\n")


def make() -> None:
    """Make the environment where it is missing or broken."""
    if not is_ready():
        _say("::group::Installing Hotfix Guard")
        _build()
        _say("::endgroup::")


def run() -> None:
    """Become the program, in its environment."""
    make()
    python = str(place() / "bin" / "python")
    variables = _without_secrets()
    os.execve(python, [python, "-I", "-c", PROGRAM, str(ACTION), "action"], variables)  # noqa: S606 - our own program


def _without_secrets() -> "dict[str, str]":
    """The program's environment; the token goes by a pipe, for `/proc` shows what a process was started with.

    So the tests that `prove` runs don't find it in their parents' either.
    """
    token = os.environ.pop("GITHUB_TOKEN", "")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ACTIONS_")}
    if token:
        kept = {name: value for name, value in kept.items() if token not in value}
    out, into = os.pipe()
    os.write(into, token.encode())
    os.close(into)
    os.set_inheritable(out, True)
    return {**kept, "HOTFIX_TOKEN_FROM": str(out)}


def key() -> str:
    """What the environment depends on, as a name for it."""
    grounds = b"\0".join([LOCK.read_bytes(), _version().encode(), sys.base_prefix.encode()])
    digest = hashlib.sha256(grounds).hexdigest()[:16]
    return f"hotfix-guard-{sys.platform}-{platform.machine()}-{platform.python_version()}-{digest}"


def place() -> Path:
    """Where the environment is; on a runner of one's own it is found again by the next run."""
    root = os.environ.get("RUNNER_TOOL_CACHE") or os.environ.get("RUNNER_TEMP")
    if not root:
        fail("neither RUNNER_TOOL_CACHE nor RUNNER_TEMP is set: this runs on a runner of GitHub Actions")
    return Path(root) / "hotfix-guard" / key()


def is_ready() -> bool:
    """Whether the environment is there, made to its end, with a Python that is still there too."""
    return (place() / _DONE).is_file() and os.access(place() / "bin" / "python", os.X_OK)


def _build() -> None:
    """Make it beside its place, and put it there whole: another run may do the same at the same time."""
    try:
        place().parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place().parent, prefix="new-") as beside:
            made = Path(beside) / "environment"
            _install(made)
            _put(made)
    except OSError as error:
        fail(f"Hotfix Guard's environment can't be made at {place()}: {error.strerror}; {_AGAIN}")


def _install(made: Path) -> None:
    try:
        venv.create(made, with_pip=True)
    except subprocess.CalledProcessError:
        fail("this Python can't make virtual environments (on Debian: install python3-venv); or set python-version")
    pip = [str(made / "bin" / "python"), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pinned = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK)]
    if subprocess.run([*pip, *pinned], check=False).returncode:  # noqa: S603 - our own list
        fail(f"Hotfix Guard's packages couldn't be installed, see above; {_AGAIN}")
    _name(made)
    (made / _DONE).touch()


def _name(made: Path) -> None:
    """Let the program find its own version, as if it had been installed."""
    (packages,) = made.glob("lib/python*/site-packages")
    named = packages / f"hotfix_guard-{_version()}.dist-info"
    named.mkdir()
    (named / "METADATA").write_text(f"Metadata-Version: 2.1\nName: hotfix-guard\nVersion: {_version()}\n", "utf-8")


def _put(made: Path) -> None:
    """Whoever comes second takes what is there."""
    if place().exists() and not is_ready():
        shutil.rmtree(place(), ignore_errors=True)
    try:
        made.rename(place())
    except OSError:
        if not is_ready():
            raise


def _version() -> str:
    found = re.search(r'^version = "([0-9a-z.]+)"$', (ACTION / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    return found[1] if found else "0"


def fail(why: str) -> NoReturn:
    """End, with a sentence where people look."""
    _say(f"::error title=Hotfix Guard::{why}")
    sys.exit(2)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
