"""`hotfix start` and `hotfix finish` as the installed command: real clones of a real remote, a GitHub beside them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.scenario import Town
from sandbox.server import Sandbox
from tests.adapters.git_repositories import Repository
from tests.cli.conftest import CART, FIXED, TEST
from tests.cli.program import Done, hotfix, is_refused

POLICIES = """\
version: 1
severities:
  P0: {description: production is down}
  P2: {description: can wait, hotfix: false, instead: the next release}
policies:
  branch-name: {level: required, patterns: ['hotfix/[0-9]{3}-[a-z0-9-]+'], example: hotfix/001-payment-timeout}
  title: {level: required, patterns: ['\\[HOTFIX\\] .+']}
  description: {level: required, fields: [Impact, Severity]}
  incident: {level: required, label: incident}
"""
SHOP = "alice/shop"


class Stage:
    """Alice's shop, with as many clones of it as are asked for."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder
        self.alice = Town(sandbox).person("alice")
        self.alice.create_repository(SHOP, {"cart.py": CART, ".github/hotfix.yml": POLICIES})

    def clone(self, name: str) -> Repository:
        basic = base64.b64encode(f"x-access-token:{self.alice.token}".encode()).decode()
        header = f"http.extraHeader=Authorization: Basic {basic}"
        made = Repository.create(self.folder / name)
        made.git("remote", "add", "origin", f"{self.sandbox.url}/{SHOP}.git")
        made.git("config", *header.split("=", 1))
        made.git("fetch", "-q", "origin")
        made.git("switch", "-q", "main")
        return made

    def run(self, clone: Repository, *arguments: str, token: bool = True) -> Done:
        variables = {"GITHUB_TOKEN": self.alice.token if token else "", "GITHUB_API_URL": self.sandbox.api}
        return hotfix(*arguments, cwd=clone.path, variables={**variables, "GH_TOKEN": ""})


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Sandbox.start(tmp_path_factory.mktemp("github")) as sandbox:
        yield Stage(sandbox, tmp_path_factory.mktemp("desks"))


def test_a_hotfix_goes_from_its_title_to_its_pull_request(stage: Stage) -> None:
    desk = stage.clone("whole")
    begun = stage.run(desk, "start", "Payment times out — für alle", "--severity", "p0")
    assert (begun.code, begun.err) == (0, ""), begun
    branch = desk.git("branch", "--show-current")
    assert branch.endswith("-payment-times-out-fur-alle")
    assert begun.out.startswith(f"{branch} grows from origin/main at ")
    assert stage.alice.branch(SHOP, branch) == desk.git("rev-parse", "origin/main")
    (issue,) = [each for each in stage.alice.get(f"/repos/{SHOP}/issues") if "Payment times out" in each["title"]]
    assert issue["title"].startswith(f"HOTFIX-{datetime.now(UTC):%Y%m%d}-0")
    assert [label["name"] for label in issue["labels"]] == ["incident"]
    assert f"incident: #{issue['number']} {stage.sandbox.url}/{SHOP}/issues/{issue['number']}\n" in begun.out
    twice = stage.run(desk, "start", "Payment times out — für alle", "--severity", "p0")
    assert is_refused(twice, f"you have {branch} with nothing on it", "--again", f"git push origin --delete {branch}")
    file = desk.path / f".git/hotfix-guard/{branch}.md"
    assert "**Severity:** P0" in file.read_text()
    assert f"#{issue['number']}" in file.read_text()
    assert desk.git("status", "--porcelain") == ""

    bad = stage.run(desk, "finish")
    assert (bad.code, bad.err.strip()) == (1, "nothing was pushed; --yes pushes it all the same")
    (desk.path / "tests").mkdir()
    (desk.path / "cart.py").write_text(FIXED)
    (desk.path / "tests/test_cart.py").write_text(TEST)
    desk.git("add", ".")
    desk.git("commit", "-q", "-m", "Keep the cents")
    file.write_text(file.read_text().replace("<!-- fill in -->", "nobody can pay"))
    done = stage.run(desk, "finish", "--draft")
    assert done.code == 0, done
    (pull,) = stage.alice.get(f"/repos/{SHOP}/pulls?head=alice:{branch}")
    assert (pull["title"], pull["base"]["ref"], pull["draft"]) == (
        "[HOTFIX] Payment times out — für alle",
        "main",
        True,
    )
    assert sorted(label["name"] for label in pull["labels"]) == ["P0", "hotfix"]
    assert "**Impact:** nobody can pay" in pull["body"]
    assert pull["head"]["sha"] == desk.git("rev-parse", "HEAD")
    desk.git("commit", "-q", "--allow-empty", "-m", "More")
    again = stage.run(desk, "finish")
    assert done.out.splitlines()[-1] == again.out.splitlines()[-1]
    assert f"pushed {branch} to origin" in again.out
    assert "pushed" not in stage.run(desk, "finish").out
    assert len(stage.alice.get(f"/repos/{SHOP}/pulls?state=all&head=alice:{branch}")) == 1


