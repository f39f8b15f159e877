from datetime import timedelta

import pytest

from domain.errors import NotFoundError
from sandbox.deeds.checks import create_run
from sandbox.deeds.issues import add_labels
from sandbox.deeds.pulls import NewPull, open_pull
from sandbox.deeds.reviews import create_review, dismiss_review
from sandbox.faults import Fault
from tests.adapters.github.shop import REPOSITORY, Shop

FIX = {"app.py": b"print('goodbye')\n"}


def test_one_request_tells_everything_that_a_verdict_rests_on(shop: Shop) -> None:
    pull = shop.pull(FIX)
    add_labels(shop.scope("alice"), pull, ["hotfix"])
    create_review(shop.scope("bob"), pull, "APPROVE", "")
    _ = shop.github.can_write("alice")
    before = shop.sent
    outline = shop.github.outline(pull.number)
    assert shop.sent - before == 1
    found = outline.pull_request
    assert (found.title, found.body, found.author, found.state) == ("Fix payment", "Fixes it", "alice", "open")
    assert (found.base, found.head, found.head_repository) == ("main", "hotfix/pay", REPOSITORY)
    assert (found.base_oid, found.head_oid) == (shop.git.branch("main"), pull.head_sha)
    assert found.labels == ("hotfix",)
    assert (found.additions, found.deletions, found.changed_files) == (1, 1, 1)
    assert (found.paths, found.paths_complete) == (("app.py",), True)
    assert [commit.oid for commit in found.commits] == [pull.head_sha]
    assert found.commits_complete
    assert [author.login for author in found.commits[0].authors] == ["alice"]
    (review,) = found.reviews
    assert (review.login, review.state, review.commit_oid) == ("bob", "APPROVED", pull.head_sha)
    assert review.can_push
    assert not review.is_bot
    assert outline.default_branch == "main"
    assert outline.siblings == ()


def test_the_policy_file_is_the_base_tips_even_where_the_pull_request_is_older(shop: Shop) -> None:
    pull = shop.pull(FIX)
    brought = shop.commit("main", {".github/hotfix.yml": b"version: 1\ntriggers: {}\n"}, "Set policies")
    shop.commit("main", {"other.py": b"1\n"}, "Go on")
    outline = shop.github.outline(pull.number)
    assert outline.policy_file is not None
    assert outline.policy_file.text == "version: 1\ntriggers: {}\n"
    assert outline.policy_file.commit_oid == brought
    tip = shop.git.branch("main")
    assert outline.pull_request.base_oid == tip
    assert outline.policy_file.source == f".github/hotfix.yml at main ({str(tip)[:7]})"
    assert not outline.changes_policy_file
    assert outline.head_policy_file is None


def test_a_pull_request_that_changes_the_policy_file_brings_its_own_version(shop: Shop) -> None:
    pull = shop.pull({".github/hotfix.yml": b"nonsense: true\n"})
    outline = shop.github.outline(pull.number)
    assert outline.changes_policy_file
    assert outline.policy_file is not None
    assert outline.policy_file.text == "version: 1\n"
    assert outline.head_policy_file is not None
    assert outline.head_policy_file.text == "nonsense: true\n"


def test_a_policy_file_that_is_no_text_is_there_without_text(shop: Shop) -> None:
    shop.commit("main", {".github/hotfix.yml": b"\0\1"}, "Break it")
    outline = shop.github.outline(shop.pull(FIX).number)
    assert outline.policy_file is not None
    assert outline.policy_file.text is None


def test_a_repository_without_policy_file_has_none(shop: Shop) -> None:
    shop.commit("main", {".github/hotfix.yml": None}, "Remove it")
    assert shop.github.outline(shop.pull(FIX).number).policy_file is None


def test_a_changed_policy_file_is_seen_beyond_the_hundred_files_that_github_names(shop: Shop) -> None:
    many = {f"a/{number:03}.txt": b"x\n" for number in range(120)}
    pull = shop.pull({**many, "z.txt": b"z\n"})
    outline = shop.github.outline(pull.number)
    assert not outline.pull_request.paths_complete
    assert not outline.changes_policy_file
    shop.commit("hotfix/pay", {".github/hotfix.yml": b"version: 2\n"}, "Loosen it")
    assert shop.github.outline(pull.number).changes_policy_file


def test_a_pull_request_from_a_fork_is_told_like_any_other(shop: Shop) -> None:
    fork = shop.fork("mallory")
    head = shop.commit("main", FIX, "Fix", "mallory", fork)
    pull = open_pull(shop.scope("mallory"), NewPull("Fix", "mallory:main", "main"))
    found = shop.github.outline(pull.number).pull_request
    assert (found.head_repository, found.head, found.head_oid) == ("mallory/shop", "main", head)
    assert found.author == "mallory"


