"""Clones of public repositories as servers: what GitHub allows, without copying an object."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.adapters.git_repositories import Repository, environment


def place(clones: Path, repository: str) -> Path:
    """Where the clone of "owner/name" lies in the folder of clones."""
    return clones / repository.replace("/", "+") / "repo"


def bring(clones: Path, repository: str) -> Path:
    """The clone of a public repository, fetched from github.com where the folder lacks it."""
    found = place(clones, repository)
    if not found.exists():
        address = f"https://github.com/{repository}.git"
        subprocess.run(["git", "clone", "--quiet", "--mirror", address, str(found)], check=True)  # noqa: S603, S607
    return found


def served(clone: Path, path: Path) -> Repository:
    """A bare repository that borrows a clone's objects and hands out single commits and partial clones."""
    command = ["git", "clone", "--quiet", "--bare", "--shared", str(clone), str(path)]
    subprocess.run(command, check=True, env=environment())  # noqa: S603
    made = Repository(path)
    for name in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant", "http.receivepack"):
        made.git("config", name, "true")
    # Else a push is told every ref of the clone that the objects are borrowed from.
    made.git("config", "core.alternateRefsCommand", "true #")
    # As every host keeps it; without it a push waits for the server to walk all commits.
    made.git("commit-graph", "write", "--reachable")
    return made


def working(served_by: Repository, path: Path) -> Repository:
    """A working clone in which a person would pick.

    Only the `.gitattributes` files lie in its working tree, and what git writes there for conflicts: merges look at
    nothing else, and hundreds of checkouts would take hours.
    """
    command = ["git", "clone", "--quiet", "--shared", "--no-checkout", str(served_by.path), str(path)]
    subprocess.run(command, check=True, env=environment())  # noqa: S603
    made = Repository(path)
    # Mirrors may lack the largest files: git may go without those that stay out of the working tree.
    promised = {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
    }
    for name, value in {**promised, "core.sparseCheckout": "true"}.items():
        made.git("config", name, value)
    (path / ".git" / "info").mkdir(exist_ok=True)
    (path / ".git" / "info" / "sparse-checkout").write_text(".gitattributes\n")
    return made