def test_two_people_at_once_get_two_numbers_and_two_incidents(stage: Stage) -> None:
    desks = [stage.clone(f"race-{number}") for number in range(3)]
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda desk: stage.run(desk, "start", "Race", "--severity", "P0", token=False), desks))
    assert [each.code for each in done] == [0, 0, 0], done
    names = {desk.git("branch", "--show-current") for desk in desks}
    files = [next((desk.path / ".git/hotfix-guard/hotfix").iterdir()).read_text() for desk in desks]
    assert len({name.split("-")[0] for name in names}) == 3
    assert len({text.partition("HOTFIX-")[2][:12] for text in files}) == 3


def test_without_a_token_finish_prints_where_to_open_the_pull_request(stage: Stage) -> None:
    desk = stage.clone("tokenless")
    begun = stage.run(desk, "start", "Cents", "--severity", "P0", "--branch", "hotfix/900-mine", token=False)
    assert begun.code == 0, begun
    asked = urlsplit(begun.out.splitlines()[-1])
    assert asked.path == f"/{SHOP}/issues/new"
    assert parse_qs(asked.query)["title"][0].endswith(": Cents")
    (desk.path / "cart.py").write_text(FIXED)
    desk.git("commit", "-q", "-a", "-m", "Fix")
    done = stage.run(desk, "finish", "--yes", token=False)
    assert done.code == 0, done
    assert done.out.startswith("hotfix/900-mine at ")
    assert "against origin/main" in done.out.splitlines()[0]
    address = urlsplit(done.out.splitlines()[-1])
    assert address.path == f"/{SHOP}/compare/main...hotfix/900-mine"
    assert parse_qs(address.query)["title"] == ["[HOTFIX] Cents"]
    taken = stage.clone("late")
    twice = stage.run(taken, "start", "Cents", "--severity", "P0", "--branch", "hotfix/900-mine", token=False)
    assert is_refused(twice, "hotfix/900-mine already")
    assert taken.git("branch", "--show-current") == "main"
    assert taken.git("branch", "--list", "hotfix/*") == ""


def test_what_is_merged_is_never_proposed_again_and_commits_that_only_the_remote_has_stay(stage: Stage) -> None:
    desk, branch = stage.clone("merged"), "hotfix/901-merged"
    assert stage.run(desk, "start", "Merged", "--severity", "P0", "--branch", branch, token=False).code == 0
    desk.git("commit", "-q", "--allow-empty", "-m", "Wrong")
    desk.git("push", "-q", "origin", branch)
    wrong = desk.git("rev-parse", "HEAD")
    (desk.path / "merged.py").write_text(FIXED)
    desk.git("add", ".")
    desk.git("commit", "-q", "--amend", "-m", "Right")
    amended = stage.run(desk, "finish", "--yes")
    assert (amended.code, f"git push --force-with-lease origin {branch}" in amended.err) == (2, True), amended
    assert ("pull --rebase" in amended.err, stage.alice.branch(SHOP, branch)) == (False, wrong)
    desk.git("push", "-q", "--force-with-lease", "origin", branch)
    pull = stage.alice.call("POST", f"/repos/{SHOP}/pulls", {"title": "x", "head": branch, "base": "main"})
    stage.alice.call("PUT", f"/repos/{SHOP}/pulls/{pull['number']}/merge", {})
    assert is_refused(stage.run(desk, "finish", "--yes"), f"#{pull['number']} was merged already", "hotfix start")
    theirs = stage.alice.write(SHOP, branch, {"theirs": "x\n"})
    desk.git("commit", "-q", "--allow-empty", "-m", "More")
    done = stage.run(desk, "finish", "--yes")
    assert (done.code, f"git pull --rebase origin {branch}" in done.err) == (2, True), done
    assert stage.alice.branch(SHOP, branch) == theirs


def test_it_grows_from_a_tag_or_from_what_is_deployed(stage: Stage) -> None:
    desk = stage.clone("origins")
    old = desk.git("rev-parse", "origin/main")
    stage.alice.call("POST", f"/repos/{SHOP}/git/refs", {"ref": "refs/tags/v1", "sha": old})
    new = stage.alice.write(SHOP, "main", {"later.py": "x = 1\n"})
    deployed = stage.alice.call("POST", f"/repos/{SHOP}/deployments", {"ref": old, "environment": "live"})
    statuses = f"/repos/{SHOP}/deployments/{deployed['id']}/statuses"
    stage.alice.call("POST", statuses, {"state": "success"})
    stage.alice.call("POST", f"/repos/{SHOP}/deployments", {"ref": new, "environment": "live"})
    for how in (("--tag", "v1"), ("--deployed", "live")):
        done = stage.run(desk, "start", "Old", "--severity", "P0", "--again", *how)
        assert (done.code, desk.git("rev-parse", "HEAD")) == (0, old), done
    assert is_refused(stage.run(desk, "start", "Old", "--severity", "P0", "--deployed", "moon"), "moon")
    desk.git("switch", "-q", "main")
    assert stage.run(desk, "start", "New", "--severity", "P0").code == 0
    assert desk.git("rev-parse", "HEAD") == new


