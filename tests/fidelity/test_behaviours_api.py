"""How GitHub's doors work: tokens, pages, caches, limits, webhooks. Each docstring names where it is told."""

import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

from sandbox.faults import Fault
from tests.fidelity.town import GUARD, REPOSITORY, Town

# Tokens


def test_empty_permissions_grant_all(town: Town) -> None:
    """docs.github.com/rest/apps/apps, "Create an installation access token for an app": without permissions the token
    has all that the installation was granted."""
    path = f"/app/installations/{town.installation}/access_tokens"
    whole = town.as_app("GET", f"/app/installations/{town.installation}").json()["permissions"]
    assert len(whole) > 3
    assert town.as_app("POST", path, permissions={}).json()["permissions"] == whole


def test_a_token_is_narrowed_to_permissions_and_repositories(town: Town) -> None:
    """The same page: permissions and repositories narrow the token; it can't do what it wasn't given."""
    path = f"/app/installations/{town.installation}/access_tokens"
    made = town.as_app("POST", path, permissions={"contents": "read"}, repositories=["shop"]).json()
    assert made["permissions"] == {"contents": "read", "metadata": "read"}
    assert made["repository_selection"] == "selected"
    town.tokens["narrow"] = made["token"]
    assert town.ask("narrow", "GET", f"{REPOSITORY}/contents/app.py").status_code == 200
    answer = town.ask("narrow", "POST", f"{REPOSITORY}/check-runs", name="n", head_sha="0" * 40)
    assert (answer.status_code, answer.json()["message"]) == (403, "Resource not accessible by integration")


def test_a_token_is_never_widened(town: Town) -> None:
    """The same page: 422 for permissions that the installation doesn't have; recorded in PyGithub's
    GithubIntegration.testGetAccessTokenWithInvalidPermissions."""
    path = f"/app/installations/{town.installation}/access_tokens"
    assert town.as_app("POST", path, permissions={"administration": "write"}).status_code == 422


def test_a_private_repository_is_not_found_by_strangers(town: Town) -> None:
    """docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api: 404 instead of 403 for what is private."""
    town.must("carol", "PATCH", REPOSITORY, private=True)
    answer = town.ask("stranger", "GET", REPOSITORY)
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")
    assert town.ask("alice", "GET", REPOSITORY).status_code == 200


# Pages and caches


def test_pages_are_linked(town: Town) -> None:
    """docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api: the link header."""
    for number in range(5):
        town.must("alice", "POST", f"{REPOSITORY}/issues", title=f"Issue {number}")
    first = town.ask("alice", "GET", f"{REPOSITORY}/issues?per_page=2")
    assert first.links.keys() == {"next", "last"}
    assert parse_qs(urlsplit(first.links["last"]["url"]).query)["page"] == ["3"]
    titles, answer = [each["title"] for each in first.json()], first
    while "next" in answer.links:
        answer = town.ask("alice", "GET", answer.links["next"]["url"])
        titles += [each["title"] for each in answer.json()]
    assert titles == [f"Issue {number}" for number in reversed(range(5))]
    assert answer.links.keys() == {"first", "prev"}


