"""Which conflicts of a draft are still open, on real branches that a person works on."""

from pathlib import Path

import pytest

from adapters.git import Picker
from domain.picks import ConflictedFile, Pick, PickRequest, PickResult, ResolutionRequest
from domain.pull_request import Signature
from tests.adapters.git_repositories import BOT, Content, remote

Files = dict[str, Content]
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n"
BASE: Files = {
    "app.py": "app\n",
    "logo.png": b"\0a",
    "big.bin": POINTER.format("a" * 64),
    "gone.py": "".join(f"gone {number}\n" for number in range(9)),
    "lib": ("160000", "1" * 40),
    "sample.txt": "<<<<<<< HEAD\none\n",
}
HOTFIX: Files = BASE | {
    "app.py": "fixed\n",
    "logo.png": b"\0b",
    "big.bin": POINTER.format("b" * 64),
    "gone.py": f"{BASE['gone.py']!s}more\n",
    "lib": ("160000", "2" * 40),
    "sample.txt": "<<<<<<< HEAD\ntwo\n",
}
DEVELOP: Files = {
    "app.py": "theirs\n",
    "logo.png": b"\0c",
    "big.bin": POINTER.format("c" * 64),
    "lib": ("160000", "3" * 40),
    "sample.txt": "<<<<<<< HEAD\nthree\n",
}
RESOLVED: Files = {
    "app.py": "resolved\n",
    "logo.png": b"\0b",
    "big.bin": POINTER.format("b" * 64),
    "lib": ("160000", "2" * 40),
    "sample.txt": "<<<<<<< HEAD\ntwo and three\n",
}


class Draft:
    """A backport branch with a conflict of nearly every kind, on which a person works."""

    def __init__(self, path: Path) -> None:
        self.shop = remote(path)
        root = self.shop.commit(BASE)
        fix = self.shop.commit(HOTFIX, root, "Fix it")
        self.shop.branch("main", fix)
        self.shop.branch("develop", self.shop.commit(DEVELOP, root))
        self.picker = Picker(lambda _: self.shop.url, lambda _: "", Signature(*BOT))
        self.result: PickResult = self.picker.cherry_pick(
            PickRequest("acme/shop", "develop", (Pick(fix),), "backport", 12)
        )

    def commit(self, files: Files, message: str = "Resolve") -> None:
        self.shop.branch("backport", self.shop.commit(files, self.shop.git("rev-parse", "backport"), message))

    def open(self) -> set[str]:
        head = self.shop.git("rev-parse", "backport")
        asked = ResolutionRequest("acme/shop", head, self.result.commit, self.result.conflicts)
        return {file.path for file in self.picker.unresolved(asked)}

    def committed(self) -> Files:
        """What we committed, as files."""
        marked = {name: self.shop.read("backport", name) for name in ("app.py", "sample.txt")}
        return {**DEVELOP, **marked, "gone.py": HOTFIX["gone.py"]}


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    return Draft(tmp_path / "shop.git")


def test_nothing_is_resolved_at_first(draft: Draft) -> None:
    assert draft.open() == set(HOTFIX)


def test_a_resolution_of_every_file_leaves_nothing(draft: Draft) -> None:
    draft.commit(RESOLVED)
    assert draft.open() == set()


def test_a_commit_beside_the_conflicts_resolves_none(draft: Draft) -> None:
    draft.commit(draft.committed() | {"beside.py": "beside\n"})
    assert draft.open() == set(HOTFIX)


@pytest.mark.parametrize("path", ["app.py", "sample.txt"])
def test_markers_that_are_left_keep_a_file_open(path: str, draft: Draft) -> None:
    left = str(draft.committed()[path]).replace("=======\n", "") + "a line\n"
    draft.commit(RESOLVED | {path: left})
    assert draft.open() == {path}


def test_markers_with_the_line_ends_of_windows_count(draft: Draft) -> None:
    draft.commit(RESOLVED | {"app.py": str(draft.committed()["app.py"]).replace("\n", "\r\n")})
    assert draft.open() == {"app.py"}


def test_a_file_with_markers_is_not_resolved_by_moving_it(draft: Draft) -> None:
    marked = draft.committed()["app.py"]
    draft.commit({path: content for path, content in RESOLVED.items() if path != "app.py"} | {"moved.py": marked})
    assert draft.open() == {"app.py"}


@pytest.mark.parametrize("path", ["logo.png", "big.bin", "lib"])
def test_kinds_without_markers_are_open_until_changed_or_kept(path: str, draft: Draft) -> None:
    draft.commit(RESOLVED | {path: DEVELOP[path]})
    assert draft.open() == {path}
    draft.commit(RESOLVED | {path: DEVELOP[path]}, f"Stay with develop\n\nConflict-kept: {path}\n")
    draft.commit(RESOLVED | {path: DEVELOP[path], "beside.py": "beside\n"})
    assert draft.open() == set()


def test_a_file_with_markers_cant_be_kept(draft: Draft) -> None:
    draft.commit(RESOLVED | {"app.py": draft.committed()["app.py"]}, "Done\n\nConflict-kept: app.py\n")
    assert draft.open() == {"app.py"}


def test_what_was_recorded_tells_each_side(draft: Draft) -> None:
    told = {file.path: file for file in draft.result.conflicts}
    sides = [draft.shop.git("rev-parse", f"{branch}:app.py") for branch in ("main^", "develop", "main")]
    assert told["app.py"].stages == tuple(f"{number} 100644 {oid}" for number, oid in enumerate(sides, 1))
    assert told["app.py"].committed == f"100644 {draft.shop.git('rev-parse', 'backport:app.py')}"
    assert told["lib"].committed == f"160000 {'3' * 40}"


def test_a_record_that_lacks_everything_goes_by_the_markers(draft: Draft) -> None:
    files = (ConflictedFile("app.py", draft.result.conflicts[0].kind, has_markers=True),)
    head = draft.shop.git("rev-parse", "backport")
    asked = ResolutionRequest("acme/shop", head, "", files)
    assert [file.path for file in draft.picker.unresolved(asked)] == ["app.py"]
