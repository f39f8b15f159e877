"""Apps: who they are, what they may, what they are told."""

import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.objects import GitError
from sandbox.scenario import ApiError, Client, Worker
from tests.sandbox.conftest import EVERYTHING, SHOP, Receiver, Shop


def token(shop: Shop, **body: Any) -> Client:
    path = f"/app/installations/{shop.installation}/access_tokens"
    return Client(shop.sandbox, shop.app.call("POST", path, body)["token"])


def status_of(client: Client, method: str, path: str, body: Any = None) -> int:
    return client.request(method, path, body)[0]


def test_a_jwt_of_a_wrong_key_or_an_expired_one_is_refused(shop: Shop) -> None:
    now = int(time.time())
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    good = {"iss": str(shop.sandbox.app_id), "iat": now - 30, "exp": now + 500}
    mine = shop.sandbox.private_key_pem
    bad = [(good, stranger.decode()), ({**good, "exp": now - 120}, mine), ({**good, "exp": now + 3600}, mine)]
    bad += [({**good, "iss": "1"}, mine)]
    for claims, key in bad:
        client = Client(shop.sandbox, jwt.encode(claims, key, "RS256"))
        assert status_of(client, "GET", "/app") == 401
    assert shop.app.get("/app")["slug"] == "hotfix-guard"


def test_a_token_is_narrowed_to_what_was_asked(shop: Shop) -> None:
    narrow = token(shop, repositories=["shop"], permissions={"checks": "write"})
    run = {"name": "x", "head_sha": shop.alice.branch(SHOP, "main"), "conclusion": "success"}
    assert status_of(narrow, "POST", f"/repos/{SHOP}/check-runs", run) == 201
    with pytest.raises(ApiError, match="Resource not accessible by integration") as refused:
        narrow.call("POST", f"/repos/{SHOP}/issues", {"title": "x"})
    assert refused.value.status == 403


def test_empty_permissions_grant_all(shop: Shop) -> None:
    assert status_of(token(shop, permissions={}), "POST", f"/repos/{SHOP}/issues", {"title": "x"}) == 201


@pytest.mark.parametrize("body", [{"repositories": ["nowhere"]}, {"permissions": {"administration": "write"}}])
def test_a_token_for_more_than_was_granted_is_refused(shop: Shop, body: dict[str, Any]) -> None:
    assert status_of(shop.app, "POST", f"/app/installations/{shop.installation}/access_tokens", body) == 422


def test_a_token_for_one_repository_reads_no_other_private_one(shop: Shop) -> None:
    shop.alice.create_repository("acme/secret", {"x": "1"}, private=True)
    assert status_of(token(shop, repositories=["shop"]), "GET", "/repos/acme/secret") == 404
    assert status_of(token(shop), "GET", "/repos/acme/secret") == 200


def test_a_token_dies_after_an_hour(shop: Shop) -> None:
    client = token(shop)
    shop.sandbox.set_time(shop.sandbox.store.now() + timedelta(minutes=61))
    assert status_of(client, "GET", f"/repos/{SHOP}") == 401


def test_a_person_writes_no_check_runs(shop: Shop) -> None:
    run = {"name": "x", "head_sha": shop.alice.branch(SHOP, "main"), "conclusion": "success"}
    assert status_of(shop.alice, "POST", f"/repos/{SHOP}/check-runs", run) == 403


def test_an_app_changes_no_other_apps_check_run(shop: Shop) -> None:
    run = shop.check(shop.alice.branch(SHOP, "main"))
    other = shop.sandbox.create_app("other", EVERYTHING)
    client = Client(shop.sandbox, shop.sandbox.installation_token(shop.sandbox.install("acme", app_id=other.app_id)))
    assert status_of(client, "PATCH", f"/repos/{SHOP}/check-runs/{run['id']}", {"conclusion": "failure"}) == 403


def test_an_app_needs_the_workflows_permission_for_a_new_workflow_file(shop: Shop) -> None:
    app = shop.sandbox.create_app("pusher", {"contents": "write"})
    bot = Worker(
        shop.sandbox, shop.sandbox.installation_token(shop.sandbox.install("acme", app_id=app.app_id)), "pusher[bot]"
    )
    with pytest.raises(GitError, match="without `workflows` permission"):
        bot.push(SHOP, "ci", {".github/workflows/ci.yml": "on: push\n"})
    shop.alice.push(SHOP, "main", {".github/workflows/ci.yml": "on: push\n"})
    bot.push(SHOP, "same", {"x": "1"})
    bot.push(SHOP, "copied", {".github/workflows/ci.yml": "on: push\n", "y": "1"}, base="main")


# Check runs


def test_completed_without_a_conclusion_is_refused(shop: Shop) -> None:
    sha = shop.alice.branch(SHOP, "main")
    body = {"name": "x", "head_sha": sha, "status": "completed"}
    assert status_of(shop.bot, "POST", f"/repos/{SHOP}/check-runs", body) == 422


def test_annotations_are_appended_and_fifty_at_a_time(shop: Shop) -> None:
    line = {"path": "app.py", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}
    output = {"title": "t", "summary": "s", "annotations": [line] * 50}
    run = shop.check(shop.alice.branch(SHOP, "main"), output=output)
    path = f"/repos/{SHOP}/check-runs/{run['id']}"
    shop.bot.call("PATCH", path, {"output": {**output, "annotations": [line] * 10}})
    assert shop.bot.get(path)["output"]["annotations_count"] == 60
    assert len(shop.bot.get(f"{path}/annotations?per_page=100")) == 60
    assert status_of(shop.bot, "PATCH", path, {"output": {**output, "annotations": [line] * 51}}) == 422


