"""A pick without a pull request speaks as `git cherry-pick` does."""

from pathlib import Path

import pytest

from adapters.git import Picker
from domain.picks import Pick, PickRequest
from domain.pull_request import Signature
from tests.adapters.git_repositories import BOT, Content, Repository, conflicted_paths, remote

APP = "".join(f"line {number}\n" for number in range(20))


@pytest.mark.parametrize("folder", ["hotfix", "develop"])
def test_the_pick_alone_names_paths_and_sides_as_git_does(folder: str, tmp_path: Path) -> None:
    shop = remote(tmp_path / "shop.git")
    root = shop.commit({"app.py": APP})
    sides: dict[str, dict[str, Content]] = {
        side: {"app.py": APP.replace("line 5", side), "n/o" if side == folder else "n": "n\n"}
        for side in ("hotfix", "develop")
    }
    fix = shop.commit(sides["hotfix"], root, "Fix a/b\n\nAt last")
    shop.branch("main", fix)
    shop.branch("develop", shop.commit(sides["develop"], root))
    clone = Repository.create(tmp_path / "clone")
    clone.git("fetch", "-q", shop.url, "main", "develop")
    clone.git("checkout", "-q", "--detach", shop.git("rev-parse", "develop"))
    clone.git("-c", "core.abbrev=10", "cherry-pick", fix, codes=(1,))
    picker = Picker(lambda _: shop.url, lambda _: "", Signature(*BOT))
    ours = picker.cherry_pick(PickRequest("acme/shop", "develop", (Pick(fix),), "alone"))
    assert {each.path for each in ours.conflicts} == conflicted_paths(clone)
    assert shop.read("alone", "app.py") == (clone.path / "app.py").read_text()
