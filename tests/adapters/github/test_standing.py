import pytest

from domain.change import Content, Evidence, Needs
from domain.errors import NotPermittedError
from domain.surroundings import CheckState, IssueState, Thread
from sandbox.deeds.checks import create_run
from sandbox.deeds.issues import open_issue, set_issue_state
from sandbox.deeds.pulls import NewPull, open_pull
from sandbox.deeds.statuses import create_deployment, create_deployment_status, create_status
from sandbox.deeds.threads import begin_thread, resolve_thread
from sandbox.model import PullRequest
from tests.adapters.github.shop import Shop

ALL = Needs(checks=True, environments=frozenset({"staging"}), issues=frozenset({"#1", "INC-7"}), threads=True)


def fetched(shop: Shop, pull: PullRequest, needs: Needs) -> Evidence:
    return shop.github.fetch(shop.github.outline(pull.number), needs)


@pytest.fixture
def pull(shop: Shop) -> PullRequest:
    return shop.pull({"app.py": b"1\n"})


def ci(shop: Shop) -> int:
    """Another App, which tests."""
    number = shop.sandbox.create_app("ci", {"checks": "write", "contents": "read", "statuses": "write"}).app_id
    shop.sandbox.install("acme", app_id=number)
    return number


def a_run(shop: Shop, app: int, sha: str, name: str, conclusion: str | None) -> None:
    values = {"status": "completed", "conclusion": conclusion} if conclusion else {"status": "in_progress"}
    create_run(shop.bot("ci[bot]" if app else "guard[bot]", app), name, sha, values)


def test_the_newest_run_of_each_name_and_app_is_told_and_ours_are_left_out(shop: Shop, pull: PullRequest) -> None:
    app = ci(shop)
    for name, conclusion in (("build", "failure"), ("build", "success"), ("lint", None)):
        a_run(shop, app, pull.head_sha, name, conclusion)
    a_run(shop, 0, pull.head_sha, "hotfix: main", "failure")
    status = {"state": "pending", "context": "legacy", "description": None, "target_url": "https://ci.test/1"}
    create_status(shop.bot("ci[bot]", app), pull.head_sha, status)
    create_status(shop.scope("alice"), pull.head_sha, {**status, "context": "by hand", "state": "success"})
    found = fetched(shop, pull, Needs(checks=True)).checks
    assert [(each.name, each.app, each.state, each.is_status) for each in found] == [
        ("build", "ci", "success", False),
        ("by hand", "", "success", True),
        ("legacy", "ci", "pending", True),
        ("lint", "ci", "in_progress", False),
    ]
    assert CheckState("legacy", "ci", "pending", is_status=True, url="https://ci.test/1") in found


def test_checks_beyond_a_hundred_are_read_as_well(shop: Shop, pull: PullRequest) -> None:
    app = ci(shop)
    for number in range(203):
        a_run(shop, app, pull.head_sha, f"build {number}", "success")
    outline, before = shop.github.outline(pull.number), shop.sent
    assert len(shop.github.fetch(outline, Needs(checks=True)).checks) == 203
    assert shop.sent - before == 3


def test_a_head_without_checks_has_none(shop: Shop, pull: PullRequest) -> None:
    assert fetched(shop, pull, Needs(checks=True)).checks == ()


def deploy(shop: Shop, sha: str, environment: str, *states: str) -> None:
    values = {"ref": sha, "environment": environment, "task": "deploy", "description": "", "payload": {}}
    made = create_deployment(shop.scope("bob"), sha, values)
    for state in states:
        create_deployment_status(shop.scope("bob"), made, {"state": state})


def test_the_newest_deployment_of_the_head_is_told_for_each_environment(shop: Shop, pull: PullRequest) -> None:
    deploy(shop, pull.head_sha, "staging", "failure")
    deploy(shop, pull.head_sha, "staging", "in_progress", "success")
    deploy(shop, pull.head_sha, "canary")
    needs = Needs(environments=frozenset({"staging", "canary", "production"}))
    found = fetched(shop, pull, needs).deployments
    assert [(each.environment, each.state, each.is_latest) for each in found] == [
        ("canary", "pending", True),
        ("staging", "success", True),
    ]


@pytest.mark.parametrize(("state", "is_latest"), [("success", False), ("failure", True), ("in_progress", False)])
def test_another_commit_takes_the_heads_place_once_it_arrives(
    shop: Shop, pull: PullRequest, state: str, is_latest: bool
) -> None:
    deploy(shop, pull.head_sha, "staging", "success")
    deploy(shop, pull.base_sha, "staging", state)
    (found,) = fetched(shop, pull, Needs(environments=frozenset({"staging"}))).deployments
    assert found.is_latest is is_latest


def test_issues_are_found_by_number_and_by_an_id_in_their_title(shop: Shop, pull: PullRequest) -> None:
    open_issue(shop.scope("bob"), "HOTFIX-20260101-001: nobody can pay", "")
    done = open_issue(shop.scope("bob"), "INC-71 was another", "")
    set_issue_state(shop.scope("bob"), done, "closed", "completed")
    names = {"#2", "#3", "#1", "#99", "HOTFIX-20260101-001", "INC-7", "inc-71", "mallory/secret#1", "nonsense", "#"}
    found = fetched(shop, pull, Needs(issues=frozenset(names))).issues
    assert {name: issue.number if issue else None for name, issue in found.items()} == {
        "#2": 2,
        "#3": 3,
        "#1": 1,
        "#99": None,
        "HOTFIX-20260101-001": 2,
        "INC-7": None,
        "inc-71": 3,
        "mallory/secret#1": None,
        "nonsense": None,
        "#": None,
    }
    assert found["#1"]
    assert found["#1"].is_pull_request
    assert isinstance(found["#3"], IssueState)
    assert found["#3"].state == "closed"


