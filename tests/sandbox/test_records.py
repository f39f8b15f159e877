"""Issues, labels, files, git's objects, statuses and deployments through the API."""

import base64
from typing import Any

import pytest

from sandbox.scenario import ApiError
from tests.sandbox.conftest import SHOP, Receiver, Shop

REPO = f"/repos/{SHOP}"


def refusal(shop: Shop, method: str, path: str, body: Any) -> tuple[int, Any]:
    with pytest.raises(ApiError) as refused:
        shop.alice.call(method, path, body)
    return refused.value.status, refused.value.body


def test_every_label_has_an_event_of_its_own(shop: Shop, receiver: Receiver) -> None:
    number = shop.hotfix(labels=["hotfix", "P0"])
    shop.alice.unlabel(SHOP, number, "P0")
    assert shop.sandbox.flush()
    named = [body["label"]["name"] for body in receiver.bodies("pull_request", "labeled")]
    assert named == ["hotfix", "P0"]
    assert receiver.bodies("pull_request", "unlabeled")[0]["pull_request"]["labels"][0]["name"] == "hotfix"


def test_issues_are_found_by_state_and_labels(shop: Shop) -> None:
    for title, labels in (("one", ["incident"]), ("two", ["incident", "P0"]), ("three", [])):
        shop.alice.call("POST", f"{REPO}/issues", {"title": title, "labels": labels})
    shop.alice.call("PATCH", f"{REPO}/issues/1", {"state": "closed"})
    found = {each["title"] for each in shop.alice.get(f"{REPO}/issues?labels=incident&state=all")}
    assert found == {"one", "two"}
    assert [each["title"] for each in shop.alice.get(f"{REPO}/issues?labels=incident,P0")] == ["two"]
    assert [each["title"] for each in shop.alice.get(f"{REPO}/issues?labels=incident")] == ["two"]


def test_a_comment_is_edited_answered_and_deleted(shop: Shop, receiver: Receiver) -> None:
    number = shop.hotfix()
    comment = shop.bob.comment(SHOP, number, "first")
    path = f"{REPO}/issues/comments/{comment['id']}"
    shop.bob.call("PATCH", path, {"body": "second"})
    first, again = (shop.bot.request("POST", f"{path}/reactions", {"content": "rocket"})[0] for _ in range(2))
    assert (first, again) == (201, 200)
    assert shop.alice.get(path)["reactions"]["rocket"] == 1
    shop.bob.call("DELETE", path)
    assert shop.alice.comments(SHOP, number) == []
    assert shop.sandbox.flush()
    assert receiver.bodies("issue_comment", "edited")[0]["changes"] == {"body": {"from": "first"}}
    assert receiver.bodies("issue_comment", "deleted")[0]["comment"]["body"] == "second"


def test_a_file_is_only_replaced_by_who_knows_it(shop: Shop) -> None:
    content = base64.b64encode(b"print(7)\n").decode()
    change = {"message": "Seven", "content": content}
    assert refusal(shop, "PUT", f"{REPO}/contents/app.py", change)[0] == 422
    assert refusal(shop, "PUT", f"{REPO}/contents/app.py", {**change, "sha": "0" * 40})[0] == 409
    sha = shop.alice.get(f"{REPO}/contents/app.py")["sha"]
    shop.alice.call("PUT", f"{REPO}/contents/app.py", {**change, "sha": sha})
    assert shop.alice.file(SHOP, "app.py", "main") == "print(7)\n"


def test_what_an_app_commits_through_the_api_is_verified_and_a_push_is_not(shop: Shop) -> None:
    pushed = shop.alice.push(SHOP, "pushed", {"a": "1"})
    tip = shop.alice.get(f"{REPO}/git/commits/{pushed}")
    body = {"message": "By the App", "tree": tip["tree"]["sha"], "parents": [pushed]}
    made = shop.bot.call("POST", f"{REPO}/git/commits", body)
    assert (tip["verification"]["verified"], made["verification"]["verified"]) == (False, True)


def test_a_ref_moves_forward_only_unless_forced(shop: Shop) -> None:
    old = shop.alice.branch(SHOP, "main")
    new = shop.alice.write(SHOP, "topic", {"a": "1"})
    status, body = refusal(shop, "PATCH", f"{REPO}/git/refs/heads/topic", {"sha": old})
    assert (status, body["message"]) == (422, "Update is not a fast forward")
    shop.alice.call("PATCH", f"{REPO}/git/refs/heads/topic", {"sha": old, "force": True})
    assert shop.alice.branch(SHOP, "topic") == old
    assert refusal(shop, "POST", f"{REPO}/git/refs", {"ref": "refs/heads/topic", "sha": new})[1]["message"] == (
        "Reference already exists"
    )


@pytest.mark.parametrize("name", ["../../out", "..", "a/b", ""])
def test_no_name_leads_out_of_the_sandboxs_folder(shop: Shop, name: str) -> None:
    assert refusal(shop, "POST", "/user/repos", {"name": name})[0] == 422
    entry = {"path": f"{name}/../x", "mode": "100644", "type": "blob", "content": "x"}
    assert refusal(shop, "POST", f"{REPO}/git/trees", {"tree": [entry]})[0] == 422
    reference = {"ref": f"refs/heads/{name}/../x", "sha": shop.alice.branch(SHOP, "main")}
    assert refusal(shop, "POST", f"{REPO}/git/refs", reference)[0] == 422


def test_the_newest_status_of_a_context_counts(shop: Shop) -> None:
    sha = shop.alice.branch(SHOP, "main")
    for context, state in (("ci", "failure"), ("lint", "success"), ("ci", "success")):
        shop.bob.call("POST", f"{REPO}/statuses/{sha}", {"state": state, "context": context})
    combined = shop.alice.get(f"{REPO}/commits/main/status")
    assert (combined["state"], combined["total_count"]) == ("success", 2)
    assert len(shop.alice.get(f"{REPO}/commits/main/statuses")) == 3


def test_a_deployment_that_succeeds_makes_the_one_before_inactive(shop: Shop, receiver: Receiver) -> None:
    numbers = []
    for _ in range(2):
        deployed = shop.bob.call("POST", f"{REPO}/deployments", {"ref": "main", "environment": "staging"})
        numbers.append(deployed["id"])
        log = {"state": "success", "target_url": "https://deploy.example/1"}
        shop.bob.call("POST", f"{REPO}/deployments/{deployed['id']}/statuses", log)
    newest = [shop.sandbox.store.repository("acme", "shop").deployments[n].statuses[-1].state for n in numbers]  # type: ignore[union-attr]
    assert newest == ["inactive", "success"]
    assert shop.sandbox.flush()
    assert len(receiver.bodies("deployment_status", "created")) == 2


def test_members_of_nested_teams_are_members(shop: Shop) -> None:
    leads = shop.alice.call("POST", "/orgs/acme/teams", {"name": "Leads"})
    shop.alice.call("POST", "/orgs/acme/teams", {"name": "Night shift", "parent_team_id": leads["id"]})
    shop.alice.call("PUT", "/orgs/acme/teams/night-shift/memberships/bob", {"role": "member"})
    assert shop.bot.get("/orgs/acme/teams/leads/memberships/bob")["state"] == "active"
    assert [each["login"] for each in shop.bot.get("/orgs/acme/teams/leads/members")] == ["bob"]
    with pytest.raises(ApiError, match="404"):
        shop.bot.get("/orgs/acme/teams/night-shift/memberships/alice")
