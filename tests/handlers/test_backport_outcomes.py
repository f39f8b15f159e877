"""Where a merged pull request goes, and every way in which a target can end, each told in its row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from domain.backport import branch_name
from domain.commands import parse
from domain.errors import GitHubTroubleError
from handlers.backport_command import order_backport
from handlers.order import Order
from sandbox.faults import Fault
from sandbox.scenario import Worker
from tests.handlers.conftest import CART, FIX
from tests.handlers.office import OTHER, Building, Office, a_building

WORKFLOW = ".github/workflows/ci.yml"


@pytest.fixture(scope="module")
def building(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Building]:
    with a_building(tmp_path_factory.mktemp("outcomes")) as made:
        yield made


@pytest.fixture
def office(building: Building) -> Office:
    return building.office()


def say(office: Office, number: int, who: Worker, words: str) -> str:
    """Comment, and hear why the command can't be carried out, "" where it can."""
    comment = who.comment(office.name, number, words)
    command = parse(words)
    assert command is not None
    ports = office.desk.ports
    return order_backport(
        Order(
            command, office.ref(number), comment["id"], who.login, datetime.now(UTC), ports.github(office.name), ports
        )
    )


# Targets


def test_releases_are_carried_from_the_base_up_and_patterns_name_many(office: Office) -> None:
    for branch in ("release/1.9", "release/1.10", "release/0.8", "support/a"):
        office.alice.create_branch(office.name, branch, "main")
    text = "version: 1\nbackport: {targets: [{releases: 'release/*'}, 'support/*']}\n"
    office.alice.write(office.name, "release/1.9", {".github/hotfix.yml": text}, "Say where hotfixes go")
    number = office.merged(base="release/1.9")
    office.carry(number)
    (body,) = office.ours(number)
    assert [line.split("`")[1] for line in body.splitlines() if line.startswith("| `")] == ["release/1.10", "support/a"]
    assert office.backports(number, "release/0.8") == []


def test_a_label_carries_any_pull_request_and_isnt_copied(office: Office) -> None:
    number = office.merged(labels=["backport develop", "docs"])
    office.carry(number)
    backport = office.backport(number)
    assert {label["name"] for label in backport["labels"]} == {"docs", "backport"}


def test_a_label_for_a_branch_that_isnt_there_says_so(office: Office) -> None:
    number = office.merged(labels=["backport release/9"])
    office.carry(number)
    assert "target missing" in office.row(number, "release/9")


def test_a_skip_label_keeps_a_hotfix_where_it_is_and_says_so(office: Office) -> None:
    number = office.merged(labels=["hotfix", "skip-backport"])
    office.carry(number)
    assert office.backports(number) == []
    (body,) = office.ours(number)
    assert "`skip-backport`" in body


def test_a_command_before_the_merge_is_remembered_and_one_after_it_is_done_at_once(office: Office) -> None:
    for branch in ("next", "later"):
        office.alice.create_branch(office.name, branch, "main")
    number = office.proposed(labels=[])
    assert say(office, number, office.bob, "/hotfix backport next") == ""
    office.carry(number)
    assert office.backports(number, "next") == []
    office.alice.merge(office.name, number)
    office.carry(number)
    assert "opened" in office.row(number, "next")
    assert say(office, number, office.alice, "/hotfix backport later --method merge") == ""
    office.carry(number)
    assert "opened" in office.row(number, "later")
    assert "opened" in office.row(number, "next")
    assert office.desk.wanted.found.count(("backport", str(office.ref(number)))) == 2


def test_only_people_with_write_access_may_ask(office: Office) -> None:
    number = office.merged(labels=[])
    assert "write access" in say(office, number, office.carol, "/hotfix backport develop")
    office.carry(number)
    assert office.backports(number) == []
    assert office.ours(number) == []


def test_a_command_with_a_branch_that_isnt_there_is_refused_whole(office: Office) -> None:
    number = office.proposed()
    assert "no branch `nowhere`" in say(office, number, office.bob, "/hotfix backport develop nowhere")
    assert office.desk.wanted.found == []


def test_a_command_that_makes_no_sense_here_is_refused(office: Office) -> None:
    number = office.merged()
    office.carry(number)
    backport = office.backport(number)["number"]
    assert f"on #{number}" in say(office, backport, office.bob, "/hotfix backport main")
    assert "into `main` itself" in say(office, number, office.bob, "/hotfix backport main")


