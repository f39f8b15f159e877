"""What goes around the gate is found however deliveries arrive, and nobody is accused of what isn't known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.check_run import CheckRun
from domain.entry import EntryKind
from domain.pull_request import PullRequestRef
from domain.verdict import Conclusion
from handlers.find_bypasses import BranchRef, audit_merge, watch_branch
from handlers.inspect_hotfix import inspect_hotfix
from handlers.sweep_pull_requests import sweep_repository
from sandbox.deeds.reviews import create_review
from sandbox.model import Issue, PullRequest
from sandbox.server import Sandbox, Settings
from tests.adapters.github.shop import GRANTED, REPOSITORY, Shop
from tests.fidelity.gate import watch
from tests.handlers.desk import Desk, a_desk

FILE = ".github/hotfix.yml"
MAIN = BranchRef(REPOSITORY, "main")
PRODUCTION = b"version: 1\nproduction: {branches: ['ma*']}\n"
LENIENT = (
    PRODUCTION + b"policies: {hotfix-comment: {level: off}, regression-test: {level: off}, approvals: {level: off}}\n"
)
APPROVED = b"""version: 1
production: {branches: [main]}
roles: {lead: {users: [carol]}}
policies:
  hotfix-comment: {level: off}
  regression-test: {level: off}
  approvals: {required: [lead]}