def test_an_issue_of_another_repository_is_told_where_everybody_may_see_it(shop: Shop, pull: PullRequest) -> None:
    status = shop.world.store.add_repository("mallory", "status")
    open_issue(shop.scope("mallory", status), "Down", "")
    found = fetched(shop, pull, Needs(issues=frozenset({"mallory/status#1", "mallory/status#2"}))).issues
    assert found["mallory/status#1"]
    assert found["mallory/status#1"].title == "Down"
    assert found["mallory/status#2"] is None


def test_threads_that_nobody_resolved_are_told(shop: Shop, pull: PullRequest) -> None:
    first = begin_thread(shop.scope("bob"), pull, "app.py", 1, "Why?")
    assert [(each.path, each.line) for each in fetched(shop, pull, Needs(threads=True)).unresolved_threads] == [
        ("app.py", 1)
    ]
    shop.commit("hotfix/pay", {"app.py": b"2\n"}, "Again")
    (outdated,) = fetched(shop, pull, Needs(threads=True)).unresolved_threads
    assert outdated == Thread("app.py", 0, outdated.url)
    resolve_thread(shop.scope("bob"), first, resolved=True)
    assert fetched(shop, pull, Needs(threads=True)).unresolved_threads == ()


def test_everything_around_a_head_takes_one_request(shop: Shop, pull: PullRequest) -> None:
    deploy(shop, pull.head_sha, "staging", "success")
    outline, before = shop.github.outline(pull.number), shop.sent
    shop.github.fetch(outline, ALL)
    assert shop.sent - before == 1


def test_files_at_head_and_at_base_take_one_request_together(shop: Shop) -> None:
    pull = shop.pull({"CODEOWNERS": b"* @mallory\n"})
    shop.commit("main", {"CODEOWNERS": b"* @carol\n"}, "Owners")
    outline, before = shop.github.outline(pull.number), shop.sent
    found = shop.github.fetch(outline, Needs(other_paths=frozenset({"app.py"}), base_paths=frozenset({"CODEOWNERS"})))
    assert found.at_base == {"CODEOWNERS": Content("* @carol\n")}
    assert set(found.others) == {"app.py"}
    assert shop.sent - before == 1


def test_permissions_are_role_names(shop: Shop, pull: PullRequest) -> None:
    shop.repository.collaborators["bob"] = "maintain"
    logins = frozenset({"alice", "bob", "carol", "nobody", ".."})
    assert fetched(shop, pull, Needs(permissions=logins)).permissions == {
        "..": "none",
        "alice": "write",
        "bob": "maintain",
        "carol": "admin",
        "nobody": "none",
    }


POINT = Needs(branch_point=True, other_branches=frozenset({"develop", "release/1", "no-such-branch"}))


def test_a_change_that_grew_from_bases_tip_has_nothing_foreign(shop: Shop, pull: PullRequest) -> None:
    shop.git.set_ref("refs/tags/v1.0", pull.base_sha)
    shop.git.set_ref("refs/tags/other", pull.head_sha)
    point = fetched(shop, pull, Needs(branch_point=True)).branch_point
    assert point
    assert (point.oid, point.is_tip, point.tags, point.foreign) == (pull.base_sha, True, ("v1.0",), {})


def test_a_commit_that_only_another_branch_has_is_foreign(shop: Shop) -> None:
    theirs = shop.commit("develop", {"feature.py": b"1\n"}, "A feature")
    shop.branch("release/1", "main")
    root = shop.git.branch("main")
    pull = shop.pull({"app.py": b"1\n"})
    shop.git.set_ref("refs/heads/hotfix/other", theirs)
    shop.commit("hotfix/other", {"app.py": b"2\n"}, "Fix")
    dragging = open_pull(shop.scope("alice"), NewPull("Fix", "hotfix/other", "main"))
    shop.commit("main", {"later.py": b"1\n"}, "Later")
    clean, foreign = (fetched(shop, each, POINT).branch_point for each in (pull, dragging))
    assert clean
    assert foreign
    assert (clean.oid, clean.is_tip) == (root, False)
    assert clean.foreign == {"develop": (), "release/1": ()}
    assert foreign.foreign == {"develop": (theirs,), "release/1": ()}


def test_a_branch_point_takes_two_requests_and_one_more_a_branch(shop: Shop, pull: PullRequest) -> None:
    outline, before = shop.github.outline(pull.number), shop.sent
    shop.github.fetch(outline, POINT)
    assert shop.sent - before == 2 + 3


def test_a_permission_that_the_app_lacks_is_told(shop: Shop, pull: PullRequest) -> None:
    for each in shop.world.store.installations.values():
        each.permissions.pop("deployments")
    with pytest.raises(NotPermittedError, match="deployments: read"):
        fetched(shop, pull, Needs(environments=frozenset({"staging"})))