def test_a_merge_back_has_the_hotfix_as_its_second_parent_and_equals_the_original(office: Office) -> None:
    office.settle("{targets: [{branch: develop, method: merge}]}")
    office.alice.write(office.name, "develop", {"new.py": "x = 1\n"}, "Go on")
    number = office.merged("squash", commits=2)
    head = office.alice.pull(office.name, number)["head"]["sha"]
    office.carry(number)
    backport = office.backport(number)
    commit = office.alice.get(f"/repos/{office.name}/git/commits/{backport['head']['sha']}")
    assert [parent["sha"] for parent in commit["parents"]] == [office.alice.branch(office.name, "develop"), head]
    assert "with a merge commit" in backport["body"]
    assert office.alice.file(office.name, "cart.py", backport["head"]["ref"]) == FIX["cart.py"]
    office.inspect(backport["number"])
    assert office.check(backport["number"])["output"]["title"] == f"The content equals #{number}'s"


# Outcomes


def test_each_target_is_told_before_and_after_it_is_served(office: Office) -> None:
    office.settle("{targets: [develop, nowhere]}")
    number = office.merged()
    office.sandbox.faults.add(Fault("drop", method="POST", path=f"/{office.name}.git/git-upload-pack", times=1))
    with pytest.raises(GitHubTroubleError):
        office.carry(number)
    assert "It is tried again by itself" in office.row(number)
    assert "target missing" in office.row(number, "nowhere")
    office.carry(number)
    assert "opened" in office.row(number)


def test_the_first_word_comes_before_anything_is_picked(office: Office) -> None:
    number = office.merged()
    before = len(office.sandbox.exchanges)
    office.carry(number)
    asked = [f"{each.method} {each.path}" for each in office.sandbox.exchanges[before:]]
    first = next(index for index, each in enumerate(asked) if each.startswith("POST") and "/comments" in each)
    assert not [each for each in asked[:first] if "git-upload-pack" in each or each.endswith("/pulls")]
    # Tokens and the App's own login are asked for once, not for each pull request.
    assert len([each for each in asked[:first] if "/app" not in each]) <= 6, asked[:first]


def test_a_pull_request_without_a_change_is_empty(office: Office) -> None:
    office.alice.fetch(office.name)
    main = office.alice.branch(office.name, "main")
    office.alice.push_commit(office.name, "empty", office.alice.commit(office.name, {}, "Nothing", [main]))
    number = office.alice.open_pull(office.name, "empty", "main", "Nothing", labels=["hotfix"])
    office.alice.merge(office.name, number)
    office.carry(number)
    assert "| ✅ empty |" in office.row(number)
    assert office.backports(number) == []


def test_commits_of_somebody_else_are_never_overwritten(office: Office) -> None:
    number = office.merged()
    branch = branch_name(number, "develop")
    theirs = office.bob.write(office.name, branch, {"x.py": "x = 1\n"}, "Mine", base="develop")
    office.carry(number)
    assert office.bob.branch(office.name, branch) == theirs
    assert "branch occupied" in office.row(number)


def test_a_ruleset_that_keeps_us_out_is_told(office: Office) -> None:
    ruleset = {
        "name": "No branches",
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["refs/heads/hotfix-guard/**"], "exclude": []}},
        "rules": [{"type": "creation"}],
    }
    office.alice.call("POST", f"/repos/{office.name}/rulesets", ruleset)
    number = office.merged()
    office.carry(number)
    assert "| ❌ protected |" in office.row(number)
    assert "git cherry-pick -x" in office.ours(number)[0]


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Building]:
    """Where our App may write contents, but no workflows."""
    permissions = {"checks": "write", "contents": "write", "issues": "write", "pull_requests": "write"}
    reading = dict.fromkeys(("deployments", "members", "merge_queues", "metadata", "statuses"), "read")
    with a_building(tmp_path_factory.mktemp("poor"), permissions=permissions | reading) as made:
        yield made