"""
SMALL = {"app.py": b"print('hello, world')\n"}
BIG = {"app.py": b"".join(b"print(%d)\n" % number for number in range(40))}


class Scene:
    """A repository, and the handlers at a desk that no delivery reaches."""

    def __init__(self, shop: Shop, desk: Desk) -> None:
        self.shop, self.desk = shop, desk

    def names(self, text: bytes) -> Scene:
        """Let main be production's and watched by the sweep."""
        self.shop.commit("main", {FILE: text}, "Name production", "carol")
        sweep_repository(REPOSITORY, self.desk.ports)
        self.desk.wanted.found.clear()
        return self

    def look(self) -> list[Issue]:
        watch_branch(MAIN, self.desk.ports)
        return self.issues

    @property
    def issues(self) -> list[Issue]:
        return [each for each in self.shop.repository.issues.values() if not isinstance(each, PullRequest)]

    def inspect(self, pull: PullRequest) -> None:
        inspect_hotfix(PullRequestRef(REPOSITORY, pull.number), self.desk.ports)

    def audit(self, pull: PullRequest) -> None:
        audit_merge(PullRequestRef(REPOSITORY, pull.number), self.desk.ports)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A repository on a GitHub that delivers to nobody."""
    with Sandbox.start(tmp_path / "github", Settings(app_slug="guard", permissions=GRANTED)) as sandbox:
        desk = a_desk(sandbox, tmp_path, lambda _github: datetime.now(UTC))
        shop = Shop.on(watch(sandbox))
        desk.ledger.save_installation(REPOSITORY, 1)
        yield Scene(shop, desk)


def test_a_lost_push_is_found_by_the_sweep_and_told_once(scene: Scene) -> None:
    scene.names(PRODUCTION)
    sha = scene.shop.commit("main", SMALL, "Quick fix", "bob")
    sweep_repository(REPOSITORY, scene.desk.ports)
    assert scene.desk.wanted.found == [("watch", str(MAIN))]
    scene.look()
    (issue,) = scene.look()
    assert issue.title == f"Pushed around the hotfix gate: {sha[:7]} on main"
    assert "Who pushed it we weren't told" in (issue.body or "")
    (entry,) = scene.desk.ledger.entries(PullRequestRef(REPOSITORY, 0))
    assert (entry.kind, entry.source, entry.login) == (EntryKind.MERGED_AROUND, sha, "")


def test_what_landed_before_a_branch_was_first_seen_is_nobodys_business(scene: Scene) -> None:
    scene.shop.commit("main", SMALL, "Long ago", "bob")
    scene.names(PRODUCTION)
    assert scene.look() == []


def test_pushes_that_nobody_told_apart_are_one_issue(scene: Scene) -> None:
    scene.names(PRODUCTION)
    for number in range(25):
        scene.shop.commit("main", {"app.py": b"print(%d)\n" % number}, f"Try {number}", "bob")
    (issue,) = scene.look()
    assert "25 commits reached `main`" in (issue.body or "")
    assert "and 5 more" in (issue.body or "")


def test_a_red_hotfix_that_nobody_judged_in_time_is_judged_afterwards_and_told_so(scene: Scene) -> None:
    scene.names(LENIENT)
    pull = scene.shop.pull(BIG)
    scene.shop.merge(pull, "squash")
    (issue,) = scene.look()
    assert issue.title == f"Merged around the hotfix gate: #{pull.number} into main"
    assert "It was merged before it was judged. Judged afterwards" in (issue.body or "")
    assert "| `diff-size` | fail |" in (issue.body or "")
    scene.audit(pull)
    assert scene.desk.wanted.found == [("watch", str(MAIN))]
    assert len(scene.look()) == 1


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_good_hotfix_that_nobody_judged_in_time_is_no_case(scene: Scene, method: str) -> None:
    scene.names(LENIENT)
    pull = scene.shop.pull(SMALL)
    scene.shop.commit("hotfix/pay", {"app.py": b"print('hello, all')\n"}, "Better")
    scene.shop.merge(pull, method)
    assert scene.look() == []


def test_an_approval_counts_that_came_before_the_merge_and_none_after_it(scene: Scene) -> None:
    scene.names(APPROVED)
    early, late = scene.shop.pull(SMALL, "hotfix/early"), scene.shop.pull({"b.py": b"b = 1\n"}, "hotfix/late")
    for pull in (early, late):
        scene.inspect(pull)
    carol = scene.shop.scope("carol")
    review = create_review(carol, early, "APPROVE", "Fine")
    assert review.state == "APPROVED"
    scene.shop.merge(early, "squash")
    scene.shop.merge(late, "squash")
    assert late.merged_at is not None
    late.merged_at -= timedelta(minutes=1)
    create_review(carol, late, "APPROVE", "Looks fine now")
    (issue,) = scene.look()
    assert issue.title.startswith(f"Merged around the hotfix gate: #{late.number}")
    assert "was `action_required`" in (issue.body or "")


def test_a_change_of_the_policy_file_itself_is_told_as_unjudged_without_blame(scene: Scene) -> None:
    scene.names(PRODUCTION)
    pull = scene.shop.pull({FILE: LENIENT})
    scene.shop.merge(pull, "squash")
    (issue,) = scene.look()
    assert "Nothing is known against the change or anybody" in (issue.body or "")


def test_a_push_cant_decide_itself_that_it_doesnt_count(scene: Scene) -> None:
    scene.names(PRODUCTION)
    scene.shop.commit("main", {FILE: b"version: 1\n"}, "No production any more", "bob")
    assert len(scene.look()) == 1
    scene.shop.commit("main", SMALL, "Free now", "bob")
    assert len(scene.look()) == 1


def test_a_fast_forward_to_a_branch_that_merged_production_tells_only_what_is_new(scene: Scene) -> None:
    scene.names(PRODUCTION)
    scene.shop.commit("main", {"old.py": b"old = 1\n"}, "Old", "bob")
    assert len(scene.look()) == 1
    merged = scene.shop.pull({"dev.py": b"dev = 1\n"}, "feature", "develop")
    scene.shop.merge(merged, "squash")
    back = scene.shop.git.branch("develop") or ""
    main = scene.shop.git.branch("main") or ""
    commit = scene.shop.git.commit(main)
    joined = scene.shop.git.write_commit(commit.tree, [back, main], (commit.author, commit.author), "Join")
    scene.shop.git.set_ref("refs/heads/main", joined)
    newest = scene.look()[-1]
    assert newest.title == f"Pushed around the hotfix gate: {joined[:7]} on main"
    assert "2 commits reached `main`" in (newest.body or "")


def test_outside_of_production_an_unjudged_hotfix_is_found_by_its_merge(scene: Scene) -> None:
    hotfix, feature = scene.shop.pull(BIG), scene.shop.pull({"b.py": b"b = 1\n"}, "feature")
    for pull in (hotfix, feature):
        scene.shop.merge(pull, "squash")
        scene.audit(pull)
    (issue,) = scene.issues
    assert issue.title == f"Merged around the hotfix gate: #{hotfix.number} into main"


def test_an_app_that_may_write_no_issues_keeps_the_entry(tmp_path: Path) -> None:
    granted = {name: level for name, level in GRANTED.items() if name != "issues"}
    with Sandbox.start(tmp_path / "github", Settings(app_slug="guard", permissions=granted)) as sandbox:
        desk = a_desk(sandbox, tmp_path, lambda _github: datetime.now(UTC))
        scene = Scene(Shop.on(watch(sandbox)), desk).names(PRODUCTION)
        scene.shop.commit("main", SMALL, "Quick fix", "bob")
        assert scene.look() == []
        assert len(desk.ledger.entries(PullRequestRef(REPOSITORY, 0))) == 1


def test_the_merge_queues_verdict_on_the_landed_commit_counts(scene: Scene) -> None:
    scene.names(PRODUCTION)
    pull = scene.shop.pull(BIG)
    scene.inspect(pull)
    landed = scene.shop.merge(pull, "merge")
    github = scene.desk.ports.github(REPOSITORY)
    github.publish_check_run(CheckRun("hotfix: main", landed, Conclusion.SUCCESS, "Fine", "Fine"), None)
    assert scene.look() == []


def test_the_sweep_finds_branches_of_production_by_name_and_by_pattern(scene: Scene) -> None:
    scene.shop.commit("main", {FILE: PRODUCTION}, "Begin again", "carol")
    for name in ("release/1.x", "releases", "live"):
        scene.shop.branch(name, "main")
    scene.names(b"version: 1\nproduction: {branches: ['release/*', live, gone]}\n")
    own = {FILE: b"version: 1\nproduction: {branches: ['release/*', live]}\n"}
    for name in ("release/1.x", "live", "releases"):
        scene.shop.commit(name, own, "Take over the file", "carol")
    sweep_repository(REPOSITORY, scene.desk.ports)
    assert scene.desk.ledger.watched_branches(REPOSITORY) == ["live", "release/1.x"]
