"""A throwaway repository without a working tree, filled by one shallow fetch that leaves contents out."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.git import names
from adapters.git.commits import RawCommit
from adapters.git.run import Access, Git
from adapters.git.throwaway import SCRATCH, throwaway_folder

_CONFIG = """[core]
\trepositoryformatversion = 1
\tbare = false
[extensions]
\tpartialClone = origin
\tobjectFormat = {format}
[remote "origin"]
\turl = {url}
\tpromisor = true
\tpartialclonefilter = blob:none
{server}"""
#: A repository on this machine is read by a program that we start, so it hands out what GitHub would.
_LOCAL = """\tuploadpack = git -c uploadpack.allowFilter=true -c uploadpack.allowAnySHA1InWant=true upload-pack
"""
#: The same without a word of what is missing here, so that git goes without it instead of fetching it.
_SEALED = """[core]
\trepositoryformatversion = 1
\tbare = false
[extensions]
\tobjectFormat = {format}
[remote "origin"]
\turl = {url}
"""
_BORROWING = """[core]
\trepositoryformatversion = 1
\tbare = false
[extensions]
\tobjectFormat = {format}
"""
_SHA256_DIGITS = 64
_EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
_FILES = ("100644", "100755")
_FETCH = ("fetch", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none", "--quiet")
_NOOP = ("-c", "fetch.negotiationAlgorithm=noop")
#: The files that projects have are a few kB; git itself refuses them above 100 MB.
_LARGEST_ATTRIBUTES = 500_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a tree."""

    mode: str
    oid: str


