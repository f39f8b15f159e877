"""The pick engine against `git cherry-pick` in a working clone, on seeded histories.

Two differences are ours on purpose and evened out here: readable names after the markers and after "~" in moved files,
and Git LFS pointers, which get no markers.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from adapters.git import Picker
from domain.backport import ConflictKind, Pick, PickOutcome, PickRequest, PickResult
from domain.pull_request import Signature
from tests.adapters.git_generator import Scene, a_scene
from tests.adapters.git_repositories import BOT, Repository, conflicted_paths

BATCHES = 8
SEEDS = 208


@pytest.mark.parametrize("batch", range(BATCHES))
def test_picks_end_as_cherry_pick_would_end_them(batch: int, tmp_path: Path) -> None:
    ends: Counter[str] = Counter()
    for seed in range(batch, SEEDS, BATCHES):
        scene = a_scene(tmp_path / f"{seed}.git", seed)
        ours = our_pick(scene)
        compare(scene, ours, working_clone(scene, tmp_path / f"{seed}"), seed)
        ends[ours.outcome] += 1
    assert ends[PickOutcome.CLEAN] > 3
    assert ends[PickOutcome.CONFLICT] > 3


def our_pick(scene: Scene) -> PickResult:
    picker = Picker(lambda _: scene.remote.url, lambda _: "", Signature(*BOT))
    picks = tuple(Pick(oid, mainline or 1) for oid, mainline in scene.picks)
    return picker.cherry_pick(PickRequest("acme/shop", "develop", picks, "backport", 12))


def compare(scene: Scene, ours: PickResult, clone: Repository, seed: int) -> None:
    stopped = cherry_pick(clone, scene)
    conflicted = {readable(path) for path in conflicted_paths(clone)} if stopped else set()
    assert {file.path for file in ours.conflicts} == conflicted, seed
    assert (ours.outcome is PickOutcome.CONFLICT) == bool(stopped), seed
    assert ours.stopped_at == stopped, seed
    if not stopped:
        assert ours.tree == clone.git("rev-parse", "HEAD^{tree}"), seed
        same_commits(scene, ours, clone)
    else:
        same_files(scene, ours, clone, seed)
    pushed = scene.remote.git("rev-parse", "--verify", "-q", "backport", codes=(0, 1))
    assert pushed == ("" if ours.outcome is PickOutcome.EMPTY else ours.commit)


def cherry_pick(clone: Repository, scene: Scene) -> str:
    """Pick as a person would; the commit that conflicted, "" for none."""
    for oid, mainline in scene.picks:
        parent = ("-m", str(mainline)) if mainline else ()
        clone.git("cherry-pick", "-x", *parent, oid, codes=(0, 1))
        if not (clone.path / ".git" / "CHERRY_PICK_HEAD").exists():
            continue
        if conflicted_paths(clone) or clone.git("status", "--porcelain", "-uno", "--ignore-submodules"):
            return oid
        clone.git("cherry-pick", "--skip")
    return ""


def working_clone(scene: Scene, path: Path) -> Repository:
    clone = Repository.create(path)
    clone.git("fetch", "-q", scene.remote.url, "main", "develop")
    clone.git("checkout", "-q", "-b", "develop", scene.remote.git("rev-parse", "develop"))
    return clone


def same_commits(scene: Scene, ours: PickResult, clone: Repository) -> None:
    form = "--format=%an %ae %ad%n%B"
    span = f"{ours.onto}..backport" if ours.outcome is PickOutcome.CLEAN else f"{ours.onto}..{ours.onto}"
    assert scene.remote.git("log", form, span) == clone.git("log", form, f"{ours.onto}..HEAD")


def same_files(scene: Scene, ours: PickResult, clone: Repository, seed: int) -> None:
    """The conflicted files that lie in the working tree hold what we committed."""
    for file in ours.conflicts:
        kind = scene.remote.git("ls-tree", "backport", "--", file.path)[:6]
        lying = {readable(found.relative_to(clone.path).as_posix()): found for found in clone.path.rglob("*")}
        if kind not in ("100644", "100755") or file.kind is ConflictKind.LFS:
            continue
        assert file.path in lying, (seed, file)
        text = lying[file.path].read_bytes()
        assert scene.remote.raw("cat-file", "-p", f"backport:{file.path}") == relabelled(text), (seed, file)
        assert file.has_markers == (b"\n>>>>>>> " in text or b"\n>>>>>>>>>>>> " in text), (seed, file)


def relabelled(text: bytes) -> bytes:
    text = re.sub(rb"^(<{7,}) HEAD", rb"\1 develop", text, flags=re.MULTILINE)
    return re.sub(rb"^(>{7,}) [0-9a-f]{7,} \([^)]*\)", rb"\1 hotfix #12", text, flags=re.MULTILINE)


def readable(path: str) -> str:
    return re.sub(r"~[0-9a-f]{7,} \([^)]*\)", "~hotfix #12", path.replace("~HEAD", "~develop"))