def test_nothing_is_begun_where_changes_would_be_lost_or_the_severity_is_none_for_it(stage: Stage) -> None:
    desk = stage.clone("dirty")
    stage.alice.write(SHOP, "main", {"cart.py": CART + "y = 1\n"})
    (desk.path / "cart.py").write_text("mine\n")
    refs = desk.git("for-each-ref", "refs/heads")
    theirs = stage.alice.get(f"/repos/{SHOP}/branches?per_page=100")
    assert is_refused(stage.run(desk, "start", "Lost", "--severity", "P0"), "uncommitted changes would be lost")
    later = stage.run(desk, "start", "Lost", "--severity", "P2")
    assert is_refused(later, "severity P2 is no hotfix", "the next release")
    named = stage.run(desk, "start", "Lost", "--severity", "P0", "--branch", "foo/bar")
    assert is_refused(named, "the policy branch-name fails foo/bar", "hotfix/[0-9]{3}-")
    assert is_refused(stage.run(desk, "start", "Lost"), "--severity with one of P0, P2")
    assert (desk.path / "cart.py").read_text() == "mine\n"
    assert desk.git("for-each-ref", "refs/heads") == refs
    assert stage.alice.get(f"/repos/{SHOP}/branches?per_page=100") == theirs


def test_a_remote_out_of_reach_or_off_github_is_told_before_anything_is_pushed(tmp_path: Path) -> None:
    remote = Repository.create(tmp_path / "remote.git", "--bare")
    remote.branch("main", remote.commit({"cart.py": CART}))
    remote.git("clone", "-q", str(remote.path), str(tmp_path / "desk"))
    desk = Repository(tmp_path / "desk")
    guard = remote.path / "hooks/pre-receive"
    guard.parent.mkdir(exist_ok=True)
    guard.write_text("#!/bin/sh\nexit 1\n")
    guard.chmod(0o755)
    begun = hotfix("start", "Cart", "--branch", "hotfix/cart", cwd=desk.path)
    assert (begun.code, "claimed" in begun.out) == (0, False), begun
    assert "! hotfix/cart isn't claimed at origin: " in begun.err
    assert "somebody else may get this name" in begun.err
    assert "Incident" not in (desk.path / ".git/hotfix-guard/hotfix/cart.md").read_text()
    guard.unlink()
    (desk.path / "cart.py").write_text(FIXED)
    desk.git("commit", "-q", "-a", "-m", "Fix")
    done = hotfix("finish", "--yes", cwd=desk.path)
    assert is_refused(done, f"origin is {remote.path}", "no repository on GitHub", "GITHUB_API_URL")
    assert remote.git("for-each-ref", "refs/heads/hotfix") == ""
    desk.git("remote", "set-url", "origin", str(tmp_path / "gone.git"))
    desk.git("switch", "-q", "main")
    again = hotfix("start", "Cart", "--branch", "fix/cart", cwd=desk.path)
    assert "! fix/cart isn't like hotfix/" in again.err
    assert (again.code, "! origin can't be fetched" in again.err) == (0, True), again
    assert "claimed" not in again.out
    desk.git("switch", "-q", "--detach")
    assert is_refused(hotfix("finish", cwd=desk.path), "HEAD is detached", "git switch -c")


def test_without_a_remote_presets_give_the_form_and_ids_are_kept_here(tmp_path: Path) -> None:
    desk = Repository.create(tmp_path / "alone")
    desk.branch("main", desk.commit({"cart.py": CART}))
    desk.git("reset", "-q", "--hard")
    for number in (1, 2):
        done = hotfix("start", "Cart breaks", "--preset", "spec-kit", "--severity", "P1", "--again", cwd=desk.path)
        assert done.code == 0, done
        assert desk.git("branch", "--show-current") == f"hotfix/00{number}-cart-breaks"
    assert is_refused(hotfix("finish", cwd=desk.path), "no remote here")
    day = f"{datetime.now(UTC):%Y%m%d}"
    desk.branch("develop", desk.commit({"cart.py": FIXED}, desk.git("rev-parse", "main")))
    begun = hotfix(
        *("start", "Cart breaks", "--preset", "git-flow", "--severity", "P0", "--again", "--from", "develop"),
        cwd=desk.path,
    )
    assert (begun.code, "1 commit of develop that main hasn't would come along" in begun.err) == (0, True), begun
    assert desk.git("branch", "--show-current") == f"hotfix/{day}-cart-breaks"
    ids = desk.git("for-each-ref", "refs/hotfix-guard")
    assert (f"/ids/hotfix/{day}-cart-breaks" in ids, "HOTFIX-" in ids) == (True, False)
