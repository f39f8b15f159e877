"""The wire: pages, conditions, budgets, troubles, git."""

import base64
import http.client
import random
import subprocess
import threading
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from sandbox.faults import Fault
from sandbox.git import git_environment
from sandbox.objects import GitError
from sandbox.scenario import ApiError, Client
from tests.sandbox.conftest import SHOP, Shop


def git(*args: str, token: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    settings = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "http.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {secret}",
    }
    return subprocess.run(
        ["git", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=git_environment(settings if token else {}),
    )


def test_lists_are_paged_with_links(shop: Shop) -> None:
    for number in range(5):
        shop.alice.call("POST", f"/repos/{SHOP}/issues", {"title": str(number)})
    status, headers, _ = shop.alice.request("GET", f"/repos/{SHOP}/issues?per_page=2&page=2&state=all")
    assert status == 200
    links = {part.split('rel="')[1][:-1]: part.split(">")[0] for part in headers["link"].split(", ")}
    assert links.keys() == {"prev", "first", "next", "last"}
    assert "page=3" in links["last"]
    assert "state=all" in links["next"]


def test_an_unchanged_answer_is_304_and_free(shop: Shop) -> None:
    status, headers, _ = shop.bob.request("GET", f"/repos/{SHOP}")
    assert status == 200
    again, _, body = shop.bob.request("GET", f"/repos/{SHOP}", **{"If-None-Match": headers["etag"]})
    assert (again, body) == (304, b"")
    _, last, _ = shop.bob.request("GET", f"/repos/{SHOP}")
    assert int(headers["x-ratelimit-remaining"]) - int(last["x-ratelimit-remaining"]) == 1
    shop.alice.comment(SHOP, shop.hotfix(), "changes the open issues")
    assert shop.bob.request("GET", f"/repos/{SHOP}", **{"If-None-Match": headers["etag"]})[0] == 200


def test_a_spent_budget_is_403(shop: Shop) -> None:
    shop.sandbox.meter.limit = int(shop.bob.request("GET", f"/repos/{SHOP}")[1]["x-ratelimit-used"])
    with pytest.raises(ApiError, match="API rate limit exceeded") as refused:
        shop.bob.get(f"/repos/{SHOP}")
    assert refused.value.status == 403


def test_unknown_things_and_bad_json_get_githubs_bodies(shop: Shop) -> None:
    for path in (f"/repos/{SHOP}/pulls/99", "/repos/acme/none", f"/repos/{SHOP}/contents/none"):
        with pytest.raises(ApiError, match="Not Found"):
            shop.alice.get(path)
    connection = http.client.HTTPConnection(urlsplit(shop.sandbox.url).netloc)
    connection.request("POST", f"/api/v3/repos/{SHOP}/issues", b"{", {"Authorization": f"Bearer {shop.alice.token}"})
    answer = connection.getresponse()
    assert answer.status == 400
    assert b"Problems parsing JSON" in answer.read()
    connection.close()
    assert Client(shop.sandbox, "ghp_wrong").request("GET", "/user")[0] == 401


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault("error", status=503), 503),
        (Fault("rate-limit"), 403),
        (Fault("secondary-limit", retry_after=7), 429),
        (Fault("slow", seconds=0.01), 200),
    ],
)
def test_a_fault_strikes_as_often_as_told(shop: Shop, fault: Fault, status: int) -> None:
    shop.sandbox.faults.add(replace(fault, path="/api/v3/repos/*", times=1))
    first, headers, _ = shop.alice.request("GET", f"/repos/{SHOP}")
    assert first == status
    if status == 429:
        assert headers["retry-after"] == "7"
    assert shop.alice.request("GET", f"/repos/{SHOP}")[0] == 200


def test_a_connection_can_break_off(shop: Shop) -> None:
    shop.sandbox.faults.add(Fault("drop", times=1))
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        shop.alice.get(f"/repos/{SHOP}")
    shop.alice.get(f"/repos/{SHOP}")


