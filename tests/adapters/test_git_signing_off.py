"""Sign-offs, held against `git cherry-pick -x --signoff` byte for byte."""

from pathlib import Path

import pytest

from adapters.git import Picker
from domain.picks import Pick, PickRequest
from domain.pull_request import Signature
from tests.adapters.git_repositories import BOT, Repository, remote

BOTS_OWN = f"Signed-off-by: {BOT[0]} <{BOT[1]}>"
MESSAGES = [
    "Fix it",
    "Fix it\n\nIt was broken.\n",
    "Fix it\n\nSigned-off-by: Ann <ann@example.org>\n",
    f"Fix it\n\n{BOTS_OWN}\n",
    f"Fix it\n\n{BOTS_OWN}\nRefs: #3\n",
    "Fix it\n\nRefs: #3\n(cherry picked from commit 1111111111111111111111111111111111111111)\n",
    "Fix: it\n",
    "Fix it\n\n* one\n* two\nCo-authored-by: Ben <ben@example.org>\n",
    "Fix it   \n\n\n\nTwo gaps above.  \n",
]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_sign_off_ends_the_message_as_git_ends_it(message: str, tmp_path: Path) -> None:
    shop = remote(tmp_path / "shop.git")
    root = shop.commit({"a": "a\n"})
    fix = shop.commit({"a": "b\n"}, root, message)
    shop.branch("main", fix)
    shop.branch("develop", shop.commit({"a": "a\n", "b": "b\n"}, root))
    picker = Picker(lambda _: shop.url, lambda _: "", Signature(*BOT))
    result = picker.cherry_pick(PickRequest("acme/shop", "develop", (Pick(fix),), "backport", signoff=True))
    assert shop.raw("cat-file", "commit", "backport").partition(b"\n\n")[2] == by_hand(shop, tmp_path, fix)
    assert result.picked[0].message.endswith("\n")


def by_hand(shop: Repository, tmp_path: Path, fix: str) -> bytes:
    desk = Repository.create(tmp_path / "desk")
    desk.git("fetch", "-q", shop.url, "+refs/heads/*:refs/remotes/origin/*")
    desk.git("checkout", "-q", "--detach", "origin/develop")
    desk.git("-c", f"user.name={BOT[0]}", "-c", f"user.email={BOT[1]}", "cherry-pick", "-x", "--signoff", fix)
    return desk.raw("cat-file", "commit", "HEAD").partition(b"\n\n")[2]
