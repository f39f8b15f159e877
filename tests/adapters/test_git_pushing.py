"""What goes over the wire: nothing but what is new on the way out, and never more than a limit on the way in."""

import random
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from adapters.git.carrying import Carrier, Labels
from adapters.git.pushing import Publisher
from adapters.git.run import Access
from adapters.git.scratch import scratch
from domain.errors import GitError
from domain.picks import Pick, PickOutcome
from domain.pull_request import Signature
from tests.adapters.git_repositories import BOT, Repository, remote
from tests.adapters.test_git_picking import APP, BASE, FIXED, Files, a_fix, pick


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    return remote(tmp_path / "shop.git")


def test_a_push_onto_a_commit_that_no_branch_is_at_sends_the_new_contents_alone(shop: Repository) -> None:
    files: Files = {f"part-{number}.py": APP for number in range(40)}
    fix = a_fix(shop, files | {"part-3.py": FIXED}, files | {"part-5.py": FIXED}, files)
    onto = shop.git("rev-parse", "develop")
    shop.branch("develop", shop.commit(files | {"part-6.py": "gone on\n"}, onto))
    result = pick(shop, fix, target=onto)
    assert (result.pushed, result.onto) == (True, onto)
    assert shop.read("backport", "part-3.py") == FIXED
    assert result.fetched_bytes < 3000


def test_a_target_that_moves_before_the_push_costs_nothing(shop: Repository) -> None:
    files: Files = {f"part-{number}.py": APP + str(number) for number in range(40)}
    fix = a_fix(shop, files | {"app.py": FIXED}, files | {"app.py": APP, "other.py": "new\n"}, files | BASE)
    with scratch(Access(shop.url)) as place:
        place.will_push = True
        place.fetch(["+refs/heads/develop:refs/onto", fix], depth=2)
        held = place.commits([place.ref("refs/onto"), fix, shop.git("rev-parse", f"{fix}^")])
        carrier = Carrier(place, held, Labels("develop", "hotfix #12"), Signature(*BOT))
        carry = partial(carrier.carry, (Pick(fix),))
        result = carry(held[place.ref("refs/onto")])
        shop.branch("develop", shop.commit(files | {"gone.py": "on\n"}, result.onto))
        assert Publisher(place, "refs/heads/backport", carry, steps=1).publish(result).pushed
        assert place.fetched_bytes() < 4000
    assert shop.git("rev-parse", "backport^") == result.onto


def test_a_fetch_that_fills_the_disk_is_stopped(shop: Repository) -> None:
    files: Files = {f"part-{number}.bin": random.Random(number).randbytes(40_000) for number in range(40)}
    shop.branch("develop", shop.commit(files))
    with scratch(Access(shop.url)) as place:
        limited = replace(place.git, largest_fetch=100_000)
        wanted = ("fetch", "--quiet", "--filter=blob:limit=1m", "origin", "refs/heads/develop")
        with suppress(GitError):  # what is fetched in a blink is weighed before the next
            limited.run(*wanted)
        with pytest.raises(GitError, match="fetched more than 100,000 bytes"):
            limited.run(*wanted)


def test_a_local_repository_that_never_served_anybody_is_read_in_part(tmp_path: Path) -> None:
    plain = Repository.create(tmp_path / "plain.git", "--bare")
    files: Files = {f"part-{number}.bin": random.Random(number).randbytes(5000) for number in range(40)}
    fix = a_fix(plain, files | {"app.py": FIXED}, files | {"other.py": "new\n"}, files | BASE)
    result = pick(plain, fix)
    assert (result.outcome, result.pushed) == (PickOutcome.CONFLICT, True)
    assert result.fetched_bytes < 20_000