def test_a_missing_permission_for_workflows_is_named(poor: Building) -> None:
    office = poor.office()
    ours = {WORKFLOW: "on: push\njobs: {}\n"}
    office.alice.write(office.name, "main", ours, "Check")
    office.alice.write(office.name, "develop", {WORKFLOW: "# develop\non: push\njobs: {}\n"}, "Check otherwise")
    number = office.merged(files={WORKFLOW: "on: push\njobs: {}\n# more\n"})
    office.carry(number)
    assert "not permitted" in office.row(number)
    assert "workflows: write" in office.row(number)
    assert office.backports(number) == []


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Building]:
    """Where our App may only read contents."""
    writing = dict.fromkeys(("checks", "issues", "pull_requests"), "write")
    reading = dict.fromkeys(("contents", "deployments", "members", "merge_queues", "metadata", "statuses"), "read")
    with a_building(tmp_path_factory.mktemp("reader"), permissions=writing | reading) as made:
        yield made


def test_a_missing_permission_for_contents_is_told_before_anything_is_picked(reader: Building) -> None:
    office = reader.office()
    number = office.merged()
    office.carry(number)
    assert "contents: write" in office.row(number)
    assert "not permitted" in office.row(number)


# What a backport gets


def test_title_body_milestone_reviewers_and_labels_are_by_setting(office: Office) -> None:
    milestone = office.alice.call("POST", f"/repos/{office.name}/milestones", {"title": "1.2.3"})["number"]
    office.settle(
        "{title: 'fix({{ target }}): {{ title }} (#{{ number }})', body: '{{ milestone }} by {{ author }}: "
        "{{ description }}', copy_labels: false, add_labels: [carried], copy_milestone: true, assign_author: false, "
        "reviewers: [alice, carol, nobody-here]}"
    )
    number = office.proposed(title="Keep *the* cents", body="Ping @carol <!-- hotfix-guard:conflict -->")
    office.alice.call("PATCH", f"/repos/{office.name}/issues/{number}", {"milestone": milestone})
    office.alice.merge(office.name, number)
    office.carry(number)
    backport = office.backport(number)
    assert backport["title"] == f"fix(develop): Keep *the* cents (#{number})"
    assert "1.2.3 by bob: Ping @\u200bcarol &lt;!-- hotfix-guard:conflict -->" in backport["body"]
    assert [label["name"] for label in backport["labels"]] == ["carried"]
    assert backport["milestone"]["title"] == "1.2.3"
    assert backport["assignees"] == []
    assert {each["login"] for each in backport["requested_reviewers"]} >= {"alice"}
    assert "nobody-here can't be asked for a review" in office.row(number)


def test_a_clean_backport_merges_by_itself_where_that_is_wanted_and_possible(office: Office) -> None:
    office.settle("{auto_merge: squash}")
    office.alice.call("PATCH", f"/repos/{office.name}", {"allow_auto_merge": True})
    office.alice.protect(office.name, "develop", required_status_checks={"contexts": ["ci"]})
    number = office.merged()
    office.carry(number)
    assert office.alice.pull(office.name, office.backport(number)["number"])["auto_merge"]["merge_method"] == "squash"


def test_where_it_cant_merge_by_itself_the_row_says_why(office: Office) -> None:
    office.settle("{auto_merge: merge}")
    office.alice.call("PATCH", f"/repos/{office.name}", {"allow_auto_merge": True})
    number = office.merged()
    office.carry(number)
    assert "doesn't merge by itself: nothing is required on that branch" in office.row(number)


def test_a_draft_with_conflicts_never_merges_by_itself(office: Office) -> None:
    office.settle("{auto_merge: merge}")
    office.alice.write(office.name, "develop", OTHER, "Prices with currencies")
    office.alice.call("PATCH", f"/repos/{office.name}", {"allow_auto_merge": True})
    office.alice.protect(office.name, "develop", required_status_checks={"contexts": ["ci"]})
    number = office.merged()
    office.carry(number)
    assert office.alice.pull(office.name, office.backport(number)["number"])["auto_merge"] is None


def test_verified_commits_are_made_by_github_and_still_equal_the_original(office: Office) -> None:
    office.settle("{verified: true, sign_off: true}")
    number = office.merged("rebase", commits=2)
    office.carry(number)
    backport = office.backport(number)
    commit = office.alice.get(f"/repos/{office.name}/git/commits/{backport['head']['sha']}")
    assert commit["verification"]["verified"]
    assert "(cherry picked from commit " in commit["message"]
    office.inspect(backport["number"])
    assert office.check(backport["number"])["output"]["title"] == f"The content equals #{number}'s"
    assert FIX["cart.py"] != CART
