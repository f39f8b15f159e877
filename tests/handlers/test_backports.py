"""From a merge to the backport pull requests: nothing doubled, nothing lost on the way, nobody's work touched."""

from __future__ import annotations

import json
import random
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from domain.backport import branch_name
from domain.errors import HotfixGuardError
from sandbox.faults import Fault
from sandbox.model import Delivery
from tests.handlers.conftest import FIX, Shop, until
from tests.handlers.office import OTHER, OURS, Building, Office, a_building


@pytest.fixture(scope="module")
def building(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Building]:
    with a_building(tmp_path_factory.mktemp("backports")) as made:
        yield made


@pytest.fixture
def office(building: Building) -> Office:
    return building.office()


@pytest.mark.parametrize(("method", "commits"), [("merge", 3), ("squash", 3), ("rebase", 3), ("rebase", 1)])
def test_whatever_the_merge_method_the_whole_change_arrives(office: Office, method: str, commits: int) -> None:
    number = office.merged(method, commits)
    office.carry(number)
    backport = office.backport(number)
    branch = backport["head"]["ref"]
    assert office.alice.file(office.name, "cart.py", branch) == FIX["cart.py"]
    if commits > 1:
        assert office.alice.file(office.name, "more_2.py", branch) == "x = 2\n"
    assert (backport["state"], backport["draft"]) == ("open", False)
    assert {label["name"] for label in backport["labels"]} == {"area/cart", "backport"}
    assert [each["login"] for each in backport["assignees"]] == ["bob"]
    assert f"#{number}" in backport["body"]
    assert f"#{backport['number']}" in office.row(number)


def test_each_target_is_served_alone(office: Office) -> None:
    office.alice.write(office.name, "there", FIX, "The same already", base="main")
    office.alice.write(office.name, "other", OTHER, "Something else there", base="main")
    office.settle("{targets: [nowhere, there, other, develop, main]}")
    number = office.merged()
    office.carry(number)
    assert "target missing" in office.row(number, "nowhere")
    assert "already there" in office.row(number, "there")
    assert office.backports(number, "there") == []
    conflicted = office.backport(number, "other")
    assert conflicted["draft"]
    assert {label["name"] for label in conflicted["labels"]} == {"area/cart", "backport", "backport-conflict"}
    assert "`cart.py` | content" in conflicted["body"]
    assert "opened" in office.row(number)


def test_a_probable_prerequisite_of_a_conflict_is_named(office: Office) -> None:
    office.bob.write(office.name, "feature", OTHER, "Prices with currencies (#1)", base="main")
    first = office.bob.open_pull(office.name, "feature", "main", "Prices with currencies")
    office.alice.merge(office.name, first, "squash")
    fixed = {"cart.py": OTHER["cart.py"].replace("sum(price.amount", "round(sum(price.amount)")}
    number = office.merged(files=fixed)
    office.carry(number)
    body = office.backport(number)["body"]
    assert "Probably missing on `develop`" in body
    assert f"- #{first}: Prices with currencies" in body


def test_a_closed_backport_stays_closed_and_alone(office: Office) -> None:
    number = office.merged()
    office.carry(number)
    office.alice.edit_pull(office.name, office.backport(number)["number"], state="closed")
    office.carry(number)
    assert office.backport(number)["state"] == "closed"


def test_labels_that_people_took_off_a_finished_backport_dont_come_back(office: Office) -> None:
    office.alice.write(office.name, "develop", OTHER, "Something else there")
    number = office.merged()
    office.carry(number)
    office.bob.unlabel(office.name, office.backport(number)["number"], "backport-conflict")
    office.carry(number)
    assert {label["name"] for label in office.backport(number)["labels"]} == {"area/cart", "backport"}


def test_a_pull_request_that_was_no_hotfix_is_carried_nowhere(office: Office) -> None:
    number = office.merged(labels=[])
    office.carry(number)
    assert office.backports(number) == []
    assert office.alice.comments(office.name, number) == []


#: Every write of a backport, in its order; where one breaks off, nobody knows whether it was done.
WRITES = (
    ("POST", "/api/v3/repos/{name}/issues/*/comments"),
    ("POST", "/{name}.git/git-receive-pack"),
    ("POST", "/api/v3/repos/{name}/pulls"),
    ("POST", "/api/v3/repos/{name}/issues/*/labels"),
    ("POST", "/api/v3/repos/{name}/issues/*/assignees"),
    ("PATCH", "/api/v3/repos/{name}/issues/[0-9]"),
    ("POST", "/api/v3/repos/{name}/pulls/*/requested_reviewers"),
    ("PATCH", "/api/v3/repos/{name}/issues/comments/*"),
)


def test_whatever_write_breaks_off_the_next_try_goes_on_behind_it(office: Office) -> None:
    office.settle("{copy_milestone: true, reviewers: [alice]}")
    office.alice.write(office.name, "develop", OTHER, "Something else there")
    number = office.proposed()
    milestone = office.alice.call("POST", f"/repos/{office.name}/milestones", {"title": "1.2.3"})["number"]
    office.alice.call("PATCH", f"/repos/{office.name}/issues/{number}", {"milestone": milestone})
    office.alice.merge(office.name, number)
    for method, path in WRITES:
        office.sandbox.faults.add(Fault("drop", method=method, path=path.format(name=office.name), times=1))
        if path.endswith("receive-pack"):
            continue  # it is tried again at once, so the next write breaks off in the same run
        with pytest.raises(HotfixGuardError):
            office.carry(number)
    office.carry(number)
    backport = office.backport(number)
    assert {label["name"] for label in backport["labels"]} == {"area/cart", "backport", "backport-conflict"}
    assert [each["login"] for each in backport["assignees"]] == ["bob"]
    assert [each["login"] for each in backport["requested_reviewers"]] == ["alice"]
    assert backport["milestone"]["title"] == "1.2.3"
    assert "conflict" in office.row(number)