class Scratch:
    """One throwaway repository.

    Attributes:
        git: git in it, with the remote as `origin`.
        offline: the same without the remote: what isn't here is an error instead of a fetch of whole histories.
        empty_tree: the object id of the tree without files.
        will_push: whether what is made here will be pushed, so that its contents are fetched along with others.
    """

    will_push = False

    def __init__(self, folder: Path, attributes: Path, access: Access | None, empty_tree: str) -> None:
        variables = {"GIT_DIR": str(folder), "GIT_WORK_TREE": str(attributes)}
        self.git = Git(attributes, access, variables, filling=folder / "objects" / "pack")
        self.offline = Git(attributes, None, variables)
        self.empty_tree = empty_tree
        self._folder = folder
        # It stands in for a working tree, and git starts there: git 2.39 reads attributes from nowhere else.
        self._attributes = attributes
        self._contents: set[str] = set()

    def fetch(self, wants: Sequence[str], depth: int) -> None:
        """Fetch commits and trees, contents left out (they come when a merge needs them).

        Args:
            wants: refspecs and object ids.
            depth: how many commits from each. Ask for everything at once: another shallow fetch would move the ends of
                history.
        """
        stdin = "".join(f"{want}\n" for want in wants).encode("utf-8", "surrogateescape")
        self.git.run(*_FETCH, f"--depth={depth}", "--stdin", "origin", stdin=stdin)

    def fetch_history(self, wants: Sequence[str], depth: int = 0) -> None:
        """Fetch commits and nothing of what they hold: all below some, or so many from each."""
        limit = [f"--depth={depth}"] if depth else []
        stdin = "".join(f"{want}\n" for want in wants).encode("utf-8", "surrogateescape")
        self.git.run(*_FETCH[:-2], "--filter=tree:0", *limit, "--quiet", "--stdin", "origin", stdin=stdin)

    def fetch_trees(self, oids: Sequence[str]) -> None:
        """Fetch trees with all that is below them, contents left out."""
        stdin = "".join(f"{oid}\n" for oid in dict.fromkeys(oids)).encode()
        self.git.run(*_NOOP, *_FETCH, "--stdin", "origin", stdin=stdin)

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether one commit is below another or is that commit, in the history that is here."""
        return self.offline.run("merge-base", "--is-ancestor", older, newer, codes=(0, 1)).code == 0

    def fetch_contents(self, oids: Sequence[str]) -> None:
        """Fetch blobs in one request, the way git itself fetches what a partial clone lacks; none without a remote."""
        if self.git.access is None:
            return
        missing = sorted(oid for oid in set(oids) - self._contents if not self._made_here(oid))
        if missing:
            stdin = "".join(f"{oid}\n" for oid in missing).encode()
            self.git.run(*_NOOP, *_FETCH, "--stdin", "origin", stdin=stdin)
            self._contents |= set(missing)

    @contextmanager
    def sealed(self) -> Iterator[None]:
        """For a `with` in which git fetches nothing that is missing here: a push must not fetch what it could skip."""
        config = self._folder / "config"
        before = config.read_text()
        config.write_text(
            _SEALED.format(url=_quoted(self.git.access.url if self.git.access else ""), format=self._form)
        )
        try:
            yield
        finally:
            config.write_text(before)

    @property
    def _form(self) -> str:
        return _format(self.empty_tree == _EMPTY_TREES["sha256"])

    def _made_here(self, oid: str) -> bool:
        """Whether an earlier merge wrote it, so that the remote doesn't know it; what is fetched comes in packs."""
        return (self._folder / "objects" / oid[:2] / oid[2:]).exists()

    def fetched_bytes(self) -> int:
        """The size of all packs that were fetched."""
        return sum(pack.stat().st_size for pack in (self._folder / "objects" / "pack").glob("*.pack"))

    def commits(self, oids: Sequence[str]) -> dict[str, RawCommit]:
        """Read commits, as they are stored."""
        stdin = "".join(f"{names.oid(oid)}\n" for oid in oids).encode()
        out = self.offline.run("cat-file", "--batch", stdin=stdin).stdout
        return {oid: RawCommit.parse(oid, raw) for oid, (kind, raw) in batch(out, oids) if kind == "commit"}

    def write(self, kind: str, content: bytes) -> str:
        """Store an object, as a loose one (gitformat-loose, "Loose objects"), which spares a process."""
        raw = f"{kind} {len(content)}".encode() + b"\0" + content
        oid = hashlib.new(self._form, raw, usedforsecurity=False).hexdigest()
        place = self._folder / "objects" / oid[:2] / oid[2:]
        if not place.exists():
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(zlib.compress(raw, 1))
        return oid

    def ref(self, name: str) -> str:
        """The object that a ref points at which was fetched here; a fetch writes it into a file of its own."""
        place = self._folder / name
        return place.read_text().strip() if place.is_file() else self.offline.run("rev-parse", "--verify", name).text

    def name(self, oid: str) -> str:
        """Give a commit a name that occurs nowhere else, and by which git will label its side of a conflict."""
        name = f"side-{secrets.token_hex(12)}"
        (self._folder / "refs" / name).write_text(f"{oid}\n")
        return name

    def differing(self, one: str, other: str, *pathspecs: str) -> dict[bytes, tuple[Entry, Entry]]:
        """The paths at which two trees differ, with both sides; nothing's mode is 000000."""
        options = ("-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none")
        out = self.offline.run("diff-tree", *options, one, other, "--", *pathspecs).stdout
        fields = out.split(b"\0")
        return dict(_raw(line, path) for line, path in zip(fields[::2], fields[1::2], strict=False))

    def contents(self, oids: Sequence[str]) -> dict[str, bytes]:
        """Read blobs, fetching what isn't here."""
        if not oids:
            return {}
        out = self.git.run("cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in oids).encode()).stdout
        return {oid: content for oid, (_, content) in batch(out, oids)}

    def use_attributes(self, tree: str, wanted: Iterable[str]) -> None:
        """Let git merge with the `.gitattributes` files of a tree, and fetch these and other contents in one request.

        A merge driver that they name is git's own or none: no configuration defines another one here.
        """
        found = self.differing(self.empty_tree, tree, ":(glob)**/.gitattributes")
        files = {path: entry.oid for path, (_, entry) in found.items() if entry.mode in _FILES and _stays_inside(path)}
        self.fetch_contents([*files.values(), *wanted])
        contents = self.contents([*files.values()])
        shutil.rmtree(self._attributes)
        self._attributes.mkdir()
        for path, oid in files.items():
            if len(contents[oid]) <= _LARGEST_ATTRIBUTES:
                place = self._attributes / path.decode("utf-8", "surrogateescape")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(contents[oid])

    def entries(self, tree: str, paths: Sequence[str]) -> dict[str, Entry]:
        """What lies at some paths of a tree; paths with nothing are left out."""
        if not paths:
            return {}
        out = self.offline.run("ls-tree", "-z", "--full-tree", tree, "--", *paths).stdout
        lines = [line.partition("\t") for line in out.decode("utf-8", "surrogateescape").split("\0") if line]
        found = {path: Entry(head.split(" ")[0], head.split(" ")[2]) for head, _, path in lines}
        return {path: entry for path, entry in found.items() if path in set(paths)}

    def edit(self, tree: str, edits: Mapping[str, Entry | None]) -> str:
        """A tree with some entries replaced, or removed where None is given."""
        index = self._folder / "index"
        lines = [
            f"{entry.mode} {entry.oid}\t{path}" if entry else f"0 {'0' * len(tree)}\t{path}"
            for path, entry in sorted(edits.items(), key=lambda item: item[1] is not None)
        ]
        self.offline.run("read-tree", tree, index=index)
        stdin = "".join(f"{line}\0" for line in lines).encode("utf-8", "surrogateescape")
        self.offline.run("update-index", "-z", "--index-info", stdin=stdin, index=index)
        return self.offline.run("write-tree", "--missing-ok", index=index).text


@contextmanager
def scratch(access: Access, sha256: bool = False) -> Iterator[Scratch]:
    """A throwaway repository for the time of a `with`, laid out by hand (gitrepository-layout) to spare a process."""
    server = _LOCAL if access.url.startswith("file://") else ""
    with _laid_out(_CONFIG.format(url=_quoted(access.url), format=_format(sha256), server=server)) as root:
        yield Scratch(root / "repository", root / "attributes", access, _EMPTY_TREES[_format(sha256)])


@contextmanager
def beside(objects: Path, sha256: bool = False) -> Iterator[Scratch]:
    """A throwaway repository that reads the objects of a local one, and nothing else of it."""
    quoted = str(objects).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    with _laid_out(_BORROWING.format(format=_format(sha256))) as root:
        alternates = root / "repository" / "objects" / "info" / "alternates"
        alternates.write_bytes(f'"{quoted}"\n'.encode("utf-8", "surrogateescape"))
        yield Scratch(root / "repository", root / "attributes", None, _EMPTY_TREES[_format(sha256)])


@contextmanager
def _laid_out(config: str) -> Iterator[Path]:
    with throwaway_folder(SCRATCH) as root:
        folder = root / "repository"
        for inner in ("objects/info", "objects/pack", "refs/heads", "info"):
            (folder / inner).mkdir(parents=True)
        (root / "attributes").mkdir()
        (folder / "HEAD").write_text("ref: refs/heads/none\n")
        (folder / "config").write_text(config)
        yield root


def _quoted(url: str) -> str:
    escaped = url.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _format(sha256: bool) -> str:
    return "sha256" if sha256 else "sha1"


def needs_sha256(oids: Sequence[str]) -> bool:
    """Whether these object ids are of a repository with SHA-256."""
    return any(len(oid) == _SHA256_DIGITS for oid in oids)


def batch(out: bytes, asked: Sequence[str]) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """Read what `git cat-file --batch` prints: for each asked object its kind ("missing" for none) and content."""
    place = 0
    for name in asked:
        end = out.index(b"\n", place)
        header = out[place:end].rsplit(b" ", 2)
        place = end + 1
        if header[-1] in (b"missing", b"ambiguous"):
            yield name, ("missing", b"")
            continue
        size = int(header[-1])
        yield name, (header[-2].decode(), out[place : place + size])
        place += size + 1


def _raw(line: bytes, path: bytes) -> tuple[bytes, tuple[Entry, Entry]]:
    modes, more, one, other, _ = line.decode("ascii").lstrip(":").split(" ")
    return path, (Entry(modes, one), Entry(more, other))


def _stays_inside(path: bytes) -> bool:
    """Whether writing to that path stays in the folder; a tree that somebody made by hand may hold any name."""
    parts = path.split(b"/")
    return not any(part in (b"", b".", b"..") or part.lower() == b".git" for part in parts)
