import json
import logging

import pytest
import requests
import responses

from adapters.github.client import RepositoryClient
from adapters.github.credentials import FixedToken
from adapters.github.server import GitHubServer
from adapters.github.transport import Request, Transport
from domain.errors import GitHubError, GitHubTroubleError, NotFoundError, NotPermittedError

API = "https://api.github.com:443"
PULL = Request("GET", "/repos/acme/shop/pulls/1")
COMMENT = Request("POST", "/repos/acme/shop/issues/1/comments", body={"body": "hello"})


class Renewable:
    """Tokens of which each can be had until it is refused."""

    def __init__(self) -> None:
        self.number = 1

    def token(self) -> str:
        return f"token-{self.number}"

    def forget(self, token: str) -> None:
        assert token == self.token()
        self.number += 1


def a_transport() -> Transport:
    return Transport(GitHubServer(), pause=0)


def a_client() -> RepositoryClient:
    return RepositoryClient(a_transport(), FixedToken("secret-token"), "acme/shop")


def send(request: Request) -> object:
    return a_transport().send(request, FixedToken("secret-token")).json()


@responses.activate
def test_reading_is_tried_again_after_trouble() -> None:
    responses.get(API + PULL.path, status=502)
    responses.get(API + PULL.path, json={"number": 1})
    assert send(PULL) == {"number": 1}


@responses.activate
def test_reading_is_tried_again_after_a_broken_connection() -> None:
    responses.get(API + PULL.path, body=requests.ConnectionError("reset"))
    responses.get(API + PULL.path, json={"number": 1})
    assert send(PULL) == {"number": 1}


@responses.activate
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_is_never_sent_twice(status: int) -> None:
    responses.post(API + COMMENT.path, status=status)
    with pytest.raises(GitHubTroubleError):
        send(COMMENT)
    assert len(responses.calls) == 1


@responses.activate
def test_a_write_whose_answer_is_lost_is_never_sent_twice() -> None:
    responses.post(API + COMMENT.path, body=requests.ReadTimeout("no answer"))
    with pytest.raises(GitHubTroubleError, match=r"can't be reached at https://api.github.com .*GITHUB_API_URL"):
        send(COMMENT)
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize(
    ("status", "headers", "message", "wait"),
    [
        (429, {"retry-after": "17"}, "slow down", 17),
        (403, {"retry-after": "90"}, "You have exceeded a secondary rate limit.", 90),
        (403, {}, "You have exceeded a secondary rate limit. Please wait a few minutes.", 60),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, "API rate limit exceeded", 1),
        (429, {"retry-after": "soon"}, "slow down", 60),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999"}, "API rate limit exceeded", 3600),
    ],
)
def test_a_rate_limit_is_trouble_that_says_when_to_come_back(
    status: int, headers: dict[str, str], message: str, wait: float
) -> None:
    responses.get(API + PULL.path, status=status, headers=headers, json={"message": message})
    with pytest.raises(GitHubTroubleError) as caught:
        send(PULL)
    assert caught.value.retry_after == wait
    assert len(responses.calls) == 1


@responses.activate
def test_a_missing_permission_is_named() -> None:
    headers = {"X-Accepted-GitHub-Permissions": "pull_requests=write", "x-ratelimit-remaining": "4000"}
    message = {"message": "Resource not accessible by integration"}
    responses.post(API + COMMENT.path, status=403, headers=headers, json=message)
    with pytest.raises(NotPermittedError, match="needs pull_requests: write: Resource not accessible"):
        send(COMMENT)


@responses.activate
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, NotPermittedError),
        (404, NotFoundError),
        (410, NotFoundError),
        (307, NotFoundError),
        (409, GitHubError),
        (422, GitHubError),
        (451, NotPermittedError),
        (500, GitHubTroubleError),
    ],
)
def test_every_refusal_has_its_error(status: int, kind: type[GitHubError]) -> None:
    responses.get(API + PULL.path, status=status, json={"message": "no"})
    with pytest.raises(GitHubError) as caught:
        send(PULL)
    assert type(caught.value) is kind


@responses.activate
def test_an_errors_details_are_told_in_one_line() -> None:
    said = {"message": "Validation Failed", "errors": [{"message": "No commits between main and hotfix/1"}]}
    responses.post(API + COMMENT.path, status=422, json=said)
    with pytest.raises(GitHubError, match="Validation Failed; No commits between main and hotfix/1"):
        send(COMMENT)


