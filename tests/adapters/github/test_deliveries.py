from datetime import UTC, datetime

import responses
from responses.matchers import query_param_matcher

from adapters.github import GitHubApp
from tests.adapters.github.keys import a_key

LIST = "https://api.github.com:443/app/hook/deliveries"


def an_attempt(number: int, guid: str, minute: int, status: int) -> dict[str, object]:
    return {"id": number, "guid": guid, "delivered_at": f"2026-03-01T12:{minute:02}:00Z", "status_code": status}


def failed(since: int) -> list[int]:
    app = GitHubApp(77, a_key()[0])
    return list(app.deliveries.failed(datetime(2026, 3, 1, 12, since, tzinfo=UTC)))


@responses.activate
def test_only_the_newest_attempt_of_a_delivery_counts() -> None:
    attempts = [
        an_attempt(6, "a", 30, 200),
        an_attempt(5, "b", 20, 502),
        an_attempt(4, "c", 15, 0),
        an_attempt(3, "b", 10, 200),
        an_attempt(2, "a", 5, 500),
    ]
    responses.get(LIST, json=attempts)
    assert failed(0) == [4, 5]


@responses.activate
def test_pages_are_followed_until_the_time_asked_for() -> None:
    first = [an_attempt(9, "a", 30, 500)]
    link = {"Link": '<https://api.github.com/app/hook/deliveries?per_page=100&cursor=v1_9>; rel="next"'}
    responses.get(LIST, json=first, headers=link, match=[query_param_matcher({"per_page": "100"})])
    second = [an_attempt(8, "b", 20, 500), an_attempt(7, "c", 10, 500)]
    responses.get(LIST, json=second, headers=link, match=[query_param_matcher({"per_page": "100", "cursor": "v1_9"})])
    assert failed(15) == [8, 9]
    assert len(responses.calls) == 2


@responses.activate
def test_a_delivery_is_asked_for_again() -> None:
    again = responses.post(f"{LIST}/8/attempts", status=202, json={})
    GitHubApp(77, a_key()[0]).deliveries.redeliver(8)
    assert again.call_count == 1