def test_pull_requests_that_share_head_and_base_know_of_each_other(shop: Shop) -> None:
    first = shop.pull(FIX)
    shop.branch("hotfix/same", "hotfix/pay")
    second = open_pull(shop.scope("bob"), NewPull("Again", "hotfix/same", "main"))
    open_pull(shop.scope("bob"), NewPull("Elsewhere", "hotfix/same", "develop"))
    assert shop.github.outline(first.number).siblings == (second.number,)
    assert shop.github.outline(second.number).siblings == (first.number,)
    assert set(shop.github.pull_requests_of(first.head_sha)) == {first.number, second.number, second.number + 1}


def test_our_own_check_runs_are_told_newest_first(shop: Shop) -> None:
    pull = shop.pull(FIX)
    other = shop.sandbox.create_app("other", {"checks": "write"})
    shop.sandbox.install("acme", app_id=other.app_id)
    guard = shop.bot()
    for name, summary in (("hotfix: main", "old"), ("hotfix: develop", "x"), ("hotfix: main", "new")):
        values = {"title": "T", "summary": summary, "external_id": summary}
        create_run(guard, name, pull.head_sha, values)
    create_run(shop.bot("other[bot]", other.app_id), "hotfix: main", pull.head_sha, {"external_id": "spoof"})
    published = shop.github.outline(pull.number).published
    assert [(run.name, run.external_id) for run in published] == [("hotfix: main", "new"), ("hotfix: develop", "x")]
    assert [run.external_id for run in shop.github.check_runs(pull.head_sha, "hotfix: main")] == ["new", "old"]


def test_a_dismissed_review_stays_in_the_list_as_dismissed(shop: Shop) -> None:
    pull = shop.pull(FIX)
    review = create_review(shop.scope("bob"), pull, "APPROVE", "")
    dismiss_review(shop.scope("carol"), pull, review, "stale")
    assert [each.state for each in shop.github.outline(pull.number).pull_request.reviews] == ["DISMISSED"]


def test_reviews_beyond_a_hundred_are_read_too(shop: Shop) -> None:
    pull = shop.pull(FIX)
    create_review(shop.scope("bob"), pull, "APPROVE", "")
    for number in range(120):
        create_review(shop.scope("carol"), pull, "COMMENT", f"remark {number}")
    reviews = shop.github.outline(pull.number).pull_request.reviews
    assert len(reviews) == 121
    assert (reviews[0].login, reviews[0].state) == ("bob", "APPROVED")


def test_bots_bear_the_same_login_as_in_rest(shop: Shop) -> None:
    pull = shop.pull(FIX)
    create_review(shop.bot(), pull, "APPROVE", "")
    (review,) = shop.github.outline(pull.number).pull_request.reviews
    assert (review.login, review.is_bot) == ("guard[bot]", True)


def test_a_rewritten_head_tells_who_pushed_it(shop: Shop) -> None:
    pull = shop.pull(FIX)
    assert shop.github.outline(pull.number).pull_request.last_pusher == ""
    shop.rewrite("hotfix/pay", FIX, "Fix anew", "bob")
    assert shop.github.outline(pull.number).pull_request.last_pusher == "bob"
    shop.commit("hotfix/pay", {"x.py": b"1\n"}, "Add")
    assert shop.github.outline(pull.number).pull_request.last_pusher == ""


def test_a_merged_pull_request_is_told_as_merged_against_its_old_base(shop: Shop) -> None:
    pull = shop.pull(FIX)
    base = shop.git.branch("main")
    shop.merge(pull, "squash")
    found = shop.github.outline(pull.number).pull_request
    assert (found.state, found.merge_commit_oid) == ("merged", shop.git.branch("main"))
    assert found.base_oid == base


def test_an_unchanged_pull_request_is_told_in_the_same_words(shop: Shop) -> None:
    pull = shop.pull(FIX)
    assert shop.github.outline(pull.number) == shop.github.outline(pull.number)


def test_no_pull_request_of_that_number_is_nothing_found(shop: Shop) -> None:
    with pytest.raises(NotFoundError):
        shop.github.outline(99)


def test_a_lost_connection_is_got_over(shop: Shop) -> None:
    pull = shop.pull(FIX)
    expected = shop.github.outline(pull.number)
    shop.sandbox.faults.add(Fault("drop", path="/api/graphql", times=1))
    assert shop.github.outline(pull.number) == expected


def test_a_stamp_of_a_review_is_aware_of_its_zone(shop: Shop) -> None:
    pull = shop.pull(FIX)
    create_review(shop.scope("bob"), pull, "APPROVE", "")
    (review,) = shop.github.outline(pull.number).pull_request.reviews
    assert review.submitted_at.utcoffset() == timedelta(0)