def test_a_rerequest_queues_the_suite_until_the_app_writes(shop: Shop, receiver: Receiver) -> None:
    run = shop.check(shop.alice.branch(SHOP, "main"))
    suite = f"/repos/{SHOP}/check-suites/{run['check_suite']['id']}"
    shop.alice.press(SHOP, run["id"], "rerequest")
    assert shop.bot.get(suite)["status"] == "queued"
    assert shop.bot.get(f"/repos/{SHOP}/check-runs/{run['id']}")["conclusion"] == "success"
    shop.bot.call("PATCH", f"/repos/{SHOP}/check-runs/{run['id']}", {"conclusion": "success"})
    assert shop.bot.get(suite)["status"] == "completed"
    assert shop.sandbox.flush()
    assert receiver.bodies("check_run", "rerequested")[0]["check_run"]["id"] == run["id"]


def test_a_button_reaches_the_app(shop: Shop, receiver: Receiver) -> None:
    button = {"label": "Re-check", "description": "Look again", "identifier": "recheck"}
    run = shop.check(shop.alice.branch(SHOP, "main"), actions=[button])
    shop.bob.press(SHOP, run["id"], "recheck")
    assert shop.sandbox.flush()
    pressed = receiver.bodies("check_run", "requested_action")[0]
    assert (pressed["requested_action"], pressed["sender"]["login"]) == ({"identifier": "recheck"}, "bob")


# Webhooks


def test_deliveries_are_signed_and_say_where_they_come_from(shop: Shop, receiver: Receiver) -> None:
    shop.hotfix()
    assert shop.sandbox.flush()
    for headers, body in receiver.got:
        mac = hmac.new(shop.sandbox.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
        assert headers["x-hub-signature-256"] == f"sha256={mac}"
        assert headers["user-agent"].startswith("GitHub-Hookshot/")
    opened = receiver.bodies("pull_request", "opened")[0]
    assert opened["installation"]["id"] == shop.installation
    assert (opened["repository"]["full_name"], opened["organization"]["login"]) == (SHOP, "acme")


def test_a_push_to_a_head_synchronizes_and_a_base_change_edits(shop: Shop, receiver: Receiver) -> None:
    number = shop.hotfix()
    before = shop.head(number)
    after = shop.alice.push(SHOP, "hotfix/crash", {"app.py": "print(3)\n"})
    shop.alice.create_branch(SHOP, "develop")
    shop.alice.edit_pull(SHOP, number, base="develop")
    assert shop.sandbox.flush()
    (synchronized,) = receiver.bodies("pull_request", "synchronize")
    assert (synchronized["before"], synchronized["after"]) == (before, after)
    (edited,) = receiver.bodies("pull_request", "edited")
    assert edited["changes"]["base"]["ref"]["from"] == "main"


def test_an_app_hears_only_what_it_subscribed_to(shop: Shop, receiver: Receiver) -> None:
    deaf = shop.sandbox.create_app("deaf", EVERYTHING, ["issues"])
    shop.sandbox.install("acme", app_id=deaf.app_id)
    shop.sandbox.set_webhook(receiver.url + "/deaf", deaf.app_id)
    shop.hotfix()
    assert shop.sandbox.flush()
    got = [
        headers for headers, _ in receiver.got if headers["x-github-hook-installation-target-id"] == str(deaf.app_id)
    ]
    assert {headers["x-github-event"] for headers in got} == {"ping"}


def test_a_failed_delivery_is_found_and_sent_again_under_its_guid(shop: Shop, receiver: Receiver) -> None:
    receiver.status = 500
    shop.alice.comment(SHOP, shop.hotfix(), "/hotfix recheck")
    assert shop.sandbox.flush()
    failed = shop.app.get("/app/hook/deliveries?status=failure&per_page=100")
    comment = next(each for each in failed if each["event"] == "issue_comment")
    receiver.status = 202
    shop.app.call("POST", f"/app/hook/deliveries/{comment['id']}/attempts", {})
    assert shop.sandbox.flush()
    newest = shop.app.get("/app/hook/deliveries?per_page=1")[0]
    assert (newest["guid"], newest["redelivery"], newest["status_code"]) == (comment["guid"], True, 202)
    assert newest["id"] != comment["id"]
    assert shop.app.get(f"/app/hook/deliveries/{newest['id']}")["request"]["payload"]["action"] == "created"


def test_the_log_is_paged_by_cursor(shop: Shop, receiver: Receiver) -> None:
    shop.hotfix()
    assert shop.sandbox.flush()
    every = [each["id"] for each in shop.app.get("/app/hook/deliveries?per_page=100")]
    seen: list[int] = []
    path = "/app/hook/deliveries?per_page=4"
    while path:
        _, headers, body = shop.app.request("GET", path)
        seen += [each["id"] for each in json.loads(body)]
        link = headers.get("link", "")
        path = link.partition("<")[2].partition(">")[0].removeprefix(shop.sandbox.api)
    assert seen == every


@pytest.mark.parametrize("trouble", ["lost", "doubled", "swapped"])
def test_deliveries_suffer_as_told(shop: Shop, receiver: Receiver, trouble: str) -> None:
    number = shop.hotfix()
    assert shop.sandbox.flush()
    receiver.got.clear()
    setattr(shop.sandbox.delivery_faults, trouble, 1.0 if trouble != "swapped" else 0.5)
    for text in "abcdef":
        shop.bob.comment(SHOP, number, text)
    assert shop.sandbox.flush()
    got = "".join(body["comment"]["body"] for body in receiver.bodies("issue_comment"))
    if trouble == "lost":
        assert got == ""
    elif trouble == "doubled":
        assert got == "aabbccddeeff"
    else:
        assert got != "abcdef"
        assert sorted(got) == list("abcdef")
