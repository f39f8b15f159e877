"""What GitHub tells while it catches up with a push: the sandbox's own answer, bent as GitHub was seen to bend it."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
import responses

from adapters.github import POLICY_FILE, TokenGitHub
from adapters.github.client import RepositoryClient, query
from adapters.github.credentials import FixedToken
from adapters.github.server import GitHubServer
from adapters.github.transport import Transport
from domain.errors import GitHubTroubleError
from domain.pull_request import Outline
from sandbox.deeds.checks import create_run
from tests.adapters.github.shop import REPOSITORY, Shop

Answer = dict[str, Any]
URL = "https://api.github.com:443/graphql"


@pytest.fixture
def told(shop: Shop) -> tuple[Answer, Answer]:
    """The outline of a pull request and its head, as GraphQL answers them."""
    pull = shop.pull({"app.py": b"print('goodbye')\n"})
    create_run(shop.bot(), "hotfix: main", pull.head_sha, {"external_id": "kept"})
    token = shop.world.store.user_token("carol")
    client = RepositoryClient(Transport(GitHubServer(shop.sandbox.api)), FixedToken(token), REPOSITORY)
    outline = client.ask(query("outline"), number=pull.number, policyFile=POLICY_FILE)
    return outline, client.ask(query("head"), head=pull.head_sha, policyFile=POLICY_FILE)


def outline_of(*answers: Answer) -> Outline:
    with responses.RequestsMock() as github:
        for answer in answers:
            github.post(URL, json={"data": {"repository": answer}})
        return TokenGitHub("token").repository(REPOSITORY).outline(1)


def bent(answer: Answer, bend: Callable[[Answer], object]) -> Answer:
    changed = copy.deepcopy(answer)
    bend(changed["pullRequest"])
    return changed


def test_a_head_beyond_the_listed_commits_is_read_by_its_sha(told: tuple[Answer, Answer]) -> None:
    outline, head = told
    expected = outline_of(outline)
    assert [run.external_id for run in expected.published] == ["kept"]

    def hide(pull: Answer) -> None:
        pull["headCommit"]["nodes"] = []
        pull["commits"] |= {"totalCount": 251}

    assert outline_of(bent(outline, hide), head).published == expected.published


def test_a_list_of_commits_without_the_head_is_trouble_for_a_moment(told: tuple[Answer, Answer]) -> None:
    with pytest.raises(GitHubTroubleError, match="caught up") as caught:
        outline_of(bent(told[0], lambda pull: pull.update(headRefOid="f" * 40)))
    assert caught.value.retry_after > 0


def test_a_head_that_github_does_not_know_yet_is_trouble(told: tuple[Answer, Answer]) -> None:
    def hide(pull: Answer) -> None:
        pull["headCommit"]["nodes"] = pull["commits"]["nodes"] = []

    with pytest.raises(GitHubTroubleError):
        outline_of(bent(told[0], hide), {"object": None})


def test_an_open_pull_request_without_its_base_branch_is_trouble_and_no_missing_policy_file(
    told: tuple[Answer, Answer],
) -> None:
    with pytest.raises(GitHubTroubleError, match="base branch main"):
        outline_of(bent(told[0], lambda pull: pull.update(baseRef=None)))


def test_a_closed_pull_request_is_told_though_its_base_branch_is_gone(told: tuple[Answer, Answer]) -> None:
    found = outline_of(bent(told[0], lambda pull: pull.update(baseRef=None, state="CLOSED")))
    assert (found.pull_request.state, found.policy_file) == ("closed", None)


def test_an_account_that_is_gone_has_no_login(told: tuple[Answer, Answer]) -> None:
    found = outline_of(bent(told[0], lambda pull: pull.update(author=None, headRepository=None)))
    assert (found.pull_request.author, found.pull_request.head_repository) == ("", "")


@pytest.mark.parametrize("field", ["state", "reviews", "commits", "headRefOid", "additions", "timelineItems"])
def test_an_answer_with_a_hole_in_it_closes_the_gate(told: tuple[Answer, Answer], field: str) -> None:
    with pytest.raises(GitHubTroubleError, match="can't be read"):
        outline_of(bent(told[0], lambda pull: pull.pop(field)))


def test_a_plain_token_reads_the_check_runs_of_every_app(told: tuple[Answer, Answer]) -> None:
    with responses.RequestsMock() as github:
        asked = github.post(URL, json={"data": {"repository": told[0]}})
        TokenGitHub("token").repository(REPOSITORY).outline(1)
        assert "appId" not in json.loads(asked.calls[0].request.body)["variables"]
