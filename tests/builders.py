"""Builders of the values that tests start from: one call, honest defaults, only what matters named.

The diff of `a_change` comes from git itself, so a test sees what the service will see: renames, modes, missing
newlines at the end, quoted names and binary files included.
"""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence

from domain import diff
from domain.change import Change, ChangedFile, Content, Evidence
from domain.limits import largest, too_large
from domain.pull_request import Commit, Signature

#: What a file holds on one side: text, raw bytes, or None where it doesn't exist.
Side = str | bytes | None

ALICE = Signature("Alice", "alice@example.org", "alice")


def a_commit(message: str = "Fix it", author: Signature = ALICE) -> Commit:
    """A commit by one person."""
    oid = hashlib.sha1(f"{author} {message}".encode(), usedforsecurity=False).hexdigest()
    return Commit(oid=oid, message=message, authors=(author,), committer=author)


def a_change(
    files: Mapping[str, tuple[Side, Side]] | None = None,
    *,
    title: str = "",
    body: str = "",
    commits: Sequence[str | Commit] = ("Fix it",),
) -> Change:
    """A change as the desk sees it: `files` maps a path to its base and head.

    A rename is a removed and an added path whose texts are alike: git finds it.
    """
    found = tuple(a_commit(commit) if isinstance(commit, str) else commit for commit in commits)
    evidence = Evidence(files=changed_files(files or {}))
    return Change(base="b" * 40, head="a" * 40, evidence=evidence, title=title, body=body, commits=found)


def changed_files(files: Mapping[str, tuple[Side, Side]]) -> tuple[ChangedFile, ...]:
    """The changed files with both sides, in git's order."""
    return tuple(_changed(file, files) for file in diff.parse(a_diff(files)))


def a_diff(files: Mapping[str, tuple[Side, Side]]) -> str:
    """What `git diff` prints between the two sides."""
    base = _tree({path: sides[0] for path, sides in files.items()})
    head = _tree({path: sides[1] for path, sides in files.items()})
    return _git("diff-tree", "-p", "-M", "--full-index", base, head).decode("utf-8", "replace")


def a_content(side: Side, path: str = "") -> Content | None:
    """One side of a file as the service holds it: closed where it isn't text."""
    if side is None:
        return None
    raw = side.encode() if isinstance(side, str) else side
    if len(raw) > largest(path):
        return Content.closed(too_large(largest(path)))
    if b"\0" in raw:
        return Content.closed("binary")
    try:
        return Content(raw.decode())
    except UnicodeDecodeError:
        return Content.closed("not UTF-8")


def _changed(file: diff.FileDiff, files: Mapping[str, tuple[Side, Side]]) -> ChangedFile:
    base = files.get(file.base_path, (None, None))[0]
    head = files.get(file.path, (None, None))[1]
    return ChangedFile(file, a_content(base, file.base_path), a_content(head, file.path))


def _tree(sides: Mapping[str, Side]) -> str:
    stream = [b"feature done\ncommit refs/heads/side\ncommitter A <a@example.org> 0 +0000\ndata 0\ndeleteall\n"]
    for path, side in sides.items():
        if side is not None:
            raw = side.encode() if isinstance(side, str) else side
            name = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            stream.append(f'M 100644 inline "{name}"\ndata {len(raw)}\n'.encode() + raw + b"\n")
    _git("fast-import", "--force", "--quiet", stdin=b"".join([*stream, b"done\n"]))
    return _git("rev-parse", "side^{tree}").decode().strip()


@functools.cache
def _repository() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="hotfix-guard-")
    subprocess.run(["git", "init", "-q", "--bare", folder.name], check=True, env=_environment())
    return folder


def _git(*arguments: str, stdin: bytes = b"") -> bytes:
    command = ["git", "-C", _repository().name, *arguments]
    return subprocess.run(command, input=stdin, check=True, capture_output=True, env=_environment()).stdout


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