def test_a_target_that_came_to_be_later_is_served_whole(office: Office) -> None:
    office.settle("{targets: [next]}")
    number = office.merged()
    office.carry(number)
    assert "target missing" in office.row(number, "next")
    office.alice.create_branch(office.name, "next", "develop")
    office.sandbox.faults.add(
        Fault("drop", method="POST", path=f"/api/v3/repos/{office.name}/issues/*/labels", times=1)
    )
    with pytest.raises(HotfixGuardError):
        office.carry(number)
    office.carry(number)
    assert {label["name"] for label in office.backport(number, "next")["labels"]} == {"area/cart", "backport"}


HOTFIXES, COPIES = 16, 100


def test_sixteen_at_once_and_a_hundred_copies_of_their_deliveries_make_one_backport_each(shop: Shop) -> None:
    shop.alice.create_branch(shop.name, "production", "main")
    shop.alice.create_branch(shop.name, "develop", "main")
    with _quiet(shop):
        numbers = [_proposed(shop, index) for index in range(HOTFIXES)]
    for number in numbers:
        shop.alice.merge(shop.name, number, "squash")
    shop.settled()
    _send_again(shop, random.Random(16))
    shop.settled()
    for index, number in enumerate(numbers):
        head = branch_name(number, "develop")
        (backport,) = shop.alice.get(f"/repos/{shop.name}/pulls?state=all&head=acme:{head}")
        files = shop.alice.get(f"/repos/{shop.name}/pulls/{backport['number']}/files")
        assert [each["filename"] for each in files] == [f"fix_{index}.py"]
        ours = [each for each in shop.alice.comments(shop.name, number) if each["user"]["login"] == OURS]
        assert len(ours) == 1
        assert f"#{backport['number']}" in ours[0]["body"]


@contextmanager
def _quiet(shop: Shop) -> Iterator[None]:
    """Tell the service nothing of what happens: judging every proposal is what other tests are for."""
    app = shop.sandbox.store.apps[shop.sandbox.app_id]
    shop.settled()
    url, app.webhook_url = app.webhook_url, ""
    yield
    app.webhook_url = url


def _proposed(shop: Shop, index: int) -> int:
    branch = f"fix/{index}"
    shop.bob.write(shop.name, branch, {f"fix_{index}.py": f"x = {index}\n"}, f"Fix {index}", base="production")
    return shop.bob.open_pull(shop.name, branch, "production", f"Fix {index}", labels=["backport develop"])


def _send_again(shop: Shop, dice: random.Random) -> None:
    """Send copies of the merges' deliveries, in any order, from eight senders at once."""
    merges = [each for each in shop.sandbox.store.deliveries if _is_merge(each, shop.name)]
    with ThreadPoolExecutor(8) as senders:
        statuses = list(senders.map(lambda each: _send(shop, each), dice.choices(merges, k=COPIES)))
    assert set(statuses) == {202}


def _is_merge(delivery: Delivery, repository: str) -> bool:
    told = json.loads(delivery.request_body)
    mine = told.get("repository", {}).get("full_name") == repository
    return mine and delivery.event == "pull_request" and told["action"] == "closed"


def _send(shop: Shop, delivery: Delivery) -> int:
    headers = {**delivery.request_headers, "X-GitHub-Delivery": str(uuid.uuid4())}
    request = urllib.request.Request(f"{shop.service.url}/webhook", delivery.request_body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return int(answer.status)


def test_labels_commands_and_closings_reach_the_service(shop: Shop) -> None:
    for branch in ("production", "develop", "next"):
        shop.alice.create_branch(shop.name, branch, "main")
    shop.bob.write(shop.name, "fix", FIX, "Keep the cents", base="production")
    number = shop.bob.open_pull(shop.name, "fix", "production", "Keep the cents")
    comment = shop.bob.comment(shop.name, number, "/hotfix backport develop")
    until("the command is taken", lambda: _reactions(shop, comment["id"]) == ["+1"])
    shop.alice.merge(shop.name, number, "squash")
    backport = until("the backport of the command", lambda: _backports(shop, number, "develop"))[0]
    shop.alice.label(shop.name, number, "backport next")
    until("the backport of the late label", lambda: _backports(shop, number, "next"))
    until("its check", lambda: _conclusions(shop, backport["head"]["sha"]).get("hotfix-backport") == "success")
    shop.alice.merge(shop.name, backport["number"])
    until("its branch is gone", lambda: not _refs(shop, branch_name(number, "develop")))
    shop.alice.merge(shop.name, _backports(shop, number, "next")[0]["number"])
    until("the hotfix's branch is gone", lambda: not _refs(shop, "fix"))
    shop.settled()
    assert [each["user"]["login"] for each in shop.alice.comments(shop.name, number)] == ["bob", OURS]


def _reactions(shop: Shop, comment: int) -> list[str]:
    found = shop.alice.get(f"/repos/{shop.name}/issues/comments/{comment}/reactions")
    return [each["content"] for each in found]


def _backports(shop: Shop, number: int, target: str) -> list[dict[str, Any]]:
    return list(shop.alice.get(f"/repos/{shop.name}/pulls?state=all&head=acme:{branch_name(number, target)}"))


def _conclusions(shop: Shop, sha: str) -> dict[str, str]:
    return {run["name"]: run["conclusion"] for run in shop.alice.check_runs(shop.name, sha)}


def _refs(shop: Shop, branch: str) -> list[Any]:
    return list(shop.alice.get(f"/repos/{shop.name}/git/matching-refs/heads/{branch}"))
