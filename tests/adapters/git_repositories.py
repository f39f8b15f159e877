"""Real repositories for the tests of git: written quickly, and worked in as a person would."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

#: What lies at a path: text or bytes of a file, or a mode with its content (a link's target, a submodule's commit).
Content = str | bytes | tuple[str, str | bytes]

BOT = ("hotfix-guard[bot]", "bot@example.org")
_CONFIG = {
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "user.name": "Tester",
    "user.email": "tester@example.org",
    "core.autocrlf": "false",
    "advice.detachedHead": "false",
}


@dataclass(frozen=True)
class Repository:
    """A repository with or without a working tree."""

    path: Path

    @classmethod
    def create(cls, path: Path, *options: str) -> Repository:
        path.mkdir(parents=True)
        made = cls(path)
        made.git("init", "-q", "-b", "main", *options)
        return made

    @property
    def url(self) -> str:
        return f"file://{self.path}"

    def git(self, *arguments: str, stdin: bytes = b"", codes: tuple[int, ...] = (0,)) -> str:
        return self.raw(*arguments, stdin=stdin, codes=codes).decode("utf-8", "surrogateescape").strip()

    def raw(self, *arguments: str, stdin: bytes = b"", codes: tuple[int, ...] = (0,)) -> bytes:
        command = ["git", "-C", str(self.path), *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, check=False, env=environment())
        assert done.returncode in codes, f"{arguments}: {done.stdout!r} {done.stderr!r}"
        return done.stdout

    def commit(
        self, files: Mapping[str, Content], parents: str | tuple[str, ...] = (), message: str = "Change", at: int = 1000
    ) -> str:
        """Write a commit that holds exactly these files."""
        parents = (parents,) if isinstance(parents, str) else parents
        who = f"Ann Author <ann@example.org> {at} +0200"
        text = message.encode()
        links = [f"{word} {parent}" for word, parent in zip(("from", "merge"), parents, strict=False)]
        head = [
            "feature done",
            "commit refs/write",
            "mark :1",
            f"author {who}",
            f"committer {who}",
            f"data {len(text)}",
        ]
        stream = "\n".join([*head, ""]).encode() + text + "\n".join(["", *links, "deleteall", ""]).encode()
        stream += b"".join(_entry(path, content) for path, content in files.items())
        stream += b"get-mark :1\nreset refs/write\nfrom " + b"0" * self._digits + b"\n\ndone\n"
        return self.git("fast-import", "--force", "--quiet", stdin=stream)

    @cached_property
    def _digits(self) -> int:
        return 64 if self.git("rev-parse", "--show-object-format") == "sha256" else 40

    def branch(self, name: str, oid: str) -> None:
        self.git("update-ref", f"refs/heads/{name}", oid)

    def read(self, revision: str, path: str) -> str:
        return self.raw("cat-file", "-p", f"{revision}:{path}").decode()


def environment() -> Mapping[str, str]:
    """An environment in which this machine's own git configuration plays no part."""
    settings = dict(enumerate(_CONFIG.items()))
    variables = {f"GIT_CONFIG_KEY_{place}": key for place, (key, _) in settings.items()}
    variables |= {f"GIT_CONFIG_VALUE_{place}": value for place, (_, value) in settings.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    closed = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    return kept | closed | variables | {"GIT_CONFIG_COUNT": str(len(settings))}


def remote(path: Path, *options: str) -> Repository:
    """A bare repository that serves partial clones and single commits, as GitHub does."""
    made = Repository.create(path, "--bare", *options)
    for name in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        made.git("config", name, "true")
    return made


def conflicted_paths(clone: Repository) -> set[str]:
    """The unmerged paths of a working clone, from its index."""
    return set(_unmerged(clone))


def _unmerged(clone: Repository) -> Iterator[str]:
    for line in clone.raw("ls-files", "-u", "-z").decode("utf-8", "surrogateescape").split("\0"):
        if line:
            yield line.partition("\t")[2]


def _entry(path: str, content: Content) -> bytes:
    mode, data = content if isinstance(content, tuple) else ("100644", content)
    name = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    if mode == "160000":
        assert isinstance(data, str)
        return f'M 160000 {data} "{name}"\n'.encode()
    raw = data.encode() if isinstance(data, str) else data
    return f'M {mode} inline "{name}"\ndata {len(raw)}\n'.encode("utf-8", "surrogateescape") + raw + b"\n"
