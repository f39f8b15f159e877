import json
from dataclasses import replace

import pytest
import responses

from adapters.github import TokenGitHub
from domain.check_run import Action, Annotation, CheckRun, PublishedRun
from domain.errors import GitHubTroubleError, NotPermittedError
from domain.verdict import Conclusion
from sandbox.faults import Fault
from tests.adapters.github.shop import GRANTED, REPOSITORY, Shop

API = "https://api.github.com:443"
HEAD = "a" * 40


def a_run(head: str = HEAD, annotations: int = 0, conclusion: Conclusion = Conclusion.FAILURE) -> CheckRun:
    found = tuple(Annotation("app.py", n, n, "failure", f"remark {n}", "Title") for n in range(1, annotations + 1))
    actions = (Action("Re-check", "Inspect it again", "recheck"),)
    return CheckRun("hotfix: main", head, conclusion, "2 of 5", "Summary", "Text", found, actions)


def newest(shop: Shop, head: str) -> PublishedRun | None:
    return next(iter(shop.github.check_runs(head, "hotfix: main")), None)


@pytest.fixture
def head(shop: Shop) -> str:
    return shop.pull({"app.py": b"print('goodbye')\n"}).head_sha


def test_publishing_twice_writes_once(shop: Shop, head: str) -> None:
    run = a_run(head)
    assert shop.github.publish_check_run(run, None)
    (published,) = shop.github.check_runs(head, run.name)
    assert (published.status, published.conclusion, published.external_id) == ("completed", "failure", run.external_id)
    before = shop.sent
    assert not shop.github.publish_check_run(run, published)
    assert shop.sent == before


def test_a_changed_verdict_updates_the_same_run_in_one_request(shop: Shop, head: str) -> None:
    shop.github.publish_check_run(a_run(head, conclusion=Conclusion.IN_PROGRESS), None)
    published = newest(shop, head)
    assert published is not None
    assert (published.status, published.conclusion) == ("in_progress", "")
    before = shop.sent
    assert shop.github.publish_check_run(a_run(head, conclusion=Conclusion.SUCCESS), published)
    assert shop.sent - before == 1
    (after,) = shop.github.check_runs(head, "hotfix: main")
    assert (after.id, after.status, after.conclusion) == (published.id, "completed", "success")


def test_changed_annotations_make_a_new_run_because_github_would_add_them(shop: Shop, head: str) -> None:
    shop.github.publish_check_run(a_run(head, annotations=1), None)
    shop.github.publish_check_run(a_run(head, annotations=2), newest(shop, head))
    new, old = shop.github.check_runs(head, "hotfix: main")
    assert new.id > old.id
    assert len(shop.repository.check_runs[new.id].annotations) == 2


def test_annotations_go_out_by_fifty_and_none_is_lost(shop: Shop, head: str) -> None:
    before = shop.sent
    shop.github.publish_check_run(a_run(head, annotations=120), None)
    (published,) = shop.github.check_runs(head, "hotfix: main")
    stored = shop.repository.check_runs[published.id]
    assert [each.message for each in stored.annotations] == [f"remark {n}" for n in range(1, 121)]
    # Three writes, the reading above, and the first request's token.
    assert shop.sent - before <= 6
    assert (published.conclusion, published.external_id) == ("failure", a_run(head, annotations=120).external_id)


def test_a_publication_that_broke_off_is_repeated_as_a_new_run(shop: Shop, head: str) -> None:
    run = a_run(head, annotations=120)
    shop.sandbox.faults.add(Fault("error", path="*/check-runs/*", method="PATCH", times=1))
    with pytest.raises(GitHubTroubleError):
        shop.github.publish_check_run(run, None)
    broken = newest(shop, head)
    assert broken is not None
    assert (broken.status, broken.external_id) == ("in_progress", "")
    assert shop.github.publish_check_run(run, broken)
    whole = newest(shop, head)
    assert whole is not None
    assert whole.id != broken.id
    assert len(shop.repository.check_runs[whole.id].annotations) == 120
    assert not shop.github.publish_check_run(run, whole)


def test_what_was_asked_for_again_is_written_though_nothing_changed(shop: Shop, head: str) -> None:
    shop.github.publish_check_run(a_run(head), None)
    assert shop.github.publish_check_run(a_run(head), newest(shop, head), rerequested=True)
    assert len(shop.github.check_runs(head, "hotfix: main")) == 2


def test_a_completed_run_is_not_reopened_but_followed_by_a_new_one(shop: Shop, head: str) -> None:
    shop.github.publish_check_run(a_run(head, conclusion=Conclusion.SUCCESS), None)
    shop.github.publish_check_run(a_run(head, conclusion=Conclusion.IN_PROGRESS), newest(shop, head))
    new, old = shop.github.check_runs(head, "hotfix: main")
    assert (new.status, old.status) == ("in_progress", "completed")


@pytest.mark.parametrize("conclusion", list(Conclusion))
def test_every_conclusion_gets_to_github(shop: Shop, head: str, conclusion: Conclusion) -> None:
    shop.github.publish_check_run(a_run(head, conclusion=conclusion), None)
    published = newest(shop, head)
    assert published is not None
    if conclusion is Conclusion.IN_PROGRESS:
        assert (published.status, published.conclusion) == ("in_progress", "")
    else:
        assert (published.status, published.conclusion) == ("completed", conclusion.value)


def test_a_text_beyond_githubs_limit_is_cut_and_says_so(shop: Shop, head: str) -> None:
    shop.github.publish_check_run(replace(a_run(head), text="ü" * 60_000), None)
    published = newest(shop, head)
    assert published is not None
    text = shop.repository.check_runs[published.id].text or ""
    assert len(text.encode()) <= 65_535
    assert "The rest is left out" in text


def test_a_lost_answer_to_a_new_run_is_trouble_and_never_a_second_run(shop: Shop, head: str) -> None:
    shop.sandbox.faults.add(Fault("drop", path="*/check-runs", method="POST", times=1))
    with pytest.raises(GitHubTroubleError):
        shop.github.publish_check_run(a_run(head), None)
    posts = [each for each in shop.sandbox.exchanges if each.method == "POST" and each.path.endswith("/check-runs")]
    assert len(posts) <= 1


def test_a_missing_permission_to_write_checks_is_named(shop: Shop, head: str) -> None:
    installation = next(iter(shop.world.store.installations.values()))
    installation.permissions = {**GRANTED, "checks": "read"}
    with pytest.raises(NotPermittedError):
        shop.github.publish_check_run(a_run(head), None)


@responses.activate
def test_a_completed_run_always_has_its_conclusion_and_lines_count_from_one() -> None:
    made = responses.post(f"{API}/repos/acme/shop/check-runs", status=201, json={"id": 9})
    run = replace(a_run(), annotations=(Annotation("app.py", 0, 0, "notice", "whole file", ""),))
    TokenGitHub("token").repository(REPOSITORY).publish_check_run(run, None)
    sent = json.loads(made.calls[0].request.body)
    assert (sent["status"], sent["conclusion"]) == ("completed", "failure")
    (annotation,) = sent["output"]["annotations"]
    assert (annotation["start_line"], annotation["end_line"]) == (1, 1)
    assert sent["actions"] == [{"label": "Re-check", "description": "Inspect it again", "identifier": "recheck"}]
