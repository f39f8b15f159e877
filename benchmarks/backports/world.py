"""A repository of more than 100,000 objects, made by `git fast-import` and kept for the next run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.adapters.git_repositories import Repository, remote

#: Each commit brings itself, two trees and a file.
COMMITS = 27_000
FOLDERS = 200
FILES_A_FOLDER = 20
LINES = 60
#: Small fixes at the end of `main`, each a commit that the branch `develop` lacks.
FIXES = 40

_READY = "refs/hotfix-bench/ready"


@dataclass(frozen=True)
class World:
    """A server's repository and the fixes to carry from its `main` to its `develop`."""

    served: Repository
    fixes: tuple[str, ...]


def world(path: Path) -> World:
    """The repository at a path, made there if it isn't."""
    made = Repository(path)
    if not path.exists():
        made = remote(path)
        made.git("config", "http.receivepack", "true")
        made.raw("fast-import", "--quiet", stdin=b"".join(_history()))
        # What people clone has been packed by the server, which also knows what its commits reach.
        made.git("repack", "-adqb")
        made.git("commit-graph", "write", "--reachable")
        made.git("update-ref", _READY, "main")
    fixes = made.git("rev-list", "--reverse", f"--max-count={FIXES}", "main").split()
    return World(made, tuple(fixes))


def objects(repository: Repository) -> int:
    """How many objects a packed repository holds."""
    counts = dict(line.split(": ") for line in repository.git("count-objects", "-v").splitlines())
    return int(counts["in-pack"]) + int(counts["count"])


def _history() -> Iterator[bytes]:
    for number in range(1, COMMITS + 1):
        yield _commit("main", number, number - 1, _file(number))
    left = COMMITS - 1_000
    for number in range(50):
        mark = COMMITS + 1 + number
        yield _commit("develop", mark, mark - 1 if number else left, (f"only-here/{number}.txt", f"{number}\n"))
    last = COMMITS
    for number in range(FIXES):
        mark = COMMITS + 1_001 + number
        # Files that both branches have alike and that develop changed at another place take turns.
        path, text = _file(left - number if number % 2 else COMMITS - number)
        yield _commit("main", mark, last, (path, text.replace("\n10 ", "\nfixed ")))
        last = mark


def _file(number: int) -> tuple[str, str]:
    """The file that a commit changes in its fortieth line."""
    folder, name = number % FOLDERS, number // FOLDERS % FILES_A_FOLDER
    path = f"part-{folder}/file-{name}.txt"
    stamps = {40: number}
    return path, "".join(f"{line} of {path}, as of {stamps.get(line, 0)}\n" for line in range(LINES))


def _commit(branch: str, number: int, parent: int, file: tuple[str, str]) -> bytes:
    path, text = file
    origin = f"from :{parent}\n" if parent else ""
    head = f"commit refs/heads/{branch}\nmark :{number}\ncommitter Ann <ann@example.org> {number} +0000\n"
    return f"{head}data 7\nChange\n{origin}M 100644 inline {path}\ndata {len(text)}\n{text}\n".encode()