def test_every_exchange_is_kept_without_its_secret(shop: Shop) -> None:
    told = threading.Event()
    # An exchange is kept once it is over, which may be a moment after its answer is here.
    shop.sandbox.on_exchange(lambda exchange: told.set() if exchange.path == f"/api/v3/repos/{SHOP}" else None)
    shop.bot.get(f"/repos/{SHOP}")
    assert told.wait(10)
    last = next(each for each in reversed(shop.sandbox.exchanges) if each.path == f"/api/v3/repos/{SHOP}")
    assert (last.method, last.path, last.status, last.kind) == ("GET", f"/api/v3/repos/{SHOP}", 200, "rest")
    assert last.installation == shop.installation
    assert "Authorization" not in last.request_headers


def test_a_partial_clone_fetches_blobs_when_they_are_needed(shop: Shop, tmp_path: Path) -> None:
    url = f"{shop.sandbox.url}/{SHOP}.git"
    into = tmp_path / "clone"
    assert git("clone", "-q", "--bare", "--filter=blob:none", url, str(into), token=shop.alice.token).returncode == 0
    missing = git("-C", str(into), "rev-list", "--objects", "--missing=print", "--all").stdout
    assert "?" in missing
    assert git("-C", str(into), "show", "main:app.py", token=shop.alice.token).stdout == "print(1)\n"


def test_any_sha_can_be_fetched_alone(shop: Shop, tmp_path: Path) -> None:
    sha = shop.alice.branch(SHOP, "main")
    shop.alice.push(SHOP, "main", {"x": "1"})
    git("init", "-q", "--bare", str(tmp_path / "bare"))
    done = git("-C", str(tmp_path / "bare"), "fetch", "-q", "--depth=1", f"{shop.sandbox.url}/{SHOP}.git", sha)
    assert done.returncode == 0, done.stderr


def test_a_large_push_comes_in_chunks(shop: Shop) -> None:
    content = random.Random(1).randbytes(3_000_000)
    shop.alice.push(SHOP, "large", {"large.bin": content})
    _, _, body = shop.alice.request(
        "GET", f"/repos/{SHOP}/contents/large.bin?ref=large", Accept="application/vnd.github.raw"
    )
    assert body == content


def test_a_private_repository_is_not_there_for_strangers(shop: Shop) -> None:
    shop.alice.create_repository("acme/secret", {"x": "1"}, private=True)
    url = f"{shop.sandbox.url}/acme/secret.git"
    assert git("ls-remote", url).returncode != 0
    assert git("ls-remote", url, token=shop.carol.token).returncode != 0
    assert git("ls-remote", url, token=shop.alice.token).returncode == 0


def test_a_reader_may_not_push(shop: Shop) -> None:
    with pytest.raises(GitError, match="403"):
        shop.carol.push(SHOP, "mine", {"x": "1"})


def test_pull_request_refs_can_be_fetched_but_not_pushed(shop: Shop) -> None:
    number = shop.hotfix()
    url = f"{shop.sandbox.url}/{SHOP}.git"
    assert shop.head(number) in git("ls-remote", url, f"refs/pull/{number}/head").stdout
    clone = shop.alice.fetch(SHOP)
    pushed = git("-C", str(clone.path), "push", url, f"{shop.head(number)}:refs/pull/9/head", token=shop.alice.token)
    assert pushed.returncode != 0


def test_branches_with_slashes_and_odd_letters_are_found(shop: Shop) -> None:
    for name in ("feature/a/b", "check-runs", "ünïcode", "100%"):
        shop.alice.create_branch(SHOP, name)
        assert shop.alice.get(f"/repos/{SHOP}/branches/{quote(name)}")["name"] == name
        assert shop.alice.get(f"/repos/{SHOP}/commits/{quote(name)}")["sha"] == shop.alice.branch(SHOP, name)
        assert shop.bot.get(f"/repos/{SHOP}/commits/{quote(name)}/check-runs")["total_count"] == 0
