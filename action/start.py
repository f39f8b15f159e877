"""Starts the Action: an environment of its own with pinned packages, and the program in it.

Standard library alone, and nothing of the checkout: `python3 -I start.py find` says where the environment is or would
be, `python3 -I start.py run` makes it where it is missing and becomes `hotfix action`.
"""

import hashlib
import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

OLDEST = (3, 11)
ACTION = Path(__file__).resolve().parent.parent
LOCK = ACTION / "requirements" / "run.txt"
#: Puts the program's folder on the path by hand: `-I` keeps the working directory, which is the checkout, off it.
PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from cli import main; main()"
_DONE = "complete"


def main() -> None:
    """Do what the only argument says."""
    if sys.version_info < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        _fail("Hotfix Guard needs Python %s or newer, and this is %s: set python-version" % (wanted, platform.python_version()))
    if sys.argv[1:] == ["find"]:
        _tell(path=str(place()), key=key(), ready=str((place() / _DONE).exists()).lower())
    elif sys.argv[1:] == ["run"]:
        run()
    else:
        _fail("start.py takes find or run")


def key() -> str:
    """What the environment depends on, as a name for it."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    return f"hotfix-guard-{sys.platform}-{platform.machine()}-{platform.python_version()}-{lock}"


def place() -> Path:
    """Where the environment is; on a runner of one's own it is found again by the next run."""
    root = os.environ.get("RUNNER_TOOL_CACHE") or os.environ.get("RUNNER_TEMP")
    if not root:
        _fail("neither RUNNER_TOOL_CACHE nor RUNNER_TEMP is set: this runs on a runner of GitHub Actions")
    return Path(root) / "hotfix-guard" / key()


def run() -> None:
    """Become the program, in its environment."""
    python = place() / "bin" / "python"
    if not (place() / _DONE).exists():
        _build(python)
    os.execv(python, [str(python), "-I", "-c", PROGRAM, str(ACTION), "action"])


def _build(python: Path) -> None:
    print("::group::Installing Hotfix Guard", flush=True)
    venv.create(place(), clear=True, with_pip=True)
    pip = [str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)], check=False)
    print("::endgroup::", flush=True)
    if done.returncode:
        _fail("Hotfix Guard's packages could not be installed; nothing was judged. Run the job again")
    (place() / _DONE).touch()


def _tell(**outputs: str) -> None:
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in outputs.items())


def _fail(why: str) -> None:
    print(f"::error title=Hotfix Guard::{why}", flush=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