@responses.activate
def test_a_refused_token_is_renewed_once() -> None:
    responses.post(API + COMMENT.path, status=401, json={"message": "Bad credentials"})
    responses.post(API + COMMENT.path, json={"id": 1})
    tokens = Renewable()
    assert a_transport().send(COMMENT, tokens).json() == {"id": 1}
    sent = [call.request.headers["Authorization"] for call in responses.calls]
    assert sent == ["Bearer token-1", "Bearer token-2"]


@responses.activate
def test_a_second_refusal_is_final() -> None:
    responses.get(API + PULL.path, status=401, json={"message": "Bad credentials"})
    with pytest.raises(NotPermittedError, match="Bad credentials"):
        a_transport().send(PULL, Renewable())
    assert len(responses.calls) == 2


@responses.activate
@pytest.mark.parametrize("body", ["<html>Unicorn!</html>", "{", ""])
def test_an_answer_that_is_no_json_is_trouble(body: str) -> None:
    responses.get(API + PULL.path, body=body)
    with pytest.raises(GitHubTroubleError, match="no JSON"):
        send(PULL)


@responses.activate
@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        ({"type": "RATE_LIMITED", "message": "API rate limit exceeded"}, GitHubTroubleError, "limits"),
        ({"message": "Something went wrong while executing your query."}, GitHubTroubleError, "couldn't answer"),
        ({"type": "NOT_FOUND", "message": "Could not resolve"}, NotFoundError, "Could not resolve"),
        (
            {"type": "FORBIDDEN", "message": "Resource not accessible", "path": ["repository", "mergeQueue"]},
            NotPermittedError,
            "needs merge_queues: read",
        ),
    ],
)
def test_graphql_errors_count_though_they_come_with_200(
    error: dict[str, object], kind: type[GitHubError], words: str
) -> None:
    responses.post(API + "/graphql", json={"data": {"repository": {"id": "R_1"}}, "errors": [error]})
    with pytest.raises(kind, match=words):
        a_client().ask("query { repository { id } }")


@responses.activate
@pytest.mark.parametrize("answer", [{}, [], {"data": None}, {"message": "timeout"}, "text"])
def test_half_a_graphql_answer_is_trouble(answer: object) -> None:
    responses.post(API + "/graphql", json=answer)
    with pytest.raises(GitHubTroubleError):
        a_client().ask("query { repository { id } }")


@responses.activate
def test_a_graphql_query_is_tried_again_because_it_changes_nothing() -> None:
    responses.post(API + "/graphql", status=502)
    responses.post(API + "/graphql", json={"data": {"repository": {"id": "R_1"}}})
    assert a_client().ask("query { repository { id } }") == {"id": "R_1"}
    sent = json.loads(responses.calls[0].request.body)
    assert sent["variables"] == {"owner": "acme", "name": "shop"}


@responses.activate
def test_an_enterprise_server_has_its_own_graphql_address() -> None:
    responses.post("https://git.acme.test:443/api/graphql", json={"data": {"repository": {"id": "R_1"}}})
    transport = Transport(GitHubServer("https://git.acme.test/api/v3/"))
    client = RepositoryClient(transport, FixedToken("t"), "acme/shop")
    assert client.ask("query { repository { id } }") == {"id": "R_1"}


@responses.activate
def test_no_secret_is_ever_logged(caplog: pytest.LogCaptureFixture) -> None:
    responses.get(API + PULL.path, json={"token": "ghs_minted"})
    with caplog.at_level(logging.DEBUG):
        send(PULL)
    assert "GET /repos/acme/shop/pulls/1 200" in caplog.text
    assert "secret-token" not in caplog.text
    assert "ghs_minted" not in caplog.text


@responses.activate
def test_every_request_is_counted_those_that_fail_included() -> None:
    responses.get(API + PULL.path, status=500)
    transport = a_transport()
    with pytest.raises(GitHubTroubleError):
        transport.send(PULL, FixedToken("t"))
    assert transport.sent == 2


@responses.activate
def test_a_name_can_not_lead_to_another_path() -> None:
    with pytest.raises(NotFoundError):
        RepositoryClient(a_transport(), FixedToken("t"), "acme/..")
    with pytest.raises(NotFoundError):
        RepositoryClient(a_transport(), FixedToken("t"), "acme/shop/pulls")
    assert RepositoryClient(a_transport(), FixedToken("t"), "acme/a?b").path == "/repos/acme/a%3Fb"