def test_an_unchanged_answer_is_304(town: Town) -> None:
    """docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api, "Use conditional requests"."""
    path = f"{REPOSITORY}/branches/main"
    seen = town.ask("alice", "GET", path)
    again = town.ask("alice", "GET", path, headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    town.write("main", "app.py", "print('new')\n")
    changed = town.ask("alice", "GET", path, headers={"If-None-Match": seen.headers["ETag"]})
    assert changed.status_code == 200


def test_the_headers_tell_what_is_left(town: Town) -> None:
    """docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api, "Checking the status"."""
    one, two = (town.ask(GUARD, "GET", REPOSITORY).headers for _ in range(2))
    assert int(one["X-RateLimit-Remaining"]) - int(two["X-RateLimit-Remaining"]) == 1
    assert (one["X-RateLimit-Limit"], one["X-RateLimit-Resource"]) == ("5000", "core")


def test_nothing_left_is_403_with_nothing_remaining(town: Town) -> None:
    """The same page, "Exceeding the rate limit": 403 or 429, x-ratelimit-remaining 0; the message as recorded in
    PyGithub's SpecificExceptions.testRateLimitExceeded."""
    town.sandbox.faults.add(Fault("rate-limit", path="/api/v3/repos/*", times=1))
    answer = town.ask(GUARD, "GET", REPOSITORY)
    assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert "rate limit exceeded" in answer.json()["message"].lower()
    assert town.ask(GUARD, "GET", REPOSITORY).status_code == 200


def test_a_secondary_limit_tells_when_to_come_back(town: Town) -> None:
    """The same page, "Exceeding the rate limit": a secondary limit carries retry-after."""
    town.sandbox.faults.add(Fault("secondary-limit", times=1, retry_after=7))
    answer = town.ask(GUARD, "GET", REPOSITORY)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert "secondary rate limit" in answer.json()["message"]


# GraphQL


def test_graphql_errors_come_as_200(town: Town) -> None:
    """docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api: the response status may still
    be 200, with an error in the body."""
    answer = town.query('{ repository(owner: "acme", name: "none") { id } }')
    assert answer.status_code == 200
    assert answer.json()["data"] == {"repository": None}
    assert answer.json()["errors"][0]["type"] == "NOT_FOUND"
    town.sandbox.faults.add(Fault("graphql-limit", path="/api/graphql", times=1))
    limited = town.query("{ viewer { login } }")
    assert limited.status_code == 200
    assert limited.json()["errors"][0]["type"] == "RATE_LIMITED"


def test_rest_and_graphql_name_things_alike(town: Town) -> None:
    """docs.github.com/graphql/guides/using-global-node-ids: REST's node_id is GraphQL's id."""
    pull = town.pull()
    node = town.query(f'{{ node(id: "{pull["node_id"]}") {{ ... on PullRequest {{ number databaseId }} }} }}')
    assert node.json()["data"]["node"] == {"number": pull["number"], "databaseId": pull["id"]}
    run = town.run(pull["head"]["sha"])
    node = town.query(f'{{ node(id: "{run["node_id"]}") {{ ... on CheckRun {{ databaseId }} }} }}')
    assert node.json()["data"]["node"] == {"databaseId": run["id"]}


def test_a_draft_is_marked_ready_by_graphql_alone(town: Town) -> None:
    """docs.github.com/graphql/reference/mutations#markpullrequestreadyforreview; REST's update knows no draft."""
    town.branch("hotfix/pay")
    town.write("hotfix/pay", "app.py", "1\n")
    body = {"title": "Draft", "head": "hotfix/pay", "base": "main", "draft": True}
    pull = town.must("alice", "POST", f"{REPOSITORY}/pulls", **body)
    text = "mutation ($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { clientMutationId } }"
    assert "errors" not in town.query(text, id=pull["node_id"]).json()
    assert town.see(f"/pulls/{pull['number']}")["draft"] is False
    assert len(town.sent("pull_request", "ready_for_review")) == 1


# Webhooks


def test_a_webhook_is_signed_over_its_raw_body(town: Town) -> None:
    """docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries: HMAC-SHA256 in X-Hub-Signature-256."""
    town.pull()
    (delivery,) = town.deliveries("pull_request", "opened")
    secret = town.sandbox.webhook_secret.encode()
    wanted = hmac.new(secret, delivery.request_body, hashlib.sha256).hexdigest()
    assert delivery.request_headers["X-Hub-Signature-256"] == f"sha256={wanted}"


def test_a_redelivery_keeps_its_guid(town: Town) -> None:
    """docs.github.com/rest/apps/webhooks, "Redeliver a delivery for an app webhook"; the GUID stays
    (docs.github.com/webhooks/using-webhooks/best-practices-for-using-webhooks, "Use the X-GitHub-Delivery header")."""
    town.receiver.status = 500
    town.pull()
    (first,) = town.deliveries("pull_request", "opened")
    listed = town.as_app("GET", "/app/hook/deliveries").json()
    failed = next(each for each in listed if each["guid"] == first.guid)
    assert (failed["status_code"], failed["redelivery"]) == (500, False)
    town.receiver.status = 202
    assert town.as_app("POST", f"/app/hook/deliveries/{failed['id']}/attempts").status_code == 202
    _, again = town.deliveries("pull_request", "opened")
    assert (again.guid, again.redelivery, again.request_body) == (first.guid, True, first.request_body)
    assert again.id != first.id
    assert town.as_app("GET", f"/app/hook/deliveries/{again.id}").json()["status_code"] == 202


def test_github_redelivers_nothing_by_itself(town: Town) -> None:
    """docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries: failed deliveries are not
    automatically redelivered."""
    town.receiver.status = 503
    town.pull()
    assert len(town.deliveries("pull_request", "opened")) == 1


def test_a_push_tells_what_moved(town: Town) -> None:
    """docs.github.com/webhooks/webhook-events-and-payloads#push: before, after, created, forced, commits."""
    sha = town.branch("develop")
    after = town.write("develop", "app.py", "print('new')\n", message="News")
    created, moved = (each for each in town.sent("push") if each["ref"] == "refs/heads/develop")
    assert (created["before"], created["after"], created["created"]) == ("0" * 40, sha, True)
    assert (moved["before"], moved["after"], moved["forced"]) == (sha, after, False)
    assert [each["message"] for each in moved["commits"]] == ["News"]


def test_a_comment_on_a_pull_request_is_an_issue_comment_without_a_head(town: Town) -> None:
    """docs.github.com/webhooks/webhook-events-and-payloads#issue_comment: the issue has a pull_request property."""
    number = town.pull()["number"]
    town.must("bob", "POST", f"{REPOSITORY}/issues/{number}/comments", body="/hotfix recheck")
    (event,) = town.sent("issue_comment", "created")
    assert event["issue"]["pull_request"]["url"].endswith(f"/pulls/{number}")
    assert "head" not in event["issue"]["pull_request"]


def test_a_suspended_or_missing_installation_hears_nothing(town: Town) -> None:
    """docs.github.com/webhooks/types-of-webhooks#github-app-webhooks: an App hears of what it's installed on."""
    town.must("stranger", "POST", "/user/repos", name="elsewhere")
    before = len(town.sandbox.store.deliveries)
    body = {"message": "Begin", "content": "aGkK", "branch": "main"}
    town.must("stranger", "PUT", "/repos/stranger/elsewhere/contents/a.txt", **body)
    assert town.sandbox.flush()
    assert len(town.sandbox.store.deliveries) == before
