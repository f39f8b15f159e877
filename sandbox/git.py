"""A bare git repository: refs, history, merges and the writing of commits. Every answer comes from real git data."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sandbox.diffs import FileDiff, parse_diff
from sandbox.objects import (
    Commit,
    GitError,
    ObjectStore,
    Person,
    TreeEntry,
    format_commit,
    format_tree,
    parse_commit,
    parse_tree,
)

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
NULL_SHA = "0" * 40
_SHA = re.compile("[0-9a-f]{40}")
_BAD_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|\.$|/$")
_CONFIG = """[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[http]
\treceivepack = true
[receive]
\thideRefs = refs/pull
\tunpackLimit = 10000
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
\tallowReachableSHA1InWant = true
[gc]
\tauto = 0
[diff]
\trenames = true
"""


@dataclass(frozen=True)
class MergeResult:
    """What merging two commits gives: a tree, or the paths that conflict."""

    tree: str | None
    conflicts: tuple[str, ...] = ()


def valid_ref(ref: str) -> bool:
    """Whether git would accept this full ref name (`refs/heads/…`), by the rules of git-check-ref-format(1)."""
    return ref.startswith("refs/") and ref.count("/") > 1 and not _BAD_REF.search(ref)


def git_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment in which git reads no configuration of this machine and never asks."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        **(extra or {}),
    }


class GitRepository:
    """One bare repository on disk.

    Facts about commits never change, so histories, merge bases and diffs are kept once they were computed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._facts: dict[tuple[str, ...], str] = {}
        self._diffs: dict[tuple[str, str], tuple[FileDiff, ...]] = {}

    @classmethod
    def create(cls, path: Path, default_branch: str = "main") -> GitRepository:
        """Lay out an empty bare repository by hand (gitrepository-layout(5)), ten times faster than `git init`."""
        for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info"):
            (path / folder).mkdir(parents=True)
        (path / "HEAD").write_text(f"ref: refs/heads/{default_branch}\n")
        (path / "config").write_text(_CONFIG)
        return cls(path)

    @cached_property
    def objects(self) -> ObjectStore:
        """The object database."""
        return ObjectStore(self.path)

    def run(self, *args: str, stdin: bytes = b"", codes: tuple[int, ...] = (0,)) -> bytes:
        """Run git in this repository and return what it printed.

        Raises:
            GitError: git ended with a code that is not among `codes`.
        """
        command = ["git", "-C", str(self.path), *args]
        done = subprocess.run(command, input=stdin, capture_output=True, check=False, env=git_environment())  # noqa: S603
        if done.returncode not in codes:
            raise GitError(done.stderr.decode("utf-8", "replace").strip() or f"git {args[0]} failed")
        return done.stdout

    def _fact(self, *args: str, codes: tuple[int, ...] = (0,)) -> str:
        if args not in self._facts:
            self._facts[args] = self.run(*args, codes=codes).decode("utf-8", "surrogateescape")
        return self._facts[args]

    # Refs

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """Every ref under a prefix and the SHA that it points to, in order."""
        found = {name: sha for name, sha in self._packed_refs().items() if name.startswith(prefix)}
        root = self.path / "refs"
        for folder, _, files in os.walk(root):
            for file in files:
                name = f"refs/{Path(folder, file).relative_to(root)}"
                if name.startswith(prefix) and (sha := self._loose_ref(name)):
                    found[name] = sha
        return dict(sorted(found.items()))

    def ref(self, name: str) -> str | None:
        """The SHA that a full ref name points to."""
        return (self._loose_ref(name) or self._packed_refs().get(name)) if valid_ref(name) else None

    def branch(self, name: str) -> str | None:
        """The tip of a branch."""
        return self.ref(f"refs/heads/{name}")

    def set_ref(self, name: str, sha: str) -> None:
        """Create or move a ref.

        Raises:
            GitError: git refuses the name or the object.
        """
        self.run("update-ref", name, sha)

    def delete_ref(self, name: str) -> None:
        """Delete a ref; one that doesn't exist is no error."""
        self.run("update-ref", "-d", name)

    def resolve(self, revision: str) -> str | None:
        """The commit that a branch, a tag, a full ref name or a SHA (7 digits at least) names."""
        if _SHA.fullmatch(revision):
            return revision if self.has(revision) else None
        for prefix in ("refs/heads/", "refs/tags/", "refs/", ""):
            if sha := self.ref(prefix + revision):
                return self.peel(sha)
        if re.fullmatch("[0-9a-f]{7,39}", revision):
            return (
                self.run("rev-parse", "-q", "--verify", f"{revision}^{{commit}}", codes=(0, 1, 128)).decode().strip()
                or None
            )
        return self.ref_head() if revision == "HEAD" else None

    def ref_head(self) -> str | None:
        """The tip of the default branch."""
        return self.ref((self.path / "HEAD").read_text().removeprefix("ref: ").strip())

    def peel(self, sha: str) -> str:
        """The commit behind an annotated tag; any other object itself."""
        kind, content = self.objects.read(sha)
        return self.peel(content.split(b"\n", 1)[0].split(b" ")[1].decode()) if kind == "tag" else sha

    def _loose_ref(self, name: str) -> str | None:
        try:
            return (self.path / name).read_text().strip() or None
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None

    def _packed_refs(self) -> dict[str, str]:
        try:
            lines = (self.path / "packed-refs").read_text().splitlines()
        except FileNotFoundError:
            return {}
        pairs = [line.split(" ", 1) for line in lines if line and line[0] not in "#^"]
        return {name: sha for sha, name in pairs}

    # Objects

    def has(self, sha: str) -> bool:
        """Whether the object is here."""
        try:
            self.objects.read(sha)
        except GitError:
            return False
        return True

    def has_sha(self, text: str) -> bool:
        """Whether the text is the full SHA of an object that is here."""
        return bool(_SHA.fullmatch(text)) and self.has(text)

    def commit(self, sha: str) -> Commit:
        """Read a commit.

        Raises:
            GitError: there is no such commit.
        """
        kind, content = self.objects.read(sha)
        if kind != "commit":
            raise GitError(f"{sha} is a {kind}, not a commit")
        return parse_commit(sha, content)

    def tree(self, sha: str, recursive: bool = False) -> list[TreeEntry]:
        """The entries of a tree (or of a commit's tree); recursive lists folders and what is in them."""
        kind, content = self.objects.read(sha)
        if kind == "commit":
            return self.tree(parse_commit(sha, content).tree, recursive)
        entries = parse_tree(content)
        return self._descend(entries) if recursive else entries

    def _descend(self, entries: list[TreeEntry]) -> list[TreeEntry]:
        found: list[TreeEntry] = []
        for entry in entries:
            found.append(entry)
            if entry.type == "tree":
                found += self._descend(parse_tree(self.objects.read(entry.sha)[1], f"{entry.path}/"))
        return found

    def entry(self, sha: str, path: str) -> TreeEntry | None:
        """What lies at a path of a commit or tree; None if nothing does."""
        at = TreeEntry("", "040000", self.commit(sha).tree if self.objects.read(sha)[0] == "commit" else sha)
        for name in filter(None, path.split("/")):
            if at.type != "tree":
                return None
            under = {entry.path: entry for entry in parse_tree(self.objects.read(at.sha)[1])}
            if name not in under:
                return None
            at = under[name]
        return TreeEntry(path.strip("/"), at.mode, at.sha)

    def blob(self, sha: str) -> bytes:
        """The content of a blob."""
        return self.objects.read(sha)[1]

    def file(self, sha: str, path: str) -> bytes | None:
        """The content of a file in a commit; None if there is none."""
        entry = self.entry(sha, path)
        return self.blob(entry.sha) if entry and entry.type == "blob" else None

    # History

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor; None for unrelated histories."""
        return self._fact("merge-base", one, other, codes=(0, 1)).strip() or None

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether one commit is reachable from the other."""
        return self.merge_base(older, newer) == older

    def log(self, *revisions: str) -> list[str]:
        """The SHAs that revisions (`^base`, `head`) select, newest first, children always before parents."""
        return self._fact("rev-list", "--topo-order", *revisions, "--").split()

    def commits_between(self, base: str, head: str) -> list[str]:
        """The commits of head that base lacks, oldest first: the commits of a pull request."""
        return self.log(f"^{base}", head)[::-1]

    def diff(self, old: str, new: str) -> tuple[FileDiff, ...]:
        """What changed from one commit or tree to another, renames found, in git's order."""
        if (old, new) not in self._diffs:
            options = ("--no-ext-diff", "--no-textconv", "-M", "--no-color", "--submodule=short")
            summary = self.run("diff", *options, "--raw", "--numstat", "-z", "--no-abbrev", old, new, "--")
            patch = self.run("diff", *options, "-p", old, new, "--")
            self._diffs[old, new] = parse_diff(summary, patch)
        return self._diffs[old, new]

    # Writing

    def write_blob(self, content: bytes) -> str:
        """Store a file's content."""
        return self.objects.write("blob", content)

    def write_tree(self, changes: Mapping[str, tuple[str, str] | None], base: str | None = None) -> str:
        """Store a tree: `base` (a tree) with changes, each path to its mode and SHA, or to None to remove it."""
        entries = {e.path: e for e in (parse_tree(self.objects.read(base)[1]) if base else [])}
        folders: dict[str, dict[str, tuple[str, str] | None]] = {}
        for path, change in changes.items():
            name, _, rest = path.partition("/")
            if rest:
                folders.setdefault(name, {})[rest] = change
            elif change is None:
                entries.pop(name, None)
            else:
                entries[name] = TreeEntry(name, *change)
        for name, inner in folders.items():
            old = entries.pop(name, None)
            tree = self.write_tree(inner, old.sha if old and old.type == "tree" else None)
            if self.objects.read(tree)[1]:
                entries[name] = TreeEntry(name, "040000", tree)
        return self.objects.write("tree", format_tree(entries.values()))

    def write_commit(self, tree: str, parents: Iterable[str], people: tuple[Person, Person], message: str) -> str:
        """Store a commit; `people` are its author and its committer."""
        return self.objects.write("commit", format_commit(tree, parents, people, message))

    def fetch(self, source: GitRepository, sha: str) -> None:
        """Bring a commit and all that it needs from another repository on this disk."""
        self.run("fetch", "-q", "--no-tags", "--no-write-fetch-head", str(source.path), sha)
